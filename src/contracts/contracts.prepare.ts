import { demandAttachments } from '../attachments/index.js';
import { rehearse, runCommand, type Unit } from '../audit/index.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { parseYuan, showYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Store, Trx } from '../db/store.js';
import { type BookBureau, bureauOfBook, bureauSubject, demandNotBlocked } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';
import { decide, type PackSet } from '../policy/index.js';
import { applyWaivers } from '../waivers/index.js';
import type { ContractView, NewContract } from './contracts.schema.js';
import { contractViews, decisionView } from './contracts.views.js';
import { explainedCase, type Judged } from './explain.js';
import type { ExplainedDecision } from './explanation.schema.js';
import { contractCase, type SpendingCase, spendingFacts } from './facts.js';
import { fundsOf, type LineRow, lineRows } from './lines.repository.js';
import type { DecisionView } from './lines.schema.js';

export interface ContractAnswer {
  readonly contract: ContractView;
  readonly decision: DecisionView;
}

/**
 * Prepares a contract: recorded and judged, not yet binding. Signing is somebody else's act.
 * @throws DomainError `policy_blocked` with every reason, `term_inverted`, `schedule_disagrees`,
 *   `party_unfit`, `already_exists` (number).
 */
export async function prepareContract(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewContract,
): Promise<ContractAnswer> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'contract.prepare', subject: { type: 'contract', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'contract.prepare', subject);
    const draft = await writeContract(unit, id, caller.actor.personId, input);
    const { decision, facts } = await judgeContract(unit, packs, draft);
    demandNotBlocked(decision, facts);
    await unit.append({ action: target.action, subject: target.subject, decision, facts });
    const [contract] = await contractViews(unit.trx, [draft.contract]);
    return { contract: contract as ContractView, decision: decisionView(decision) };
  });
}

/** 预检 of a contract: the full decision with its explanation, nothing written. */
export async function previewContract(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewContract,
): Promise<ExplainedDecision> {
  const subject = await bureauSubject(store.read, bookId);
  demand(caller.actor, 'contract.prepare', subject);
  return rehearse(store, bookId, caller.context, async (unit) => {
    const draft = await writeContract(unit, newId(), caller.actor.personId, input);
    return explainedCase(unit, packs, contractSpending(draft), await judgeContract(unit, packs, draft));
  });
}

interface Draft {
  readonly contract: Row<'contract'>;
  readonly lines: readonly LineRow[];
  readonly bureau: BookBureau;
}

async function writeContract(unit: Unit, id: string, makerId: string, input: NewContract): Promise<Draft> {
  if (input.startDate > input.endDate) throw new DomainError('term_inverted', '合同开始日期晚于结束日期');
  const { trx, book } = unit;
  const bureau = await bureauOfBook(trx, book.id);
  await checkParties(trx, bureau, input);
  const lines = await lineRows(unit, 'contract', id, input.lines);
  const amountFen = sumFen(lines.map((line) => line.amountFen));
  const scheduledFen = sumFen(input.schedule.map((instalment) => parseYuan(instalment.amount)));
  if (input.schedule.length > 0 && scheduledFen !== amountFen) {
    throw refuse(
      'schedule_disagrees',
      `付款计划合计 ${showYuan(scheduledFen)} 元，与合同金额 ${showYuan(amountFen)} 元不符`,
    );
  }
  const schedule: NewContract['schedule'] = [];
  for (const instalment of input.schedule)
    schedule.push({ ...instalment, condition: await unit.seal(instalment.condition, `contract/${id}`) });
  const contract: Row<'contract'> = {
    id,
    bookId: book.id,
    contractNo: input.contractNo,
    title: await unit.seal(input.title, `contract/${id}`),
    buyerId: input.buyerId,
    providerId: input.providerId,
    signedDate: input.signedDate,
    startDate: input.startDate,
    endDate: input.endDate,
    pricing: input.pricing,
    budgetCode: input.budgetCode,
    renewsId: input.renewsId,
    unitLabourCostFen: input.unitLabourCost === null ? null : parseYuan(input.unitLabourCost),
    certifiedWorkersPerStation: input.certifiedWorkersPerStation,
    fulltimeWorkersPerStation: input.fulltimeWorkersPerStation,
    amountFen,
    paidFen: 0n,
    status: 'pending',
    makerId,
    schedule: JSON.stringify(schedule),
    version: 1,
  };
  const attached = input.evidence.flatMap((item) => item.attachmentId ?? []);
  await demandAttachments(trx, book.id, attached);
  await unit.insert('contract', contract);
  await unit.insertAll('spendingLine', lines);
  await unit.insertAll(
    'contractEvidence',
    input.evidence.map((item) => ({ id: newId(), contractId: id, ...item })),
  );
  const fundIds = fundsOf(lines);
  await applyWaivers(unit, contractCase(id), { makerId, fundIds }, input.waiverIds ?? []);
  return { contract, lines, bureau };
}

async function checkParties(trx: Trx, bureau: BookBureau, input: NewContract): Promise<void> {
  const parties = await trx
    .selectFrom('organisation')
    .select(['id', 'kind', 'path', 'closedDate'])
    .where('id', 'in', [input.buyerId, input.providerId])
    .execute();
  const buyer = parties.find((party) => party.id === input.buyerId);
  const provider = parties.find((party) => party.id === input.providerId);
  if (!buyer?.path.startsWith(bureau.bureauPath)) throw notFound('购买主体');
  if (!provider) throw notFound('承接机构');
  if (provider.kind !== 'provider') throw refuse('party_unfit', '合同乙方应为已登记的承接机构');
  if (provider.closedDate !== null && provider.closedDate <= input.signedDate) {
    throw refuse('party_unfit', `承接机构已于 ${provider.closedDate} 注销`);
  }
  if (input.renewsId) {
    const renewed = await trx
      .selectFrom('contract')
      .select('providerId')
      .where('id', '=', input.renewsId)
      .where('bookId', '=', bureau.bookId)
      .executeTakeFirst();
    if (!renewed) throw notFound('被续签的合同');
    if (renewed.providerId !== input.providerId)
      throw refuse('party_unfit', '续签合同的承接机构应与原合同一致');
  }
}

/** What is judged of a contract before it binds. */
function contractSpending({ contract, lines, bureau }: Draft): SpendingCase {
  return {
    stage: 'contract',
    businessDate: contract.signedDate,
    bureau,
    contract,
    claimId: null,
    payee: { type: 'provider', organisationId: contract.providerId },
    lines,
    isNewPromise: true,
  };
}

export async function judgeContract(unit: Unit, packs: PackSet, draft: Draft): Promise<Judged> {
  const facts = await spendingFacts(unit, packs, contractSpending(draft));
  return { decision: decide(packs, facts), facts };
}
