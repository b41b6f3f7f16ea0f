import type { Unit } from '../audit/index.js';
import { contractOfBook, spendingFacts } from '../contracts/index.js';
import type { PayeeType } from '../core/vocabulary.js';
import { type Decision, decide, type Facts, type PackSet } from '../policy/index.js';
import type { Case } from './claims.repository.js';

export interface Judgement {
  readonly decision: Decision;
  readonly facts: Facts;
}

/** Judges a claim at a stage. Money on a contract, or at payment, was promised before and adds nothing. */
export async function judgeClaim(
  unit: Unit,
  packs: PackSet,
  { claim, lines, bureau }: Case,
  stage: 'submission' | 'payment',
  businessDate: string,
): Promise<Judgement> {
  const contract = claim.contractId ? await contractOfBook(unit, claim.contractId, null) : null;
  const facts = await spendingFacts(unit, packs, {
    stage,
    businessDate,
    bureau,
    contract,
    claimId: claim.id,
    payee: { type: claim.payeeType as PayeeType, organisationId: claim.payeeId },
    lines,
    isNewPromise: stage === 'submission' && contract === null,
  });
  return { decision: decide(packs, facts), facts };
}
