import type { BusinessDate } from '../core/dates.js';
import type { OrganisationKind, SourceType } from '../core/vocabulary.js';
import { LEVELS, type Level } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';
import { idsOf } from '../organisations/index.js';
import type { Issue, OwnRecord } from './pairs.js';

/** A book with the bureau whose it is, and the books of the bureaus above it, nearest last. */
export interface BookPlace {
  readonly bookId: string;
  readonly bureauName: string;
  readonly bureauPath: string;
  readonly bureauKind: OrganisationKind;
  readonly upper: readonly Pick<BookPlace, 'bookId' | 'bureauName' | 'bureauPath'>[];
}

const CHUNK = 500;

async function inChunks<Row>(
  ids: readonly string[],
  read: (chunk: readonly string[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < ids.length; start += CHUNK)
    rows.push(...(await read(ids.slice(start, start + CHUNK))));
  return rows;
}

const bureaus = (db: Db | Trx) =>
  db
    .selectFrom('book')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .select([
      'book.id as bookId',
      'organisation.name as bureauName',
      'organisation.path as bureauPath',
      'organisation.kind as bureauKind',
    ]);

export async function placesOf(db: Db | Trx, bookIds: readonly string[]): Promise<BookPlace[]> {
  const own = await inChunks(bookIds, (chunk) => bureaus(db).where('book.id', 'in', chunk).execute());
  const above = [...new Set(own.flatMap((book) => idsOf(book.bureauPath)))];
  const all = await inChunks(above, (chunk) => bureaus(db).where('book.bureauId', 'in', chunk).execute());
  return own.map((book) => ({
    ...book,
    bureauKind: book.bureauKind as OrganisationKind,
    upper: all
      .filter(({ bookId, bureauPath }) => bookId !== book.bookId && book.bureauPath.startsWith(bureauPath))
      .sort((a, b) => a.bureauPath.length - b.bureauPath.length),
  }));
}

/** The books that a book issued anything to in a year, by a day. */
export async function recipientBooks(
  db: Db,
  bookId: string,
  { from, until }: { from: BusinessDate; until: BusinessDate },
): Promise<string[]> {
  const allotted = await db
    .selectFrom('allotmentItem as item')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .select('item.recipientBookId')
    .distinct()
    .where('allotment.bookId', '=', bookId)
    .where('allotment.effectiveDate', '>=', from)
    .where('allotment.effectiveDate', '<=', until)
    .execute();
  const paid = await db
    .selectFrom('disbursement')
    .select('recipientBookId')
    .distinct()
    .where('bookId', '=', bookId)
    .where('effectiveDate', '>=', from)
    .where('effectiveDate', '<=', until)
    .execute();
  const ids = [...allotted, ...paid].map((row) => row.recipientBookId).filter((id) => id !== null);
  return [...new Set(ids)];
}

/** Everything that was ever issued to these books by a day (业务日期), oldest first. */
export async function issuesTo(
  db: Db | Trx,
  bookIds: readonly string[],
  asOf: BusinessDate,
): Promise<Issue[]> {
  const allotted = await inChunks(bookIds, (chunk) => allotments(db, chunk, asOf));
  const paid = await inChunks(bookIds, (chunk) => disbursements(db, chunk, asOf));
  const issues = [
    ...allotted.map(
      (row): Issue => ({
        ...row,
        basis: 'authority',
        toBookId: row.toBookId as string,
        itemId: row.id,
        allotmentNo: row.documentNo,
        acknowledgedDate: null,
      }),
    ),
    ...paid.map((row): Issue => ({ ...row, basis: 'cash' })),
  ];
  return issues.sort(byDate);
}

const allotments = (db: Db | Trx, bookIds: readonly string[], asOf: BusinessDate) =>
  db
    .selectFrom('allotmentItem as item')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .innerJoin('logEntry', (join) =>
      join
        .onRef('logEntry.bookId', '=', 'allotment.bookId')
        .onRef('logEntry.logIndex', '=', 'allotment.logIndex'),
    )
    .select([
      'item.id',
      'item.bookId',
      'item.recipientBookId as toBookId',
      'item.fundId',
      'item.amountFen',
      'allotment.documentNo',
      'allotment.effectiveDate',
      'allotment.logIndex',
      'logEntry.leafHash',
    ])
    .where('item.recipientBookId', 'in', bookIds)
    .where('allotment.effectiveDate', '<=', asOf)
    .execute();

const disbursements = (db: Db | Trx, bookIds: readonly string[], asOf: BusinessDate) =>
  db
    .selectFrom('disbursement')
    .innerJoin('allotmentItem as item', 'item.id', 'disbursement.allotmentItemId')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .innerJoin('logEntry', (join) =>
      join
        .onRef('logEntry.bookId', '=', 'disbursement.bookId')
        .onRef('logEntry.logIndex', '=', 'disbursement.logIndex'),
    )
    .leftJoin('acknowledgement', 'acknowledgement.disbursementId', 'disbursement.id')
    .leftJoin('ledgerEntry as noted', (join) =>
      join
        .onRef('noted.bookId', '=', 'acknowledgement.bookId')
        .onRef('noted.logIndex', '=', 'acknowledgement.logIndex'),
    )
    .select([
      'disbursement.id',
      'disbursement.bookId',
      'disbursement.recipientBookId as toBookId',
      'disbursement.fundId',
      'disbursement.allotmentItemId as itemId',
      'allotment.documentNo as allotmentNo',
      'disbursement.voucherNo as documentNo',
      'disbursement.effectiveDate',
      'disbursement.amountFen',
      'disbursement.logIndex',
      'logEntry.leafHash',
      'noted.effectiveDate as acknowledgedDate',
    ])
    .where('disbursement.recipientBookId', 'in', bookIds)
    .where('disbursement.effectiveDate', '<=', asOf)
    .execute();

/**
 * What these books recorded by a day as come from above, oldest first: intakes, and documents typed by hand of funds
 * that come from above.
 */
export async function recordsOf(
  db: Db | Trx,
  places: readonly BookPlace[],
  asOf: BusinessDate,
): Promise<OwnRecord[]> {
  const ids = places.map((place) => place.bookId);
  const placeOf = new Map(places.map((place) => [place.bookId, place]));
  const intakes = await inChunks(ids, (chunk) =>
    db
      .selectFrom('intake')
      .innerJoin('fund', 'fund.id', 'intake.fundId')
      .selectAll('intake')
      .select('fund.documentNo as fundDocumentNo')
      .where('intake.bookId', 'in', chunk)
      .where('intake.effectiveDate', '<=', asOf)
      .execute(),
  );
  const documents = await inChunks(ids, (chunk) =>
    db
      .selectFrom('fundDocument as document')
      .innerJoin('fund', 'fund.id', 'document.fundId')
      .selectAll('document')
      .select(['fund.documentNo as fundDocumentNo', 'fund.type', 'fund.level'])
      .where('document.bookId', 'in', chunk)
      .where('document.kind', 'in', ['grant', 'arrival'])
      .where('document.effectiveDate', '<=', asOf)
      .execute(),
  );
  const takenIn = new Set(intakes.map((intake) => intake.fundId));
  const records = [
    ...intakes.map(
      (row): OwnRecord => ({
        ...row,
        basis: row.kind === 'allotment' ? 'authority' : 'cash',
        kind: 'intake',
      }),
    ),
    ...documents
      .filter((row) => takenIn.has(row.fundId) || isFromAbove(row, placeOf.get(row.bookId) as BookPlace))
      .map(
        (row): OwnRecord => ({
          ...row,
          basis: row.kind === 'grant' ? 'authority' : 'cash',
          kind: row.kind === 'grant' ? 'grant' : 'arrival',
          issueId: null,
        }),
      ),
  ];
  return records.sort(byDate);
}

const byDate = (a: Issue | OwnRecord, b: Issue | OwnRecord) =>
  a.effectiveDate.localeCompare(b.effectiveDate) || (a.id < b.id ? -1 : 1);

const LEVEL_OF: Partial<Record<OrganisationKind, Level>> = {
  bureau_provincial: 'provincial',
  bureau_prefecture: 'prefecture',
  bureau_county: 'county',
};
/** Money that bureaus pass down; donors and other departments are no upper level. */
const PASSED_DOWN: readonly SourceType[] = [
  'provincial_subsidy',
  'welfare_lottery',
  'social_relief',
  'local_budget',
];

/** Whether a fund, by its type and level, comes from an upper bureau that keeps its book here. */
export function isFromAbove(
  fund: Pick<Row<'fund'>, 'type' | 'level'>,
  { bureauKind, upper }: Pick<BookPlace, 'bureauKind' | 'upper'>,
): boolean {
  const own = LEVELS.indexOf(LEVEL_OF[bureauKind] ?? 'township');
  return (
    upper.length > 0 &&
    PASSED_DOWN.includes(fund.type as SourceType) &&
    LEVELS.indexOf(fund.level as Level) < own
  );
}

export const fundsByIds = (db: Db, ids: readonly string[]): Promise<Row<'fund'>[]> =>
  inChunks(ids, (chunk) => db.selectFrom('fund').selectAll().where('id', 'in', chunk).execute());

export const fundsOfBooks = (db: Db, bookIds: readonly string[]): Promise<Row<'fund'>[]> =>
  inChunks(bookIds, (chunk) => db.selectFrom('fund').selectAll().where('bookId', 'in', chunk).execute());
