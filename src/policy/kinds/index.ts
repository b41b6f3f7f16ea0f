import { z } from 'zod';
import { allotmentFloor, allotmentRecipient, allotmentSums } from './allotment.js';
import type { Evaluate, Subject } from './base.js';
import { beneficiaryGroup, beneficiaryPurpose, beneficiaryRoster } from './beneficiary.js';
import { donorTerms, publicFundraising } from './charity.js';
import { budgetCode, contractRequired, contractSteps, contractTerm } from './contract.js';
import { independentEvaluator, yearlyEvaluation } from './evaluation.js';
import { contractEvidence, lineEvidence } from './evidence.js';
import { expenditure } from './expenditure.js';
import { endUser, factsRequired, manualReview, serviceScope, textMatch } from './line-facts.js';
import { buyerKind, employment, fundHolder, payeeType } from './party.js';
import { ratioCap } from './ratio-cap.js';
import { serviceCatalogue } from './service-catalogue.js';
import { labourCostFloor, minimumStaff } from './staffing.js';
import { blacklist, renewalGrades, unsettledExit } from './standing.js';
import { declarationConfirmed, declaredStation } from './station.js';
import { surplusMoney } from './surplus.js';

/** Every kind of rule there is. A pack that names another does not load. */
const KINDS = [
  expenditure,
  textMatch,
  factsRequired,
  endUser,
  serviceScope,
  manualReview,
  beneficiaryPurpose,
  beneficiaryGroup,
  beneficiaryRoster,
  serviceCatalogue,
  ratioCap,
  lineEvidence,
  contractEvidence,
  declaredStation,
  declarationConfirmed,
  fundHolder,
  buyerKind,
  payeeType,
  employment,
  blacklist,
  unsettledExit,
  renewalGrades,
  donorTerms,
  publicFundraising,
  contractRequired,
  contractTerm,
  budgetCode,
  contractSteps,
  yearlyEvaluation,
  independentEvaluator,
  minimumStaff,
  labourCostFloor,
  allotmentSums,
  allotmentRecipient,
  allotmentFloor,
  surplusMoney,
] as const;

export const ruleSchema = z.discriminatedUnion('kind', [
  expenditure.schema,
  textMatch.schema,
  factsRequired.schema,
  endUser.schema,
  serviceScope.schema,
  manualReview.schema,
  beneficiaryPurpose.schema,
  beneficiaryGroup.schema,
  beneficiaryRoster.schema,
  serviceCatalogue.schema,
  ratioCap.schema,
  lineEvidence.schema,
  contractEvidence.schema,
  declaredStation.schema,
  declarationConfirmed.schema,
  fundHolder.schema,
  buyerKind.schema,
  payeeType.schema,
  employment.schema,
  blacklist.schema,
  unsettledExit.schema,
  renewalGrades.schema,
  donorTerms.schema,
  publicFundraising.schema,
  contractRequired.schema,
  contractTerm.schema,
  budgetCode.schema,
  contractSteps.schema,
  yearlyEvaluation.schema,
  independentEvaluator.schema,
  minimumStaff.schema,
  labourCostFloor.schema,
  allotmentSums.schema,
  allotmentRecipient.schema,
  allotmentFloor.schema,
  surplusMoney.schema,
]);
export type Rule = z.output<typeof ruleSchema>;
export type RuleKind = Rule['kind'];

const byKind = new Map<string, { readonly subject: Subject; readonly evaluate: Evaluate }>(
  KINDS.map((kind) => [kind.kind, kind]),
);
export const RULE_KINDS: readonly RuleKind[] = KINDS.map(({ kind }) => kind);

export function kindOf(rule: Rule): { readonly subject: Subject; readonly evaluate: Evaluate } {
  const kind = byKind.get(rule.kind);
  if (kind === undefined) throw new Error(`rule ${rule.id} is of the unregistered kind ${rule.kind}`);
  return kind;
}
