import fc from 'fast-check';
import t from 'tap';
import { canonicalJson } from '../../src/core/canonical-json.js';
import {
  type Decision,
  decide,
  loadPacks,
  type PackSet,
  PolicyHistory,
  parsePacks,
} from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { anyFacts } from './arbitrary.js';
import { packText, ruleText } from './pack-text.js';

const packs = loadPacks();
const NONE = parsePacks([{ file: 'aa.yaml', bytes: bytesOf(packText([ruleText({})])) }]);
const goods = buildFacts({ line: { economicCode: '31002' } });

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
const setOf = (...texts: string[]): PackSet =>
  parsePacks(texts.map((text, index) => ({ file: `${index}.yaml`, bytes: bytesOf(text) })));
const hashesOf = (set: PackSet) => set.packs.map(({ sha256 }) => sha256);
const textsOf = (...sets: PackSet[]) =>
  new Map(sets.flatMap((set) => set.packs.map(({ sha256, text }) => [sha256, text] as const)));

t.test('the packs that a decision names decide as the whole set did, whatever is loaded now', async (t) => {
  const history = new PolicyHistory(NONE, { texts: textsOf(packs), sets: [hashesOf(packs)] });
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const recorded = decide(packs, facts);
      return canonicalJson(history.decideAgain(recorded, facts)) === canonicalJson(recorded);
    }),
    { numRuns: 300 },
  );
  t.pass('300 cases');
});

t.test('a pack added later does not make an earlier decision wrong', async (t) => {
  const before = setOf(packText([ruleText({})]));
  const second = packText([ruleText({ id: 'BB-01.goods', clause: 'BB-01' })])
    .replaceAll('AA-01', 'BB-01')
    .replace('aa-test', 'bb-test');
  const after = setOf(packText([ruleText({})]), second);
  const recorded = decide(before, goods);
  t.notSame(decide(after, goods), recorded);
  const history = new PolicyHistory(after, { texts: textsOf(after), sets: [hashesOf(before)] });
  t.same(history.decideAgain(recorded, goods), recorded);
});

t.test('packs that never were in force together do not carry a decision', async (t) => {
  const set = setOf(packText([ruleText({})]));
  const history = new PolicyHistory(set, { texts: textsOf(set), sets: [hashesOf(set)] });
  const forged: Decision = { ...decide(set, goods), outcome: 'allow', packs: [], reasons: [] };
  t.equal((history.decideAgain(forged, goods) as Decision).outcome, 'block', 'no pack at all is a claim too');
  const old = buildFacts({ businessDate: '2019-01-01', line: { economicCode: '31002' } });
  t.same(history.decideAgain(decide(set, old), old), decide(set, old), 'before any pack was in force');
});

t.test('why a decision cannot be made again', async (t) => {
  const set = setOf(packText([ruleText({})]));
  const [sha256] = hashesOf(set) as [string];
  const recorded = decide(set, goods);
  const again = (texts: ReadonlyMap<string, string | null>, decision: Decision = recorded) =>
    new PolicyHistory(packs, { texts, sets: [] }).decideAgain(decision, goods);
  t.same(again(textsOf(set), { ...recorded, engine: 'policy/1' }), {
    reason: 'engine_unknown',
    what: 'policy/1',
  });
  t.same(again(new Map()), { reason: 'pack_missing', what: sha256 });
  t.same(again(new Map([[sha256, null]])), { reason: 'pack_damaged', what: sha256 });
  t.same(again(new Map([[sha256, 'document: {}']])), { reason: 'pack_unreadable', what: sha256 });
});

t.test('two packs do not share a parameter, so that one alone decides as both do', async (t) => {
  const parameter = (clause: string) =>
    `  - { id: AA-01.cap, unit: ratio, value: "0.05", from: 2020-01-01, until: null, clause: ${clause} }`;
  const first = packText([ruleText({})], { parameters: parameter('AA-01') });
  const second = packText([ruleText({ id: 'BB-01.goods', clause: 'BB-01' })], {
    parameters: parameter('BB-01'),
  })
    .replaceAll('AA-01, s', 'BB-01, s')
    .replace('aa-test', 'bb-test');
  t.throws(() => setOf(first, second), { message: /参数 AA-01\.cap 重复/ });
});

t.test('a pack whose aliases multiply is refused by line, soon', async (t) => {
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(10)}]`),
  ].join('\n');
  // Expanded it would be ten thousand million texts: whoever did that would not come back.
  t.throws(() => setOf(bomb), { code: 'policy_packs_invalid', message: /不是有效的 YAML/ });
});
