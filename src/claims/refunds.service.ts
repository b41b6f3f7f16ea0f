import { runCommand, type Unit } from '../audit/index.js';
import { buysService, type LineRow } from '../contracts/index.js';
import { today } from '../core/dates.js';
import { notFound, refuse } from '../core/errors.js';
import { type Fen, sumFen } from '../core/money.js';
import type { Store } from '../db/store.js';
import { type Posting, pool, post, reverseEntry } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import { claimViews, demandStatus, loadCase, openFen, updateClaim } from './claims.repository.js';
import type { ClaimView, NewRefund, NewReversal, StepInput } from './claims.schema.js';
import { releaseInvoices } from './invoices.js';
import { addToContractPaid, applyShares, recordPayment, type Share, sharesOf } from './shares.js';

/**
 * 退款: the payee gives money back. It becomes available again in the pool it came from, or promised again while
 * its contract is open; what a provider has already accounted for cannot be given back.
 */
export async function refundClaim(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  input: NewRefund,
): Promise<ClaimView> {
  const target = { bookId, action: 'claim.refund', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, null);
    const { claim, lines } = current;
    demand(caller.actor, 'claim.refund', current.subject);
    demandStatus(claim, 'partly_paid', 'paid', 'closed');
    const shares = sharesOf(lines, input, (line) => line.paidFen - line.refundedFen);
    const contract = claim.contractId
      ? await unit.trx
          .selectFrom('contract')
          .select(['id', 'status'])
          .where('id', '=', claim.contractId)
          .executeTakeFirstOrThrow()
      : null;
    const isOpen = contract?.status === 'signed';
    const postings: Posting[] = [];
    for (const [line, amountFen] of shares) {
      const { fundId } = line;
      const back = isOpen ? pool('encumbered', contract.id) : pool('available', line.pool);
      postings.push({ fundId, from: pool('spent'), to: back, amountFen });
      postings.push({ fundId, from: pool('paid_out'), to: pool('bank'), amountFen });
      if (contract)
        postings.push({ fundId, from: pool('held', contract.id), to: pool('entrusted'), amountFen });
    }
    const refunded = shares.map(([line, amountFen]) => ({ ...line, amountFen }));
    for (const [fundId, amountFen] of await serviceFen(unit, refunded, contract !== null)) {
      const back = isOpen ? pool('service_committed', contract.id) : pool('service_quota');
      postings.push({ fundId, from: pool('service_paid'), to: back, amountFen });
    }
    const { effectiveDate } = input;
    const entryId = await post(unit, {
      kind: target.action,
      effectiveDate,
      subject: target.subject,
      postings,
    });
    const amountFen = sumFen(shares.map(([, share]) => share));
    await applyShares(unit, shares, 'refundedFen', 1n);
    await addToContractPaid(unit, current, -amountFen);
    const changed = await updateClaim(unit, claim, { refundedFen: claim.refundedFen + amountFen });
    await recordPayment(unit, caller, current, { kind: 'refund', input, shares, entryId, reversesId: null });
    const note = await unit.sealNote(input.note, `claim/${id}`);
    await unit.append({ action: target.action, subject: target.subject, data: { note } });
    const [view] = await claimViews(unit.trx, [changed]);
    return view as ClaimView;
  });
}

/**
 * 冲红: a payment made in error is reversed by its exact opposite; the money is held again and the claim waits
 * for the right payment.
 * @throws DomainError `already_reversed`, `refunded_before` (part of it was given back), `contract_closed`.
 */
export async function reversePayment(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  input: NewReversal,
): Promise<ClaimView> {
  const target = { bookId, action: 'claim.reverse', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, null);
    const { claim, lines } = current;
    demand(caller.actor, 'claim.reverse', current.subject);
    demandStatus(claim, 'partly_paid', 'paid');
    const payment = await unit.trx
      .selectFrom('payment')
      .selectAll()
      .where('id', '=', input.paymentId)
      .where('claimId', '=', id)
      .where('kind', '=', 'payment')
      .executeTakeFirst();
    if (!payment) throw notFound('支付记录');
    await demandContractOpen(unit, claim.contractId);
    if (claim.refundedFen > 0n)
      throw refuse('refunded_before', '这笔报账已有退款，不能整笔冲红；请按实际办理退款');
    const { effectiveDate } = input;
    const entryId = await reverseEntry(unit, payment.entryId, {
      kind: target.action,
      effectiveDate,
      subject: target.subject,
    });
    const shares = (JSON.parse(payment.lines) as [string, string][]).map(
      ([lineId, amount]): Share => [lines.find((line) => line.id === lineId) as LineRow, BigInt(amount)],
    );
    await applyShares(unit, shares, 'paidFen', -1n);
    await addToContractPaid(unit, current, -payment.amountFen);
    const paidFen = claim.paidFen - payment.amountFen;
    const changed = await updateClaim(unit, claim, {
      paidFen,
      status: paidFen === 0n ? 'approved' : 'partly_paid',
    });
    await recordPayment(unit, caller, current, {
      kind: 'reversal',
      input,
      shares,
      entryId,
      reversesId: payment.id,
    });
    const note = await unit.sealNote(input.note, `claim/${id}`);
    await unit.append({ action: target.action, subject: target.subject, data: { note } });
    const [view] = await claimViews(unit.trx, [changed]);
    return view as ClaimView;
  });
}

/** 办结: a partly paid claim ends; what is still held of it, money and invoices, goes back where it came from. */
export async function closeClaim(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: StepInput,
): Promise<ClaimView> {
  const target = { bookId, action: 'claim.close', subject: { type: 'claim', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const current = await loadCase(unit, id, version);
    const { claim, lines } = current;
    demand(caller.actor, 'claim.return', current.subject);
    demandStatus(claim, 'partly_paid');
    const open = lines
      .filter((line) => openFen(line) > 0n)
      .map((line) => ({ ...line, amountFen: openFen(line) }));
    const postings: Posting[] = open.map((line) => ({
      fundId: line.fundId,
      from: pool('reserved'),
      to: claim.contractId ? pool('encumbered', claim.contractId) : pool('available', line.pool),
      amountFen: line.amountFen,
    }));
    if (!claim.contractId) {
      for (const [fundId, amountFen] of await serviceFen(unit, open, false)) {
        postings.push({ fundId, from: pool('service_committed'), to: pool('service_quota'), amountFen });
      }
    }
    const effectiveDate = input.effectiveDate ?? today(unit.context.now);
    await post(unit, { kind: target.action, effectiveDate, subject: target.subject, postings });
    await releaseInvoices(unit, id, open);
    const changed = await updateClaim(unit, claim, { status: 'closed' });
    const note = await unit.sealNote(input.note, `claim/${id}`);
    await unit.append({ action: target.action, subject: target.subject, data: { note } });
    const [view] = await claimViews(unit.trx, [changed]);
    return view as ClaimView;
  });
}

/** What of these lines counts in the 5%: relief money, work funds apart, that buys services; by fund. */
async function serviceFen(
  unit: Unit,
  lines: readonly LineRow[],
  isOnContract: boolean,
): Promise<Map<string, Fen>> {
  const ids = [...new Set(lines.map((line) => line.fundId))];
  const funds = await unit.trx
    .selectFrom('fund')
    .select(['id', 'terms'])
    .where('id', 'in', ids)
    .where('type', '=', 'social_relief')
    .execute();
  const counted = new Set(funds.filter((fund) => !JSON.parse(fund.terms).isWorkFund).map((fund) => fund.id));
  const totals = new Map<string, Fen>();
  for (const line of lines) {
    if (counted.has(line.fundId) && buysService(line, isOnContract)) {
      totals.set(line.fundId, (totals.get(line.fundId) ?? 0n) + line.amountFen);
    }
  }
  return totals;
}

/** Held again means promised by the contract, and a closed one promises nothing: the money would be stranded. */
async function demandContractOpen(unit: Unit, contractId: string | null): Promise<void> {
  if (!contractId) return;
  const contract = await unit.trx
    .selectFrom('contract')
    .select('status')
    .where('id', '=', contractId)
    .executeTakeFirstOrThrow();
  if (contract.status === 'closed') throw refuse('contract_closed', '合同已关闭，不能冲红；请按实际办理退款');
}
