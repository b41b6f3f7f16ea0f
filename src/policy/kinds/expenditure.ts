import { z } from 'zod';
import { END_USERS, SERVICE_ITEM_CODES } from '../../core/vocabulary.js';
import type { Facts, LineFacts } from '../facts.js';
import {
  action,
  alternativesSchema,
  breach,
  lineKind,
  NOTHING,
  needsReview,
  otherSources,
  permits,
} from './base.js';
import { lineName, sourceName } from './wording.js';

/** `contract`: drawn from a service contract, its own lines included; `direct`: paid straight from the fund. */
const CHANNELS = ['any', 'contract', 'direct'] as const;

const codePrefix = z.string().regex(/^3\d{2,4}$/, '经济分类编码前缀须写成带引号的数字');

const fields = {
  verdict: z.enum(['denied', 'permitted']),
  /** Prefixes of 支出经济分类. */
  codes: z.array(codePrefix).default([]),
  /** Finer prefixes that `codes` does not mean. */
  exceptCodes: z.array(codePrefix).default([]),
  serviceItems: z.array(z.enum(SERVICE_ITEM_CODES)).default([]),
  /** Only for these final users; unset means for all. */
  endUsers: z.array(z.enum(END_USERS)).min(1).optional(),
  channel: z.enum(CHANNELS).default('any'),
  /** What the selected spending is called in messages: 硬件投入. */
  as: z.string().min(2),
  alternatives: alternativesSchema,
};
export type ExpenditureFields = z.output<z.ZodObject<typeof fields>>;

/**
 * Spending named by economic code or service item. `denied` strikes when either matches and asks when either is
 * unknown. `permitted` speaks only when everything it names is known and matches.
 */
export const expenditure = lineKind('expenditure', fields, (rule, { line, fund, facts }) => {
  if (rule.channel !== 'any' && rule.channel !== channelOf(facts)) return NOTHING;
  const match = rule.verdict === 'denied' ? matchesAny(rule, line) : matchesAll(rule, line);
  if (match === false) return NOTHING;
  if (rule.verdict === 'permitted') {
    if (match === null) return NOTHING;
    return permits(`${nameOf(rule, line)}属${rule.as}，${sourceName(fund)}可以支付`, []);
  }
  if (match === null) {
    return needsReview(`本行的${missing(rule, line)}没有填写清楚，无法判断是否属${rule.as}，须经复核`, [
      action('补填末级支出经济分类、服务项目和最终使用方'),
    ]);
  }
  const verdict = rule.severity === 'block' ? '不能支付' : '支付须经复核';
  return breach(`${nameOf(rule, line)}属${rule.as}，${sourceName(fund)}${verdict}`, [
    ...otherSources(rule.alternatives),
    ...(rule.advice ? [] : [action(`从本次用款中删除本行，或改由允许支付${rule.as}的资金另行申请`)]),
  ]);
});

const channelOf = (facts: Facts) =>
  facts.contract !== null || facts.stage === 'provider_report' ? 'contract' : 'direct';

function matchesAny(rule: ExpenditureFields, line: LineFacts): boolean | null {
  const byUser =
    rule.endUsers === undefined ? true : line.endUser === null ? null : rule.endUsers.includes(line.endUser);
  if (byUser === false) return false;
  const byCode = codeMatches(rule, line.economicCode);
  const byItem =
    line.serviceItem === null
      ? rule.serviceItems.length > 0 && null
      : rule.serviceItems.includes(line.serviceItem);
  const bySpending =
    byCode === true || byItem === true ? true : byCode === null || byItem === null ? null : false;
  return bySpending === true ? byUser : bySpending;
}

function matchesAll(rule: ExpenditureFields, line: LineFacts): boolean {
  return (
    (rule.codes.length === 0 || codeMatches(rule, line.economicCode) === true) &&
    (rule.serviceItems.length === 0 ||
      (line.serviceItem !== null && rule.serviceItems.includes(line.serviceItem))) &&
    (rule.endUsers === undefined || (line.endUser !== null && rule.endUsers.includes(line.endUser)))
  );
}

/** A code given only to its class (302) does not tell whether it is the finer one (30217) that a rule names. */
function codeMatches(rule: ExpenditureFields, code: string | null): boolean | null {
  const { codes: prefixes, exceptCodes } = rule;
  if (prefixes.length === 0) return false;
  if (code === null) return null;
  for (const except of exceptCodes) {
    if (code.startsWith(except)) return false;
  }
  let isCoarse = false;
  for (const prefix of prefixes) {
    if (code.startsWith(prefix)) return true;
    if (prefix.startsWith(code)) isCoarse = true;
  }
  return isCoarse ? null : false;
}

/** The line by what the rule struck at: its code, or else its item. */
function nameOf(rule: ExpenditureFields, line: LineFacts): string {
  const isByCode = codeMatches(rule, line.economicCode) === true;
  return lineName(isByCode || line.serviceItem === null ? line : { ...line, economicCode: null });
}

function missing(rule: ExpenditureFields, line: LineFacts): string {
  const names: string[] = [];
  if (codeMatches(rule, line.economicCode) === null) names.push('支出经济分类');
  if (rule.serviceItems.length > 0 && line.serviceItem === null) names.push('服务项目');
  if (rule.endUsers !== undefined && line.endUser === null) names.push('最终使用方');
  return names.join('、');
}

/** True when some line could be both: what makes a permitted rule contradict a denied one. */
export function spendingOverlaps(denied: ExpenditureFields, permitted: ExpenditureFields): boolean {
  const channels =
    denied.channel === 'any' || permitted.channel === 'any' || denied.channel === permitted.channel;
  const users =
    !denied.endUsers ||
    !permitted.endUsers ||
    denied.endUsers.some((user) => permitted.endUsers!.includes(user));
  const codes =
    denied.codes.length > 0 &&
    (permitted.codes.length === 0 ||
      denied.codes.some(
        (a) =>
          !permitted.exceptCodes.some((except) => a.startsWith(except)) &&
          permitted.codes.some((b) => a.startsWith(b) || b.startsWith(a)),
      ));
  const items =
    denied.serviceItems.length > 0 &&
    (permitted.serviceItems.length === 0 ||
      denied.serviceItems.some((item) => permitted.serviceItems.includes(item)));
  return channels && users && (codes || items);
}
