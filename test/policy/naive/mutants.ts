import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { LEVELS, SOURCE_TYPES } from '../../../src/core/vocabulary.js';
import { STAGES } from '../../../src/policy/facts.js';
import type { NaivePack, NaiveRule } from './pack.js';
import type { Pools } from './pools.js';

type Loose<T> = T extends readonly (infer E)[]
  ? Loose<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Loose<T[K]> }
    : T;
type Rule = Loose<NaiveRule>;
type Pack = Loose<NaivePack>;

/** Chance that an edit draws on: whole numbers, each picking from some list. */
type Picks = readonly [number, number, number];
const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
const two = <T>(list: readonly T[], [a, b]: Picks): T[] => [...new Set([pick(list, a), pick(list, b)])];

type Edit = (pack: Pack, rule: Rule, picks: Picks, pools: Pools, rules: readonly string[]) => void;

const MODES = ['enforce', 'warn', 'audit'] as const;

/** What a pack may say that the packs of today do not: one edit each. */
const EDITS: readonly Edit[] = [
  (_pack, rule, [a]) => {
    rule.mode = pick(MODES, a);
  },
  (_pack, rule, picks, { dates, places }) => {
    const [a, b, c] = picks;
    rule.modes = [
      ...(rule.modes ?? []),
      {
        mode: pick(MODES, a),
        divisionPrefixes: two(places, picks).map((place) => place.slice(0, pick([2, 4, 6], b))),
        ...(c % 3 === 0 ? { from: pick(dates, b) } : {}),
        ...(c % 3 === 1 ? { until: pick(dates, a) } : {}),
      },
    ];
  },
  (pack, rule, [, b], { places }) => {
    // At every place of its pack, so that modes of equal and of longer prefixes meet.
    rule.modes = [
      ...(rule.modes ?? []),
      {
        mode: pick(MODES, b),
        divisionPrefixes: pack.document.jurisdiction.concat(pick(places, b).slice(0, 4)),
      },
    ];
  },
  (_pack, rule, [a]) => {
    rule.severity = pick(['block', 'review', 'warn'] as const, a);
  },
  (pack) => {
    // A breach and a review of one rule only differ where it blocks, and a breach may need a figure.
    for (const rule of pack.rules) rule.severity = 'block';
    for (const parameter of pack.parameters ?? [])
      if (parameter.unit === 'yuan') parameter.value ??= '1234.57';
  },
  (_pack, rule, picks, _pools, rules) => {
    rule.overrides = two(rules, picks).filter((id) => id !== rule.id);
  },
  (pack, rule, [a, b]) => {
    const own = pack.rules.map(({ id }) => id).filter((id) => id !== rule.id);
    rule.overrides = two(own, [a, b, 0]);
  },
  (_pack, rule, [a, b], { dates }) => {
    const [from, until] = [pick(dates, a), pick(dates, b)].sort();
    rule.scope.from = from!;
    rule.scope.until = until!;
  },
  (_pack, rule, picks) => {
    rule.scope.levels = two(LEVELS, picks);
  },
  (_pack, rule, [a]) => {
    rule.scope.fundYears = [pick([2022, 2023], a)];
  },
  (_pack, rule, picks, { programmes }) => {
    rule.scope.programmes = two(programmes, picks);
  },
  (_pack, rule, picks) => {
    rule.scope.sources = picks[2] % 2 === 0 ? 'any' : two(SOURCE_TYPES, picks);
  },
  (_pack, rule, picks) => {
    rule.scope.stages = two(STAGES, picks);
  },
  (_pack, rule) => {
    if (rule.scope.exceptReliefWorkFunds === true) delete rule.scope.exceptReliefWorkFunds;
    else rule.scope.exceptReliefWorkFunds = true;
  },
  (_pack, rule, [a, b], { places }) => {
    rule.scope.divisionPrefixes = [pick(places, a).slice(0, pick([2, 4, 6], b))];
  },
  (pack, _rule, [a]) => {
    const sources = [pack.document, ...Object.values(pack.sources ?? {})];
    pick(sources, a).grade = 'remembered';
  },
  (pack, _rule, [a, b, c], { dates }) => {
    const source = pick([pack.document, ...Object.values(pack.sources ?? {})], a);
    const [from, until] = [pick(dates, b), pick(dates, c)].sort();
    source.effectiveFrom = from!;
    source.effectiveUntil = b % 2 === 0 ? until! : null;
  },
  (pack, rule) => {
    const clause = pack.clauses.find(({ id }) => id === rule.clause)!;
    if (clause.nonWaivable === undefined) clause.nonWaivable = '不得例外批准';
    else delete clause.nonWaivable;
  },
  (pack, _rule, [a, b, c], { dates }) => {
    if ((pack.parameters ?? []).length === 0) return;
    const parameter = pick(pack.parameters!, a);
    const [from, until] = [pick(dates, b), pick(dates, c)].sort();
    if (parameter.unit === 'levels' && b % 3 !== 1)
      parameter.value = pick(['central,provincial', 'prefecture', 'county'], c);
    else if (b % 3 === 0) parameter.value = null;
    else if (parameter.unit === 'yuan' && b % 3 === 1)
      parameter.value = pick(['1.23', '1234.57', '20000'], c);
    else if (parameter.unit === 'months' && b % 3 === 1) parameter.value = pick(['1', '13', '48'], c);
    else Object.assign(parameter, { from, until });
  },
  (_pack, rule, picks, { codes }) => {
    if (rule.kind === 'expenditure' || rule.kind === 'line_evidence') {
      if (picks[2] % 3 !== 0) rule.endUsers = two(['station', 'bureau', 'provider', 'beneficiary'], picks);
      if (picks[2] % 3 !== 1) rule.codes = two(codes, picks);
    }
    if (rule.kind === 'expenditure') {
      rule.channel = pick(['any', 'contract', 'direct'], picks[0]);
      rule.exceptCodes = [pick(codes, picks[2])];
      if (picks[1] % 2 === 0) rule.verdict = pick(['permitted', 'denied'], picks[0]);
    }
    if (rule.kind === 'text_match') rule.unlessCodes = two(codes, picks);
    if (rule.kind === 'employment') {
      rule.match = pick(['all', 'any'] as const, picks[0]);
      rule.providerKinds = two(['labour_dispatch', 'company', 'institution'], picks);
    }
    if (rule.kind === 'fund_holder') rule.verdict = pick(['only', 'never'], picks[0]);
    if (rule.kind === 'contract_evidence') {
      rule.onFinalPayment = picks[0] % 2 === 0;
      rule.longerThanMonths = pick([1, 11, 12, 13, 24, 36], picks[1]);
    }
    if (rule.kind === 'facts_required') {
      rule.facts = two(['economicCode', 'serviceItem', 'beneficiaryGroups', 'stationId', 'endUser'], picks);
    }
    if (rule.kind === 'beneficiary_purpose') {
      rule.purposes = two(['elderly', 'orphans', 'needy', 'disabled'], picks);
      rule.whenNamed = two(['other_public_welfare', 'needy', 'disabled'], picks);
      rule.reviewGroups = two(['students', 'staff', 'vagrants'], picks);
    }
    if (rule.kind === 'payee_type') rule.denied = two(['individual', 'supplier', 'provider'], picks);
    if (rule.kind === 'renewal_grades') rule.grade = pick(['good', 'pass', 'fail'], picks[0]);
    if (rule.kind === 'minimum_staff') {
      rule.workers = pick(['certifiedWorkersPerStation', 'fulltimeWorkersPerStation'] as const, picks[0]);
    }
  },
];

/** All packs with up to twelve edits, as text. */
export function mutantsOf(texts: readonly string[], pools: Pools): fc.Arbitrary<string[]> {
  const originals = texts.map((text) => {
    // Their own tests judge the packs as they are; without them a changed pack is quick to read.
    const { tests: _tests, testBase: _testBase, ...pack } = parse(text, { merge: true });
    return JSON.stringify(pack);
  });
  const rules = pools.aims.map(({ rule }) => rule);
  const edit = fc.record({
    edit: fc.constantFrom(...EDITS),
    rule: fc.constantFrom(...rules),
    picks: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
  });
  return fc.array(edit, { minLength: 1, maxLength: 40, size: 'max' }).map((edits) => {
    const packs = originals.map((text) => JSON.parse(text) as Pack);
    for (const { edit, rule: id, picks } of edits) {
      for (const pack of packs) {
        const rule = pack.rules.find((each) => each.id === id);
        if (rule !== undefined) edit(pack, rule, picks, pools, rules);
      }
    }
    return packs.map((pack) => stringify(pack));
  });
}
