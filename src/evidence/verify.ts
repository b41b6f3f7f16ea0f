import type { LogBody, LoggedEntry } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { groupBy } from '../core/collections.js';
import { sha256Hex } from '../core/ids.js';
import { appendLeaf, type Frontier, frontierToText, leafHash, rootOf } from '../core/merkle.js';
import type { Fen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { isSource } from '../ledger/index.js';
import { type Decision, decide, type PackSet, reviveFacts } from '../policy/index.js';

/** The first thing that does not agree, and where: `logEntry 17 decision`, `account … balanceFen`. */
export interface Difference {
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

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

class Found extends Error {
  constructor(readonly difference: Difference) {
    super(difference.place);
  }
}

function same(place: string, expected: unknown, got: unknown): void {
  const [wanted, found] = [show(expected), show(got)];
  if (wanted !== found) throw new Found({ place, expected: wanted, got: found });
}

const show = (value: unknown): string => (typeof value === 'string' ? value : canonicalJson(value ?? null));

const PAGE = 500;

/**
 * Recomputes one book from its log alone: every hash and the tree, every posting and balance, every decision;
 * then compares the tables with what the log says. Stops at the first difference and names it.
 */
export async function verifyBook(
  db: Db,
  packs: PackSet,
  bookId: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<BookVerification> {
  const book = await db.selectFrom('book').selectAll().where('id', '=', bookId).executeTakeFirstOrThrow();
  const replay = new Replay(packs, book);
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
      for (const row of rows) replayed(replay, row);
      await compareEntries(db, bookId, replay.takeEntries(), from, from + PAGE);
      onProgress(replay.size, book.logSize);
      if (from + PAGE > book.logSize && rows.length < PAGE) break;
    }
    same('book logSize', replay.size, book.logSize);
    same('book logFrontier', frontierToText(replay.frontier), book.logFrontier);
    await findStrays(db, bookId, replay.size);
    await compareBalances(db, bookId, replay.balances);
    await checkCommitments(db, bookId);
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

/** Rows that claim a place outside the log, where replaying never looks. */
async function findStrays(db: Db, bookId: string, size: number): Promise<void> {
  const entry = await db
    .selectFrom('logEntry')
    .select('logIndex')
    .where('bookId', '=', bookId)
    .where('logIndex', '>=', size)
    .limit(1)
    .executeTakeFirst();
  if (entry) same(`logEntry ${entry.logIndex}`, 'nothing past the end', 'a row');
  const ledgerEntry = await db
    .selectFrom('ledgerEntry')
    .select('id')
    .where('bookId', '=', bookId)
    .where((where) => where.or([where('logIndex', '<', 0), where('logIndex', '>=', size)]))
    .limit(1)
    .executeTakeFirst();
  if (ledgerEntry) same(`ledgerEntry ${ledgerEntry.id}`, 'nothing in the log', 'a row');
}

/** The state that a log rebuilds, one entry at a time. */
class Replay {
  size = 0;
  frontier: Frontier = [];
  postings = 0;
  decisions = 0;
  decisionsUnchecked = 0;
  refusals = 0;
  readonly balances = new Map<string, Fen>();
  readonly #packs: ReadonlyMap<string, string>;
  #entries: { logged: LoggedEntry; logIndex: number; at: string }[] = [];

  constructor(
    private readonly packSet: PackSet,
    private readonly book: Row<'book'>,
  ) {
    this.#packs = new Map(packSet.packs.map((pack) => [pack.document.id, pack.sha256]));
  }

  entry(row: Row<'logEntry'>): void {
    const place = `logEntry ${row.logIndex}`;
    same(`${place} logIndex`, this.size, row.logIndex);
    same(`${place} leafHash`, leafHash(row.body), row.leafHash);
    const body = JSON.parse(row.body) as LogBody;
    same(`${place} canonical form`, canonicalJson(body), row.body);
    same(`${place} book`, body.book, this.book.id);
    same(`${place} index`, body.index, row.logIndex);
    same(`${place} recordedAt`, body.at, row.recordedAt);
    same(`${place} action`, body.action, row.action);
    same(`${place} subjectType`, body.subject.type, row.subjectType);
    same(`${place} subjectId`, body.subject.id, row.subjectId);
    same(`${place} outcome`, outcomeOf(body), row.outcome);
    this.frontier = appendLeaf(this.frontier, this.size, row.leafHash);
    this.size += 1;
    if (body.refusal) this.refusals += 1;
    if (body.decision) this.#decision(place, body);
    for (const logged of body.entries ?? []) this.#ledgerEntry(place, body, logged);
  }

  /** Hands over the ledger entries since the last call, for comparison with the tables. */
  takeEntries() {
    const taken = this.#entries;
    this.#entries = [];
    return taken;
  }

  #decision(place: string, body: LogBody): void {
    const recorded = body.decision as Decision;
    this.decisions += 1;
    if (recorded.packs.some((pack) => this.#packs.get(pack.id) !== pack.sha256)) {
      this.decisionsUnchecked += 1;
      return;
    }
    same(
      `${place} decision`,
      canonicalJson(decide(this.packSet, reviveFacts(body.facts))),
      canonicalJson(recorded),
    );
  }

  #ledgerEntry(place: string, body: LogBody, logged: LoggedEntry): void {
    if (body.refusal) same(`${place} entries`, 'no entries in a refusal', 'entries');
    const touched = new Set<string>();
    for (const [fundId, fromLayer, fromSubject, toLayer, toSubject, amount] of logged.postings) {
      const amountFen = BigInt(amount);
      if (amountFen <= 0n) same(`${place} posting amount`, 'above zero', amount);
      touched.add(this.#move(`${fundId}/${fromLayer}/${fromSubject}`, -amountFen));
      touched.add(this.#move(`${fundId}/${toLayer}/${toSubject}`, amountFen));
      this.postings += 1;
    }
    for (const key of touched) this.#checkSign(place, key);
    this.#entries.push({ logged, logIndex: body.index, at: body.at });
  }

  #move(key: string, amountFen: Fen): string {
    this.balances.set(key, (this.balances.get(key) ?? 0n) + amountFen);
    return key;
  }

  #checkSign(place: string, key: string): void {
    const balanceFen = this.balances.get(key) as Fen;
    const isWrong = isSource(key.split('/')[1] as string) ? balanceFen > 0n : balanceFen < 0n;
    if (isWrong) same(`${place} account ${key}`, 'a balance of its sign', balanceFen.toString());
  }
}

const outcomeOf = (body: LogBody): string | null =>
  body.refusal ? `refused:${body.refusal.code}` : (body.decision?.outcome ?? null);

/** The tables' ledger entries and postings, against those that the log holds for the same places. */
async function compareEntries(
  db: Db,
  bookId: string,
  logged: readonly { logged: LoggedEntry; logIndex: number; at: string }[],
  from: number,
  until: number,
): Promise<void> {
  const rows = await db
    .selectFrom('ledgerEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('logIndex', '>=', from)
    .where('logIndex', '<', until)
    .execute();
  const postings = await db
    .selectFrom('posting')
    .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
    .selectAll('posting')
    .where('ledgerEntry.bookId', '=', bookId)
    .where('logIndex', '>=', from)
    .where('logIndex', '<', until)
    .orderBy('entryId')
    .orderBy('seq')
    .execute();
  const byEntry = groupBy(postings, (posting) => posting.entryId);
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const { logged: entry, logIndex, at } of logged) {
    const place = `ledgerEntry ${entry.id}`;
    const row = found.get(entry.id);
    found.delete(entry.id);
    same(place, describe(bookId, entry, logIndex, at), row ? describeRow(row) : 'missing');
    const moved = (byEntry.get(entry.id) ?? []).map((posting, seq) => {
      same(`posting ${entry.id}/${seq} seq`, seq, posting.seq);
      return [
        posting.fundId,
        posting.fromLayer,
        posting.fromSubject,
        posting.toLayer,
        posting.toSubject,
        posting.amountFen.toString(),
      ];
    });
    for (let seq = 0; seq < Math.max(moved.length, entry.postings.length); seq += 1) {
      same(`posting ${entry.id}/${seq}`, entry.postings[seq] ?? 'nothing', moved[seq] ?? 'missing');
    }
  }
  for (const id of found.keys()) same(`ledgerEntry ${id}`, 'nothing in the log', 'a row');
}

const describe = (bookId: string, entry: LoggedEntry, logIndex: number, at: string) => ({
  bookId,
  logIndex,
  kind: entry.kind,
  effectiveDate: entry.effectiveDate,
  recordedAt: at,
  subjectType: entry.subject.type,
  subjectId: entry.subject.id,
  reversesId: entry.reverses,
});

function describeRow({ id: _id, ...row }: Row<'ledgerEntry'>) {
  return { ...row };
}

async function compareBalances(db: Db, bookId: string, balances: ReadonlyMap<string, Fen>): Promise<void> {
  const rows = await db
    .selectFrom('account')
    .innerJoin('fund', 'fund.id', 'account.fundId')
    .selectAll('account')
    .where('fund.bookId', '=', bookId)
    .execute();
  const expected = new Map(balances);
  for (const row of rows) {
    const key = `${row.fundId}/${row.layer}/${row.subject}`;
    same(`account ${key} balanceFen`, (expected.get(key) ?? 0n).toString(), row.balanceFen.toString());
    expected.delete(key);
  }
  for (const [key, balanceFen] of expected) same(`account ${key}`, balanceFen.toString(), 'missing');
}

async function checkCommitments(db: Db, bookId: string): Promise<void> {
  const rows = await db.selectFrom('commitment').selectAll().where('bookId', '=', bookId).execute();
  for (const { digest, salt, value } of rows)
    same(`commitment ${digest}`, digest, sha256Hex(`${salt}${value}`));
}

/** Every book of the installation, in the order they were opened. */
export async function verifyAll(
  db: Db,
  packs: PackSet,
  onProgress: (book: string, done: number, total: number) => void = () => {},
): Promise<BookVerification[]> {
  const books = await db.selectFrom('book').select(['id', 'name']).orderBy('id').execute();
  const results: BookVerification[] = [];
  for (const { id, name } of books) {
    results.push(await verifyBook(db, packs, id, (done, total) => onProgress(name, done, total)));
  }
  return results;
}
