import { LEVEL_LABELS, LEVELS, SOURCE_LABELS, SOURCE_TYPES } from '../../core/vocabulary.js';
import { rulePrefixes } from '../compile.js';
import { STAGES } from '../facts.js';
import { type At, aroundWindow, atStage, type Patch, placeIn, type Variant } from './case.js';

/** Cases around everything that rules of all kinds have: scope, modes and exceptions. */
export function scopeVariants(at: At): Variant[] {
  const { pack, rule } = at;
  const { levels, programmes, fundYears } = rule.scope;
  const fund = (name: string, facts: Patch): Variant => ({ name, facts: { fund: facts } });
  return [
    { name: '命中', facts: {} },
    ...SOURCE_TYPES.map((type) => fund(`资金来源：${SOURCE_LABELS[type]}`, { type })),
    ...STAGES.map((stage) => ({
      name: `环节：${stage}`,
      facts: { ...atStage(stage), ...(stage === 'allotment' ? {} : { allotment: null }) },
    })),
    ...(levels ? LEVELS.map((level) => fund(`资金级次：${LEVEL_LABELS[level]}`, { level })) : []),
    ...(fundYears ?? [])
      .flatMap((year) => [year - 1, year, year + 1])
      .map((year) => fund(`资金年度：${year}`, { year })),
    ...(programmes
      ? [
          ...programmes.map((word) => fund(`项目名称含“${word}”`, { programme: `某省${word}专项` })),
          fund('项目名称未登记', { programme: null }),
          fund('其他项目', { programme: '另一专项' }),
        ]
      : []),
    ...(rule.scope.exceptReliefWorkFunds ? [fund('社会救助工作经费', { isReliefWorkFund: true })] : []),
    ...places(rulePrefixes(pack, rule)),
    ...aroundWindow('规则有效期', at, (businessDate) => ({ businessDate })),
    ...modes(at),
    ...waivers(at),
  ];
}

/** Each prefix, and the places beside it that no prefix covers. */
export function places(prefixes: readonly string[]): Variant[] {
  const outside = prefixes
    .flatMap((prefix) => [-1, 1].map((step) => String(Number(prefix) + step).padStart(prefix.length, '0')))
    .map(placeIn)
    .filter((code) => !prefixes.some((prefix) => code.startsWith(prefix)));
  return [...prefixes.map(placeIn), ...outside].map((divisionCode) => ({
    name: `区划 ${divisionCode}`,
    facts: { divisionCode },
  }));
}

function modes({ rule, date }: At): Variant[] {
  return rule.modes.flatMap(({ divisionPrefixes, from, until }, index) => {
    const day = from ?? until ?? date;
    const on = (divisionCode: string, businessDate: string): Patch => ({ divisionCode, businessDate });
    const inside = placeIn(divisionPrefixes[0]!);
    const what = `第 ${index + 1} 项另定方式`;
    return [
      ...places(divisionPrefixes).map(({ name, facts }) => ({
        name: `${what}：${name}`,
        facts: { ...facts, businessDate: day },
      })),
      ...(from === undefined && until === undefined
        ? []
        : aroundWindow(`${what}${inside} `, { from: from ?? day, until: until ?? null }, (businessDate) =>
            on(inside, businessDate),
          )),
    ];
  });
}

/** An exception from the rule's clause, on its last day and the day after. */
function waivers({ rule, date }: At): Variant[] {
  const waiver = (until: string): Patch => ({
    waivers: [{ clause: rule.clause, from: '1990-01-01', until }],
  });
  return [
    { name: `例外批准有效（${rule.clause}）`, facts: waiver(date) },
    { name: `例外批准已过期（${rule.clause}）`, facts: waiver('1990-01-01') },
  ];
}
