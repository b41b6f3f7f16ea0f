import { z } from 'zod';
import { END_USER_LABELS, END_USERS, SERVICE_ITEM_CODES } from '../../core/vocabulary.js';
import { action, attach, breach, lineKind, NOTHING, needsReview } from './base.js';
import { itemName, lineName, sourceName } from './wording.js';

/** Words in the line's description. They only ever ask a person to look, since a word is not a purchase. */
export const textMatch = lineKind(
  'text_match',
  {
    keywords: z.array(z.string().min(2)).min(1),
    /** The code already says it, and another rule judges the code. */
    unlessCodes: z.array(z.string()).default([]),
    as: z.string().min(2),
  },
  (rule, { line, fund }) => {
    if (line.matchedTerms.length === 0) return NOTHING;
    const found = rule.keywords.filter((word) => line.matchedTerms.includes(word));
    if (found.length === 0) return NOTHING;
    const code = line.economicCode;
    if (code !== null && rule.unlessCodes.some((prefix) => code.startsWith(prefix))) return NOTHING;
    return needsReview(
      `本行摘要出现“${found.sort().join('”“')}”，可能属${rule.as}，${sourceName(fund)}支付前须核对`,
      [action(`核对发票和合同条目：确属${rule.as}的删除本行，不属的由复核人注明理由`)],
    );
  },
);

const FIELD_LABELS = {
  economicCode: '支出经济分类',
  serviceItem: '服务项目',
  beneficiaryGroups: '受益群体',
  stationId: '服务站点',
  endUser: '最终使用方',
} as const;

/** Facts that a line must state before anything can be judged by the nature of its money. */
export const factsRequired = lineKind(
  'facts_required',
  {
    facts: z
      .array(z.enum(['economicCode', 'serviceItem', 'beneficiaryGroups', 'stationId', 'endUser']))
      .min(1),
  },
  (rule, { line, fund }) => {
    const missing = rule.facts.filter((name) => line[name] === null);
    if (missing.length === 0) return NOTHING;
    const names = missing.map((name) => FIELD_LABELS[name]).join('、');
    return needsReview(`本行没有填写${names}，无法按${sourceName(fund)}的支出范围判断，须经复核`, [
      action(`补填${names}`),
    ]);
  },
);

/** Who ends up using what was bought. */
export const endUser = lineKind(
  'end_user',
  { denied: z.array(z.enum(END_USERS)).min(1), as: z.string().min(2) },
  (rule, { line, fund }) => {
    if (line.endUser === null) {
      return needsReview(`本行没有填写最终使用方，无法判断是否属${rule.as}，须经复核`, [
        action('补填最终使用方'),
      ]);
    }
    if (!rule.denied.includes(line.endUser)) return NOTHING;
    return breach(
      `本行最终由${END_USER_LABELS[line.endUser]}使用，属${rule.as}，${sourceName(fund)}不能支付`,
      [action('改由本单位公用经费列支，从本次用款中删除本行')],
    );
  },
);

/** The fields and groups that a local directory lists for money of this kind. */
export const serviceScope = lineKind(
  'service_scope',
  { serviceItems: z.array(z.enum(SERVICE_ITEM_CODES)).min(1), as: z.string().min(2) },
  (rule, { line }) => {
    if (line.serviceItem === null) {
      return needsReview(`本行没有填写服务项目，无法与${rule.as}对照，须经复核`, [action('补填服务项目')]);
    }
    if (rule.serviceItems.includes(line.serviceItem)) return NOTHING;
    return breach(`本行“${itemName(line.serviceItem)}”不在${rule.as}之内，须说明依据`, [
      attach('approval_document'),
      action('对照目录改填服务项目，或说明选择该服务领域的依据'),
    ]);
  },
);

/** Spending that a person always has to look at. */
export const manualReview = lineKind(
  'manual_review',
  {
    codes: z.array(z.string()).default([]),
    serviceItems: z.array(z.enum(SERVICE_ITEM_CODES)).default([]),
    /** Why: completes 本行 … ，须经复核：. */
    because: z.string().min(4),
  },
  (rule, { line }) => {
    const { economicCode, serviceItem } = line;
    const isNamed =
      (economicCode !== null && rule.codes.some((prefix) => economicCode.startsWith(prefix))) ||
      (serviceItem !== null && rule.serviceItems.includes(serviceItem));
    if (!isNamed) return NOTHING;
    return needsReview(`${lineName(line)}须经复核：${rule.because}`, [action('由复核人核对凭证后注明意见')]);
  },
);
