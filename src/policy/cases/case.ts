import { addDays, type BusinessDate } from '../../core/dates.js';
import { rulePrefixes, ruleWindow } from '../compile.js';
import type { Stage } from '../facts.js';
import { within } from '../kinds/base.js';
import type { Rule } from '../kinds/index.js';
import type { PackSet } from '../load.js';
import type { Pack } from '../pack.schema.js';
import type { Parameter } from '../parameters.js';

/** Differences from the base case of `packTests.ts`. Plain JSON: amounts are text of whole 分 under keys `…Fen`. */
export type Patch = Readonly<Record<string, unknown>>;

/** Which side of a value of the law a case stands on: one unit below it, on it, one unit above. */
export interface Threshold {
  readonly parameter: string;
  readonly from: BusinessDate;
  readonly offset: -1 | 0 | 1;
}

/** One case near a boundary, as differences from its rule's base. Names are unique within a rule. */
export interface Variant {
  readonly name: string;
  readonly facts: Patch;
  readonly threshold?: Threshold;
}

/** A case on which the rule speaks, and cases around each of its own boundaries. */
export interface Witness {
  readonly facts: Patch;
  readonly variants: readonly Variant[];
}

/** What the cases of one rule are made from. */
export interface At {
  readonly packs: PackSet;
  readonly pack: Pack;
  readonly rule: Rule;
  readonly from: BusinessDate;
  readonly until: BusinessDate | null;
  /** A date on which the rule holds. */
  readonly date: BusinessDate;
  readonly stage: Stage;
  /** A stage of the rule at which a case needs no contract; null when there is none. */
  readonly freeStage: Stage | null;
}

const USUAL_DATE = '2023-06-01';
/** Stages in the order in which a rule is best seen at work. */
const TELLING: Partial<Record<Rule['kind'], readonly Stage[]>> = {
  contract_required: ['payment', 'submission', 'provider_report'],
  contract_steps: ['payment'],
  blacklist: ['contract'],
};

export function atRule(packs: PackSet, pack: Pack, rule: Rule): At {
  const { from, until } = ruleWindow(pack, rule);
  const date = within(USUAL_DATE, from, until) ? USUAL_DATE : from;
  const { stages } = rule.scope;
  const isDirect = 'channel' in rule && rule.channel === 'direct';
  const order = [...(TELLING[rule.kind] ?? []), ...(isDirect ? ['payment', 'submission'] : []), ...stages];
  const stage = order.find((name): name is Stage => stages.includes(name as Stage))!;
  const freeStage = [stage, ...stages].find((name) => name !== 'contract') ?? null;
  return { packs, pack, rule, from, until, date, stage, freeStage };
}

/**
 * Facts that fit the scope of the rule, on a line that other rules for such money let pass: the outcome then hangs on
 * the rule itself.
 */
export function scopeBase({ pack, rule, date, stage }: At): Patch {
  const { sources, levels, programmes, fundYears } = rule.scope;
  const type = sources === 'any' ? 'local_budget' : sources[0]!;
  const prefix = rulePrefixes(pack, rule)[0] ?? '11';
  return {
    ...atStage(stage),
    businessDate: date,
    divisionCode: placeIn(prefix),
    ...(type === 'social_relief' ? { line: RELIEF_LINE } : {}),
    fund: {
      type,
      ...(type === 'social_relief' ? { reliefCap: {} } : {}),
      ...(type === 'charity' ? { charity: { areas: [prefix] } } : {}),
      ...(levels ? { level: levels[0] } : {}),
      ...(fundYears ? { year: fundYears[0] } : {}),
      ...(programmes ? { programme: programmes[0] } : {}),
    },
  };
}

const RELIEF_LINE: Patch = {
  serviceItem: 'relief_care',
  beneficiaryGroups: ['extreme_poverty'],
  rosterCoverage: 'all',
};

/** A stage with what it cannot be without. */
export const atStage = (stage: Stage): Patch => ({
  stage,
  ...(stage === 'contract' ? { contract: {} } : {}),
  ...(stage === 'allotment' ? { allotment: {} } : {}),
});

/** A division code under the prefix: 51 → 510101. */
export const placeIn = (prefix: string): string => prefix.padEnd(6, '01');

/** Cases around the first and the last day of something. */
export function aroundWindow(
  what: string,
  { from, until }: { readonly from: BusinessDate; readonly until: BusinessDate | null },
  on: (date: BusinessDate) => Patch,
): Variant[] {
  const days = [
    [`${what}前一日`, addDays(from, -1)],
    [`${what}首日`, from],
    ...(until === null
      ? []
      : [[`${what}末日`, until] as const, [`${what}后一日`, addDays(until, 1)] as const]),
  ] as const;
  return days.map(([name, date]) => ({ name: `${name} ${date}`, facts: on(date) }));
}

/** Whatever the name says twice is one case: the first. */
export function unique(variants: readonly Variant[]): Variant[] {
  const seen = new Set<string>();
  return variants.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** A value of a parameter, with a business date on which both it and the rule hold. */
export interface Value {
  readonly parameter: Parameter;
  readonly date: BusinessDate;
}

export const windowsOf = ({ pack }: At, id: string): Parameter[] =>
  pack.parameters.filter((one) => one.id === id);

/** The values of a parameter that the rule ever meets. */
export function valuesOf(at: At, id: string): Value[] {
  return windowsOf(at, id).flatMap((parameter) => {
    const latest = parameter.from > at.from ? parameter.from : at.from;
    const date = [at.date, latest].find(
      (day) => within(day, parameter.from, parameter.until) && within(day, at.from, at.until),
    );
    return date === undefined ? [] : [{ parameter, date }];
  });
}

/** Three cases for each known value: one unit below, on it, one unit above. */
export function aroundValues(
  at: At,
  id: string,
  on: (value: string, offset: bigint, date: BusinessDate) => Patch,
  unit: string,
): Variant[] {
  return valuesOf(at, id).flatMap(({ parameter, date }) => {
    const { value, from } = parameter;
    if (value === null) return [];
    return ([-1, 0, 1] as const).map((offset) => ({
      name: `${id} = ${value}（${from} 起）${['少 1 ', '恰好', '多 1 '][offset + 1]}${offset === 0 ? '' : unit}`,
      facts: { businessDate: date, ...on(value, BigInt(offset), date) },
      threshold: { parameter: id, from, offset },
    }));
  });
}

/** Business dates around each window of a parameter, for a case that differs by `facts`. */
export const aroundParameterDates = (at: At, id: string, facts: Patch = {}): Variant[] =>
  windowsOf(at, id).flatMap((window) =>
    aroundWindow(`参数 ${id} 有效期`, window, (businessDate) => ({ ...facts, businessDate })),
  );

/** The case without its contract, where the rule has a stage that allows it. */
export const withoutContract = ({ freeStage }: At): Variant[] =>
  freeStage === null ? [] : [{ name: '没有合同', facts: { stage: freeStage, contract: null } }];
