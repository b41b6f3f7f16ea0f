import { runCommand, type Unit } from '../audit/index.js';
import { contractOfBook, type DecisionView, decisionView, type Judged } from '../contracts/index.js';
import { today } from '../core/dates.js';
import { type DomainError, refuse } from '../core/errors.js';
import type { Store } from '../db/store.js';
import { demandNotBlocked, type Posting, post, reverseEntry } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { appliedWaiverView } from '../waivers/index.js';
import {
  type Case,
  type ClaimRow,
  claimView,
  claimViews,
  demandStatus,
  loadCase,
  updateClaim,
} from './claims.repository.js';
import type { ClaimView, StepInput } from './claims.schema.js';
import { holdOf, poolIn } from './hold.js';
import { releaseInvoices, takeInvoices } from './invoices.js';
import { judgeClaim } from './judge.js';

export interface ClaimAnswer {
  readonly claim: ClaimView;
  readonly decision: DecisionView;
}

/**
 * Submits a draft: judged by the rules, its invoices taken, its money held (报账占用) from the contract's promise
 * or from the fund.
 * @throws DomainError `policy_blocked` with every reason at once, `invoice_overused`, `insufficient_balance`,
 *   `wrong_status`, `contract_not_signed`.
 */
export async function submitClaim(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
): Promise<ClaimAnswer> {
  const target = { bookId, action: 'claim.submit', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, version);
    const { claim, lines } = current;
    demand(caller.actor, 'claim.submit', current.subject);
    demandStatus(claim, 'draft', 'returned');
    const unsigned = await contractFault(unit, claim);
    if (unsigned) throw unsigned;
    const judgement = await judgeClaim(unit, packs, current, 'submission', claim.businessDate);
    demandNotBlocked(judgement.decision, judgement.facts);
    await takeInvoices(unit, id, lines, claim.businessDate);
    const holdEntryId = await post(unit, {
      kind: target.action,
      effectiveDate: claim.businessDate,
      subject: target.subject,
      postings: await hold(unit, current, judgement),
    });
    const submitted = await updateClaim(unit, claim, {
      status: 'submitted',
      outcome: judgement.decision.outcome,
      decisionIndex: unit.logIndex,
      holdEntryId,
      reviewerId: null,
      approverId: null,
      isCoSigned: 0,
    });
    const { decision, facts } = judgement;
    await unit.append({ action: target.action, subject: target.subject, decision, facts });
    return {
      claim: claimView(submitted, lines, [], facts.waivers.map(appliedWaiverView)),
      decision: decisionView(decision),
    };
  });
}

/** Null where the claim may draw on the contract. */
export async function contractFault(unit: Unit, { contractId }: ClaimRow): Promise<DomainError | null> {
  if (contractId === null) return null;
  const { status } = await contractOfBook(unit, contractId, null);
  if (status === 'signed') return null;
  return refuse('contract_not_signed', '合同尚未签订或已关闭，不能据此报账');
}

async function hold(unit: Unit, { claim, lines }: Case, { facts }: Judged): Promise<Posting[]> {
  const { postings, pools } = await holdOf(claim, lines, facts.funds, poolIn(unit.trx));
  for (const [index, subject] of (pools ?? []).entries()) {
    const line = lines[index] as Case['lines'][number];
    if (line.pool !== subject) await unit.update('spendingLine', line, { pool: subject });
  }
  return postings;
}

/** The maker takes a claim back before it is approved; it is a draft again and holds nothing. */
export async function withdrawClaim(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: StepInput,
): Promise<ClaimView> {
  const target = { bookId, action: 'claim.withdraw', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, version);
    demand(caller.actor, 'claim.withdraw', current.subject);
    demandStatus(current.claim, 'submitted', 'reviewed');
    const claim = await releaseHold(unit, current, target.action, 'draft', input.effectiveDate);
    const note = await unit.sealNote(input.note, `claim/${id}`);
    await unit.append({ action: target.action, subject: target.subject, data: { note } });
    const [view] = await claimViews(unit.trx, [claim]);
    return view as ClaimView;
  });
}

/** Undoes what submission held: money by an opposite entry, invoices by giving back. */
export async function releaseHold(
  unit: Unit,
  { claim, lines }: Case,
  kind: string,
  status: 'draft' | 'returned' | 'rejected',
  effectiveDate = today(unit.context.now),
): Promise<ClaimRow> {
  await reverseEntry(unit, claim.holdEntryId as string, {
    kind,
    effectiveDate,
    subject: { type: 'claim', id: claim.id },
  });
  await releaseInvoices(unit, claim.id, lines);
  return updateClaim(unit, claim, {
    status,
    holdEntryId: null,
    reviewerId: null,
    approverId: null,
    isCoSigned: 0,
  });
}
