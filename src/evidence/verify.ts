import type { KeyRing } from '../core/keys.js';
import { frontierToText, rootOf } from '../core/merkle.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import type { PackSet } from '../policy/index.js';
import { compareBalances, compareEntries, findStrays } from './compare.js';
import { CheckpointComparison } from './compare-checkpoints.js';
import { compareRows } from './compare-rows.js';
import { compareVault } from './compare-vault.js';
import { type Difference, Found, same } from './difference.js';
import type { OutsideFile } from './outside.js';
import { Replay } from './replay.js';

export interface BookVerification {
  readonly bookId: string;
  readonly name: string;
  readonly logEntries: number;
  readonly postings: number;
  readonly decisions: number;
  /** Decisions made under packs that are not loaded now: 未核验, never 通过. */
  readonly decisionsUnchecked: number;
  readonly refusals: number;
  readonly root: string;
  readonly difference: Difference | null;
}

export interface VerifyOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** What is known outside the database; without it a rollback together with its checkpoints goes unseen. */
  readonly outside?: OutsideFile;
}

const PAGE = 500;

/**
 * Recomputes one book from its log alone: every hash and the tree, every posting and balance, every decision;
 * then compares every row of the tables and every sealed value with what the log says. Stops at the first difference and names it.
 */
export async function verifyBook(
  db: Db,
  keys: KeyRing,
  packs: PackSet,
  bookId: string,
  options: VerifyOptions = {},
): Promise<BookVerification> {
  const book = await db.selectFrom('book').selectAll().where('id', '=', bookId).executeTakeFirstOrThrow();
  const replay = new Replay(packs, bookId);
  const checkpoints = await CheckpointComparison.open(db, bookId, options.outside?.headsOf(bookId) ?? []);
  let difference: Difference | null = null;
  try {
    for (let from = 0; ; from += PAGE) {
      const rows = await db
        .selectFrom('logEntry')
        .selectAll()
        .where('bookId', '=', bookId)
        .where('logIndex', '>=', from)
        .where('logIndex', '<', from + PAGE)
        .orderBy('logIndex')
        .execute();
      for (const row of rows) {
        replayed(replay, row);
        checkpoints.entry(row.leafHash, replay.frontier);
      }
      await compareEntries(db, bookId, replay.takeEntries(), from, from + PAGE);
      options.onProgress?.(replay.size, book.logSize);
      if (from + PAGE > book.logSize && rows.length < PAGE) break;
    }
    same('book logSize', replay.size, book.logSize);
    same('book logFrontier', frontierToText(replay.frontier), book.logFrontier);
    checkpoints.finish(replay);
    await findStrays(db, bookId, replay.size);
    await compareBalances(db, bookId, replay.balances);
    await compareRows(db, bookId, replay);
    await compareVault(db, keys, bookId, replay);
  } catch (thrown) {
    if (!(thrown instanceof Found)) throw thrown;
    difference = thrown.difference;
  }
  const { size, postings, decisions, decisionsUnchecked, refusals } = replay;
  const root = rootOf(replay.frontier);
  return {
    bookId,
    name: book.name,
    logEntries: size,
    postings,
    decisions,
    decisionsUnchecked,
    refusals,
    root,
    difference,
  };
}

/** A body whose hash fits but that is no log entry (no JSON, a member missing, facts that contradict) is a finding. */
function replayed(replay: Replay, row: Row<'logEntry'>): void {
  try {
    replay.entry(row);
  } catch (thrown) {
    if (thrown instanceof Found) throw thrown;
    same(`logEntry ${row.logIndex} body`, 'a log entry', (thrown as Error).message);
    throw thrown;
  }
}

/** Every book of the installation, or only the one named, in the order they were opened. */
export async function verifyAll(
  db: Db,
  keys: KeyRing,
  packs: PackSet,
  options: {
    readonly bookId?: string | undefined;
    readonly progressOf?: (book: string) => (done: number, total: number) => void;
    readonly outside?: OutsideFile;
  } = {},
): Promise<BookVerification[]> {
  let books = db.selectFrom('book').select(['id', 'name']);
  if (options.bookId !== undefined) books = books.where('id', '=', options.bookId);
  const results: BookVerification[] = [];
  for (const { id, name } of await books.orderBy('id').execute()) {
    const { progressOf, outside } = options;
    results.push(
      await verifyBook(db, keys, packs, id, {
        ...(progressOf ? { onProgress: progressOf(name) } : {}),
        ...(outside ? { outside } : {}),
      }),
    );
  }
  return results;
}
