import type { Unit } from '../audit/index.js';
import { contractOfBook, reliefServiceFen, spendingFacts } from '../contracts/index.js';
import type { Fen } from '../core/money.js';
import type { PayeeType } from '../core/vocabulary.js';
import { type Decision, decide, type Facts, type PackSet } from '../policy/index.js';
import type { Case } from './claims.repository.js';

export interface Judgement {
  readonly decision: Decision;
  readonly facts: Facts;
  /** Relief money that the claim promises for services beyond its contract, by fund. */
  readonly addsServiceFen: ReadonlyMap<string, Fen>;
}

/** Judges a claim at a stage. At payment its money is counted as promised already and adds nothing. */
export async function judgeClaim(
  unit: Unit,
  packs: PackSet,
  { claim, lines, bureau }: Case,
  stage: 'submission' | 'payment',
  businessDate: string,
): Promise<Judgement> {
  const { trx } = unit;
  const contract = claim.contractId ? await contractOfBook(unit, claim.contractId, null) : null;
  const addsServiceFen = contract ? new Map<string, Fen>() : await directServiceFen(unit, lines);
  const facts = await spendingFacts(trx, packs, {
    stage,
    businessDate,
    bureau,
    contract,
    payee: { type: claim.payeeType as PayeeType, organisationId: claim.payeeId },
    lines,
    addsServiceFen: stage === 'submission' ? addsServiceFen : new Map(),
  });
  return { decision: decide(packs, facts), facts, addsServiceFen };
}

/** What lines that draw on no contract buy of services with relief money, by fund. */
export async function directServiceFen(unit: Unit, lines: Case['lines']): Promise<Map<string, Fen>> {
  const ids = [...new Set(lines.map((line) => line.fundId))];
  return reliefServiceFen(
    lines,
    await unit.trx.selectFrom('fund').selectAll().where('id', 'in', ids).execute(),
  );
}
