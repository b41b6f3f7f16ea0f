import { runCommand, type Unit } from '../audit/index.js';
import { decisionView, demandReviewNote, reliefServiceFen } from '../contracts/index.js';
import { refuse } from '../core/errors.js';
import { sumFen } from '../core/money.js';
import type { Store } from '../db/store.js';
import { demandNotBlocked, type Posting, pool, post } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { Decision, Facts, PackSet } from '../policy/index.js';
import { type Case, claimViews, demandStatus, loadCase, openFen, updateClaim } from './claims.repository.js';
import type { ClaimView, NewPayment } from './claims.schema.js';
import { judgeClaim } from './judge.js';
import { addToContractPaid, applyShares, recordPayment, type Share, sharesOf } from './shares.js';
import type { ClaimAnswer } from './submit.service.js';

/**
 * 支付, whole or in part: judged once more, held money becomes spent and cash leaves the bank.
 * @throws DomainError `policy_blocked`, `review_note_required`, `insufficient_balance` (not yet received),
 *   `share_exceeds_line`, `separation_of_duties`, `wrong_status`, `already_exists` (voucher).
 */
export async function payClaim(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  id: string,
  input: NewPayment,
): Promise<ClaimAnswer> {
  const target = { bookId, action: 'claim.pay', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, null);
    demand(caller.actor, 'claim.pay', current.subject);
    demandStatus(current.claim, 'approved', 'partly_paid');
    if (input.effectiveDate < current.claim.businessDate)
      throw refuse('date_before_claim', '支付日期早于报账的业务日期');
    const { decision, facts } = await judgeClaim(unit, packs, current, 'payment', input.effectiveDate);
    demandNotBlocked(decision, facts);
    // What the approver looked at is settled; a finding that has come up since needs a word here.
    if (await hasNewReview(unit, current, decision)) demandReviewNote(decision, facts, input.note);
    const shares = sharesOf(current.lines, input, openFen);
    const postings = shares.flatMap((share) => paymentPostings(current, share));
    const paidFen = sumFen(shares.map(([, amountFen]) => amountFen));
    await applyShares(unit, shares, 'paidFen', 1n);
    await addToContractPaid(unit, current, paidFen);
    const total = current.claim.paidFen + paidFen;
    const claim = await updateClaim(unit, current.claim, {
      paidFen: total,
      status: total === current.claim.amountFen ? 'paid' : 'partly_paid',
    });
    const entry = { kind: target.action, effectiveDate: input.effectiveDate, subject: target.subject };
    const entryId = await post(unit, {
      ...entry,
      postings: withServicePaid(current, facts, shares, postings),
    });
    await recordPayment(unit, caller, current, { kind: 'payment', input, shares, entryId, reversesId: null });
    const note = await unit.sealNote(input.note, `claim/${id}`);
    await unit.append({ action: target.action, subject: target.subject, data: { note }, decision, facts });
    const [view] = await claimViews(unit.trx, [claim]);
    return { claim: view as ClaimView, decision: decisionView(decision) };
  });
}

/** Whether the rules now ask for a look at something that the approval was not given in the face of. */
async function hasNewReview(unit: Unit, { claim }: Case, decision: Decision): Promise<boolean> {
  const reviewsOf = ({ reasons }: Decision) =>
    reasons
      .filter(({ effect }) => effect === 'review')
      .map(({ rule, lineId, fundId }) => `${rule}|${lineId}|${fundId}`);
  const now = reviewsOf(decision);
  if (now.length === 0) return false;
  const { body } = await unit.trx
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', unit.book.id)
    .where('logIndex', '=', claim.decisionIndex)
    .executeTakeFirstOrThrow();
  const seen = new Set(reviewsOf((JSON.parse(body) as { decision: Decision }).decision));
  return now.some((review) => !seen.has(review));
}

function paymentPostings({ claim }: Case, [line, amountFen]: Share): Posting[] {
  const { fundId } = line;
  const postings: Posting[] = [
    { fundId, from: pool('reserved'), to: pool('spent'), amountFen },
    { fundId, from: pool('bank'), to: pool('paid_out'), amountFen },
  ];
  if (claim.contractId) {
    postings.push({ fundId, from: pool('entrusted'), to: pool('held', claim.contractId), amountFen });
  }
  return postings;
}

/** Relief money that buys services moves from promised to paid in the count of the 5%. */
function withServicePaid(
  { claim }: Case,
  facts: Facts,
  shares: readonly Share[],
  postings: Posting[],
): Posting[] {
  const paidLines = shares.map(([line, amountFen]) => ({ ...line, amountFen }));
  for (const [fundId, amountFen] of reliefServiceFen(paidLines, facts.funds, claim.contractId !== null)) {
    const from = pool('service_committed', claim.contractId ?? '');
    postings.push({ fundId, from, to: pool('service_paid'), amountFen });
  }
  return postings;
}
