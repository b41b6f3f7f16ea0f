import { runCommand, type Unit } from '../audit/index.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Store, Trx } from '../db/store.js';
import {
  bureauOfBook,
  bureauSubject,
  demandNotBlocked,
  type Posting,
  pool,
  post,
  refuseWith,
} from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import type { Decision, Facts, PackSet } from '../policy/index.js';
import { type ContractAnswer, judgeContract } from './contracts.prepare.js';
import type { ContractView } from './contracts.schema.js';
import { contractViews, decisionView } from './contracts.views.js';
import { reliefServiceFen } from './facts.js';
import { type LineRow, linesOf } from './lines.repository.js';
import { poolOf } from './pools.js';

/** A contract of the unit's book. @throws DomainError `not_found`, `stale_version` */
export async function contractOfBook(
  unit: Unit,
  id: string,
  version: number | null,
): Promise<Row<'contract'>> {
  const contract = await unit.trx.selectFrom('contract').selectAll().where('id', '=', id).executeTakeFirst();
  if (!contract || contract.bookId !== unit.book.id) throw notFound('合同');
  if (version !== null && version !== contract.version) {
    throw new DomainError('stale_version', '合同已被他人修改，请刷新后再试');
  }
  return contract;
}

/**
 * Signs a prepared contract: judged again on today's facts, then its amount is promised (合同占用).
 * @throws DomainError `policy_blocked`, `review_note_required`, `insufficient_balance`, `wrong_status`,
 *   `separation_of_duties`.
 */
export async function signContract(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  id: string,
  input: { readonly note: string | null; readonly version: number | null },
): Promise<ContractAnswer> {
  const bureauPaths = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'contract.sign', subject: { type: 'contract', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { trx } = unit;
    const contract = await contractOfBook(unit, id, input.version);
    demand(caller.actor, 'contract.sign', { ...bureauPaths, makerId: contract.makerId });
    if (contract.status !== 'pending') throw refuse('wrong_status', '这份合同不在待签状态');
    const lines = await linesOf(trx, [id]);
    const draft = { contract, lines, bureau: await bureauOfBook(trx, bookId) };
    const { decision, facts } = await judgeContract(unit, packs, draft);
    demandNotBlocked(decision, facts);
    demandReviewNote(decision, facts, input.note);
    const signed = await unit.update('contract', contract, {
      status: 'signed',
      version: contract.version + 1,
    });
    await post(unit, {
      kind: target.action,
      effectiveDate: contract.signedDate,
      subject: target.subject,
      postings: await encumber(trx, contract, lines, facts),
    });
    const note = await unit.sealNote(input.note, `contract/${id}`);
    await unit.append({ action: target.action, subject: target.subject, data: { note }, decision, facts });
    const [view] = await contractViews(trx, [signed]);
    return { contract: view as ContractView, decision: decisionView(decision) };
  });
}

/** Where the rules ask for a person to look, the person who goes on says why. */
export function demandReviewNote(decision: Decision, facts: Facts, note: string | null): void {
  if (decision.outcome !== 'review' || note !== null) return;
  const messages = decision.reasons
    .filter((reason) => reason.effect === 'review')
    .map((reason) => reason.message);
  throw refuseWith(
    'review_note_required',
    `需要人工复核并填写复核意见：${messages.join('；')}`,
    decision,
    facts,
  );
}

/** available → encumbered, from the station's own pool where it has one; relief services count to the cap. */
async function encumber(
  trx: Trx,
  contract: Row<'contract'>,
  lines: readonly LineRow[],
  facts: Facts,
): Promise<Posting[]> {
  const postings: Posting[] = [];
  for (const line of lines) {
    const from = pool('available', await poolOf(trx, line));
    postings.push({
      fundId: line.fundId,
      from,
      to: pool('encumbered', contract.id),
      amountFen: line.amountFen,
    });
  }
  for (const [fundId, amountFen] of reliefServiceFen(lines, facts.funds, true)) {
    postings.push({
      fundId,
      from: pool('service_quota'),
      to: pool('service_committed', contract.id),
      amountFen,
    });
  }
  return postings;
}

/** Closes a contract: what is promised and not claimed becomes available again, in the fund's common pool. */
export async function closeContract(
  store: Store,
  caller: Caller,
  bookId: string,
  id: string,
  input: { readonly effectiveDate: string; readonly version: number | null },
): Promise<ContractView> {
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'contract.close', subject: { type: 'contract', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { trx } = unit;
    demand(caller.actor, 'contract.sign', subject);
    const contract = await contractOfBook(unit, id, input.version);
    if (contract.status === 'closed') throw refuse('wrong_status', '合同已经关闭');
    const openClaims = await trx
      .selectFrom('claim')
      .select('id')
      .where('contractId', '=', id)
      .where('status', 'in', ['submitted', 'reviewed', 'approved', 'partly_paid'])
      .execute();
    if (openClaims.length > 0)
      throw refuse('wrong_status', `合同下还有 ${openClaims.length} 笔在途报账，办结后才能关闭`);
    const promised = await trx
      .selectFrom('account')
      .selectAll()
      .where('subject', '=', id)
      .where('layer', 'in', ['encumbered', 'service_committed'])
      .where('balanceFen', '>', 0n)
      .execute();
    const postings = promised.map(({ fundId, layer, balanceFen }) => ({
      fundId,
      from: pool(layer as 'encumbered', id),
      to: layer === 'encumbered' ? pool('available') : pool('service_quota'),
      amountFen: balanceFen,
    }));
    if (postings.length > 0) {
      await post(unit, {
        kind: target.action,
        effectiveDate: input.effectiveDate,
        subject: target.subject,
        postings,
      });
    }
    const closed = await unit.update('contract', contract, {
      status: 'closed',
      version: contract.version + 1,
    });
    const releasedFen = sumFen(
      postings.filter((posting) => posting.to.layer === 'available').map((p) => p.amountFen),
    );
    await unit.append({ action: target.action, subject: target.subject, data: { releasedFen } });
    const [view] = await contractViews(trx, [closed]);
    return view as ContractView;
  });
}
