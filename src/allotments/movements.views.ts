import { formatYuan } from '../core/money.js';
import type { ListPage } from '../core/page.js';
import { contains, countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { MOVEMENT_SORTS, PaidQuery, PaidView, TakenQuery, TakenView } from './allotments.schema.js';

type Sort = (typeof MOVEMENT_SORTS)[number];
/** Ids ascend with time. */
const PAID_SORTS: Readonly<Record<Sort, SortKey>> = {
  recordedAt: { column: 'disbursement.id' },
  effectiveDate: { column: 'disbursement.effectiveDate' },
  amount: { column: 'disbursement.amountFen', isInteger: true },
};
const TAKEN_SORTS: Readonly<Record<Sort, SortKey>> = {
  recordedAt: { column: 'intake.id' },
  effectiveDate: { column: 'intake.effectiveDate' },
  amount: { column: 'intake.amountFen', isInteger: true },
};

const ofYear = (year: number) => [`${year}-01-01`, `${year}-12-31`] as const;

/** 拨付记录: cash paid down by a book, with what became of it, newest first unless asked otherwise. */
export async function listDisbursements(
  store: Store,
  actor: Actor,
  bookId: string,
  query: PaidQuery,
): Promise<ListPage<PaidView>> {
  const { read } = store;
  await demandBookRead(read, actor, bookId);
  let rows = paidOf(read, bookId);
  if (query.fundId) rows = rows.where('disbursement.fundId', '=', query.fundId);
  if (query.recipientBookId) rows = rows.where('disbursement.recipientBookId', '=', query.recipientBookId);
  if (query.voucherNo) rows = rows.where(contains('disbursement.voucherNo', query.voucherNo));
  if (query.state === 'acknowledged') rows = rows.where('acknowledgement.logIndex', 'is not', null);
  if (query.state === 'arrived')
    rows = rows.where('intake.id', 'is not', null).where('acknowledgement.logIndex', 'is', null);
  if (query.state === 'in_transit') rows = rows.where('intake.id', 'is', null);
  if (query.year) {
    const [from, until] = ofYear(query.year);
    rows = rows
      .where('disbursement.effectiveDate', '>=', from)
      .where('disbursement.effectiveDate', '<=', until);
  }
  const set = keyset(PAID_SORTS, query, { column: 'disbursement.id' });
  const total = query.count ? await countUpTo(read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, async (shown) =>
    shown.map(({ amountFen, notedIndex, ...row }) => ({
      ...row,
      amount: formatYuan(amountFen),
      state: notedIndex !== null ? 'acknowledged' : row.takenDate !== null ? 'arrived' : 'in_transit',
    })),
  );
}

const paidOf = (db: Db, bookId: string) =>
  db
    .selectFrom('disbursement')
    .innerJoin('allotmentItem as item', 'item.id', 'disbursement.allotmentItemId')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .innerJoin('organisation', 'organisation.id', 'item.recipientId')
    .leftJoin('intake', (join) =>
      join.onRef('intake.issueId', '=', 'disbursement.id').on('intake.kind', '=', 'disbursement'),
    )
    .leftJoin('acknowledgement', 'acknowledgement.disbursementId', 'disbursement.id')
    .select([
      'disbursement.id',
      'disbursement.bookId',
      'disbursement.fundId',
      'disbursement.allotmentItemId',
      'allotment.documentNo',
      'disbursement.recipientBookId',
      'organisation.name as recipientName',
      'disbursement.voucherNo',
      'disbursement.effectiveDate',
      'disbursement.amountFen',
      'intake.effectiveDate as takenDate',
      'acknowledgement.logIndex as notedIndex',
      'disbursement.logIndex',
    ])
    // The funds lead to the rows: disbursements are indexed by fund.
    .where('disbursement.fundId', 'in', db.selectFrom('fund').select('id').where('bookId', '=', bookId));

/** 收文与到账记录: what a book took in from above, newest first unless asked otherwise. */
export async function listIntakes(
  store: Store,
  actor: Actor,
  bookId: string,
  query: TakenQuery,
): Promise<ListPage<TakenView>> {
  const { read } = store;
  await demandBookRead(read, actor, bookId);
  let rows = takenBy(read, bookId);
  if (query.fundId) rows = rows.where('intake.fundId', '=', query.fundId);
  if (query.kind) rows = rows.where('intake.kind', '=', query.kind);
  if (query.documentNo) rows = rows.where(contains('intake.documentNo', query.documentNo));
  if (query.year) {
    const [from, until] = ofYear(query.year);
    rows = rows.where('intake.effectiveDate', '>=', from).where('intake.effectiveDate', '<=', until);
  }
  const set = keyset(TAKEN_SORTS, query, { column: 'intake.id' });
  const total = query.count ? await countUpTo(read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, async (shown) =>
    shown.map(({ amountFen, issueDocumentNo, issueDate, voucherNo, paidDate, ...row }) => ({
      ...row,
      amount: formatYuan(amountFen),
      issueDocumentNo: (issueDocumentNo ?? voucherNo) as string,
      issueDate: (issueDate ?? paidDate) as string,
    })),
  );
}

const takenBy = (db: Db, bookId: string) =>
  db
    .selectFrom('intake')
    .innerJoin('book', 'book.id', 'intake.issueBookId')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .leftJoin('allotmentItem as item', (join) =>
      join.onRef('item.id', '=', 'intake.issueId').on('intake.kind', '=', 'allotment'),
    )
    .leftJoin('allotment', 'allotment.id', 'item.allotmentId')
    .leftJoin('disbursement', (join) =>
      join.onRef('disbursement.id', '=', 'intake.issueId').on('intake.kind', '=', 'disbursement'),
    )
    .select([
      'intake.id',
      'intake.bookId',
      'intake.fundId',
      'intake.kind',
      'intake.issueId',
      'intake.documentNo',
      'intake.effectiveDate',
      'intake.amountFen',
      'intake.issueLeafHash',
      'intake.logIndex',
      'organisation.name as fromName',
      'allotment.documentNo as issueDocumentNo',
      'allotment.effectiveDate as issueDate',
      'disbursement.voucherNo',
      'disbursement.effectiveDate as paidDate',
    ])
    .where('intake.bookId', '=', bookId);
