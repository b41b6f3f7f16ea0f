import { groupBy } from '../core/collections.js';
import { addMonths, type BusinessDate } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { SOURCE_LABELS, SOURCE_TYPES, type SourceType } from '../core/vocabulary.js';
import { type CompiledRule, compileRule, rulePrefixes } from './compile.js';
import { type Pack, sourceOf } from './pack.schema.js';
import { parametersOf } from './parameters.js';
import { intersection, uncovered, type Window } from './windows.js';

/** Months in which something that a pack is about is decided by nothing. */
export interface PolicyGap {
  readonly pack: string;
  readonly sourceTypes: readonly SourceType[];
  /**
   * Division prefixes, each for what of its division no longer prefix in the packs names, and for all of it where the
   * gap is everywhere in it. The empty prefix stands for the places that no pack names; an empty list for the nation.
   */
  readonly places: readonly string[];
  /** First and last month with a day in the gap, `YYYY-MM`. */
  readonly fromMonth: string;
  readonly untilMonth: string;
  readonly clause: string | null;
  readonly parameter: string | null;
  /** A value that is registered as not known yet (待补): nothing to mend in the rules. */
  readonly isKnown: boolean;
  /** Chinese. */
  readonly what: string;
}

/** From the first day of the packs to their last, or a year ahead for packs without an end. */
export function lifeOf(
  packs: readonly Pack[],
  today: BusinessDate,
): { from: BusinessDate; until: BusinessDate } {
  const ends = packs.map(({ document }) => document.effectiveUntil ?? addMonths(today, 12));
  const starts = packs.map(({ document }) => document.effectiveFrom);
  return { from: starts.sort()[0] ?? today, until: ends.sort().at(-1) ?? today };
}

/**
 * Every gap that has a day between `from` and `until`, for every source type and place: enforced clauses without a
 * rule in force where they have one at other times, sources that lose the last of their rules, and parameters of rules
 * in force that have no value. Packs that load have no rule that reads a missing value; an unknown one they may have.
 * @throws DomainError `period_inverted`
 */
export function gapsOf(packs: readonly Pack[], from: BusinessDate, until: BusinessDate): PolicyGap[] {
  if (from > until) throw new DomainError('period_inverted', '期限的开始日期晚于结束日期');
  const asked = { from, until };
  const rules = packs.flatMap((pack) => pack.rules.map((rule) => compileRule(pack, rule)));
  const known = knownPlaces(packs);
  const found = [
    ...packs.flatMap((pack) => clauseGaps(pack, rules, known, asked)),
    ...sourceGaps(rules, known, asked),
    ...rules.flatMap((rule) => parameterGaps(rule, known, asked)),
  ];
  return merged(found, known);
}

/** A gap at one place and of one source type. */
interface Spot {
  readonly pack: string;
  readonly sourceType: SourceType;
  readonly place: string;
  readonly window: Window & { readonly until: BusinessDate };
  readonly clause: string | null;
  readonly parameter: string | null;
  readonly isKnown: boolean;
  readonly what: string;
}

/** The prefixes that packs name, and the empty one for everywhere else. */
function knownPlaces(packs: readonly Pack[]): string[] {
  const named = packs.flatMap(({ document, rules }) => [
    ...document.jurisdiction,
    ...rules.flatMap(({ scope }) => scope.divisionPrefixes ?? []),
  ]);
  return [...new Set(['', ...named])].sort();
}

const lies = (place: string, prefixes: readonly string[]) =>
  prefixes.length === 0 || prefixes.some((prefix) => place.startsWith(prefix));

const holds = ({ rule, pack }: CompiledRule, type: SourceType, place: string) =>
  (rule.scope.sources === 'any' || rule.scope.sources.includes(type)) &&
  lies(place, rulePrefixes(pack, rule));

const cut = (whole: Window, parts: readonly Window[], asked: Window & { until: BusinessDate }) =>
  uncovered(whole, parts).flatMap((gap) => {
    const part = intersection(gap, asked);
    return part === null ? [] : [{ from: part.from, until: part.until ?? asked.until }];
  });

function clauseGaps(
  pack: Pack,
  rules: readonly CompiledRule[],
  known: readonly string[],
  asked: Spot['window'],
): Spot[] {
  const { document } = pack;
  const life = { from: document.effectiveFrom, until: document.effectiveUntil };
  const places = known.filter((place) => lies(place, document.jurisdiction));
  return pack.clauses.flatMap((clause) => {
    if (clause.status !== 'enforced') return [];
    const source = sourceOf(pack, clause);
    const duty = intersection(life, { from: source.effectiveFrom, until: source.effectiveUntil });
    if (duty === null) return [];
    const carriers = rules.filter(
      (one) => one.pack === pack && (one.rule.clause === clause.id || one.rule.also.includes(clause.id)),
    );
    return places.flatMap((place) =>
      SOURCE_TYPES.flatMap((sourceType) => {
        const windows = carriers.filter((one) => holds(one, sourceType, place));
        if (windows.length === 0) return [];
        return cut(duty, windows, asked).map((window) => ({
          pack: document.id,
          sourceType,
          place,
          window,
          clause: clause.id,
          parameter: null,
          isKnown: false,
          what: `条款 ${clause.id} 施行而没有规则落实`,
        }));
      }),
    );
  });
}

/** Where some rule has held and none does any more. */
function sourceGaps(rules: readonly CompiledRule[], known: readonly string[], asked: Spot['window']): Spot[] {
  return known.flatMap((place) =>
    SOURCE_TYPES.flatMap((sourceType) => {
      const own = rules.filter((one) => holds(one, sourceType, place));
      const first = own.map((one) => one.from).sort()[0];
      if (first === undefined) return [];
      return cut({ from: first, until: null }, own, asked).map((window) => {
        const last = own
          .filter(({ until }) => until !== null && until < window.from)
          .sort((a, b) => (a.until! < b.until! ? -1 : 1))
          .at(-1)!;
        return {
          pack: last.pack.document.id,
          sourceType,
          place,
          window,
          clause: null,
          parameter: null,
          isKnown: false,
          what: `${SOURCE_LABELS[sourceType]}不再有任何规则，最后一条 ${last.rule.id} 到 ${last.until} 为止`,
        };
      });
    }),
  );
}

function parameterGaps(compiled: CompiledRule, known: readonly string[], asked: Spot['window']): Spot[] {
  const { rule, pack, from, until } = compiled;
  return parametersOf(rule).flatMap(([, parameter]) => {
    const windows = pack.parameters.filter(({ id }) => id === parameter);
    const stated = { from, until };
    const unknown = windows.flatMap((window) => {
      const part = window.value === null ? intersection(window, stated) : null;
      return part === null ? [] : cut(part, [], asked);
    });
    const gaps = [
      ...cut(stated, windows, asked).map((window) => ({ window, isKnown: false })),
      ...unknown.map((window) => ({ window, isKnown: true })),
    ];
    return gaps.flatMap(({ window, isKnown }) =>
      known.flatMap((place) =>
        SOURCE_TYPES.filter((type) => holds(compiled, type, place)).map((sourceType) => ({
          pack: pack.document.id,
          sourceType,
          place,
          window,
          clause: null,
          parameter,
          isKnown,
          what: isKnown ? `参数 ${parameter} 待补` : `参数 ${parameter} 没有值`,
        })),
      ),
    );
  });
}

/** One row for all the places and sources that share a gap, in order. */
function merged(spots: readonly Spot[], known: readonly string[]): PolicyGap[] {
  const same = groupBy(spots, ({ pack, clause, parameter, window, what }) =>
    [pack, clause, parameter, window.from, window.until, what].join('|'),
  );
  const rows = [...same.values()].flatMap((group) => {
    const byType = groupBy(group, ({ sourceType }) => sourceType);
    const placesOf = (type: SourceType) =>
      outermost(new Set(byType.get(type)!.map(({ place }) => place)), known);
    const [{ pack, clause, parameter, isKnown, what, window }] = group as [Spot];
    return [...groupBy(byType.keys(), (type) => placesOf(type).join()).values()].map((types) => ({
      pack,
      sourceTypes: SOURCE_TYPES.filter((type) => types.includes(type)),
      places: placesOf(types[0]!),
      fromMonth: window.from.slice(0, 7),
      untilMonth: window.until.slice(0, 7),
      clause,
      parameter,
      isKnown,
      what,
    }));
  });
  const order = (row: PolicyGap) =>
    [Number(row.isKnown), row.pack, row.clause ?? row.parameter, row.fromMonth, row.places.join()].join('|');
  return rows.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Places without those inside of another one whose every part is listed. */
function outermost(places: ReadonlySet<string>, known: readonly string[]): string[] {
  const isWhole = (outer: string) =>
    known.filter((place) => place.startsWith(outer)).every((place) => places.has(place));
  const whole = [...places].filter(isWhole);
  if (whole.includes('')) return [];
  return [...places]
    .filter((place) => !whole.some((outer) => outer !== place && place.startsWith(outer)))
    .sort();
}
