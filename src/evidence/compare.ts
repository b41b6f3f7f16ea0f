import type { LoggedEntry } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import type { Fen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { same } from './difference.js';

/** Rows that claim a place outside the log, where replaying never looks. */
export async function findStrays(db: Db, bookId: string, size: number): Promise<void> {
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

/** The tables' ledger entries and postings, against those that the log holds for the same places. */
export async function compareEntries(
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

export async function compareBalances(
  db: Db,
  bookId: string,
  balances: ReadonlyMap<string, Fen>,
): Promise<void> {
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
