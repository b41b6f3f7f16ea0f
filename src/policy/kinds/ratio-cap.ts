import { z } from 'zod';
import { floorShare, showPercent, showYuan } from '../../core/money.js';
import { BASE_BASIS_LABELS } from '../../core/vocabulary.js';
import type { Facts, FundFacts } from '../facts.js';
import {
  action,
  alternativesSchema,
  breach,
  caution,
  fundKind,
  NOTHING,
  needsReview,
  otherSources,
  permits,
} from './base.js';

/**
 * A share of a declared yearly base. Numerator: paid, promised and what this case newly adds out of all its relief
 * funds of the year, in Fen; compared by cross multiplication, so exactly the cap passes and one 分 more does not.
 *
 * A case that adds nothing (a claim on a contract already counted) is not refused when the share is over, since
 * its money was promised while it was within: it is reviewed.
 */
export const ratioCap = fundKind(
  'ratio_cap',
  { capParameter: z.string(), warnFromParameter: z.string(), alternatives: alternativesSchema },
  (rule, { fund, facts, parameters }) => {
    if (fund.isReliefWorkFund) return NOTHING;
    const cap = fund.reliefCap;
    const year = String(fund.year);
    const addsFen = addedBy(facts, fund);
    // Help given to people directly buys no service and stands outside the share.
    if (cap !== null && addsFen === 0n && facts.contract === null) return NOTHING;
    if (cap === null || cap.base === null) {
      return needsReview(`没有申报 ${year} 年困难群众救助补助资金支出基数，无法计算购买服务上限，须经复核`, [
        action(`申报 ${year} 年支出基数及其依据文号`),
      ]);
    }
    if (String(cap.year) !== year) {
      return needsReview(`申报的是 ${cap.year} 年支出基数，而资金是 ${year} 年的，无法计算上限，须经复核`, [
        action(`申报 ${year} 年支出基数及其依据文号`),
      ]);
    }
    const limit = parameters.ratio(rule.capParameter, facts.businessDate);
    const warnFrom = parameters.ratio(rule.warnFromParameter, facts.businessDate);
    if (limit === null || warnFrom === null) {
      return needsReview(`${facts.businessDate} 没有有效的比例上限，无法判断，须经复核`, [
        action('由政策管理员补录现行上限及其依据'),
      ]);
    }
    const base = cap.base.amountFen;
    const basis = BASE_BASIS_LABELS[cap.base.basis];
    const before = cap.paidFen + cap.committedFen;
    const total = before + addsFen;
    const limitFen = floorShare(base, limit);
    const headroomFen = limitFen > before ? limitFen - before : 0n;
    const limitPercent = showPercent(limit[0], limit[1]).replace(/\.?0+%/, '%');
    const yuan = (fen: bigint) => `${showYuan(fen)} 元`;
    const details = {
      headroomFen,
      headroomAfterFen: limitFen > total ? limitFen - total : 0n,
      figures: [
        [`${year} 年支出基数（${basis}）`, yuan(base)],
        [`上限 ${limitPercent}`, yuan(limitFen)],
        ['本年已付', yuan(cap.paidFen)],
        ['已签未付', yuan(cap.committedFen)],
        ['本次新增', yuan(addsFen)],
        ['合计', yuan(total)],
        ['占比', showPercent(total, base)],
        ['本次之前的余额', yuan(headroomFen)],
      ],
    } as const;
    const account = `${year} 年救助资金购买服务累计 ${yuan(total)}（含本次新增 ${yuan(addsFen)}），${basis}基数 ${yuan(base)}的 ${limitPercent} 为 ${yuan(limitFen)}`;
    if (total * limit[1] > base * limit[0]) {
      const over = `${account}，超出 ${yuan(total - limitFen)}`;
      if (addsFen === 0n) {
        return needsReview(
          `${over}；本次用款出自已计入的合同，须经复核`,
          [action('核对基数调整情况后再支付')],
          details,
        );
      }
      return breach(
        over,
        [
          ...(headroomFen > 0n ? [{ kind: 'smaller_amount', amountFen: headroomFen } as const] : []),
          ...otherSources(rule.alternatives),
          action('改由其他资金支付，或按决算更新支出基数后重新提交'),
        ],
        details,
      );
    }
    const left = `本次之后余额 ${yuan(limitFen - total)}`;
    if (total * warnFrom[1] >= base * warnFrom[0] && base > 0n) {
      return caution(`${account}，占 ${showPercent(total, base)}，已接近上限，${left}`, [], details);
    }
    return permits(`${account}，未超过上限，${left}`, [], details);
  },
);

/** The case's own addition, over all its funds that share the year's base: split over two funds it weighs the same. */
function addedBy(facts: Facts, fund: FundFacts): bigint {
  let total = 0n;
  for (const other of Object.values(facts.funds)) {
    if (other.reliefCap !== null && !other.isReliefWorkFund && other.year === fund.year) {
      total += other.reliefCap.addsFen;
    }
  }
  return total;
}
