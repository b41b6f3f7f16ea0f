import { groupBy } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import { formatYuan } from '../core/money.js';
import type { ListPage } from '../core/page.js';
import type { Row } from '../db/database.js';
import { contains, countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { ALLOTMENT_SORTS, AllotmentQuery, AllotmentView } from './allotments.schema.js';

import { isToDisburse } from './waiting.js';

type ItemRow = Omit<Row<'allotmentItem'>, 'bookId' | 'fundId' | 'allotmentId'> & { recipientName: string };

export function toView(
  allotment: Pick<
    Row<'allotment'>,
    'id' | 'bookId' | 'fundId' | 'documentNo' | 'effectiveDate' | 'amountFen' | 'logIndex'
  >,
  items: readonly ItemRow[],
): AllotmentView {
  return {
    id: allotment.id,
    bookId: allotment.bookId,
    fundId: allotment.fundId,
    documentNo: allotment.documentNo,
    effectiveDate: allotment.effectiveDate,
    amount: formatYuan(allotment.amountFen),
    logIndex: allotment.logIndex,
    items: items.map((item) => ({
      id: item.id,
      recipientId: item.recipientId,
      recipientName: item.recipientName,
      recipientBookId: item.recipientBookId,
      amount: formatYuan(item.amountFen),
      parts: partsOf(item),
    })),
  };
}

const partsOf = (item: Pick<Row<'allotmentItem'>, 'parts'>) =>
  (JSON.parse(item.parts) as { organisationId: string; amountFen: string }[]).map((part) => ({
    organisationId: part.organisationId,
    amount: formatYuan(BigInt(part.amountFen)),
  }));

/** Ids ascend with time. */
const SORTS: Readonly<Record<(typeof ALLOTMENT_SORTS)[number], SortKey>> = {
  issuedAt: { column: 'id' },
  effectiveDate: { column: 'effectiveDate' },
  amount: { column: 'amountFen', isInteger: true },
};

/** Allotments of a book with their items, newest first unless asked otherwise. */
export async function listAllotments(
  store: Store,
  actor: Actor,
  bookId: string,
  query: AllotmentQuery,
  today: BusinessDate,
): Promise<ListPage<AllotmentView>> {
  await demandBookRead(store.read, actor, bookId);
  let rows = store.read.selectFrom('allotment').selectAll().where('bookId', '=', bookId);
  if (query.fundId) rows = rows.where('fundId', '=', query.fundId);
  if (query.recipientId)
    rows = rows.where(
      'id',
      'in',
      store.read
        .selectFrom('allotmentItem')
        .select('allotmentId')
        .where('recipientId', '=', query.recipientId)
        .where('bookId', '=', bookId),
    );
  if (query.documentNo) rows = rows.where(contains('documentNo', query.documentNo));
  if (query.year)
    rows = rows
      .where('effectiveDate', '>=', `${query.year}-01-01`)
      .where('effectiveDate', '<=', `${query.year}-12-31`);
  if (query.toDisburse) rows = rows.where(isToDisburse(today));
  const set = keyset(SORTS, query);
  const total = query.count ? await countUpTo(store.read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, async (shown) => {
    const ids = shown.map((row) => row.id);
    const items = groupBy(await itemsOf(store.read, ids), (item) => item.allotmentId);
    return shown.map((row) => toView(row, items.get(row.id) ?? []));
  });
}

async function itemsOf(db: Db, allotmentIds: readonly string[]) {
  if (allotmentIds.length === 0) return [];
  return db
    .selectFrom('allotmentItem')
    .innerJoin('organisation', 'organisation.id', 'allotmentItem.recipientId')
    .selectAll('allotmentItem')
    .select('organisation.name as recipientName')
    .where('allotmentId', 'in', allotmentIds)
    .orderBy('allotmentItem.id')
    .execute();
}
