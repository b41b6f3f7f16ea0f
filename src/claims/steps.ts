import type { Db, Trx } from '../db/store.js';
import { type Action, type Actor, may, type Subject } from '../organisations/index.js';
import type { ClaimRow } from './claims.repository.js';
import type { ClaimStatus, ClaimView } from './claims.schema.js';

/** The steps of a claim: what each is called, whose duty it is, and from which statuses it leads. */
export const CLAIM_STEPS = {
  edit: { label: '修改', action: 'claim.edit', from: ['draft', 'returned'] },
  submit: { label: '提交', action: 'claim.submit', from: ['draft', 'returned'] },
  withdraw: { label: '撤回', action: 'claim.withdraw', from: ['submitted', 'reviewed'] },
  review: { label: '审核', action: 'claim.review', from: ['submitted'] },
  co_sign: { label: '会签', action: 'claim.co_sign', from: ['submitted'] },
  return: { label: '退回', action: 'claim.return', from: ['submitted', 'reviewed', 'approved'] },
  reject: { label: '否决', action: 'claim.reject', from: ['submitted', 'reviewed', 'approved'] },
  approve: { label: '批准', action: 'claim.approve', from: ['reviewed'] },
  pay: { label: '支付', action: 'claim.pay', from: ['approved', 'partly_paid'] },
  refund: { label: '退款', action: 'claim.refund', from: ['partly_paid', 'paid', 'closed'] },
  reverse: { label: '冲红', action: 'claim.reverse', from: ['partly_paid', 'paid'] },
  close: { label: '办结', action: 'claim.return', from: ['partly_paid'] },
} as const satisfies Readonly<
  Record<string, { label: string; action: Action; from: readonly ClaimStatus[] }>
>;
export type ClaimStep = keyof typeof CLAIM_STEPS;

/** The payments of a claim that still stand: 冲红 reverses one of them. */
export const standingPayments = ({ payments }: ClaimView) =>
  payments.filter(({ id, kind }) => kind === 'payment' && !payments.some((other) => other.reversesId === id));

/**
 * The steps that a person may take with a claim now, by duty and status. What the rules and the ledger say of it shows
 * only when the step is taken.
 */
export async function stepsOf(
  db: Db | Trx,
  actor: Actor,
  claim: ClaimView,
  subject: Subject,
): Promise<ClaimStep[]> {
  const found = (Object.keys(CLAIM_STEPS) as ClaimStep[]).filter((step) => {
    const { action, from } = CLAIM_STEPS[step];
    return (from as readonly ClaimStatus[]).includes(claim.status) && may(actor, action, subject).allowed;
  });
  const isLeft = new Set(found);
  if (claim.paid === claim.refunded) isLeft.delete('refund');
  if (claim.refunded !== '0.00' || standingPayments(claim).length === 0) isLeft.delete('reverse');
  // Whoever may review has no need to co-sign.
  if (isLeft.has('review') || (isLeft.has('co_sign') && (await hasOtherReviewer(db, claim))))
    isLeft.delete('co_sign');
  return found.filter((step) => isLeft.has(step));
}

/** Whether the unit that submits has somebody besides the maker to review. */
export async function hasOtherReviewer(
  db: Db | Trx,
  { organisationId, makerId }: Pick<ClaimRow, 'organisationId' | 'makerId'>,
): Promise<boolean> {
  const other = await db
    .selectFrom('roleGrant')
    .innerJoin('person', 'person.id', 'roleGrant.personId')
    .select('personId')
    .where('roleGrant.organisationId', '=', organisationId)
    .where('role', '=', 'reviewer')
    .where('revokedAt', 'is', null)
    .where('person.isActive', '=', 1)
    .where('personId', '<>', makerId)
    .limit(1)
    .executeTakeFirst();
  return other !== undefined;
}
