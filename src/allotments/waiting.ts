import { type ExpressionBuilder, sql } from 'kysely';
import { addMonths, type BusinessDate } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import { MAX_COUNT } from '../core/page.js';
import type { Database } from '../db/database.js';
import type { Store } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';

/** Cash that has not followed an allotment after so long will not be paid under it. */
const DISBURSED_WITHIN_MONTHS = 24;

/**
 * Days of issue of what the upper level issued to the book and the book has not taken in, oldest first, one more than
 * are counted; null without the duty to take it in.
 */
export async function issuesToTakeIn(
  store: Store,
  actor: Actor,
  bookId: string,
  kind: 'allotment' | 'disbursement',
): Promise<BusinessDate[] | null> {
  if (!may(actor, 'intake.record', await bureauSubject(store.read, bookId)).allowed) return null;
  const issues =
    kind === 'disbursement'
      ? store.read
          .selectFrom('disbursement')
          .select(['disbursement.id', 'disbursement.effectiveDate'])
          .where('disbursement.recipientBookId', '=', bookId)
      : store.read
          .selectFrom('allotmentItem')
          .innerJoin('allotment', 'allotment.id', 'allotmentItem.allotmentId')
          .select(['allotmentItem.id', 'allotment.effectiveDate'])
          .where('allotmentItem.recipientBookId', '=', bookId);
  const rows = await store.read
    .selectFrom(issues.as('issue'))
    .leftJoin('intake', (join) => join.onRef('intake.issueId', '=', 'issue.id').on('intake.kind', '=', kind))
    .select('issue.effectiveDate')
    .where('intake.id', 'is', null)
    .orderBy('issue.effectiveDate')
    .limit(MAX_COUNT + 1)
    .execute();
  return rows.map(({ effectiveDate }) => effectiveDate);
}

/**
 * Days of the allotments whose cash the actor may still pay down, oldest first, one more than are counted; null without
 * the duty.
 */
export async function allotmentsToDisburse(
  store: Store,
  actor: Actor,
  bookId: string,
  today: BusinessDate,
): Promise<BusinessDate[] | null> {
  if (!may(actor, 'disbursement.issue', await bureauSubject(store.read, bookId)).allowed) return null;
  const rows = await store.read
    .selectFrom('allotment')
    .select('effectiveDate')
    .where('bookId', '=', bookId)
    .where(isToDisburse(today))
    .orderBy('effectiveDate')
    .limit(MAX_COUNT + 1)
    .execute();
  return rows.map(({ effectiveDate }) => effectiveDate);
}

/** Of the last two years, and more was passed down to a lower book with an item of it than cash was paid. */
export const isToDisburse = (today: BusinessDate) => (where: ExpressionBuilder<Database, 'allotment'>) =>
  where.and([
    where('allotment.effectiveDate', '>=', addMonths(today, -DISBURSED_WITHIN_MONTHS)),
    where.exists(
      where
        .selectFrom('allotmentItem as item')
        .select('item.id')
        .whereRef('item.allotmentId', '=', 'allotment.id')
        .where('item.recipientBookId', 'is not', null)
        .where(({ selectFrom, eb }) =>
          eb(
            'item.amountFen',
            '>',
            selectFrom('disbursement')
              .select(sql<Fen>`cast(coalesce(sum("disbursement"."amountFen"), 0) as bigint)`.as('paidFen'))
              .whereRef('disbursement.allotmentItemId', '=', 'item.id'),
          ),
        ),
    ),
  ]);
