import { sql } from 'kysely';
import { chunksOf } from '../core/collections.js';
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
  const found: Issued[] = [];
  for (const chunk of chunksOf(fundIds))
    found.push(
      ...(await db
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
        .execute()),
    );
  return found;
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
  const found: Item[] = [];
  for (const chunk of chunksOf([...new Set(recipientIds)])) {
    const rows = await db
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
      .execute();
    found.push(...rows);
  }
  return found;
}

/** Items that were taken into these funds, newest first. */
export async function itemsInto(db: Db, fundIds: readonly string[]): Promise<Item[]> {
  const found: Item[] = [];
  for (const chunk of chunksOf(fundIds))
    found.push(
      ...(await db
        .selectFrom('intake')
        .innerJoin('allotmentItem as item', 'item.id', 'intake.issueId')
        .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
        .select(ITEM_COLUMNS)
        .where('intake.fundId', 'in', chunk)
        .where('intake.kind', '=', 'allotment')
        .orderBy('allotment.effectiveDate', 'desc')
        .orderBy('item.id', 'desc')
        .execute()),
    );
  return found;
}

/** Cash that followed an item. */
export interface Paid {
  readonly itemId: string;
  readonly effectiveDate: BusinessDate;
  readonly amountFen: Fen;
  readonly takenDate: BusinessDate | null;
}

export async function paidFor(db: Db, itemIds: readonly string[]): Promise<Paid[]> {
  const found: Paid[] = [];
  for (const chunk of chunksOf(itemIds))
    found.push(
      ...(await db
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
        .execute()),
    );
  return found;
}

/** A 下达 that was recorded by hand. */
export type Grant = Pick<Row<'fundDocument'>, 'fundId' | 'effectiveDate' | 'amountFen'>;

export async function grantsOf(db: Db, fundIds: readonly string[]): Promise<Grant[]> {
  const found: Grant[] = [];
  for (const chunk of chunksOf(fundIds))
    found.push(
      ...(await db
        .selectFrom('fundDocument')
        .select(['fundId', 'effectiveDate', 'amountFen'])
        .where('fundId', 'in', chunk)
        .where('kind', '=', 'grant')
        .execute()),
    );
  return found;
}

/** What stands in the common pool of each fund: neither passed down nor anybody's, promised, held or spent. */
export async function commonPools(db: Db, fundIds: readonly string[]): Promise<Map<string, Fen>> {
  const found = new Map<string, Fen>();
  for (const chunk of chunksOf(fundIds)) {
    const rows = await db
      .selectFrom('account')
      .select(['fundId', 'balanceFen'])
      .where('fundId', 'in', chunk)
      .where('layer', '=', 'available')
      .where('subject', '=', '')
      .execute();
    for (const { fundId, balanceFen } of rows) found.set(fundId, balanceFen);
  }
  return found;
}

/** Organisations by id. */
export async function placesOf(db: Db, ids: Iterable<string>) {
  const found = new Map<string, Pick<Row<'organisation'>, 'id' | 'name' | 'kind' | 'path'>>();
  for (const chunk of chunksOf([...new Set(ids)])) {
    const rows = await db
      .selectFrom('organisation')
      .select(['id', 'name', 'kind', 'path'])
      .where('id', 'in', chunk)
      .execute();
    for (const row of rows) found.set(row.id, row);
  }
  return found;
}

/** Bureaus by the ids of their books. */
export async function bureausOf(db: Db, bookIds: Iterable<string>) {
  const found = new Map<string, { bookId: string; name: string; path: string }>();
  for (const chunk of chunksOf([...new Set(bookIds)])) {
    const rows = await db
      .selectFrom('book')
      .innerJoin('organisation', 'organisation.id', 'book.bureauId')
      .select(['book.id as bookId', 'organisation.name', 'organisation.path'])
      .where('book.id', 'in', chunk)
      .execute();
    for (const row of rows) found.set(row.bookId, row);
  }
  return found;
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
