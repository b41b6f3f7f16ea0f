import { addMonths } from '../../core/dates.js';
import type { ContractFacts } from '../facts.js';
import { action, attach, breach, caseKind, caution, NOTHING } from './base.js';

/**
 * Each year of execution has its interim evaluation: a payment in year n waits for those of years 1 to n − 1
 * and is warned while year n has none yet. Years count from the start date.
 */
export const yearlyEvaluation = caseKind('yearly_evaluation', {}, (_rule, { facts }) => {
  const { contract, businessDate } = facts;
  if (contract === null) return NOTHING;
  const years = countYears(contract, contract.endDate);
  const isAfterEnd = businessDate > contract.endDate;
  const year = isAfterEnd ? years + 1 : executionYear(contract, businessDate);
  const evaluated = (wanted: number) =>
    contract.evaluations.some(
      ({ kind, executionYear, date }) =>
        kind === 'interim' && executionYear === wanted && date <= businessDate,
    );
  const missing: number[] = [];
  for (let earlier = 1; earlier < year; earlier += 1) if (!evaluated(earlier)) missing.push(earlier);
  if (missing.length > 0) {
    const now = isAfterEnd ? '合同期已满' : `现处第 ${year} 执行年度`;
    return breach(
      `合同自 ${contract.startDate} 起执行，${now}，第 ${missing.join('、')} 执行年度没有中期评估，不能支付`,
      [attach('interim_evaluation'), action(`补做第 ${missing.join('、')} 执行年度的中期评估并登记`)],
    );
  }
  if (isAfterEnd || evaluated(year)) return NOTHING;
  return caution(`第 ${year} 执行年度还没有中期评估，下一执行年度首次支付之前须完成`, [
    attach('interim_evaluation'),
  ]);
});

/** 1-based year of execution that `date` lies in; a date before the start lies in the first. */
export function executionYear(contract: ContractFacts, date: string): number {
  let year = 1;
  while (addMonths(contract.startDate, 12 * year) <= date) year += 1;
  return year;
}

/** Years that a term touches; a term that ends on the corresponding day does not open another year. */
function countYears(contract: ContractFacts, endDate: string): number {
  let years = 1;
  while (addMonths(contract.startDate, 12 * years) < endDate) years += 1;
  return years;
}

/** The evaluator is a third party. */
export const independentEvaluator = caseKind('independent_evaluator', {}, (_rule, { facts }) => {
  const { contract } = facts;
  if (contract === null) return NOTHING;
  const own = contract.evaluations.filter(
    ({ evaluatorCreditCode }) => evaluatorCreditCode === contract.providerCreditCode,
  );
  if (own.length === 0) return NOTHING;
  const dates = own.map(({ date }) => date).sort();
  return breach(
    `${dates.join('、')} 的评估由承接机构自己作出（${contract.providerCreditCode}），不是第三方评估`,
    [action('委托与承接机构无关的第三方机构重新评估'), attach('third_party_evaluation')],
  );
});
