import { BENEFICIARY_GROUPS, SERVICE_ITEMS } from '../../core/vocabulary.js';
import { ruleWindow } from '../compile.js';
import { within } from '../kinds/base.js';
import type { Rule } from '../kinds/index.js';
import { type Clause, type Pack, sourceOf } from '../pack.schema.js';
import { PARAMETER_FIELDS, type Parameter } from '../parameters.js';

/**
 * Slips after which every case is decided as before, each with a reason that follows from the data. A mutant is left
 * out of the count only when it has such a reason and nobody noticed it.
 */
type Reason = string | null;
type Of<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

export function equivalentRule(pack: Pack, rule: Rule, changed: Rule): Reason {
  const isSameWindow = JSON.stringify(ruleWindow(pack, rule)) === JSON.stringify(ruleWindow(pack, changed));
  if (
    (differs(rule.scope.from, changed.scope.from) || differs(rule.scope.until, changed.scope.until)) &&
    isSameWindow
  )
    return '日期被文件的有效期限住，不起作用';
  if (differs(rule.also, changed.also)) return '一并落实的条款只计入覆盖情况';
  if (Object.keys(PARAMETER_FIELDS).some((field) => isSameValue(pack, field, rule, changed)))
    return '两个参数的数值和有效期相同';
  if (rule.severity !== changed.severity) return ofSeverity(pack, rule, changed);
  if (isShadowed(rule.scope.divisionPrefixes, changed.scope.divisionPrefixes))
    return '较长的区划前缀已被较短的覆盖';
  return ofKind(rule, changed) ?? ofStages(rule, changed);
}

/** The rules name different parameters that have the same values on the same days. */
function isSameValue(pack: Pack, field: string, rule: Rule, changed: Rule): boolean {
  const ids = [rule, changed].map((one) => (one as Readonly<Record<string, unknown>>)[field]);
  const [values, others] = ids.map((id) =>
    pack.parameters.filter((one) => one.id === id).map(({ value, from, until }) => ({ value, from, until })),
  );
  return ids[0] !== ids[1] && !differs(values, others);
}

/** Kinds that find nothing worse than a review, whatever the rule's severity. */
const ASKING: readonly Rule['kind'][] = ['facts_required', 'text_match', 'manual_review'];

function ofSeverity(pack: Pack, rule: Rule, changed: Rule): Reason {
  if (!isVerified(pack, rule)) return '依据待核的规则至多提示';
  if (rule.kind === 'expenditure' && rule.verdict === 'permitted') return '只表示允许的规则总是放行';
  const staysAbove = rule.severity !== 'warn' && changed.severity !== 'warn';
  const isAsking =
    ASKING.includes(rule.kind) || (rule.kind === 'blacklist' && !rule.scope.stages.includes('contract'));
  return isAsking && staysAbove ? '这类规则在这些环节至多要求复核' : null;
}

function ofStages(rule: Rule, changed: Rule): Reason {
  const moved = rule.scope.stages
    .filter((stage) => !changed.scope.stages.includes(stage))
    .concat(changed.scope.stages.filter((stage) => !rule.scope.stages.includes(stage)));
  if (moved.length === 0) return null;
  if (rule.kind === 'contract_required' && moved.every((stage) => stage === 'contract'))
    return '签约环节总有合同';
  if (isDirect(rule) && moved.every((stage) => stage === 'contract' || stage === 'provider_report'))
    return '直接支付的规则在签约和承接机构报账环节不起作用';
  return null;
}
const isDirect = (rule: Rule) => rule.kind === 'expenditure' && rule.channel === 'direct';

function ofKind(rule: Rule, changed: Rule): Reason {
  switch (rule.kind) {
    case 'expenditure':
      return ofExpenditure(rule, changed as Of<'expenditure'>);
    case 'manual_review':
    case 'line_evidence':
      return isShadowed(rule.codes, (changed as typeof rule).codes) ? SHADOWED_CODE : null;
    case 'text_match':
      return ofText(rule, changed as Of<'text_match'>);
    case 'employment':
      return rule.match !== (changed as typeof rule).match &&
        (rule.providerKinds.length === 0 || rule.pricings.length === 0)
        ? '只有一项条件时，全部符合与任一符合相同'
        : null;
    case 'beneficiary_purpose':
      return ofPurpose(rule, changed as Of<'beneficiary_purpose'>);
    case 'service_catalogue':
      return difference(rule.directItems, (changed as typeof rule).directItems).some((item) =>
        rule.catalogues.includes(SERVICE_ITEMS[item].catalogue),
      )
        ? '目录内的服务项目不必另列'
        : null;
    case 'contract_steps':
      return !rule.scope.stages.includes('payment') &&
        differs(rule.beforePayment, (changed as typeof rule).beforePayment)
        ? '规则不用于支付环节'
        : null;
    default:
      return null;
  }
}

const SHADOWED_CODE = '较长的编码前缀已被较短的覆盖';

function ofExpenditure(rule: Of<'expenditure'>, changed: Of<'expenditure'>): Reason {
  if (isShadowed(rule.codes, changed.codes)) return SHADOWED_CODE;
  const excepted = difference(rule.exceptCodes, changed.exceptCodes);
  const touches = (except: string) =>
    rule.codes.some((code) => code.startsWith(except) || except.startsWith(code));
  if (excepted.length > 0 && !excepted.some(touches)) return '排除的编码不在规则的编码之内';
  const byContract = rule.scope.stages.every((stage) => stage === 'contract' || stage === 'provider_report');
  const channels = [rule.channel, changed.channel];
  return rule.channel !== changed.channel && byContract && !channels.includes('direct')
    ? '这些环节总按合同用款'
    : null;
}

function ofText(rule: Of<'text_match'>, changed: Of<'text_match'>): Reason {
  if (isShadowed(rule.unlessCodes, changed.unlessCodes)) return SHADOWED_CODE;
  const dropped = difference(rule.keywords, changed.keywords);
  return dropped.length > 0 && dropped.every((word) => changed.keywords.some((other) => word.includes(other)))
    ? '较长的关键词出现时，其中较短的关键词也出现'
    : null;
}

function ofPurpose(rule: Of<'beneficiary_purpose'>, changed: Of<'beneficiary_purpose'>): Reason {
  const named = difference(rule.whenNamed, changed.whenNamed);
  const isServed = (purpose: (typeof named)[number]) => rule.purposes.includes(purpose);
  if (named.length > 0 && named.every(isServed)) return '已属资助方向，不必在文号中写明';
  const reviewed = difference(rule.reviewGroups, changed.reviewGroups);
  const isDecided = (group: (typeof reviewed)[number]) => {
    const { purpose } = BENEFICIARY_GROUPS[group];
    return purpose !== null && (isServed(purpose) || rule.whenNamed.includes(purpose));
  };
  return reviewed.length > 0 && reviewed.every(isDecided) ? '该群体已按资助方向判断' : null;
}

/** A bound of a document that another bound of every rule is narrower than; a grade that no rule rests on. */
export function equivalentDocument(pack: Pack, changed: Pack): Reason {
  const windows = (one: Pack) => JSON.stringify(one.rules.map((rule) => ruleWindow(one, rule)));
  const verified = (one: Pack) => JSON.stringify(one.rules.map((rule) => isVerified(one, rule)));
  const inForce = ({ document: { effectiveFrom, effectiveUntil } }: Pack) =>
    `${effectiveFrom} ${effectiveUntil}`;
  return windows(pack) === windows(changed) &&
    verified(pack) === verified(changed) &&
    inForce(pack) === inForce(changed)
    ? '没有规则以此为准'
    : null;
}

export function equivalentParameter(pack: Pack, parameter: Parameter, changed: Parameter): Reason {
  if (parameter.value === null) return '文件没有给出数值，有效期内外同样未知';
  const users = pack.rules.filter((rule) => Object.values(rule).includes(parameter.id));
  // A contract's term is judged on the day of signing, which may lie outside the window of the rule.
  if (users.some(({ kind }) => kind === 'contract_term')) return null;
  const days = [...gained(parameter, changed), ...gained(changed, parameter)];
  const isLive = (day: string) =>
    users.some((rule) => {
      const { from, until } = ruleWindow(pack, rule);
      return within(day, from, until);
    });
  return days.length > 0 && !days.some(isLive) ? '变动的日期在规则的有效期之外' : null;
}

/** First and last day that the first window has and the second has not: a slip moves one bound. */
function gained(a: Parameter, b: Parameter): string[] {
  return [a.from, ...(a.until === null ? [] : [a.until])].filter((day) => !within(day, b.from, b.until));
}

/** An exception is only looked for where a rule of the clause itself stops a case. */
export function equivalentClause(pack: Pack, clause: Clause): Reason {
  const stops = pack.rules.some(
    (rule) => rule.clause === clause.id && rule.severity !== 'warn' && isVerified(pack, rule),
  );
  return stops ? null : '没有规则按本条款拦下用款';
}

const isVerified = (pack: Pack, rule: Rule): boolean =>
  sourceOf(pack, pack.clauses.find(({ id }) => id === rule.clause)!).grade !== 'remembered';

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** What only one of the lists has. */
function difference<T>(a: readonly T[], b: readonly T[]): T[] {
  return [...a.filter((one) => !b.includes(one)), ...b.filter((one) => !a.includes(one))];
}

/** Whatever one list has beyond the other begins with something that both have. */
function isShadowed(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const extra = difference(a, b);
  return (
    extra.length > 0 && extra.every((one) => a.some((other) => b.includes(other) && one.startsWith(other)))
  );
}
