import { deepStrictEqual as deepEqual } from 'node:assert';
import fc from 'fast-check';
import t from 'tap';
import {
  Backtest,
  type BacktestResult,
  decide,
  type Facts,
  loadPacks,
  type Pack,
  type PackSet,
  PolicyHistory,
  type RecordedCase,
} from '../../src/policy/index.js';
import { compilePacks, parsePacks } from '../../src/policy/load.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { anyFacts, throughLog } from './arbitrary.js';
import { packText, ruleText } from './pack-text.js';

const packs = loadPacks();
const setOf = (...texts: string[]): PackSet =>
  parsePacks(texts.map((text, index) => ({ file: `${index}.yaml`, bytes: Buffer.from(text, 'utf8') })));
const historyOf = (before: PackSet) => new PolicyHistory(before, { texts: new Map(), sets: [] });

let serial = 0;
const recorded = (before: PackSet, facts: Facts): RecordedCase => ({
  bookId: 'B',
  logIndex: serial++,
  action: 'claim.submit',
  subjectId: `claim-${serial}`,
  decision: throughLog(decide(before, facts)) as RecordedCase['decision'],
  facts: throughLog(facts) as Facts,
});

/** One change to a set of packs: of a rule, of what it overrides, of a clause, of a parameter, of a whole pack. */
type Mutation = (packs: Pack[], pick: number) => Pack[];
const MUTATIONS: readonly Mutation[] = [
  (all, pick) => inRule(all, pick, () => null),
  (all, pick) =>
    inRule(all, pick, (rule) => ({ ...rule, mode: rule.mode === 'audit' ? 'enforce' : 'audit' })),
  (all, pick) =>
    inRule(all, pick, (rule) => ({ ...rule, severity: rule.severity === 'block' ? 'warn' : 'block' })),
  (all, pick) => inRule(all, pick, (rule) => ({ ...rule, advice: '另行办理' })),
  (all, pick) => inRule(all, pick, (rule) => ({ ...rule, overrides: [] })),
  (all, pick) => {
    const rules = all.flatMap((pack) => pack.rules);
    const other = rules[(pick * 7 + 3) % rules.length]!.id;
    return inRule(all, pick, (rule) => ({ ...rule, overrides: [...rule.overrides, other] }));
  },
  (all, pick) =>
    inRule(all, pick, (rule) => ({ ...rule, scope: { ...rule.scope, sources: 'any', levels: undefined } })),
  (all, pick) => inRule(all, pick, (rule) => ({ ...rule, scope: { ...rule.scope, from: '2023-02-08' } })),
  (all, pick) => all.filter((_, index) => index !== pick % all.length),
  (all, pick) =>
    inPack(all, pick, (pack) => ({ ...pack, document: { ...pack.document, effectiveUntil: '2023-02-07' } })),
  (all, pick) =>
    inPack(all, pick, (pack) => ({
      ...pack,
      parameters: pack.parameters.map((parameter) => ({
        ...parameter,
        value: parameter.unit === 'ratio' ? '0.01' : parameter.value,
      })),
    })),
  (all, pick) =>
    inPack(all, pick, (pack) => ({
      ...pack,
      clauses: pack.clauses.map((clause) => ({ ...clause, nonWaivable: '属于法定义务' })),
    })),
];
const inPack = (all: readonly Pack[], pick: number, change: (pack: Pack) => Pack): Pack[] =>
  all.map((pack, index) =>
    index === pick % all.length ? { ...change(pack), sha256: `${pack.sha256}-${serial++}` } : pack,
  );
function inRule(
  all: readonly Pack[],
  pick: number,
  change: (rule: Pack['rules'][number]) => object | null,
): Pack[] {
  const rules = all.flatMap((pack) => pack.rules);
  const { id } = rules[pick % rules.length]!;
  const pack = all.findIndex((each) => each.rules.some((rule) => rule.id === id));
  return inPack(all, pack, (each) => ({
    ...each,
    rules: each.rules.flatMap((rule) => {
      if (rule.id !== id) return [rule];
      const changed = change(rule);
      return changed === null ? [] : [changed as typeof rule];
    }),
  }));
}
const anyMutations = fc.array(
  fc.record({ which: fc.nat({ max: MUTATIONS.length - 1 }), pick: fc.nat({ max: 500 }) }),
  { minLength: 0, maxLength: 3 },
);
const mutated = (mutations: readonly { which: number; pick: number }[]): PackSet =>
  compilePacks(
    mutations.reduce(
      (all, { which, pick }) => (all.length > 1 ? MUTATIONS[which]!(all, pick) : all),
      [...packs.packs],
    ),
  );

const told = (reasons: readonly object[]) =>
  reasons.map((reason) => JSON.stringify(throughLog(reason))).sort();

t.test('judging only what differs says what judging everything says', async (t) => {
  let flips = 0;
  fc.assert(
    fc.property(
      anyMutations,
      anyMutations,
      fc.array(anyFacts, { minLength: 1, maxLength: 5 }),
      (a, b, cases) => {
        const [before, after] = [mutated(a), mutated(b)];
        const backtest = new Backtest(after, historyOf(before));
        for (const facts of cases) {
          const one = recorded(before, facts);
          const expected = decide(after, facts);
          const { outcome, kept, after: asked } = backtest.judge(one);
          deepEqual([outcome, ...told([...kept, ...asked])], [expected.outcome, ...told(expected.reasons)]);
          if (outcome !== one.decision.outcome) flips += 1;
        }
      },
    ),
    { numRuns: 500 },
  );
  t.ok(flips > 20, `${flips} cases came out otherwise`);
});

const base = packText([ruleText({})]);
const before = setOf(base);
const run = (after: PackSet, cases: readonly RecordedCase[], history = historyOf(before)): BacktestResult => {
  const backtest = new Backtest(after, history, { samples: 2 });
  for (const one of cases) backtest.add(one);
  return backtest.result();
};
const goods = (facts: Record<string, unknown> = {}) =>
  recorded(before, buildFacts({ line: { economicCode: '31002' } }, facts));
const service = (facts: Record<string, unknown> = {}) => recorded(before, buildFacts(facts));

t.test('flips by direction, rule and place, with amounts, and the earliest as examples', async (t) => {
  const stricter = setOf(packText([ruleText({}), ruleText({ id: 'AA-01.service', codes: '["302"]' })]));
  const cases = [
    service({ businessDate: '2023-03-01', divisionCode: '510105' }),
    service({ businessDate: '2023-02-01' }),
    service({ businessDate: '2023-01-01', stage: 'payment' }),
    service({ businessDate: '2023-01-15', lines: [{ amountYuan: '1.00' }, { amountYuan: '2.50' }] }),
    goods(),
  ];
  const result = run(stricter, cases);
  t.match(result, { cases: 5, flipped: 3, unread: [], unjudged: [], onTrial: [] });
  t.same(result.flips, [
    { stage: 'submission', before: 'allow', after: 'block', cases: 3, amountFen: 2_000_350n },
  ]);
  t.same(result.rules, [
    { rule: 'AA-01.service', speaks: 3, silent: 0, otherwise: 0, flips: 3, amountFen: 2_000_350n },
  ]);
  t.same(result.places, [
    { divisionCode: '110101', cases: 4, flips: 2, amountFen: 1_000_350n },
    { divisionCode: '510105', cases: 1, flips: 1, amountFen: 1_000_000n },
  ]);
  t.same(
    result.samples.map(({ businessDate, logIndex }) => [businessDate, logIndex]),
    [
      ['2023-01-15', cases[3]!.logIndex],
      ['2023-02-01', cases[1]!.logIndex],
    ],
  );
  t.match(result.samples[0], {
    before: 'allow',
    after: 'block',
    reasonsBefore: [],
    reasonsAfter: [{ rule: 'AA-01.service', effect: 'block', message: /货物采购/ }, { effect: 'block' }],
  });
  t.same(run(stricter, [...cases].reverse()), result, 'the order of cases makes no difference');

  const gone = run(setOf(packText([ruleText({ severity: 'warn' })])), cases);
  t.same(gone.flips, [
    { stage: 'submission', before: 'block', after: 'allow', cases: 1, amountFen: 1_000_000n },
  ]);
  t.match(gone.rules, [{ rule: 'AA-01.goods', speaks: 0, silent: 0, otherwise: 1, flips: 1 }]);
});

t.test('a rule on trial stops nothing, and what it would have stopped is counted', async (t) => {
  const trial = setOf(
    packText([ruleText({}), ruleText({ id: 'AA-01.service', codes: '["302"]', mode: 'audit' })]),
  );
  const result = run(trial, [service(), service(), goods()]);
  t.equal(result.flipped, 0);
  t.same(result.onTrial, [{ rule: 'AA-01.service', block: 2, review: 0, flips: 2, amountFen: 2_000_000n }]);
});

t.test('new keywords cannot be looked for, and are never taken for silence', async (t) => {
  const text = (keywords: string) =>
    ruleText({
      id: 'AA-01.words',
      kind: 'text_match',
      verdict: undefined,
      codes: undefined,
      severity: 'review',
      keywords,
      unlessCodes: '["310"]',
    })
      .split('\n')
      .filter((line) => !line.endsWith('undefined'))
      .join('\n');
  const known = setOf(packText([ruleText({}), text('[电脑]')]));
  const wider = setOf(packText([ruleText({}), text('[电脑, 空调]')]));
  const at = (matchedTerms: string[], more: object = {}) =>
    recorded(known, buildFacts({ line: { matchedTerms, ...more } }));
  const cases = [at([]), at(['电脑']), at([], { economicCode: '31002' })];
  const result = run(wider, cases, historyOf(known));
  t.same(result.unread, [
    { rule: 'AA-01.words', keywords: ['空调'], cases: 1, lines: 1, amountFen: 1_000_000n },
  ]);
  t.same(run(known, cases, historyOf(known)).unread, [], 'the same words were looked for');
});

t.test('cases of another engine are judged when their facts are enough, and counted when not', async (t) => {
  const old = (facts: object): RecordedCase => {
    const one = goods();
    return {
      ...one,
      decision: { ...one.decision, engine: 'policy/1', outcome: 'allow' },
      facts: facts as Facts,
    };
  };
  const { waivers: _, ...short } = goods().facts;
  const result = run(before, [old(goods().facts), old(short)]);
  t.match(result, { cases: 2, flipped: 1, unjudged: [{ cases: 1 }] });
});

t.test('packs of the time that are not there do not hinder', async (t) => {
  const other = setOf(packText([ruleText({ id: 'AA-01.else' })]));
  const result = run(before, [goods()], historyOf(other));
  t.match(result, { cases: 1, flipped: 0, rules: [] });
});
