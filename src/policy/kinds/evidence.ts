import { z } from 'zod';
import { addMonths, type BusinessDate } from '../../core/dates.js';
import { showYuan, sumFen } from '../../core/money.js';
import { END_USERS, EVIDENCE_KINDS, SERVICE_ITEM_CODES } from '../../core/vocabulary.js';
import type { ContractFacts, Facts } from '../facts.js';
import { action, attach, breach, caseKind, lineKind, NOTHING, needsReview } from './base.js';
import { evidenceNames, lineName } from './wording.js';

/** Documents that certain lines must carry. */
export const lineEvidence = lineKind(
  'line_evidence',
  {
    evidence: z.array(z.enum(EVIDENCE_KINDS)).min(1),
    /** Prefixes of 支出经济分类 or service items that need it; both unset means every line. */
    codes: z.array(z.string()).default([]),
    serviceItems: z.array(z.enum(SERVICE_ITEM_CODES)).default([]),
    endUsers: z.array(z.enum(END_USERS)).min(1).optional(),
  },
  (rule, { line }) => {
    const missing = rule.evidence.filter((kind) => !line.evidence.includes(kind));
    if (missing.length === 0) return NOTHING;
    if (rule.endUsers && line.endUser !== null && !rule.endUsers.includes(line.endUser)) return NOTHING;
    if (rule.codes.length > 0 || rule.serviceItems.length > 0) {
      const { economicCode: code, serviceItem: item } = line;
      const byCode = code !== null && rule.codes.some((prefix) => code.startsWith(prefix));
      const byItem = item !== null && rule.serviceItems.includes(item);
      if (!byCode && !byItem) {
        const isUnknown =
          (rule.codes.length > 0 && code === null) || (rule.serviceItems.length > 0 && item === null);
        if (!isUnknown) return NOTHING;
        return needsReview(`本行没有填写支出经济分类或服务项目，无法判断是否须附${evidenceNames(missing)}`, [
          action('补填支出经济分类和服务项目'),
          attach(...missing),
        ]);
      }
    }
    return breach(`${lineName(line)}缺少${evidenceNames(missing)}`, [attach(...missing)]);
  },
);

/** Documents that the contract's file must hold on the business date. */
export const contractEvidence = caseKind(
  'contract_evidence',
  {
    evidence: z.array(z.enum(EVIDENCE_KINDS)).min(1),
    /** Asked only with the payment that uses up the contract (尾款). */
    onFinalPayment: z.boolean().default(false),
    /** Asked only when the contract runs longer than this many months. */
    longerThanMonths: z.number().int().positive().optional(),
  },
  (rule, { facts }) => {
    const { contract, businessDate } = facts;
    if (contract === null) return NOTHING;
    if (rule.onFinalPayment && !isFinalPayment(contract, facts)) return NOTHING;
    if (rule.longerThanMonths !== undefined && !runsLonger(contract, rule.longerThanMonths)) return NOTHING;
    const missing = rule.evidence.filter((kind) => !hasEvidence(contract, kind, businessDate));
    if (missing.length === 0) return NOTHING;
    const when = rule.onFinalPayment
      ? `本次支付后合同累计支付 ${showYuan(contract.paidFen + caseFen(facts))} 元，达到合同金额 ${showYuan(contract.amountFen)} 元，属尾款；`
      : rule.longerThanMonths === undefined
        ? ''
        : `合同期 ${contract.startDate} 至 ${contract.endDate}，超过 ${rule.longerThanMonths} 个月；`;
    return breach(`${when}合同档案中没有截至 ${businessDate} 的${evidenceNames(missing)}`, [
      attach(...missing),
    ]);
  },
);

export const caseFen = (facts: Facts): bigint => sumFen(facts.lines.map((line) => line.amountFen));

const isFinalPayment = (contract: ContractFacts, facts: Facts) =>
  contract.paidFen + caseFen(facts) >= contract.amountFen;

/**
 * A term counted in months ends on the corresponding day (民法典 第二百零二条), so 2023-01-01 to 2026-01-01 is
 * exactly 36 months and a day more is longer.
 */
export const runsLonger = (contract: ContractFacts, months: number): boolean =>
  contract.endDate > addMonths(contract.startDate, months);

export function hasEvidence(
  contract: ContractFacts,
  kind: (typeof EVIDENCE_KINDS)[number],
  onOrBefore: BusinessDate,
): boolean {
  return contract.evidence.some((document) => document.kind === kind && document.date <= onOrBefore);
}
