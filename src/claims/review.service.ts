import { runCommand, type Unit } from '../audit/index.js';
import { decisionView, demandReviewNote } from '../contracts/index.js';
import { today } from '../core/dates.js';
import { refuse } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { demandNotBlocked } from '../ledger/index.js';
import { type Action, type Caller, demand } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import {
  type Case,
  type ClaimRow,
  claimViews,
  demandStatus,
  loadCase,
  updateClaim,
} from './claims.repository.js';
import type { ClaimStatus, ClaimView, StepInput } from './claims.schema.js';
import { judgeClaim } from './judge.js';
import { hasOtherReviewer } from './steps.js';
import { type ClaimAnswer, releaseHold } from './submit.service.js';

/**
 * 审核. Where submission was decided `review`, the reviewer says why the claim may go on.
 * @throws DomainError `separation_of_duties`, `review_note_required`, `wrong_status`.
 */
export const reviewClaim = step('claim.review', ['submitted'], async (unit, current, caller, input) => {
  demandNoteWhereReviewed(current, input);
  return updateClaim(unit, current.claim, { status: 'reviewed', reviewerId: caller.actor.personId });
});

/**
 * 会签: where the submitting unit has nobody but the maker to review, the county reviews in its place, and the
 * record says so. A duty is never waived in silence.
 * @throws DomainError `co_signature_not_needed` when the unit has another reviewer.
 */
export const coSignClaim = step('claim.co_sign', ['submitted'], async (unit, current, caller, input) => {
  if (await hasOtherReviewer(unit.trx, current.claim)) {
    throw refuse('co_signature_not_needed', '申报单位另有审核人员，应由其审核，不需要县级会签');
  }
  demandNoteWhereReviewed(current, input);
  return updateClaim(unit, current.claim, {
    status: 'reviewed',
    reviewerId: caller.actor.personId,
    isCoSigned: 1,
  });
});

/** 退回: back to the maker with a reason; nothing is held any more. */
export const returnClaim = step(
  'claim.return',
  ['submitted', 'reviewed', 'approved'],
  (unit, current, _caller, input) =>
    releaseHold(unit, current, 'claim.return', 'returned', input.effectiveDate),
);

/** 否决: final. */
export const rejectClaim = step(
  'claim.reject',
  ['submitted', 'reviewed', 'approved'],
  (unit, current, _caller, input) =>
    releaseHold(unit, current, 'claim.reject', 'rejected', input.effectiveDate),
);

function demandNoteWhereReviewed({ claim }: Case, input: StepInput): void {
  if (claim.outcome === 'review' && input.note === null) {
    throw refuse('review_note_required', '这笔报账的预检结果为“需人工复核”，请填写复核意见');
  }
}

type Work = (unit: Unit, current: Case, caller: Caller, input: StepInput) => Promise<ClaimRow>;

/** One step of a claim by somebody other than its maker: duty, status, work, log entry. */
function step(action: Action, from: readonly ClaimStatus[], work: Work) {
  return (
    store: Store,
    caller: Caller,
    bookId: string,
    id: string,
    version: number | null,
    input: StepInput,
  ): Promise<ClaimView> => {
    const target = { bookId, action, subject: { type: 'claim', id } };
    return runCommand(store, target, caller.context, async (unit) => {
      const current = await loadCase(unit, id, version);
      demand(caller.actor, action, current.subject);
      demandStatus(current.claim, ...from);
      const claim = await work(unit, current, caller, input);
      const note = await unit.sealNote(input.note, `claim/${id}`);
      await unit.append({ action, subject: target.subject, data: { note } });
      const [view] = await claimViews(unit.trx, [claim]);
      return view as ClaimView;
    });
  };
}

/**
 * 批准: judged again as a payment of today, so that what changed since submission is seen by the person who
 * decides and not by the cashier.
 * @throws DomainError `policy_blocked`, `review_note_required`, `separation_of_duties`, `wrong_status`.
 */
export async function approveClaim(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: StepInput,
): Promise<ClaimAnswer> {
  const target = { bookId, action: 'claim.approve', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, version);
    demand(caller.actor, 'claim.approve', current.subject);
    demandStatus(current.claim, 'reviewed');
    const on = input.effectiveDate ?? today(unit.context.now);
    if (on < current.claim.businessDate) throw refuse('date_before_claim', '批准日期早于报账的业务日期');
    const { decision, facts } = await judgeClaim(unit, packs, current, 'payment', on);
    demandNotBlocked(decision, facts);
    demandReviewNote(decision, facts, input.note);
    const claim = await updateClaim(unit, current.claim, {
      status: 'approved',
      approverId: caller.actor.personId,
      outcome: decision.outcome,
      decisionIndex: unit.logIndex,
    });
    const note = await unit.sealNote(input.note, `claim/${id}`);
    await unit.append({
      action: target.action,
      subject: target.subject,
      data: { note, on },
      decision,
      facts,
    });
    const [view] = await claimViews(unit.trx, [claim]);
    return { claim: view as ClaimView, decision: decisionView(decision) };
  });
}
