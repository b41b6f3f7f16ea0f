import type { BusinessDate } from '../core/dates.js';
import { SOURCE_TYPES, type SourceType } from '../core/vocabulary.js';
import type { FundFacts, Stage } from './facts.js';
import type { Evaluate, Mode, Subject } from './kinds/base.js';
import { kindOf, type Rule } from './kinds/index.js';
import { type Clause, type Pack, sourceOf } from './pack.schema.js';
import { ParameterTable } from './parameters.js';

/** A rule with everything that a decision needs of it worked out beforehand. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly pack: Pack;
  readonly clause: Clause;
  readonly documentNo: string;
  readonly isSourceVerified: boolean;
  readonly subject: Subject;
  readonly evaluate: Evaluate;
  readonly from: BusinessDate;
  readonly until: BusinessDate | null;
}

/** The rules that can apply to one source at one place and stage, by what they are asked about. */
export type Selection = Readonly<Record<Subject, readonly CompiledRule[]>>;

/** Places are finite, callers are not: past this many the cache of places starts anew. */
const MAX_PLACES = 20_000;

/** The prefixes of division codes that a rule covers; empty means the nation. */
export function rulePrefixes(pack: Pack, rule: Rule): readonly string[] {
  return rule.scope.divisionPrefixes ?? pack.document.jurisdiction;
}

/** First and last day on which a rule holds: within its document's life, and its pack's. */
export function ruleWindow(pack: Pack, rule: Rule): { from: BusinessDate; until: BusinessDate | null } {
  const clause = pack.clauses.find(({ id }) => id === rule.clause);
  if (clause === undefined) throw new Error(`rule ${rule.id} names the unknown clause ${rule.clause}`);
  const source = sourceOf(pack, clause);
  const latest = (...dates: BusinessDate[]) => dates.sort().at(-1)!;
  const ends = [rule.scope.until ?? null, source.effectiveUntil, pack.document.effectiveUntil];
  return {
    from: latest(rule.scope.from ?? source.effectiveFrom, source.effectiveFrom, pack.document.effectiveFrom),
    until: ends.filter((end) => end !== null).sort()[0] ?? null,
  };
}

/** Finds applicable rules without looking at the others, whatever their number. */
export class RuleIndex {
  readonly parameters: ParameterTable;
  readonly #rules: readonly CompiledRule[];
  readonly #packs: readonly Pack[];
  readonly #prefixes: readonly string[];
  /** Division code → the prefixes that it matches, joined: places under the same rules share one entry. */
  readonly #places = new Map<string, string>();
  readonly #selections = new Map<string, Selection>();
  readonly #packsAt = new Map<string, readonly Pack[]>();

  constructor(packs: readonly Pack[]) {
    this.#packs = packs;
    this.parameters = new ParameterTable(packs.flatMap((pack) => pack.parameters));
    this.#rules = packs.flatMap((pack) => pack.rules.map((rule) => compileRule(pack, rule)));
    this.#prefixes = [
      ...new Set(
        packs.flatMap((pack) => [
          ...pack.document.jurisdiction,
          ...pack.rules.flatMap((rule) => rulePrefixes(pack, rule)),
        ]),
      ),
    ].sort();
  }

  select(type: SourceType, divisionCode: string, stage: Stage): Selection {
    const key = `${this.#place(divisionCode)}|${type}|${stage}`;
    let selection = this.#selections.get(key);
    if (selection === undefined) {
      if (!SOURCE_TYPES.includes(type)) throw new Error(`unknown source type ${type}`);
      const found = this.#rules.filter(({ rule, pack }) => {
        const { sources, stages } = rule.scope;
        const prefixes = rulePrefixes(pack, rule);
        return (
          (sources === 'any' || sources.includes(type)) &&
          stages.includes(stage) &&
          (prefixes.length === 0 || prefixes.some((prefix) => divisionCode.startsWith(prefix)))
        );
      });
      const of = (subject: Subject) => found.filter((compiled) => compiled.subject === subject);
      selection = { line: of('line'), fund: of('fund'), case: of('case') };
      this.#selections.set(key, selection);
    }
    return selection;
  }

  /** Packs in force at a place on a date. */
  packsInForce(divisionCode: string, date: BusinessDate): readonly Pack[] {
    const place = this.#place(divisionCode);
    let packs = this.#packsAt.get(place);
    if (packs === undefined) {
      packs = this.#packs.filter(
        ({ document: { jurisdiction } }) =>
          jurisdiction.length === 0 || jurisdiction.some((prefix) => divisionCode.startsWith(prefix)),
      );
      this.#packsAt.set(place, packs);
    }
    return packs.filter(
      ({ document: { effectiveFrom, effectiveUntil } }) =>
        effectiveFrom <= date && (effectiveUntil === null || date <= effectiveUntil),
    );
  }

  #place(divisionCode: string): string {
    let place = this.#places.get(divisionCode);
    if (place === undefined) {
      if (!/^\d{6}$/.test(divisionCode)) throw new Error(`division code ${divisionCode} is not six digits`);
      place = this.#prefixes.filter((prefix) => divisionCode.startsWith(prefix)).join(',');
      if (this.#places.size >= MAX_PLACES) this.#places.clear();
      this.#places.set(divisionCode, place);
    }
    return place;
  }
}

/** @throws Error when the rule's clause, or the source of it, is unknown. */
export function compileRule(pack: Pack, rule: Rule): CompiledRule {
  const clause = pack.clauses.find(({ id }) => id === rule.clause)!;
  const source = sourceOf(pack, clause);
  const { subject, evaluate } = kindOf(rule);
  return {
    rule,
    pack,
    clause,
    documentNo: source.documentNo,
    isSourceVerified: source.grade !== 'remembered',
    subject,
    evaluate,
    ...ruleWindow(pack, rule),
  };
}

/** Whether a preselected rule holds for this fund on this date: `unnamed` when only its programme is unknown. */
export function holdsFor(compiled: CompiledRule, fund: FundFacts, date: BusinessDate): boolean | 'unnamed' {
  if (date < compiled.from || (compiled.until !== null && date > compiled.until)) return false;
  const { levels, programmes, fundYears, exceptReliefWorkFunds } = compiled.rule.scope;
  if (levels !== undefined && !levels.includes(fund.level)) return false;
  if (fundYears !== undefined && !fundYears.includes(fund.year)) return false;
  if (exceptReliefWorkFunds && fund.isReliefWorkFund) return false;
  if (programmes === undefined) return true;
  const { programme } = fund;
  if (programme === null) return 'unnamed';
  return programmes.some((name) => programme.includes(name));
}

/** How far a rule acts at a place on a date: the longest prefix that fits decides, and of equals the first. */
export function modeOf({ rule }: CompiledRule, divisionCode: string, date: BusinessDate): Mode {
  let { mode } = rule;
  let longest = 0;
  for (const { mode: other, divisionPrefixes, from, until } of rule.modes) {
    if ((from !== undefined && date < from) || (until !== undefined && date > until)) continue;
    for (const prefix of divisionPrefixes) {
      if (prefix.length > longest && divisionCode.startsWith(prefix)) {
        mode = other;
        longest = prefix.length;
      }
    }
  }
  return mode;
}
