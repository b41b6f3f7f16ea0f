import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { t as root } from 'tap';
import { projectFile } from '../../src/core/project.js';
import { migrate } from '../../src/db/migrate.js';
import type { Store } from '../../src/db/store.js';
import { OutsideFile, verifyBook, verifyInstallation } from '../../src/evidence/index.js';
import { createToken } from '../../src/organisations/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { by, claimInput, openFund, seedWorld, type World } from '../fixture.js';
import { openAt, settleTestKey } from '../keys.js';
import { startCluster, stopCluster, TEMPLATE } from '../postgres/cluster.js';

/**
 * kill -9 of the whole service while claims pour in, again and again. After each restart every claim that was
 * acknowledged must be there, the log must verify, and it must extend the checkpoints outside.
 *
 *   node dist/test/soak/kill.js [times] [sqlite|postgres]
 */
// The fixtures bring tap with them, which would end a process of more than thirty seconds.
root.setTimeout(3_600_000);

const times = Number(process.argv[2] ?? 50);
const engine = process.argv[3] ?? 'sqlite';
const CLIENTS = 8;

const folder = mkdtempSync(join(tmpdir(), 'funds-kill-'));
const { url, end } = await database();
const settings = {
  ...process.env,
  DATABASE_URL: url,
  PORT: '0',
  MASTER_KEY_FILE: join(folder, 'master.key'),
  CHECKPOINTS_FILE: join(folder, 'checkpoints.log'),
  ATTACHMENTS_DIR: join(folder, 'attachments'),
  JOBS_DIR: join(folder, 'jobs'),
  CHECKPOINT_SECONDS: '1',
  LOG_LEVEL: 'error',
};
writeFileSync(settings.MASTER_KEY_FILE, Buffer.alloc(32, 7).toString('hex'));

let store = await openAt(url);
await migrate(store);
if (engine === 'sqlite') await settleTestKey(store);
const world = await seedWorld(store);
const fundId = await openFund(world, { granted: '90000000.00' });
const { secret } = await createToken(store, by(world.stationOperator, { at: new Date().toISOString() }), {
  name: 'soak',
  days: 1,
});
await store.close();

const acknowledged: string[] = [];
let lost = 0;
let unclean = 0;
for (let round = 1; round <= times; round += 1) {
  const server = await start();
  const before = acknowledged.length;
  const load = Promise.all(Array.from({ length: CLIENTS }, () => pour(server.url)));
  await new Promise((resolve) => setTimeout(resolve, randomInt(50, 700)));
  server.process.kill('SIGKILL');
  await once(server.process, 'exit');
  await load;
  store = await openAt(url);
  const report = await inspect(store, world);
  await store.close();
  lost += report.lost;
  unclean += report.fault ? 1 : 0;
  const fault = report.fault ?? 'clean';
  console.log(`round ${round}: ${acknowledged.length - before} acknowledged, ${report.lost} lost, ${fault}`);
}
await end();
rmSync(folder, { recursive: true, force: true });
console.log(
  `${engine}: ${times} kills, ${acknowledged.length} acknowledged, ${lost} lost, ${unclean} unclean`,
);
if (lost > 0 || unclean > 0 || acknowledged.length === 0) process.exitCode = 1;

async function database(): Promise<{ url: string; end: () => Promise<void> }> {
  if (engine === 'sqlite') return { url: `sqlite:${join(folder, 'ledger.db')}`, end: async () => {} };
  const cluster = await startCluster(process.pid);
  return { url: `${cluster.url}/${TEMPLATE}`, end: () => stopCluster(cluster, process.pid) };
}

async function start(): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [projectFile('dist', 'src', 'cli', 'funds.js'), 'serve'], {
    env: settings,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const found = /http:\/\/[\d.]+:\d+/.exec(line);
    if (found) return { url: found[0], process: child };
  }
  throw new Error('the service did not start');
}

/** Drafts and submits claims until the service is gone; what was answered with 2xx is acknowledged. */
async function pour(base: string): Promise<void> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const path = `${base}/api/v1/books/${world.county.bookId}/claims`;
  const post = async (to: string, body: unknown) => {
    const answer = await fetch(to, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return JSON.parse(text) as { id: string };
  };
  for (;;) {
    try {
      const claim = await post(path, claimInput(world.station.id, [{ fundId, amount: '0.01' }]));
      acknowledged.push(claim.id);
      await post(`${path}/${claim.id}/submit`, {});
      acknowledged.push(`${claim.id}/submitted`);
    } catch (error) {
      // A refused connection is the kill; an answer is a mistake of this script.
      if (/^\d{3} /.test((error as Error).message)) throw error;
      return;
    }
  }
}

async function inspect(opened: Store, { county }: World): Promise<{ lost: number; fault: string | null }> {
  const rows = await opened.read
    .selectFrom('claim')
    .select(['id', 'status'])
    .where('bookId', '=', county.bookId)
    .execute();
  const found = new Set(
    rows.flatMap(({ id, status }) => (status === 'submitted' ? [id, `${id}/submitted`] : [id])),
  );
  const missing = acknowledged.filter((each) => !found.has(each)).length;
  const packs = loadPacks();
  const outside = OutsideFile.open(settings.CHECKPOINTS_FILE);
  for (const { id } of await opened.read.selectFrom('book').select('id').execute()) {
    const { difference } = await verifyBook(opened.read, opened.keys, packs, id, { outside });
    if (difference)
      return { lost: missing, fault: `${difference.place}: ${difference.expected} ≠ ${difference.got}` };
  }
  const shared = await verifyInstallation(opened.read, opened.keys);
  return { lost: missing, fault: shared?.place ?? null };
}
