import { CompiledQuery, Kysely, type Transaction } from 'kysely';
import type { KeyRing } from '../core/keys.js';
import type { Database } from './database.js';
import { translateDatabaseError } from './errors.js';
import { Lane } from './lane.js';
import { openPostgres } from './postgres.js';
import { openSqlite } from './sqlite.js';

export type Engine = 'sqlite' | 'postgres';
export type Trx = Transaction<Database>;
/** Committed data only; never call it inside a command, it would not see the command's own writes. */
export type Db = Kysely<Database>;

/**
 * One open installation. Reads go to `read`; every write goes through `write`, which shares one durable commit
 * among the commands that wait at the same time (D8).
 */
export interface Store {
  readonly engine: Engine;
  /** What seals and opens personal data; never in the database. */
  readonly keys: KeyRing;
  readonly read: Db;
  /** The connection that migrations use. */
  readonly admin: Db;
  /**
   * Runs `work` inside a savepoint of a shared transaction and resolves once that transaction is on disk.
   * `work` may run again after a serialization failure, so it must have no effect outside the database.
   * Commands of one lane (one book) run one after another.
   */
  write<T>(lane: string, work: (trx: Trx) => Promise<T>): Promise<T>;
  /**
   * Runs `work` on one unchanging state of the whole database, while others go on writing; for reads that
   * compare many rows with each other.
   */
  snapshot<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Says an engine's constraint error in words of the field; gives any other error back unchanged. */
  translate(error: unknown): unknown;
  close(): Promise<void>;
}

/** Opens `sqlite:<file>` or `postgres://…`. The schema is `migrate`'s business. */
export async function openStore(
  url: string,
  options: { keys: KeyRing; maxConnections?: number },
): Promise<Store> {
  const { keys } = options;
  if (/^postgres(ql)?:/.test(url)) {
    const db = new Kysely<Database>({
      dialect: openPostgres(url, { maxConnections: options.maxConnections ?? 10 }),
    });
    await db.executeQuery(CompiledQuery.raw('select 1'));
    return joined(
      'postgres',
      keys,
      db,
      db,
      (book) => book,
      (work) =>
        db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work),
    );
  }
  const file = url.replace(/^sqlite:/, '');
  const writer = new Kysely<Database>({ dialect: openSqlite(file, { readonly: false }) });
  await writer.executeQuery(CompiledQuery.raw('select 1'));
  const reader = new Kysely<Database>({ dialect: openSqlite(file, { readonly: true }) });
  // SQLite has one writer, so all books share one lane.
  return joined(
    'sqlite',
    keys,
    writer,
    reader,
    () => 'all',
    async (work) => {
      // A connection of its own: a transaction on the shared one would hold all other reads in the past. It reads
      // everything once, from one end to the other, so a large cache would only take memory.
      const own = new Kysely<Database>({ dialect: openSqlite(file, { readonly: true, cacheKib: 4096 }) });
      try {
        return await own.transaction().execute(work);
      } finally {
        await own.destroy();
      }
    },
  );
}

function joined(
  engine: Engine,
  keys: KeyRing,
  writer: Db,
  reader: Db,
  laneOf: (lane: string) => string,
  snapshot: Store['snapshot'],
): Store {
  const lanes = new Map<string, Lane>();
  return {
    engine,
    keys,
    read: reader,
    admin: writer,
    write(lane, work) {
      const name = laneOf(lane);
      let queue = lanes.get(name);
      if (!queue) {
        queue = new Lane(writer, translateDatabaseError);
        lanes.set(name, queue);
      }
      return queue.run(work);
    },
    snapshot,
    translate: translateDatabaseError,
    async close() {
      await Promise.all([...lanes.values()].map((lane) => lane.idle()));
      await writer.destroy();
      if (reader !== writer) await reader.destroy();
    },
  };
}

class DryRun extends Error {
  constructor(readonly value: unknown) {
    super();
  }
}

/** Runs `work` as a command would and undoes it: what it returns is what would have happened. */
export async function dryRun<T>(store: Store, lane: string, work: (trx: Trx) => Promise<T>): Promise<T> {
  try {
    return await store.write(lane, async (trx) => {
      throw new DryRun(await work(trx));
    });
  } catch (thrown) {
    if (thrown instanceof DryRun) return thrown.value as T;
    throw thrown;
  }
}
