import { groupBy } from '../core/collections.js';
import { formatYuan } from '../core/money.js';
import { pageOf } from '../core/page.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { AllotmentView } from './allotments.schema.js';

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

/** Allotments of a book with their items, newest first. */
export async function listAllotments(
  store: Store,
  actor: Actor,
  bookId: string,
  query: { limit: number; cursor?: string | undefined },
) {
  await demandBookRead(store.read, actor, bookId);
  let rows = store.read.selectFrom('allotment').selectAll().where('bookId', '=', bookId);
  if (query.cursor) rows = rows.where('id', '<', query.cursor);
  const page = await rows
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
  return pageOf(page, query.limit, async (shown) => {
    const items = groupBy(
      await itemsOf(
        store.read,
        shown.map((row) => row.id),
      ),
      (item) => item.allotmentId,
    );
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
