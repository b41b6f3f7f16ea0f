import t from 'tap';
import { decide, ENGINE_VERSION, loadPacks, parsePacks } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { packText, ruleText } from './pack-text.js';

const packs = loadPacks();
const sichuan = packs.packs.find(({ document }) => document.id === 'sc-2023-11')!.testBase;

const set = (...rules: string[]) => parsePacks([{ file: 'a.yaml', bytes: Buffer.from(packText(rules)) }]);
const equipment = buildFacts({ lines: [{ economicCode: '31002' }] });

t.test('a refusal is complete: who, what, words, remedy', async (t) => {
  const facts = buildFacts(sichuan, { lines: [{ economicCode: '31002', serviceItem: null }] });
  const reason = decide(packs, facts).reasons.find(({ rule }) => rule === 'SC-03.hardware')!;
  t.match(reason, {
    pack: 'sc-2023-11',
    documentNo: '川民发〔2023〕11号',
    clause: 'SC-03',
    quotation: '不能投入硬件建设',
    effect: 'block',
    severity: 'block',
    mode: 'enforce',
    lineId: 'L1',
    fundId: 'F1',
    isSourceVerified: true,
    message: '本行 31002 办公设备购置 属硬件投入，省级奖补不能支付',
  });
  t.match(reason.remedies[0], {
    kind: 'other_source',
    sources: ['local_budget', 'department_purchase'],
    clause: 'SC-10',
  });
});

t.test('all reasons at once, graver first, then by line, then by rule', async (t) => {
  const facts = buildFacts(sichuan, {
    lines: [
      { matchedTerms: ['电脑'] },
      { economicCode: '31002', stationIsDeclared: false },
      { stationId: null },
    ],
  });
  const { outcome, reasons } = decide(packs, facts);
  t.equal(outcome, 'block');
  t.same(
    reasons.map(({ effect, lineId, rule }) => [effect, lineId, rule]),
    [
      ['block', 'L2', 'CN-GPS-10-3.goods'],
      ['block', 'L2', 'SC-02.declared'],
      ['block', 'L2', 'SC-03.hardware'],
      ['review', 'L1', 'SC-03.keywords'],
      ['review', 'L3', 'SC-02.declared'],
    ],
  );
});

t.test('the packs in force are named with their hashes', async (t) => {
  const { engine, packs: used } = decide(packs, buildFacts(sichuan));
  t.equal(engine, ENGINE_VERSION);
  t.same(
    used.map(({ id }) => id),
    ['cn-national', 'sc-2022-pilot', 'sc-2023-11', 'sc-plan-14-5'],
  );
  t.same(used[0]!.sha256, packs.packs[0]!.sha256);
  const elsewhere = decide(packs, buildFacts({ businessDate: '2026-01-01', divisionCode: '510105' }));
  t.notOk(
    elsewhere.packs.some(({ id }) => id === 'sc-plan-14-5'),
    'a document past its last day is not',
  );
});

t.test('modes: the severity stays, the effect does not stop', async (t) => {
  for (const mode of ['warn', 'audit']) {
    const { outcome, reasons } = decide(set(ruleText({ mode })), equipment);
    t.equal(outcome, 'allow', mode);
    t.match(reasons[0], { mode, severity: 'block', effect: 'warn' });
  }
  t.equal(decide(set(ruleText({})), equipment).outcome, 'block');
});

t.test('a rule that speaks silences those it overrides, unless it is itself on trial', async (t) => {
  const broad = ruleText({});
  const fine = (extra: object) =>
    ruleText({ id: 'AA-01.fine', severity: 'review', overrides: '[AA-01.goods]', ...extra });
  const rules = (...texts: string[]) =>
    decide(set(...texts), equipment).reasons.map(({ rule, effect }) => [rule, effect]);
  t.same(rules(broad, fine({})), [['AA-01.fine', 'review']]);
  t.same(rules(broad, fine({ codes: '["309"]' })), [['AA-01.goods', 'block']], 'it said nothing');
  t.same(rules(broad, fine({ mode: 'audit' })).sort(), [
    ['AA-01.fine', 'warn'],
    ['AA-01.goods', 'block'],
  ]);
});

t.test('a rule holds from its first day to its last', async (t) => {
  const dated = set(
    ruleText({ scope: '{ sources: any, stages: [submission], from: 2023-03-01, until: 2023-03-31 }' }),
  );
  const outcomeOn = (businessDate: string) => decide(dated, { ...equipment, businessDate }).outcome;
  t.equal(outcomeOn('2023-02-28'), 'allow');
  t.equal(outcomeOn('2023-03-01'), 'block');
  t.equal(outcomeOn('2023-03-31'), 'block');
  t.equal(outcomeOn('2023-04-01'), 'allow');
});

t.test('scopes by level, year, programme and place', async (t) => {
  const outcome = (scope: string, fund: object, divisionCode = '110101') =>
    decide(
      set(ruleText({ scope: `{ sources: any, stages: [submission], ${scope} }` })),
      buildFacts({ divisionCode, fund, lines: [{ economicCode: '31002' }] }),
    ).outcome;
  t.equal(outcome('levels: [central]', { level: 'central' }), 'block');
  t.equal(outcome('levels: [central]', { level: 'county' }), 'allow');
  t.equal(outcome('fundYears: [2022]', { year: 2022 }), 'block');
  t.equal(outcome('fundYears: [2022]', { year: 2023 }), 'allow');
  t.equal(outcome('programmes: [提能力]', { programme: '提能力工程' }), 'block');
  t.equal(outcome('programmes: [提能力]', { programme: '别的工程' }), 'allow');
  t.equal(outcome('programmes: [提能力]', { programme: null }), 'review', 'which programme is unknown');
  t.equal(outcome('divisionPrefixes: ["5301"]', {}, '530102'), 'block');
  t.equal(outcome('divisionPrefixes: ["5301"]', {}, '530302'), 'allow');
});

t.test('facts that contradict themselves throw and pass nothing', async (t) => {
  t.throws(() => decide(packs, { ...equipment, lines: [{ ...equipment.lines[0]!, fundId: 'F9' }] }), /F9/);
  t.throws(() => decide(packs, { ...equipment, stage: 'contract' }), /contract/);
  t.throws(() => decide(packs, { ...equipment, stage: 'allotment' }), /allotment/);
  t.throws(() => decide(packs, { ...equipment, divisionCode: '51' }), /six digits/);
  t.throws(() => decide(packs, { ...equipment, funds: {}, lines: [] }), /at least one fund/);
});

t.test('what concerns the whole case is said once, though two funds raise it', async (t) => {
  const facts = buildFacts({
    stage: 'contract',
    divisionCode: '530102',
    contract: { pricing: 'by_head' },
    funds: { F2: { documentNo: '测财〔2023〕2号' } },
    lines: [{}, { fundId: 'F2' }],
  });
  const said = decide(packs, facts).reasons.filter(({ rule }) => rule === 'YN-53.by-head');
  t.equal(said.length, 1);
  t.equal(said[0]!.fundId, null);
});
