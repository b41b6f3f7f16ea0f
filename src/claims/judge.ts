import type { Unit } from '../audit/index.js';
import { contractOfBook, type Judged, type SpendingCase, spendingFacts } from '../contracts/index.js';
import type { PayeeType } from '../core/vocabulary.js';
import { decide, type PackSet } from '../policy/index.js';
import type { Case } from './claims.repository.js';

/** What is judged of a claim at a stage. Money on a contract, or at payment, was promised before and adds nothing. */
export async function claimSpending(
  unit: Unit,
  { claim, lines, bureau }: Case,
  stage: 'submission' | 'payment',
  businessDate: string,
): Promise<SpendingCase> {
  const contract = claim.contractId ? await contractOfBook(unit, claim.contractId, null) : null;
  return {
    stage,
    businessDate,
    bureau,
    contract,
    claimId: claim.id,
    payee: { type: claim.payeeType as PayeeType, organisationId: claim.payeeId },
    lines,
    isNewPromise: stage === 'submission' && contract === null,
  };
}

export async function judgeClaim(
  unit: Unit,
  packs: PackSet,
  subject: Case,
  stage: 'submission' | 'payment',
  businessDate: string,
): Promise<Judged> {
  const facts = await spendingFacts(unit, packs, await claimSpending(unit, subject, stage, businessDate));
  return { decision: decide(packs, facts), facts };
}
