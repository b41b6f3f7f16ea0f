import { z } from 'zod';
import type { BusinessDate } from '../../core/dates.js';
import { EVIDENCE_KINDS, type EvidenceKind } from '../../core/vocabulary.js';
import type { ContractFacts } from '../facts.js';
import { action, attach, breach, caseKind, type Finding, fundKind, NOTHING, needsReview } from './base.js';
import { runsLonger } from './evidence.js';
import { evidenceNames, sourceName } from './wording.js';

/** The money is spent by buying a service, so every use hangs on a contract. */
export const contractRequired = fundKind('contract_required', {}, (_rule, { facts, fund }) => {
  if (facts.contract !== null) return NOTHING;
  return breach(`${sourceName(fund)}（${fund.documentNo}）须通过政府购买服务使用，本次用款没有挂接合同`, [
    action('先签订政府购买服务合同，再从合同中用款；或改由其他资金支付'),
    attach('signed_contract'),
  ]);
});

/** The longest term, counted by corresponding days: 36 months to the day pass, one day more does not. */
export const contractTerm = caseKind(
  'contract_term',
  { monthsParameter: z.string() },
  (rule, { facts, parameters }) => {
    const { contract } = facts;
    if (contract === null) return NOTHING;
    const months = parameters.count(rule.monthsParameter, contract.signedDate);
    const term = `合同期 ${contract.startDate} 至 ${contract.endDate}`;
    if (months === null) {
      return needsReview(`${term}，签订日 ${contract.signedDate} 没有有效的最长期限规定，须经复核`, [
        action('由政策管理员补录合同最长期限及其依据'),
      ]);
    }
    if (!runsLonger(contract, months)) return NOTHING;
    return breach(`${term}，超过最长 ${months} 个月`, [
      action(`把合同期缩短到 ${months} 个月以内，期满重新采购`),
    ]);
  },
);

/** Without a budget there is no contract. */
export const budgetCode = caseKind('budget_code', {}, (rule, { facts }) => {
  if (facts.contract === null || facts.contract.budgetCode !== null) return NOTHING;
  return breach(`合同没有挂接预算项目编码，${rule.severity === 'block' ? '不得签约' : '须经复核'}`, [
    action('先把项目经费纳入部门预算并登记预算项目编码'),
    attach('budget_approval'),
  ]);
});

/**
 * The five steps 预算 → 采购 → 合同 → 监管 → 支付: each document is there, in this order, when its turn comes.
 * The earliest document of a kind counts.
 */
export const contractSteps = caseKind(
  'contract_steps',
  {
    beforeSigning: z.array(z.enum(EVIDENCE_KINDS)).min(1),
    beforePayment: z.array(z.enum(EVIDENCE_KINDS)).default([]),
  },
  (rule, { facts }) => {
    const { contract, businessDate, stage } = facts;
    if (contract === null) return NOTHING;
    const findings: Finding[] = [];
    const missing = rule.beforeSigning.filter((kind) => !(earliest(contract, kind) <= contract.signedDate));
    if (missing.length > 0) {
      findings.push(
        ...breach(`合同签订日 ${contract.signedDate} 之前没有${evidenceNames(missing)}，前置程序不全`, [
          attach(...missing),
          action('补齐签约之前已形成的文件；确未履行前置程序的，重新采购签约'),
        ]),
      );
    }
    for (const [index, kind] of rule.beforeSigning.entries()) {
      const next = rule.beforeSigning[index + 1];
      if (next === undefined || missing.includes(kind) || missing.includes(next)) continue;
      const [first, second] = [earliest(contract, kind), earliest(contract, next)];
      if (first <= second) continue;
      findings.push(
        ...breach(`${evidenceNames([kind])}（${first}）晚于${evidenceNames([next])}（${second}），程序倒置`, [
          action('核对两份文件的日期；确属倒置的，重新履行程序'),
        ]),
      );
    }
    if (stage === 'payment') {
      const unpaid = rule.beforePayment.filter((kind) => !(earliest(contract, kind) <= businessDate));
      if (unpaid.length > 0) {
        findings.push(
          ...breach(`支付日 ${businessDate} 之前没有${evidenceNames(unpaid)}，不能支付`, [attach(...unpaid)]),
        );
      }
    }
    return findings.length === 0 ? NOTHING : findings;
  },
);

/** Later than every date, so that a missing document is never in time. */
const NEVER: BusinessDate = '9999-99-99';
const earliest = (contract: ContractFacts, kind: EvidenceKind): BusinessDate =>
  contract.evidence.reduce((first, document) => {
    return document.kind === kind && document.date < first ? document.date : first;
  }, NEVER);
