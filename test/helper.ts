import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Test, test } from 'tap';
import { type CommandContext, reveal } from '../src/audit/index.js';
import { sha256Hex } from '../src/core/ids.js';
import { migrate } from '../src/db/migrate.js';
import type { Engine, Store } from '../src/db/store.js';
import type { Actor, Caller } from '../src/organisations/index.js';
import { openAt, settleTestKey } from './keys.js';
import { type Cluster, findCluster, signal, startCluster, TEMPLATE } from './postgres/cluster.js';

export { seedTree, type Tree } from './organisations/tree.js';

/** Every test of a domain runs on both (D7). */
export const engines = ['sqlite', 'postgres'] as const satisfies readonly Engine[];

/** An empty, migrated installation of its own, closed and removed when `t` ends. */
export async function openTestStore(t: Test, engine: Engine): Promise<Store> {
  const store = await openAt(await testDatabaseUrl(t, engine));
  t.teardown(() => store.close());
  await prepare(store);
  return store;
}

/** Makes the schema in a new SQLite file; a PostgreSQL database has it from its template. */
export async function prepare(store: Store): Promise<void> {
  if (store.engine === 'postgres') return;
  await migrate(store);
  await settleTestKey(store);
}

/**
 * The URL of a new database, removed when `t` ends: for tests that open it more than once or from another
 * process. On PostgreSQL it is a clone of a migrated template; on SQLite the file does not exist yet.
 */
export async function testDatabaseUrl(t: Test, engine: Engine): Promise<string> {
  if (engine === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'station-funds-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    return `sqlite:${join(folder, 'ledger.db')}`;
  }
  const { url } = await cluster();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(url, `create database "${name}" template "${TEMPLATE}"`);
  t.teardown(() => administer(url, `drop database "${name}" with (force)`));
  return `${url}/${name}`;
}

/** What a use case returned as people are shown it: with its sealed texts opened. */
export const shown = <View>({ read, keys }: Store, view: View): Promise<View> => reveal(read, keys, view);

/** One test per engine, each with a store of its own. */
export function forEachEngine(name: string, body: (t: Test, store: Store) => Promise<unknown>): void {
  for (const engine of engines) {
    void test(`${name} (${engine})`, async (t) => {
      await body(t, await openTestStore(t, engine));
    });
  }
}

/** A command's context. With `key`, the request is the same as every other one under `key` and `request`. */
export function testContext(
  given: { actorId?: string; at?: string; key?: string; request?: string } = {},
): CommandContext {
  return {
    actorId: given.actorId ?? 'system',
    requestId: `test-${randomBytes(4).toString('hex')}`,
    now: new Date(given.at ?? '2022-07-31T02:00:00.000Z'),
    idempotency: given.key
      ? { key: given.key, requestHash: sha256Hex(`${given.key} ${given.request ?? ''}`) }
      : null,
  };
}

/** `actor` asking for a command. */
export const asCaller = (
  actor: Actor,
  given: Omit<Parameters<typeof testContext>[0], 'actorId'> = {},
): Caller => ({
  actor,
  context: testContext({ ...given, actorId: actor.personId }),
});

let running: Promise<Cluster> | undefined;

/** The run's PostgreSQL, or, for a file that is run by hand, one for this process. */
function cluster(): Promise<Cluster> {
  running ??= (async () => {
    const shared = findCluster(process.ppid);
    if (shared) return shared;
    const own = await startCluster(process.pid);
    process.on('exit', () => signal(own.keeperPid, 'SIGTERM'));
    return own;
  })();
  return running;
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${url}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
