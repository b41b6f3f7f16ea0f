import { isDivisionPrefix } from '../core/divisions.js';
import { ECONOMIC_CODES } from '../core/economic-codes.js';
import { LEVEL_LABELS, LEVELS, SOURCE_LABELS, SOURCE_TYPES, type SourceType } from '../core/vocabulary.js';
import type { Placed, Say } from './check.js';
import { rulePrefixes } from './compile.js';
import type { Stage } from './facts.js';
import type { Mode } from './kinds/base.js';
import type { Rule } from './kinds/index.js';
import { LEVELS_OF_SOURCE, occursOf } from './kinds/occurs.js';

const STAGE_LABELS: Readonly<Record<Stage, string>> = {
  allotment: '下达',
  contract: '签约',
  submission: '报账',
  payment: '支付',
  provider_report: '承接机构报告',
};

/** What a rule is set to is there: its stages, money, places, codes and times can occur. */
export function checkScope(placed: Placed, say: Say): void {
  const { rule, index } = placed;
  const at = ['rules', index];
  const tell: Say = (path, message) => say([...at, ...path], `规则 ${rule.id} ${message}`);
  for (const check of [checkStages, checkMoney, checkPlaces, checkCodes, checkModes]) check(placed, tell);
}

function checkStages({ rule, subject }: Placed, tell: Say): void {
  const occurs = occursOf(rule.kind, subject);
  const never = (path: (string | number)[], stages: readonly Stage[], why: string) => {
    const named = rule.scope.stages.filter((stage) => stages.includes(stage));
    if (named.length > 0) tell(path, `不会在${namesOf(named)}环节生效：${why}`);
  };
  const absent = (Object.keys(STAGE_LABELS) as Stage[]).filter((stage) => !occurs.stages.includes(stage));
  const isOfAllotment = occurs.stages.length === 1;
  const why = isOfAllotment ? `${rule.kind} 只看下达的分配表` : '下达时还没有用款明细、合同和收款人';
  never(['scope', 'stages'], absent, why);
  if (rule.kind === 'expenditure' && rule.channel === 'direct') {
    never(['channel'], ['contract', 'provider_report'], '这时的用款都出自合同，channel 不能是 direct');
  }
  if (rule.kind === 'contract_evidence' && rule.onFinalPayment) {
    never(['onFinalPayment'], ['contract', 'provider_report'], '这时还没有尾款');
  }
  if (
    rule.kind === 'contract_steps' &&
    rule.beforePayment.length > 0 &&
    !rule.scope.stages.includes('payment')
  ) {
    tell(['beforePayment'], '没有列入支付环节，beforePayment 永远不会生效');
  }
}

const namesOf = (stages: readonly Stage[]) => stages.map((stage) => STAGE_LABELS[stage]).join('、');
const sourceNames = (sources: readonly SourceType[]) => sources.map((type) => SOURCE_LABELS[type]).join('、');

function checkMoney({ rule, subject, from, until }: Placed, tell: Say): void {
  const { sources: listed, levels = [], fundYears = [], exceptReliefWorkFunds } = rule.scope;
  const sources = listed === 'any' ? SOURCE_TYPES : listed;
  const { sources: possible = SOURCE_TYPES } = occursOf(rule.kind, subject);
  const foreign = sources.filter((type) => !possible.includes(type));
  if (foreign.length > 0) {
    tell(
      ['scope', 'sources'],
      `的类型 ${rule.kind} 只用于${sourceNames(possible)}：${sourceNames(foreign)}没有它要看的登记事项`,
    );
  }
  if (exceptReliefWorkFunds && !sources.includes('social_relief')) {
    tell(['scope', 'exceptReliefWorkFunds'], '不涉及困难群众救助补助，谈不上社会救助工作经费除外');
  }
  for (const [n, level] of levels.entries()) {
    if (sources.some((type) => (LEVELS_OF_SOURCE[type] ?? LEVELS).includes(level))) continue;
    tell(
      ['scope', 'levels', n],
      `的资金级次“${LEVEL_LABELS[level]}”不会出现：${sourceNames(sources)}没有这一级`,
    );
  }
  // Money is spent from its year on, and what is carried over (结转) within the two years after it.
  const first = Number(from.slice(0, 4)) - 2;
  const last = until === null ? null : Number(until.slice(0, 4));
  for (const [n, year] of fundYears.entries()) {
    if (year >= first && (last === null || year <= last)) continue;
    tell(
      ['scope', 'fundYears', n],
      `的资金年度 ${year} 不会出现：规则的有效期是 ${from} 至 ${until ?? '今'}`,
    );
  }
}

function checkPlaces({ rule, pack }: Placed, tell: Say): void {
  const { jurisdiction } = pack.document;
  for (const [n, prefix] of (rule.scope.divisionPrefixes ?? []).entries()) {
    const path = ['scope', 'divisionPrefixes', n];
    if (!isDivisionPrefix(prefix)) tell(path, `的区划前缀 ${prefix} 不是任何地区的`);
    else if (jurisdiction.length > 0 && !jurisdiction.some((outer) => prefix.startsWith(outer)))
      tell(path, `的区划 ${prefix} 超出文件适用范围`);
  }
}

const CODE_FIELDS = ['codes', 'exceptCodes', 'unlessCodes'];
const KNOWN_CODES = Object.keys(ECONOMIC_CODES);

function checkCodes({ rule }: Placed, tell: Say): void {
  for (const [field, value] of Object.entries(rule as Rule)) {
    if (!CODE_FIELDS.includes(field)) continue;
    for (const [n, prefix] of (value as readonly string[]).entries()) {
      if (!KNOWN_CODES.some((code) => code.startsWith(prefix)))
        tell([field, n], `的经济分类 ${prefix} 不在支出经济分类科目之内`);
    }
  }
}

/** Other modes act somewhere and at some time within the rule's own scope, and are other ones. */
function checkModes({ rule, pack, from, until }: Placed, tell: Say): void {
  const places = rulePrefixes(pack, rule);
  const meets = (a: string, b: string) => a.startsWith(b) || b.startsWith(a);
  for (const [n, entry] of rule.modes.entries()) {
    const at = ['modes', n];
    const isReversed = entry.from !== undefined && entry.until !== undefined && entry.until < entry.from;
    const isEarlier = entry.until !== undefined && entry.until < from;
    const isLater = until !== null && entry.from !== undefined && entry.from > until;
    if (isReversed) tell([...at, 'until'], '的 modes 截止日早于起始日');
    else if (isEarlier || isLater) tell(at, `的 modes 不在规则的有效期（${from} 至 ${until ?? '今'}）之内`);
    for (const [k, prefix] of entry.divisionPrefixes.entries()) {
      const path = [...at, 'divisionPrefixes', k];
      if (!isDivisionPrefix(prefix)) tell(path, `的区划前缀 ${prefix} 不是任何地区的`);
      else if (places.length > 0 && !places.some((place) => meets(place, prefix)))
        tell(path, `的 modes 区划 ${prefix} 在规则的适用地区之外`);
    }
    if (entry.mode === rule.mode && !restores(entry.mode, entry.divisionPrefixes, rule)) {
      tell([...at, 'mode'], `的 modes 与规则自己的 mode（${rule.mode}）相同，没有作用`);
    }
  }
}

/** The rule's own mode again, in a part of a place that another entry sets otherwise. */
const restores = (mode: Mode, prefixes: readonly string[], { modes }: Rule): boolean =>
  modes.some(
    (wider) =>
      wider.mode !== mode &&
      wider.divisionPrefixes.some((outer) =>
        prefixes.some((prefix) => prefix.length > outer.length && prefix.startsWith(outer)),
      ),
  );
