import type { z } from 'zod';
import { type BusinessDate, daysBetween } from '../core/dates.js';
import { formatYuan } from '../core/money.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { TransitQuery, transitView } from './allotments.schema.js';

/**
 * What was issued from or to a book by a day and not taken in by then (by 业务日期), oldest first, with its age
 * (D1).
 */
export async function listTransit(
  store: Store,
  actor: Actor,
  bookId: string,
  asOfDate: BusinessDate,
  { kind, direction }: Omit<TransitQuery, 'asOf'> = {},
): Promise<{ items: z.infer<typeof transitView>[] }> {
  await demandBookRead(store.read, actor, bookId);
  const rows = [
    ...(kind === 'disbursement' ? [] : await openAllotments(store.read, bookId, asOfDate)),
    ...(kind === 'allotment' ? [] : await openDisbursements(store.read, bookId, asOfDate)),
  ].filter(
    ({ fromBookId, toBookId }) =>
      direction === undefined || (direction === 'in' ? toBookId : fromBookId) === bookId,
  );
  const items = rows.map(({ amountFen, ...row }) => ({
    ...row,
    amount: formatYuan(amountFen),
    ageDays: daysBetween(row.effectiveDate, asOfDate),
  }));
  return { items: items.sort((a, b) => b.ageDays - a.ageDays) };
}

async function openAllotments(db: Db, bookId: string, asOfDate: BusinessDate) {
  const rows = await db
    .selectFrom('allotmentItem as item')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .innerJoin('organisation', 'organisation.id', 'item.recipientId')
    .leftJoin('intake', (join) =>
      join
        .onRef('intake.issueId', '=', 'item.id')
        .on('intake.kind', '=', 'allotment')
        .on('intake.effectiveDate', '<=', asOfDate),
    )
    .select([
      'item.id as issueId',
      'item.bookId as fromBookId',
      'item.recipientBookId as toBookId',
      'organisation.name as toName',
      'allotment.documentNo',
      'allotment.effectiveDate',
      'item.amountFen',
    ])
    .where('allotment.effectiveDate', '<=', asOfDate)
    .where('intake.id', 'is', null)
    .where('item.recipientBookId', 'is not', null)
    .where((where) =>
      where.or([where('item.bookId', '=', bookId), where('item.recipientBookId', '=', bookId)]),
    )
    .execute();
  return rows.map((row) => ({ ...row, toBookId: row.toBookId as string, kind: 'allotment' as const }));
}

async function openDisbursements(db: Db, bookId: string, asOfDate: BusinessDate) {
  const rows = await db
    .selectFrom('disbursement')
    .innerJoin('book', 'book.id', 'disbursement.recipientBookId')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .leftJoin('intake', (join) =>
      join
        .onRef('intake.issueId', '=', 'disbursement.id')
        .on('intake.kind', '=', 'disbursement')
        .on('intake.effectiveDate', '<=', asOfDate),
    )
    .select([
      'disbursement.id as issueId',
      'disbursement.bookId as fromBookId',
      'disbursement.recipientBookId as toBookId',
      'organisation.name as toName',
      'disbursement.voucherNo as documentNo',
      'disbursement.effectiveDate',
      'disbursement.amountFen',
    ])
    .where('disbursement.effectiveDate', '<=', asOfDate)
    .where('intake.id', 'is', null)
    .where((where) =>
      where.or([
        where('disbursement.bookId', '=', bookId),
        where('disbursement.recipientBookId', '=', bookId),
      ]),
    )
    .execute();
  return rows.map((row) => ({ ...row, kind: 'disbursement' as const }));
}
