import { sql } from 'kysely';
import { inChunks } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';

/** What one fund issued to one recipient, over all its documents. */
export interface Issued {
  readonly fundId: string;
  readonly recipientId: string;
  /** Null: the recipient's share stayed in the book that issued it. */
  readonly recipientBookId: string | null;
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly amountFen: Fen;
}

/** Sums by recipient of what the funds issued. */
export async function issuedBy(db: Db, fundIds: readonly string[]): Promise<Issued[]> {
  return inChunks(fundIds, (chunk) =>
    db
      .selectFrom('allotment')
      .innerJoin('allotmentItem as item', 'item.allotmentId', 'allotment.id')
      .innerJoin('organisation', 'organisation.id', 'item.recipientId')
      .select([
        'allotment.fundId',
        'item.recipientId',
        'item.recipientBookId',
        'organisation.name',
        'organisation.kind',
        'organisation.path',
        sql<Fen>`cast(sum("item"."amountFen") as bigint)`.as('amountFen'),
      ])
      .where('allotment.fundId', 'in', chunk)
      .groupBy([
        'allotment.fundId',
        'item.recipientId',
        'item.recipientBookId',
        'organisation.name',
        'organisation.kind',
        'organisation.path',
      ])
      .execute(),
  );
}

/** One item of a document, and how its book took it in. */
export interface Item {
  readonly id: string;
  readonly allotmentId: string;
  readonly bookId: string;
  readonly fundId: string;
  readonly recipientId: string;
  readonly recipientBookId: string | null;
  readonly amountFen: Fen;
  readonly parts: string;
  readonly documentNo: string;
  readonly effectiveDate: BusinessDate;
  readonly logIndex: number;
  readonly takenFundId: string | null;
  readonly takenNo: string | null;
  readonly takenDate: BusinessDate | null;
  readonly takenIndex: number | null;
}

const ITEM_COLUMNS = [
  'item.id',
  'item.allotmentId',
  'item.bookId',
  'item.fundId',
  'item.recipientId',
  'item.recipientBookId',
  'item.amountFen',
  'item.parts',
  'allotment.documentNo',
  'allotment.effectiveDate',
  'allotment.logIndex',
  'intake.fundId as takenFundId',
  'intake.documentNo as takenNo',
  'intake.effectiveDate as takenDate',
  'intake.logIndex as takenIndex',
] as const;

/** Items of the funds to these recipients, newest first. */
export async function itemsTo(
  db: Db,
  fundIds: readonly string[],
  recipientIds: readonly string[],
): Promise<Item[]> {
  return inChunks(new Set(recipientIds), (chunk) =>
    db
      .selectFrom('allotment')
      .innerJoin('allotmentItem as item', 'item.allotmentId', 'allotment.id')
      .leftJoin('intake', (join) =>
        join.onRef('intake.issueId', '=', 'item.id').on('intake.kind', '=', 'allotment'),
      )
      .select(ITEM_COLUMNS)
      .where('allotment.fundId', 'in', fundIds)
      .where('item.recipientId', 'in', chunk)
      .orderBy('allotment.effectiveDate', 'desc')
      .orderBy('item.id', 'desc')
      .execute(),
  );
}

/** Items that were taken into these funds, newest first. */
export async function itemsInto(db: Db, fundIds: readonly string[]): Promise<Item[]> {
  return inChunks(fundIds, (chunk) =>
    db
      .selectFrom('intake')
      .innerJoin('allotmentItem as item', 'item.id', 'intake.issueId')
      .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
      .select(ITEM_COLUMNS)
      .where('intake.fundId', 'in', chunk)
      .where('intake.kind', '=', 'allotment')
      .orderBy('allotment.effectiveDate', 'desc')
      .orderBy('item.id', 'desc')
      .execute(),
  );
}

/** Cash that followed an item. */
export interface Paid {
  readonly itemId: string;
  readonly effectiveDate: BusinessDate;
  readonly amountFen: Fen;
  readonly takenDate: BusinessDate | null;
}

export async function paidFor(db: Db, itemIds: readonly string[]): Promise<Paid[]> {
  return inChunks(itemIds, (chunk) =>
    db
      .selectFrom('disbursement')
      .leftJoin('intake', (join) =>
        join.onRef('intake.issueId', '=', 'disbursement.id').on('intake.kind', '=', 'disbursement'),
      )
      .select([
        'disbursement.allotmentItemId as itemId',
        'disbursement.effectiveDate',
        'disbursement.amountFen',
        'intake.effectiveDate as takenDate',
      ])
      .where('disbursement.allotmentItemId', 'in', chunk)
      .execute(),
  );
}

/** A 下达 that was recorded by hand. */
export type Grant = Pick<Row<'fundDocument'>, 'fundId' | 'effectiveDate' | 'amountFen'>;

export async function grantsOf(db: Db, fundIds: readonly string[]): Promise<Grant[]> {
  return inChunks(fundIds, (chunk) =>
    db
      .selectFrom('fundDocument')
      .select(['fundId', 'effectiveDate', 'amountFen'])
      .where('fundId', 'in', chunk)
      .where('kind', '=', 'grant')
      .execute(),
  );
}

/** What stands in the common pool of each fund: neither passed down nor anybody's, promised, held or spent. */
export async function commonPools(db: Db, fundIds: readonly string[]): Promise<Map<string, Fen>> {
  const rows = await inChunks(fundIds, (chunk) =>
    db
      .selectFrom('account')
      .select(['fundId', 'balanceFen'])
      .where('fundId', 'in', chunk)
      .where('layer', '=', 'available')
      .where('subject', '=', '')
      .execute(),
  );
  return new Map(rows.map(({ fundId, balanceFen }) => [fundId, balanceFen]));
}

/** Organisations by id. */
export async function placesOf(db: Db, ids: Iterable<string>) {
  const rows = await inChunks(new Set(ids), (chunk) =>
    db.selectFrom('organisation').select(['id', 'name', 'kind', 'path']).where('id', 'in', chunk).execute(),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Bureaus by the ids of their books. */
export async function bureausOf(db: Db, bookIds: Iterable<string>) {
  const rows = await inChunks(new Set(bookIds), (chunk) =>
    db
      .selectFrom('book')
      .innerJoin('organisation', 'organisation.id', 'book.bureauId')
      .select(['book.id as bookId', 'organisation.name', 'organisation.path'])
      .where('book.id', 'in', chunk)
      .execute(),
  );
  return new Map(rows.map((row) => [row.bookId, row]));
}

/** Funds of a book that are asked for, newest year first. */
export function fundsAsked(
  db: Db,
  bookId: string,
  {
    fundId,
    year,
    type,
  }: { fundId?: string | undefined; year?: number | undefined; type?: string | undefined },
): Promise<Row<'fund'>[]> {
  let rows = db.selectFrom('fund').selectAll().where('bookId', '=', bookId);
  if (fundId) rows = rows.where('id', '=', fundId);
  if (year) rows = rows.where('year', '=', year);
  if (type) rows = rows.where('type', '=', type);
  return rows.orderBy('year', 'desc').orderBy('documentNo').orderBy('id').execute();
}
