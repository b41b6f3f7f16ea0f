import { sql } from 'kysely';
import type { z } from 'zod';
import type { BusinessDate } from '../core/dates.js';
import { type Fen, formatYuan } from '../core/money.js';
import { type Page, pageOf } from '../core/page.js';
import type { PayeeType } from '../core/vocabulary.js';
import type { Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { paymentView } from './claims.repository.js';
import type { ListedPayment, paymentQuery } from './claims.schema.js';

/** Payments, refunds and reversals of a book, recorded last first. @throws DomainError `not_found` */
export async function listPayments(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof paymentQuery>,
): Promise<Page<ListedPayment>> {
  await demandBookRead(store.read, actor, bookId);
  let rows = store.read
    .selectFrom('payment')
    .innerJoin('claim', 'claim.id', 'payment.claimId')
    .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
    .selectAll('payment')
    .select([
      'claim.title as claimTitle',
      'claim.organisationId',
      'organisation.name as organisationName',
      'claim.payeeType',
      'claim.payeeName',
    ])
    .where('payment.bookId', '=', bookId);
  if (query.kind) rows = rows.where('payment.kind', '=', query.kind);
  if (query.from) rows = rows.where('payment.effectiveDate', '>=', query.from);
  if (query.until) rows = rows.where('payment.effectiveDate', '<=', query.until);
  if (query.cursor) rows = rows.where('payment.id', '<', query.cursor);
  const page = await rows
    .orderBy('payment.id', 'desc')
    .limit(query.limit + 1)
    .execute();
  return pageOf(page, query.limit, async (shown) =>
    shown.map((row) => ({
      ...paymentView(row),
      claimId: row.claimId,
      claimTitle: row.claimTitle,
      organisationId: row.organisationId,
      organisationName: row.organisationName,
      payeeType: row.payeeType as PayeeType,
      payeeName: row.payeeName,
      personId: row.personId,
    })),
  );
}

/**
 * What was paid in a span of 业务日期, refunds and reversals deducted, in yuan, and by how many payments.
 * @throws DomainError `not_found`
 */
export async function paidBetween(
  store: Store,
  actor: Actor,
  bookId: string,
  { from, until }: { readonly from: BusinessDate; readonly until: BusinessDate },
): Promise<{ readonly payments: number; readonly amount: string }> {
  await demandBookRead(store.read, actor, bookId);
  const rows = await store.read
    .selectFrom('payment')
    .select(({ fn }) => [
      'kind',
      fn.countAll<number>().as('count'),
      sql<Fen>`cast(sum(${sql.ref('amountFen')}) as bigint)`.as('totalFen'),
    ])
    .where('bookId', '=', bookId)
    .where('effectiveDate', '>=', from)
    .where('effectiveDate', '<=', until)
    .groupBy('kind')
    .execute();
  const of = (kind: string) => rows.find((row) => row.kind === kind);
  const totalOf = (kind: string) => of(kind)?.totalFen ?? 0n;
  return {
    payments: Number(of('payment')?.count ?? 0),
    amount: formatYuan(totalOf('payment') - totalOf('refund') - totalOf('reversal')),
  };
}
