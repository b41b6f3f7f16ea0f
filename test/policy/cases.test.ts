import t from 'tap';
import { factsOf, type Golden, readGolden } from '../../src/policy/cases/golden.js';
import { RuleIndex } from '../../src/policy/compile.js';
import {
  compareGolden,
  decide,
  judgeCases,
  loadGolden,
  loadPacks,
  mutate,
  type Pack,
  type PackSet,
  writeGolden,
} from '../../src/policy/index.js';
import { PARAMETER_FIELDS } from '../../src/policy/parameters.js';

const packs = loadPacks();
const golden = loadGolden();
const ruleCases = [...golden.values()].flat();
const casesOf = (id: string) => ruleCases.find(({ rule }) => rule === id)?.cases ?? [];

/** The packs with another value of one parameter, past the loader, whose pack tests would refuse it. */
function packsWith(id: string, value: string): PackSet {
  const changed = packs.packs.map((pack) => ({
    ...pack,
    parameters: pack.parameters.map((one) => (one.id === id ? { ...one, value } : one)),
  }));
  return { ...packs, packs: changed, index: new RuleIndex(changed) };
}

t.test('the committed boundary cases are those of the packs, and hold', async (t) => {
  t.same(
    compareGolden(golden, judgeCases(packs)),
    [],
    'run `funds policy cases --write` and review the diff',
  );
  for (const rules of golden.values())
    t.same(readGolden(writeGolden(rules)), rules, 'read as they were written');
});

t.test('a changed pack shows, case by case', async (t) => {
  const moved = packsWith('YN-22.cap', '0.050001');
  const lines = compareGolden(golden, judgeCases(moved));
  t.match(lines[0], /^yn-2022-meeting: [−+≠] YN-22\.cap YN-22\.cap = 0\.05/);
  t.ok(
    lines.every((line) => line.startsWith(' ') || line.includes('YN-22.cap')),
    'and nothing else changes',
  );
  const onCap = casesOf('YN-22.cap').find(
    ({ threshold }) => threshold?.parameter === 'YN-22.cap' && threshold.offset === 1,
  )!;
  const facts = factsOf(ruleCases.find(({ rule }) => rule === 'YN-22.cap')!, onCap);
  t.equal(decide(packs, facts).outcome, onCap.outcome);
  t.not(decide(moved, facts).outcome, onCap.outcome, 'the very case is decided otherwise');
});

t.test('a removed case and a new one show too', async (t) => {
  const [id, [first, ...rest]] = [...golden][0]!;
  const shorter: Golden = new Map([...golden, [id, rest]]);
  t.match(compareGolden(shorter, golden)[0], `${id}: + ${first!.rule}`);
  t.match(compareGolden(golden, shorter)[0], `${id}: − ${first!.rule}`);
});

t.test('every rule is seen to speak and to be silent', async (t) => {
  for (const { document, rules } of packs.packs) {
    t.same(
      new Set(casesOf(document.id).map(({ isInForce }) => isInForce)),
      new Set([true, false]),
      document.id,
    );
    for (const { id } of rules) {
      const speaks = casesOf(id).map(({ reasons }) => id in reasons);
      t.ok(speaks.includes(true) && speaks.includes(false), id);
    }
  }
});

t.test('every value of the law has a case below, on and above it, and they differ', async (t) => {
  for (const pack of packs.packs) {
    for (const rule of pack.rules) {
      for (const [field, id] of Object.entries(rule)) {
        if (PARAMETER_FIELDS[field] === undefined) continue;
        for (const { value, from } of valuesInUse(pack, String(id))) {
          if (value === null) continue;
          const around = casesOf(rule.id).filter(
            ({ threshold }) => threshold?.parameter === String(id) && threshold.from === from,
          );
          t.same(
            around.map(({ threshold }) => threshold?.offset),
            [-1, 0, 1],
            `${rule.id} ${id} = ${value}`,
          );
          t.equal(
            new Set(around.map(({ reasons }) => reasons[rule.id])).size,
            2,
            `${rule.id} turns at ${value}`,
          );
        }
      }
    }
  }
});
const valuesInUse = (pack: Pack, id: string) => pack.parameters.filter((parameter) => parameter.id === id);

t.test('no small slip in a pack goes unnoticed, and a thinner set of cases lets some through', async (t) => {
  const pack = 'sc-2022-pilot';
  const results = [...mutate(packs, golden, pack)];
  t.same(
    results.filter(({ fate }) => fate === 'nobody'),
    [],
  );
  for (const fate of ['loader', 'tests', 'cases'])
    t.ok(results.filter((result) => result.fate === fate).length > 10, fate);
  for (const { fate, reason } of results) t.equal(fate === 'excluded', reason !== null);

  const thin: Golden = new Map(
    [...golden].map(([id, rules]) => [id, rules.map((rule) => ({ ...rule, cases: rule.cases.slice(0, 1) }))]),
  );
  const through = [...mutate(packs, thin, pack)].filter(({ fate }) => fate === 'nobody');
  t.ok(through.some(({ what }) => what.startsWith('SN-03.keywords keywords − ')));
});

t.test('mutants are only made of packs that all hold for', async (t) => {
  const [id, rules] = [...golden].find(([name]) => name === 'sc-2022-pilot')!;
  const wrong = rules.map((rule) => ({
    ...rule,
    cases: rule.cases.map((one) => ({ ...one, outcome: 'review' as const })),
  }));
  t.throws(
    () => [...mutate(packs, new Map([...golden, [id, wrong]]), id)],
    /refused unchanged, by its cases/,
  );
  t.throws(
    () => [...mutate(packs, new Map([...golden, [id, []]]), id)],
    /no boundary cases for sc-2022-pilot/,
  );
});
