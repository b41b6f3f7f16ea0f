import { within } from '../kinds/base.js';
import type { Rule, RuleKind } from '../kinds/index.js';
import type { PackSet } from '../load.js';
import type { Pack } from '../pack.schema.js';
import { merge } from '../packTests.js';
import {
  type At,
  aroundWindow,
  atRule,
  type Patch,
  placeIn,
  scopeBase,
  unique,
  type Variant,
  type Witness,
} from './case.js';
import * as contracts from './contracts.js';
import * as money from './money.js';
import * as people from './people.js';
import { places, scopeVariants } from './scope.js';
import * as spending from './spending.js';

type Around<K extends RuleKind> = (rule: Extract<Rule, { kind: K }>, at: At) => Witness;

/** What each kind is tried with; a kind without an entry does not compile. */
const AROUND: { readonly [K in RuleKind]: Around<K> } = {
  expenditure: spending.expenditure,
  text_match: spending.textMatch,
  facts_required: spending.factsRequired,
  end_user: spending.endUser,
  service_scope: spending.serviceScope,
  manual_review: spending.manualReview,
  line_evidence: spending.lineEvidence,
  service_catalogue: spending.serviceCatalogue,
  beneficiary_purpose: people.beneficiaryPurpose,
  beneficiary_group: people.beneficiaryGroup,
  beneficiary_roster: people.beneficiaryRoster,
  fund_holder: people.fundHolder,
  buyer_kind: people.buyerKind,
  payee_type: people.payeeType,
  employment: people.employment,
  blacklist: people.blacklist,
  unsettled_exit: people.unsettledExit,
  renewal_grades: people.renewalGrades,
  contract_required: contracts.contractRequired,
  contract_term: contracts.contractTerm,
  budget_code: contracts.budgetCode,
  contract_evidence: contracts.contractEvidence,
  contract_steps: contracts.contractSteps,
  yearly_evaluation: contracts.yearlyEvaluation,
  independent_evaluator: contracts.independentEvaluator,
  minimum_staff: contracts.minimumStaff,
  labour_cost_floor: contracts.labourCostFloor,
  ratio_cap: money.ratioCap,
  declared_station: money.declaredStation,
  declaration_confirmed: money.declarationConfirmed,
  donor_terms: money.donorTerms,
  public_fundraising: money.publicFundraising,
  allotment_sums: money.allotmentSums,
  allotment_recipient: money.allotmentRecipient,
  allotment_floor: money.allotmentFloor,
  surplus_money: money.surplusMoney,
};

/**
 * The boundary cases of one rule: `base` is a case on which it speaks, each of `cases` differs from that. Where `rule`
 * is the id of the pack itself, the cases ask when and where the pack is in force.
 */
export interface RuleCases {
  readonly pack: string;
  readonly rule: string;
  readonly base: Patch;
  readonly cases: readonly Variant[];
}

/**
 * Cases around every boundary of every rule, from the packs' data alone: the first and last day, each word of each
 * list, one unit below, on and above each value. Pure and deterministic. A case for a rule that others override also
 * tells what becomes of those.
 */
export function generateCases(packs: PackSet): RuleCases[] {
  return packs.packs.flatMap((pack) => [
    packCases(pack),
    ...pack.rules.map((rule) => {
      const at = atRule(packs, pack, rule);
      const own = witness(at);
      const base = merge(scopeBase(at), own.facts) as Patch;
      const together = overridden(packs, at, base);
      const cases = unique([...scopeVariants(at), ...own.variants, ...together]);
      return { pack: pack.document.id, rule: rule.id, base, cases };
    }),
  ]);
}

function packCases({
  document: { id, jurisdiction, effectiveFrom: from, effectiveUntil: until },
}: Pack): RuleCases {
  const base = { businessDate: from, divisionCode: placeIn(jurisdiction[0] ?? '11') };
  const days = aroundWindow('文件有效期', { from, until }, (businessDate) => ({ businessDate }));
  return { pack: id, rule: id, base, cases: [...days, ...places(jurisdiction)] };
}

// The table has the function of the rule's own kind, which is what makes this narrowing true.
const witness = (at: At): Witness => (AROUND[at.rule.kind] as Around<RuleKind>)(at.rule as never, at);

/**
 * For each rule that this one overrides, a case on which both would speak; once more with an exception from whatever
 * else overrides it, so that only this rule can.
 */
function overridden(packs: PackSet, at: At, base: Patch): Variant[] {
  const all = packs.packs.flatMap((pack) => pack.rules.map((rule) => ({ pack, rule })));
  return at.rule.overrides.flatMap((id) => {
    const { pack, rule } = all.find((one) => one.rule.id === id)!;
    const other = atRule(packs, pack, rule);
    const latest = other.from > at.from ? other.from : at.from;
    const both = [at.date, latest].find(
      (day) => within(day, at.from, at.until) && within(day, other.from, other.until),
    );
    const facts = merge(merge(witness(other).facts, base), { businessDate: both ?? at.date }) as Patch;
    const others = all.filter((one) => one.rule !== at.rule && one.rule.overrides.includes(id));
    const waivers = [...new Set(others.map((one) => one.rule.clause))].map((clause) => ({
      clause,
      from: '1990-01-01',
      until: '2099-12-31',
    }));
    const name = `与 ${id} 同时`;
    if (waivers.length === 0) return [{ name, facts }];
    return [
      { name, facts },
      { name: `${name}，其余推翻它的规则已例外`, facts: { ...facts, waivers } },
    ];
  });
}
