import { addDays } from '../../../src/core/dates.js';
import { ECONOMIC_CODES } from '../../../src/core/economic-codes.js';
import { SOURCE_TYPES } from '../../../src/core/vocabulary.js';
import type { STAGES } from '../../../src/policy/facts.js';
import type { NaivePack } from './pack.js';

/** Everything in the packs that a case can stand on the edge of. */
export interface Pools {
  /** Every first and last day of the packs, with the days beside it. */
  readonly dates: readonly string[];
  /** Those on which every document has begun. */
  readonly lateDates: readonly string[];
  readonly codes: readonly string[];
  readonly terms: readonly string[];
  readonly places: readonly string[];
  readonly programmes: readonly string[];
  readonly aims: readonly Aim[];
}

/** What lets a rule be asked: a case is aimed at it by meeting most of this. */
export interface Aim {
  readonly rule: string;
  readonly clause: string;
  readonly sources: readonly (typeof SOURCE_TYPES)[number][];
  readonly stages: readonly (typeof STAGES)[number][];
  readonly places: readonly string[];
  readonly programmes: readonly string[];
  readonly items: readonly string[];
  readonly codes: readonly string[];
  readonly endUsers: readonly string[];
  readonly isDirect: boolean;
}

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
/** A six-digit place that begins with a prefix. */
const placeIn = (prefix: string) => prefix.padEnd(6, '0102');

/** A five-digit code that begins with a prefix, where there is one. */
const fullCode = (prefix: string) =>
  Object.keys(ECONOMIC_CODES).find((code) => code.length === 5 && code.startsWith(prefix)) ?? prefix;

export function poolsOf(packs: readonly NaivePack[]): Pools {
  const rules = packs.flatMap((pack) => pack.rules);
  const bounds = [
    ...packs
      .flatMap(({ document, sources }) => [document, ...Object.values(sources ?? {})])
      .flatMap(({ effectiveFrom, effectiveUntil }) => [effectiveFrom, effectiveUntil]),
    ...packs
      .flatMap(({ parameters, rules }) => [
        ...(parameters ?? []),
        ...rules.flatMap(({ scope, modes }) => [scope, ...(modes ?? [])]),
      ])
      .flatMap(({ from, until }) => [from, until]),
  ];
  const prefixes = rules.flatMap(({ codes, exceptCodes, unlessCodes }) =>
    [codes, exceptCodes, unlessCodes].flatMap((list) => list ?? []),
  );
  const texts = rules.flatMap(({ scope }) => scope.programmes ?? []);
  const aims = packs.flatMap(({ document, rules }) =>
    rules.map(({ id, clause, scope, serviceItems, codes, endUsers, channel }) => {
      const prefixes = scope.divisionPrefixes ?? document.jurisdiction;
      return {
        rule: id,
        clause,
        sources: scope.sources === 'any' ? SOURCE_TYPES : (scope.sources as Aim['sources']),
        stages: scope.stages as Aim['stages'],
        places: prefixes.length > 0 ? prefixes.map(placeIn) : ['430102', '530102', '510105'],
        programmes: scope.programmes ?? [],
        items: serviceItems ?? [],
        codes: (codes ?? []).map(fullCode),
        endUsers: endUsers ?? [],
        isDirect: channel === 'direct',
      };
    }),
  );
  const dates = unique([
    ...bounds.flatMap((date) => (date ? [addDays(date, -1), date, addDays(date, 1)] : [])),
    '2023-06-01',
    '2024-02-29',
  ]);
  const begun = packs.map(({ document }) => document.effectiveFrom).sort();
  return {
    dates,
    lateDates: dates.filter((date) => date >= begun.at(-1)!),
    codes: unique([...prefixes.flatMap((prefix) => [fullCode(prefix), prefix.slice(0, 3)]), '30227']),
    terms: unique(rules.flatMap(({ keywords }) => keywords ?? [])),
    places: unique(['110101', ...aims.flatMap(({ places }) => places)]),
    programmes: unique([...texts, ...texts.map((text) => `2023年${text}工程`), '其他']),
    // Few rules are about allotments, and a case of another stage never reaches them.
    aims: aims.flatMap((aim) => Array<Aim>(aim.stages.includes('allotment') ? 5 : 1).fill(aim)),
  };
}
