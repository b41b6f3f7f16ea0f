import t from 'tap';
import { decide, parsePacks } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { packText, ruleText } from './pack-text.js';

type Patch = Readonly<Record<string, unknown>>;
const packsOf = (...texts: string[]) =>
  parsePacks(texts.map((text, index) => ({ file: `${index}.yaml`, bytes: Buffer.from(text) })));
const GOODS = { lines: [{ economicCode: '31002', serviceItem: 'equipment' }] };
const MODES = `
      - { mode: audit, divisionPrefixes: ["51"], until: 2023-06-30 }
      - { mode: warn, divisionPrefixes: ["5101"] }
      - { mode: enforce, divisionPrefixes: ["510105"], from: 2023-06-02 }`;

t.test('a rule acts as its place says: the longest prefix, within its dates', (t) => {
  const packs = packsOf(packText([ruleText({ modes: MODES })]));
  const at = (divisionCode: string, businessDate: string) =>
    decide(packs, buildFacts({ divisionCode, businessDate, ...GOODS }));
  const told = (divisionCode: string, businessDate: string) => {
    const { outcome, reasons } = at(divisionCode, businessDate);
    return [outcome, reasons[0]?.mode, reasons[0]?.effect, reasons[0]?.severity];
  };
  t.same(told('110101', '2023-06-01'), ['block', 'enforce', 'block', 'block'], 'elsewhere');
  t.same(told('510521', '2023-06-30'), ['allow', 'audit', 'warn', 'block'], 'the last day of the trial');
  t.same(told('510521', '2023-07-01'), ['block', 'enforce', 'block', 'block'], 'the day after');
  t.same(told('510106', '2023-06-01'), ['allow', 'warn', 'warn', 'block'], 'the longer prefix');
  t.same(told('510105', '2023-06-01'), ['allow', 'warn', 'warn', 'block'], 'the day before');
  t.same(told('510105', '2023-06-02'), ['block', 'enforce', 'block', 'block'], 'the longest prefix');
  t.match(at('510521', '2023-06-01').reasons[0]?.message, /试运行，只作记录：正式执行时为禁止/);
  t.end();
});

t.test('a rule that is not enforced here overrides nothing here', (t) => {
  const behind = ruleText({ id: 'AA-01.behind' });
  const front = ruleText({ id: 'AA-01.front', overrides: '[AA-01.behind]', modes: MODES });
  const packs = packsOf(packText([behind, front]));
  const rules = (divisionCode: string) =>
    decide(packs, buildFacts({ divisionCode, ...GOODS })).reasons.map(
      ({ rule, effect }) => `${rule} ${effect}`,
    );
  t.same(rules('110101'), ['AA-01.front block']);
  t.same(rules('510521'), ['AA-01.behind block', 'AA-01.front warn']);
  t.end();
});

t.test('an exception opens its own clause, on its own terms, and nothing behind it', (t) => {
  const clauses =
    '  - { id: AA-02, section: 二, force: M, text: 应当节约, quotation: 应当节约, status: enforced }';
  const behind = ruleText({ id: 'AA-02.behind', clause: 'AA-02' });
  const front = ruleText({ id: 'AA-01.front', overrides: '[AA-02.behind]' });
  const alone = packsOf(packText([ruleText({})]));
  const layered = packsOf(packText([behind, front], { clauses }));
  const told = (packs: typeof alone, waiver: Patch, facts: Patch = GOODS) =>
    decide(packs, buildFacts(facts, { waivers: [{ clause: 'AA-01', ...waiver }] }));
  const opens = (waiver: Patch, facts?: Patch) => told(alone, waiver, facts).outcome === 'allow';

  const passed = told(alone, {});
  t.match(passed, { outcome: 'allow', reasons: [{ effect: 'warn', severity: 'block', waiver: 'W1' }] });
  t.match(passed.reasons[0]?.message, /^按例外批准测民例〔2023〕1号（有效至 2023-12-31）放行：/);

  const date = '2023-06-01';
  t.ok(opens({ from: date }), 'its first day');
  t.ok(opens({ until: date }), 'its last day');
  t.notOk(opens({ from: '2023-06-02' }), 'the day before');
  t.notOk(opens({ until: '2023-05-31' }), 'the day after');
  t.notOk(opens({ isRevoked: true }), 'revoked');
  t.notOk(opens({ clause: 'AA-02' }), 'of another clause');
  t.ok(opens({ fundId: 'F1' }), 'of this fund');
  t.notOk(opens({ fundId: 'F2' }), 'of another fund');
  t.ok(opens({ limitYuan: '10000.00' }), 'exactly the limit');
  t.notOk(opens({ limitYuan: '9999.99' }), 'a 分 beyond the limit');
  t.notOk(opens({ limitYuan: '10000.00', usedYuan: '0.01' }), 'what others used counts');
  const late = told(alone, { until: '2023-05-31' }).reasons[0];
  t.equal(late?.waiver, null);
  t.match(late?.remedies.at(-1), {
    kind: 'action',
    text: /例外批准测民例〔2023〕1号不适用：有效期为 2023-01-01 至 2023-05-31/,
  });

  const second = decide(
    alone,
    buildFacts(GOODS, {
      waivers: [
        { clause: 'AA-01', isRevoked: true },
        { clause: 'AA-01', waiverId: 'W2' },
      ],
    }),
  );
  t.match(second.reasons, [{ waiver: 'W2' }], 'the first that holds');

  t.match(
    told(layered, {}),
    {
      outcome: 'block',
      reasons: [
        { rule: 'AA-02.behind', effect: 'block' },
        { rule: 'AA-01.front', effect: 'warn' },
      ],
    },
    'what stands behind it answers for itself',
  );
  const fixed = packText([ruleText({})]).replace(
    'status: enforced }',
    'status: enforced, nonWaivable: 国家规定 }',
  );
  const refused = told(packsOf(fixed), {});
  t.equal(refused.outcome, 'block');
  t.match(refused.reasons[0]?.remedies.at(-1), { text: /本条款不得例外：国家规定/ });
  t.end();
});
