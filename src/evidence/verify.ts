import { Breather } from '../core/breather.js';
import type { KeyRing } from '../core/keys.js';
import { EMPTY_ROOT, frontierToText, rootOf } from '../core/merkle.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import type { PackSet, PolicyHistory, Unjudged } from '../policy/index.js';
import { compareEntries, findStrayEntry, findStrays } from './compare.js';
import { compareBalances } from './compare-balances.js';
import { CheckpointComparison } from './compare-checkpoints.js';
import { compareClaimFunds } from './compare-claim-funds.js';
import { compareRows } from './compare-rows.js';
import { compareSpending, compareSpendingMonths } from './compare-spending.js';
import { compareVault } from './compare-vault.js';
import { type Difference, Found, same } from './difference.js';
import type { OutsideFile } from './outside.js';
import { readPolicyHistory } from './policy-history.js';
import { Replay } from './replay.js';

export interface BookVerification {
  readonly bookId: string;
  readonly name: string;
  readonly logEntries: number;
  readonly postings: number;
  readonly decisions: number;
  /** Decisions that cannot be made again: 未核验, never 通过. */
  readonly decisionsUnchecked: number;
  /** The same by why: the engine or the pack that is not there. */
  readonly unchecked: readonly (Unjudged & { readonly count: number })[];
  readonly refusals: number;
  readonly root: string;
  readonly difference: Difference | null;
}

export interface VerifyOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** What is known outside the database; without it a rollback together with its checkpoints goes unseen. */
  readonly outside?: OutsideFile;
  /** What decisions were made under, where it was read before. */
  readonly history?: PolicyHistory;
}

const PAGE = 500;

/**
 * Recomputes one book from its log alone: every hash and the tree, every posting and balance, every decision;
 * then compares every row of the tables and every sealed value with what the log says. Stops at the first difference and names it.
 * Others have their turn in between. @throws what `signal` was aborted with
 */
export async function verifyBook(
  db: Db,
  keys: KeyRing,
  packs: PackSet,
  bookId: string,
  options: VerifyOptions = {},
): Promise<BookVerification> {
  const book = await db.selectFrom('book').selectAll().where('id', '=', bookId).executeTakeFirstOrThrow();
  const breather = new Breather(options.signal);
  const history = options.history ?? (await readPolicyHistory(db, packs, breather));
  const replay = new Replay(history, bookId);
  let difference: Difference | null = null;
  try {
    const checkpoints = await CheckpointComparison.open(db, bookId, options.outside?.headsOf(bookId) ?? []);
    for (let from = 0, isEnd = false; !isEnd; from += PAGE) {
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
        if (breather.isDue) await breather.rest();
      }
      isEnd = rows.length < PAGE;
      // The log itself before what it tells: tables that fit a log which was cut would be blamed in its place.
      if (isEnd) await compareHead(db, book, replay);
      await compareEntries(db, bookId, replay.takeEntries(), from, from + PAGE);
      options.onProgress?.(replay.size, book.logSize);
    }
    checkpoints.finish(replay);
    await findStrays(db, bookId, replay.size);
    await compareRows(db, bookId, replay, breather);
    await compareClaimFunds(db, bookId, replay, breather);
    await compareSpending(db, replay, breather);
    await compareSpendingMonths(db, replay, breather);
    await compareBalances(db, bookId, replay, breather);
    await compareVault(db, keys, bookId, replay, breather);
  } catch (thrown) {
    if (!(thrown instanceof Found)) throw thrown;
    difference = thrown.difference;
  }
  const { size, postings, decisions, refusals } = replay;
  const unchecked = [...replay.unchecked.values()];
  const root = rootOf(replay.frontier);
  return {
    bookId,
    name: book.name,
    logEntries: size,
    postings,
    decisions,
    decisionsUnchecked: unchecked.reduce((total, { count }) => total + count, 0),
    unchecked,
    refusals,
    root,
    difference,
  };
}

/** The head of the book is that of the log as it was read, and nothing is past it. */
async function compareHead(db: Db, book: Row<'book'>, replay: Replay): Promise<void> {
  await findStrayEntry(db, book.id, replay.size);
  same('book logSize', replay.size, book.logSize);
  same('book logFrontier', frontierToText(replay.frontier), book.logFrontier);
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

/**
 * Every book of the installation, or only the one named, in the order they were opened; then those that are known outside
 * the database and missing in it.
 */
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
  const history = await readPolicyHistory(db, packs, new Breather());
  for (const { id, name } of await books.orderBy('id').execute()) {
    const { progressOf, outside } = options;
    results.push(
      await verifyBook(db, keys, packs, id, {
        history,
        ...(progressOf ? { onProgress: progressOf(name) } : {}),
        ...(outside ? { outside } : {}),
      }),
    );
  }
  const found = new Set(results.map(({ bookId }) => bookId));
  for (const { bookId } of options.outside?.heads ?? [])
    if (!found.has(bookId) && (options.bookId ?? bookId) === bookId) results.push(missingBook(bookId));
  return results;
}

const missingBook = (bookId: string): BookVerification => ({
  bookId,
  name: bookId,
  logEntries: 0,
  postings: 0,
  decisions: 0,
  decisionsUnchecked: 0,
  unchecked: [],
  refusals: 0,
  root: EMPTY_ROOT,
  difference: { place: `book ${bookId}`, expected: 'a row', got: 'missing' },
});
