import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sha256Hex } from '../../src/core/ids.js';

/** One running PostgreSQL for tests: `url` without a database name, and the process that keeps it. */
export interface Cluster {
  readonly url: string;
  readonly keeperPid: number;
  readonly postgresPid: number;
  readonly dataDir: string;
}

/** The database that test databases are cloned from; it is migrated once per cluster. */
export const TEMPLATE = 'funds_template';

const START_MS = 60_000;
const STOP_MS = 15_000;

/**
 * Where the cluster of one owner is announced. tap starts `before`, `after` and every test file as its own
 * children, so its process id is what they share and what keeps two runs of one project apart.
 */
export function stateFile(ownerPid: number): string {
  const project = sha256Hex(fileURLToPath(new URL('.', import.meta.url))).slice(0, 12);
  return join(tmpdir(), `station-funds-ledger-${project}`, `postgres-${ownerPid}.json`);
}

export function findCluster(ownerPid: number): Cluster | null {
  try {
    const cluster: Cluster = JSON.parse(readFileSync(stateFile(ownerPid), 'utf8'));
    return isAlive(cluster.keeperPid) ? cluster : null;
  } catch {
    return null;
  }
}

/**
 * Starts a PostgreSQL that outlives the caller, kept by a process of its own (`keeper.ts`) that ends it when the
 * owner is gone, however the owner went.
 */
export async function startCluster(ownerPid: number): Promise<Cluster> {
  const file = stateFile(ownerPid);
  mkdirSync(join(file, '..'), { recursive: true });
  rmSync(file, { force: true });
  const isSource = import.meta.url.endsWith('.ts');
  const keeper = fileURLToPath(new URL(isSource ? './keeper.ts' : './keeper.js', import.meta.url));
  const loader = isSource ? ['--import', import.meta.resolve('tsx')] : [];
  const log = openSync(`${file}.log`, 'w');
  const child = spawn(process.execPath, [...loader, keeper, String(ownerPid)], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const endAt = Date.now() + START_MS;
  while (Date.now() < endAt && child.exitCode === null && child.signalCode === null) {
    const cluster = findCluster(ownerPid);
    if (cluster) return cluster;
    await sleep(50);
  }
  throw new Error(`PostgreSQL for tests did not start:\n${readFileSync(`${file}.log`, 'utf8')}`);
}

/** Asks the keeper to stop; if it does not, ends PostgreSQL itself and clears up behind it. */
export async function stopCluster(cluster: Cluster, ownerPid: number): Promise<void> {
  signal(cluster.keeperPid, 'SIGTERM');
  await gone(cluster.keeperPid, STOP_MS);
  for (const pid of [cluster.keeperPid, cluster.postgresPid]) {
    // SIGQUIT makes the postmaster end its children too, at once; SIGKILL would leave them behind.
    if (isAlive(pid)) signal(pid, pid === cluster.postgresPid ? 'SIGQUIT' : 'SIGKILL');
  }
  await gone(cluster.postgresPid, STOP_MS);
  rmSync(cluster.dataDir, { recursive: true, force: true });
  clearState(ownerPid);
}

export function clearState(ownerPid: number): void {
  for (const suffix of ['', '.log']) rmSync(`${stateFile(ownerPid)}${suffix}`, { force: true });
}

async function gone(pid: number, timeoutMs: number): Promise<void> {
  for (const endAt = Date.now() + timeoutMs; isAlive(pid) && Date.now() < endAt; ) await sleep(50);
}

export function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

/** False when there is no such process (any more). */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
