import { sql } from 'kysely';
import type { z } from 'zod';
import type { BusinessDate } from '../core/dates.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { ListPage } from '../core/page.js';
import type { PayeeType } from '../core/vocabulary.js';
import { countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { paymentView } from './claims.repository.js';
import type { ListedPayment, PAYMENT_SORTS, paymentQuery } from './claims.schema.js';

/** Ids grow with the time of recording. */
const SORTS: Readonly<Record<(typeof PAYMENT_SORTS)[number], SortKey>> = {
  recordedAt: { column: 'payment.id' },
  effectiveDate: { column: 'payment.effectiveDate' },
  amount: { column: 'payment.amountFen', isInteger: true },
};

/**
 * Payments, refunds and reversals of a book, recorded last first unless asked otherwise.
 * @throws DomainError `not_found`, `cursor_invalid`
 */
export async function listPayments(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof paymentQuery>,
): Promise<ListPage<ListedPayment>> {
  await demandBookRead(store.read, actor, bookId);
  let found = store.read.selectFrom('payment').where('payment.bookId', '=', bookId);
  if (query.kind) found = found.where('payment.kind', '=', query.kind);
  if (query.from) found = found.where('payment.effectiveDate', '>=', query.from);
  if (query.until) found = found.where('payment.effectiveDate', '<=', query.until);
  const total = query.count ? await countUpTo(store.read, found.select('payment.id')) : null;
  const rows = found
    .innerJoin('claim', 'claim.id', 'payment.claimId')
    .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
    .selectAll('payment')
    .select([
      'claim.title as claimTitle',
      'claim.organisationId',
      'organisation.name as organisationName',
      'claim.payeeType',
      'claim.payeeName',
    ]);
  const set = keyset(SORTS, query, { column: 'payment.id' });
  return listPage(await within(rows, set).execute(), set, total, async (shown) =>
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
