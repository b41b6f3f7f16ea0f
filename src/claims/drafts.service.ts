import { demandAttachments } from '../attachments/index.js';
import { partySubject, runCommand, type Unit } from '../audit/index.js';
import { attachmentsOf, contractOfBook, fundsOf, lineRows, linesOf } from '../contracts/index.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { sumFen } from '../core/money.js';
import type { Store } from '../db/store.js';
import { bureauOfBook } from '../ledger/index.js';
import { type Actor, type Caller, demand, may } from '../organisations/index.js';
import { appliedWaivers, applyWaivers } from '../waivers/index.js';
import {
  type Case,
  type ClaimRow,
  claimSubject,
  claimView,
  claimViews,
  demandStatus,
  loadCase,
  standingOf,
  updateClaim,
} from './claims.repository.js';
import type { ClaimView, NewClaim } from './claims.schema.js';

/** Writes a draft. Nothing is judged or held yet. */
export async function createClaim(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewClaim,
): Promise<ClaimView> {
  const id = newId();
  const target = { bookId, action: 'claim.create', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const draft = await writeDraft(unit, caller.actor, id, input);
    await unit.append({ action: target.action, subject: target.subject });
    return claimView(draft.claim, draft.lines, [], []);
  });
}

export async function writeDraft(unit: Unit, actor: Actor, id: string, input: NewClaim): Promise<Case> {
  const { trx, book } = unit;
  const bureau = await bureauOfBook(trx, book.id);
  const lines = await lineRows(unit, 'claim', id, input.lines);
  const claim: ClaimRow = {
    id,
    bookId: book.id,
    ...(await headOf(unit, id, input)),
    amountFen: sumFen(lines.map((line) => line.amountFen)),
    paidFen: 0n,
    refundedFen: 0n,
    status: 'draft',
    makerId: actor.personId,
    reviewerId: null,
    isCoSigned: 0,
    approverId: null,
    outcome: null,
    decisionIndex: null,
    holdEntryId: null,
    createdAt: unit.recordedAt,
    version: 1,
  };
  const subject = await claimSubject(unit.trx, claim, bureau);
  demand(actor, 'claim.create', subject);
  const draft = { claim, lines, bureau, subject };
  await checkDraft(unit, draft);
  await unit.insert('claim', claim);
  await unit.insertAll('spendingLine', lines);
  return draft;
}

/** Title and payee sealed: the title as the claim's own, a payee's name as the payee's wherever it occurs in the book. */
const headOf = async (unit: Unit, id: string, input: NewClaim) => ({
  organisationId: input.organisationId,
  contractId: input.contractId,
  title: await unit.seal(input.title, `claim/${id}`),
  payeeType: input.payeeType,
  payeeId: input.payeeId,
  payeeName: await unit.seal(input.payeeName, partySubject(unit.keys, input.payeeName)),
  businessDate: input.businessDate,
  isFinalPayment: input.isFinalPayment ? 1 : 0,
});

/** What a draft must get right before the rules look at it. */
async function checkDraft(unit: Unit, { claim, lines, bureau }: Case): Promise<void> {
  const { trx } = unit;
  const fundIds = [...new Set(lines.map((line) => line.fundId))];
  const funds = await trx.selectFrom('fund').select(['id', 'bookId']).where('id', 'in', fundIds).execute();
  if (funds.length < fundIds.length || funds.some((fund) => fund.bookId !== unit.book.id))
    throw notFound('资金批次');
  const standing = await standingOf(trx, claim.organisationId, bureau);
  if (!standing) throw notFound('本账套内的申报单位');
  if (claim.contractId) {
    const contract = await contractOfBook(unit, claim.contractId, null);
    if (standing === 'provider' && contract.providerId !== claim.organisationId) throw notFound('合同');
    if (claim.payeeId !== contract.providerId) {
      throw refuse('payee_not_provider', '合同付款的收款人应为该合同的承接机构');
    }
    const promised = new Set((await linesOf(trx, [contract.id])).map((line) => line.fundId));
    if (fundIds.some((id) => !promised.has(id))) {
      throw refuse('fund_not_in_contract', '明细的资金来源不在该合同的资金构成之内');
    }
  } else if (standing === 'provider') {
    throw refuse('contract_required_for_provider', '承接机构只能就已签合同申请付款');
  }
  if (claim.payeeId) {
    const payee = await trx
      .selectFrom('organisation')
      .select('id')
      .where('id', '=', claim.payeeId)
      .executeTakeFirst();
    if (!payee) throw notFound('收款单位');
  }
  await demandAttachments(trx, unit.book.id, attachmentsOf(lines));
}

/** Replaces a draft or a returned claim as a whole. @throws DomainError `stale_version`, `wrong_status` */
export async function editClaim(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number,
  input: NewClaim,
): Promise<ClaimView> {
  const target = { bookId, action: 'claim.edit', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { claim, lines: former, bureau, subject } = await loadCase(unit, id, version);
    demand(caller.actor, 'claim.edit', subject);
    demandStatus(claim, 'draft', 'returned');
    const lines = await lineRows(unit, 'claim', id, input.lines);
    const head = {
      ...(await headOf(unit, id, input)),
      amountFen: sumFen(lines.map((line) => line.amountFen)),
    };
    const moved = { ...claim, ...head };
    const edited = { claim: moved, lines, bureau, subject: await claimSubject(unit.trx, moved, bureau) };
    demand(caller.actor, 'claim.create', edited.subject);
    await checkDraft(unit, edited);
    for (const line of former) await unit.remove('spendingLine', line);
    await unit.insertAll('spendingLine', lines);
    const changed = await updateClaim(unit, claim, head);
    await unit.append({ action: target.action, subject: target.subject });
    return claimView(changed, lines, [], (await appliedWaivers(unit.trx, [id])).get(id) ?? []);
  });
}

/**
 * Says under which exceptions a claim is to pass, in place of those said before. They are looked at again at every
 * stage.
 * @throws DomainError `waiver_unfit` with every fault at once, `wrong_status`, `stale_version`, `not_found`.
 */
export async function applyToClaim(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  waiverIds: readonly string[],
): Promise<ClaimView> {
  const target = { bookId, action: 'claim.waivers', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { claim, lines, subject } = await loadCase(unit, id, version);
    demand(caller.actor, 'claim.edit', subject);
    demandStatus(claim, 'draft', 'returned');
    const { contractId, makerId } = claim;
    const fundIds = fundsOf(lines);
    await applyWaivers(unit, { type: 'claim', id, contractId }, { makerId, fundIds }, waiverIds);
    const changed = await updateClaim(unit, claim, {});
    await unit.append({ action: target.action, subject: target.subject });
    return claimView(changed, lines, [], (await appliedWaivers(unit.trx, [id])).get(id) ?? []);
  });
}

/** @throws DomainError `not_found` also for what the actor may not see. */
export async function getClaim(store: Store, actor: Actor, bookId: string, id: string): Promise<ClaimView> {
  const row = await store.read
    .selectFrom('claim')
    .selectAll()
    .where('id', '=', id)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('报账单');
  const subject = await claimSubject(store.read, row, await bureauOfBook(store.read, bookId));
  const isVisible = may(actor, 'book.read', subject).allowed || may(actor, 'unit.read', subject).allowed;
  if (!isVisible) throw notFound('报账单');
  const [view] = await claimViews(store.read, [row]);
  return view as ClaimView;
}
