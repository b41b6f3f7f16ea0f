import { z } from 'zod';
import { floorShare, showPercent, showYuan } from '../../core/money.js';
import { BASE_BASIS_LABELS } from '../../core/vocabulary.js';
import type { Facts, FundFacts, ReliefCapFacts } from '../facts.js';
import type { Ratio } from '../parameters.js';
import { countedFen, levelsLabel } from '../relief-base.js';
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
  {
    capParameter: z.string(),
    warnFromParameter: z.string(),
    levelsParameter: z.string(),
    alternatives: alternativesSchema,
  },
  (rule, { fund, facts, parameters }) => {
    if (fund.isReliefWorkFund) return NOTHING;
    const cap = fund.reliefCap;
    const year = String(fund.year);
    const addsFen = addedBy(facts, fund);
    // Help given to people directly buys no service and stands outside the share.
    if (cap !== null && addsFen === 0n && facts.contract === null) return NOTHING;
    const at = facts.businessDate;
    const limit = parameters.ratio(rule.capParameter, at);
    const levels = parameters.levels(rule.levelsParameter, at);
    if (cap === null || cap.base === null) {
      const lastFen = cap?.lastFinal && levels ? countedFen(cap.lastFinal, levels) : null;
      const indication = cap && limit && lastFen !== null ? indicated(cap, lastFen, limit, addsFen) : null;
      return needsReview(
        `没有申报 ${year} 年困难群众救助补助资金支出基数，无法计算购买服务上限，须经复核${indication?.message ?? ''}`,
        [
          action(
            `申报 ${year} 年支出基数：尚无决算时可申报预计数，写明依据文号、文件日期和中央、省、市（州）、县各级金额，自申报日起生效`,
          ),
        ],
        indication ? { figures: indication.figures } : {},
      );
    }
    if (String(cap.year) !== year) {
      return needsReview(`申报的是 ${cap.year} 年支出基数，而资金是 ${year} 年的，无法计算上限，须经复核`, [
        action(`申报 ${year} 年支出基数及其依据文号`),
      ]);
    }
    const warnFrom = parameters.ratio(rule.warnFromParameter, at);
    if (limit === null || warnFrom === null || levels === null) {
      const missing = limit === null || warnFrom === null ? '比例上限' : '基数级次口径';
      return needsReview(`${at} 没有有效的${missing}，无法判断，须经复核`, [
        action(`由政策管理员补录现行${missing}及其依据`),
      ]);
    }
    const base = countedFen(cap.base, levels);
    if (base === null) {
      return needsReview(
        `现行口径只计${levelsLabel(levels)}资金，而 ${year} 年支出基数没有分级列示，无法计算购买服务上限，须经复核`,
        [action(`按中央、省、市（州）、县分级重新申报 ${year} 年支出基数及其依据文号`)],
      );
    }
    const basis = BASE_BASIS_LABELS[cap.base.basis];
    const before = cap.paidFen + cap.committedFen;
    const total = before + addsFen;
    const limitFen = floorShare(base, limit);
    const headroomFen = limitFen > before ? limitFen - before : 0n;
    const limitPercent = percentOf(limit);
    const details = {
      headroomFen,
      headroomAfterFen: limitFen > total ? limitFen - total : 0n,
      figures: [
        [`${year} 年支出基数（${basis}）`, yuan(base)],
        ['计入基数的资金级次', levelsLabel(levels)],
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

const yuan = (fen: bigint) => `${showYuan(fen)} 元`;
const percentOf = (ratio: Ratio) => showPercent(ratio[0], ratio[1]).replace(/\.?0+%/, '%');

/** What last year's final base would allow this year: for the reviewer to weigh, never a limit. */
function indicated(cap: ReliefCapFacts, baseFen: bigint, limit: Ratio, addsFen: bigint) {
  const limitFen = floorShare(baseFen, limit);
  const totalFen = cap.paidFen + cap.committedFen + addsFen;
  const last = cap.year - 1;
  return {
    message: `；参考：${last} 年决算基数 ${yuan(baseFen)}的 ${percentOf(limit)} 为 ${yuan(limitFen)}，本年累计 ${yuan(totalFen)}（含本次新增 ${yuan(addsFen)}）`,
    figures: [
      [`${last} 年支出基数（决算，参考）`, yuan(baseFen)],
      [`上限 ${percentOf(limit)}（参考）`, yuan(limitFen)],
      ['本年累计', yuan(totalFen)],
      ['余额（参考）', yuan(limitFen > totalFen ? limitFen - totalFen : 0n)],
    ] as const,
  };
}

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
