import type { z } from 'zod';
import { notFound } from '../core/errors.js';
import { type Fen, formatYuan, sumFen } from '../core/money.js';
import type { ListPage } from '../core/page.js';
import { SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import { contains, countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import { demandBookRead, demandFundRead } from './access.js';
import { type AsOf, fundAmounts, layerTotals } from './balances.js';
import type { FUND_SORTS, FundView, fundDocumentView, fundQuery } from './funds.schema.js';

/** The documents behind a fund's amounts, by 业务日期. @throws DomainError `not_found` */
export async function listFundDocuments(
  store: Store,
  actor: Actor,
  bookId: string,
  fundId: string,
): Promise<{ items: z.infer<typeof fundDocumentView>[] }> {
  await demandBookRead(store.read, actor, bookId);
  await getFund(store, actor, bookId, fundId, {});
  const rows = await store.read
    .selectFrom('fundDocument')
    .selectAll()
    .where('fundId', '=', fundId)
    .orderBy('effectiveDate')
    .orderBy('id')
    .execute();
  return {
    items: rows.map(({ amountFen, bookId: _book, ...row }) => ({ ...row, amount: formatYuan(amountFen) })),
  };
}

/** Ids ascend with time. */
const SORTS: Readonly<Record<(typeof FUND_SORTS)[number], SortKey>> = {
  createdAt: { column: 'id' },
  documentDate: { column: 'documentDate' },
  year: { column: 'year', isInteger: true },
};

/** Funds of a book with their amounts at a point in time, newest first unless asked otherwise. */
export async function listFunds(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof fundQuery>,
): Promise<ListPage<FundView>> {
  await demandFundRead(store.read, actor, bookId);
  let rows = store.read.selectFrom('fund').selectAll().where('bookId', '=', bookId);
  if (query.type) rows = rows.where('type', '=', query.type);
  if (query.year) rows = rows.where('year', '=', query.year);
  if (query.level) rows = rows.where('level', '=', query.level);
  if (query.documentNo) rows = rows.where(contains('documentNo', query.documentNo));
  const set = keyset(SORTS, query);
  const total = query.count ? await countUpTo(store.read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, (shown) =>
    withAmounts(store.read, shown, query),
  );
}

/** @throws DomainError `not_found` */
export async function getFund(
  store: Store,
  actor: Actor,
  bookId: string,
  fundId: string,
  asOf: AsOf,
): Promise<FundView> {
  await demandFundRead(store.read, actor, bookId);
  const row = await store.read
    .selectFrom('fund')
    .selectAll()
    .where('id', '=', fundId)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('资金批次');
  const [view] = await withAmounts(store.read, [row], asOf);
  return view as FundView;
}

async function withAmounts(db: Db, rows: readonly Row<'fund'>[], asOf: AsOf): Promise<FundView[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const totals = await layerTotals(db, ids, asOf);
  let documents = db
    .selectFrom('fundDocument')
    .innerJoin('logEntry', (join) =>
      join
        .onRef('logEntry.bookId', '=', 'fundDocument.bookId')
        .onRef('logEntry.logIndex', '=', 'fundDocument.logIndex'),
    )
    .select(['fundId', 'amountFen'])
    .where('fundId', 'in', ids)
    .where('kind', '=', 'valuation');
  if (asOf.effectiveBy) documents = documents.where('effectiveDate', '<=', asOf.effectiveBy);
  if (asOf.recordedBy) documents = documents.where('recordedAt', '<=', asOf.recordedBy);
  const valuations = await documents.execute();
  return rows.map((row) =>
    toFundView(
      row,
      totals.get(row.id) ?? {},
      sumFen(
        valuations.filter((document) => document.fundId === row.id).map((document) => document.amountFen),
      ),
    ),
  );
}

export function toFundView(
  row: Row<'fund'>,
  totals: Parameters<typeof fundAmounts>[0],
  valuationFen: Fen,
): FundView {
  const type = row.type as SourceType;
  return {
    id: row.id,
    bookId: row.bookId,
    type,
    typeLabel: SOURCE_LABELS[type],
    level: row.level as FundView['level'],
    year: row.year,
    name: row.name,
    documentNo: row.documentNo,
    documentDate: row.documentDate,
    programme: row.programme,
    isExample: row.isExample === 1,
    terms: JSON.parse(row.terms),
    amounts: fundAmounts(totals),
    valuation: formatYuan(valuationFen),
    version: row.version,
  };
}
