import type { ContractFacts } from '../../../src/policy/facts.js';
import { breach, type Finding, has, isGiven, type Question, review, warn } from './finding.js';
import { monthsLater, scaled } from './pack.js';

type CaseKind = (question: Question & { readonly contract: ContractFacts }) => readonly Finding[];

/** Kinds about the case that say nothing without a contract, in the order of the reference. */
const CONTRACT_KINDS: Readonly<Record<string, CaseKind>> = {
  contract_term({ rule, contract, parameter }) {
    const months = parameter(rule.monthsParameter, contract.signedDate);
    if (months === null) return [review()];
    return contract.endDate > monthsLater(contract.startDate, Number(months)) ? [breach()] : [];
  },

  contract_steps({ rule, facts, contract }) {
    const earliest = (kind: string) =>
      contract.evidence
        .filter((document) => document.kind === kind)
        .map(({ date }) => date)
        .sort()[0];
    const isMissing = (kind: string, by: string) => (earliest(kind) ?? '9999-99-99') > by;
    const findings: Finding[] = [];
    const steps = rule.beforeSigning ?? [];
    if (steps.some((kind) => isMissing(kind, contract.signedDate))) findings.push(breach('signing'));
    for (let at = 1; at < steps.length; at += 1) {
      const [former, latter] = [steps[at - 1]!, steps[at]!];
      if (isMissing(former, contract.signedDate) || isMissing(latter, contract.signedDate)) continue;
      if (earliest(former)! > earliest(latter)!) findings.push(breach(`${former} ${latter}`));
    }
    const isLate = (rule.beforePayment ?? []).some((kind) => isMissing(kind, facts.businessDate));
    if (facts.stage === 'payment' && isLate) findings.push(breach('payment'));
    return findings;
  },

  contract_evidence({ rule, facts, contract }) {
    const paid = facts.lines.reduce((sum, { amountFen }) => sum + amountFen, contract.paidFen);
    if (rule.onFinalPayment === true && paid < contract.amountFen) return [];
    const { startDate, endDate } = contract;
    if (rule.longerThanMonths !== undefined && endDate <= monthsLater(startDate, rule.longerThanMonths))
      return [];
    const isThere = (kind: string) =>
      contract.evidence.some((document) => document.kind === kind && document.date <= facts.businessDate);
    return (rule.evidence ?? []).every(isThere) ? [] : [breach()];
  },

  budget_code: ({ contract }) => (contract.budgetCode === null ? [breach()] : []),

  buyer_kind: ({ rule, fund, contract }) =>
    has(rule.kinds, contract.buyerKind) ? [] : [breach(`of ${fund.type}`)],

  employment({ rule, facts, contract }) {
    const test = (list: readonly string[] | undefined, value: string | null) =>
      !isGiven(list) ? [] : [value === null ? 'unknown' : has(list, value) ? 'yes' : 'no'];
    const answers = [
      ...test(rule.providerKinds, facts.payee?.providerKind ?? null),
      ...test(rule.pricings, contract.pricing),
    ];
    const every = (answer: string) => answers.every((each) => each === answer);
    const any = (answer: string) => answers.some((each) => each === answer);
    if (rule.match === 'all') return every('yes') ? [breach()] : any('no') ? [] : [review()];
    return any('yes') ? [breach()] : every('no') ? [] : [review()];
  },

  renewal_grades({ rule, contract }) {
    if (!contract.isRenewal) return [];
    if (contract.earlierGrades === null) return [review()];
    const isGood =
      contract.earlierGrades.length > 0 && contract.earlierGrades.every((grade) => grade === rule.grade);
    return isGood ? [] : [breach()];
  },

  yearly_evaluation({ facts, contract }) {
    const date = facts.businessDate;
    const { startDate, endDate } = contract;
    let years = 1;
    while (monthsLater(startDate, 12 * years) < endDate) years += 1;
    let current = 1;
    while (monthsLater(startDate, 12 * current) <= date) current += 1;
    if (date > endDate) current = years + 1;
    const isEvaluated = (year: number) =>
      contract.evaluations.some(
        (evaluation) =>
          evaluation.kind === 'interim' && evaluation.executionYear === year && evaluation.date <= date,
      );
    for (let year = 1; year < current; year += 1) if (!isEvaluated(year)) return [breach()];
    return date <= endDate && !isEvaluated(current) ? [warn()] : [];
  },

  independent_evaluator: ({ contract }) =>
    contract.evaluations.some(
      ({ evaluatorCreditCode }) => evaluatorCreditCode === contract.providerCreditCode,
    )
      ? [breach()]
      : [],

  minimum_staff({ rule, contract, parameter }) {
    const workers = contract[rule.workers!];
    const minimum = parameter(rule.minimumParameter);
    if (workers === null || minimum === null) return [review()];
    return workers < Number(minimum) ? [breach()] : [];
  },

  labour_cost_floor({ rule, contract, parameter }) {
    const floor = parameter(rule.floorParameter);
    if (contract.unitLabourCostFen === null || floor === null) return [review()];
    return contract.unitLabourCostFen < scaled(floor, 2) ? [breach()] : [];
  },
};

const PAYEE_KINDS: Readonly<Record<string, (question: Question) => readonly Finding[]>> = {
  payee_type({ rule, facts, fund }) {
    if (facts.payee === null) return [review()];
    return has(rule.denied, facts.payee.type) ? [breach(`of ${fund.type}`)] : [];
  },

  blacklist({ facts }) {
    if (facts.payee === null) return [review('unknown')];
    const { businessDate, stage, payee } = facts;
    const isListed = payee.blacklistings.some(
      ({ from, until }) => from <= businessDate && (until === null || businessDate <= until),
    );
    if (!isListed) return [];
    return stage === 'contract' ? [breach()] : [review('listed')];
  },

  unsettled_exit({ facts: { payee } }) {
    if (payee === null || payee.hasUnsettledExit === null) return [review()];
    return payee.hasUnsettledExit ? [breach()] : [];
  },
};

export const CASE_KINDS: Readonly<Record<string, (question: Question) => readonly Finding[]>> = {
  ...PAYEE_KINDS,
  ...Object.fromEntries(
    Object.entries(CONTRACT_KINDS).map(([kind, ask]) => [
      kind,
      (question: Question) => {
        const { contract } = question.facts;
        return contract === null ? [] : ask({ ...question, contract });
      },
    ]),
  ),
};
