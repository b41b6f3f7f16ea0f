import type { LoggedEntry } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';

/** A log entry past the end, where replaying never looks. */
export async function findStrayEntry(db: Db, bookId: string, size: number): Promise<void> {
  const entry = await db
    .selectFrom('logEntry')
    .select('logIndex')
    .where('bookId', '=', bookId)
    .where('logIndex', '>=', size)
    .limit(1)
    .executeTakeFirst();
  if (entry) same(`logEntry ${entry.logIndex}`, 'nothing past the end', 'a row');
}

/** Ledger entries that claim a place outside the log. */
export async function findStrays(db: Db, bookId: string, size: number): Promise<void> {
  const ledgerEntry = await db
    .selectFrom('ledgerEntry')
    .select('id')
    .where('bookId', '=', bookId)
    .where((where) => where.or([where('logIndex', '<', 0), where('logIndex', '>=', size)]))
    .orderBy('logIndex')
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
    .orderBy('logIndex')
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
  const seen = new Set<string>();
  for (const { id } of rows) once(seen, `ledgerEntry ${id}`);
  const found = new Map(rows.map((row) => [row.id, row]));
  for (const { logged: entry, logIndex, at } of logged) {
    const row = found.get(entry.id);
    found.delete(entry.id);
    if (row) compareEntry(row, { bookId, logIndex, at }, entry);
    else same(`ledgerEntry ${entry.id}`, 'a row', 'missing');
    const moved = byEntry.get(entry.id) ?? [];
    for (let seq = 0; seq < Math.max(moved.length, entry.postings.length); seq += 1) {
      const [posting, told] = [moved[seq], entry.postings[seq]];
      if (posting && told && isTold(posting, seq, told)) continue;
      comparePosting(`posting ${entry.id}/${seq}`, seq, posting, told);
    }
  }
  for (const id of found.keys()) same(`ledgerEntry ${id}`, 'nothing in the log', 'a row');
}

function compareEntry(
  row: Row<'ledgerEntry'>,
  at: { readonly bookId: string; readonly logIndex: number; readonly at: string },
  entry: LoggedEntry,
): void {
  const place = `ledgerEntry ${entry.id}`;
  same(`${place} bookId`, at.bookId, row.bookId);
  same(`${place} logIndex`, at.logIndex, row.logIndex);
  same(`${place} kind`, entry.kind, row.kind);
  same(`${place} effectiveDate`, entry.effectiveDate, row.effectiveDate);
  same(`${place} recordedAt`, at.at, row.recordedAt);
  same(`${place} subjectType`, entry.subject.type, row.subjectType);
  same(`${place} subjectId`, entry.subject.id, row.subjectId);
  same(`${place} reversesId`, entry.reverses, row.reversesId);
}

/** Nearly every posting: nothing to be named. */
const isTold = (row: Row<'posting'>, seq: number, told: LoggedEntry['postings'][number]): boolean =>
  row.seq === seq &&
  row.fundId === told[0] &&
  row.fromLayer === told[1] &&
  row.fromSubject === told[2] &&
  row.toLayer === told[3] &&
  row.toSubject === told[4] &&
  row.amountFen.toString() === told[5];

function comparePosting(
  place: string,
  seq: number,
  row: Row<'posting'> | undefined,
  told: LoggedEntry['postings'][number] | undefined,
): void {
  if (!told) same(place, 'nothing in the log', 'a row');
  if (!row) same(place, 'a row', 'missing');
  if (!told || !row) return;
  const [fundId, fromLayer, fromSubject, toLayer, toSubject, amountFen] = told;
  same(`${place} seq`, seq, row.seq);
  same(`${place} fundId`, fundId, row.fundId);
  same(`${place} fromLayer`, fromLayer, row.fromLayer);
  same(`${place} fromSubject`, fromSubject, row.fromSubject);
  same(`${place} toLayer`, toLayer, row.toLayer);
  same(`${place} toSubject`, toSubject, row.toSubject);
  same(`${place} amountFen`, amountFen, String(row.amountFen));
}
