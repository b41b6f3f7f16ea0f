import t from 'tap';
import { gapsOf, lifeOf, loadPacks, parsePacks } from '../../src/policy/index.js';
import { file, kindText, packText, renamed, ruleText } from './pack-text.js';

const gaps = (texts: readonly string[], from = '2020-01-01', until = '2023-12-31') =>
  gapsOf(parsePacks(texts.map((text, n) => file(text, `${n}.yaml`))).packs, from, until);
const scope = (more: string, sources = '[charity]') =>
  `{ sources: ${sources}, stages: [submission], ${more} }`;

t.test('a clause in force without a rule, to the day, where it has one at other times', async (t) => {
  const rules = [
    ruleText({ scope: scope('until: 2021-03-14') }),
    ruleText({ id: 'AA-01.again', scope: scope('from: 2021-05-02, divisionPrefixes: ["51"]') }),
    ruleText({ id: 'AA-01.later', scope: scope('from: 2021-08-01') }),
  ];
  const other = ruleText({ id: 'AA-01.keeps', scope: scope('from: 2020-01-01', '[local_budget]') });
  const found = gaps([packText([...rules, other])]).filter(({ clause }) => clause === 'AA-01');
  t.match(found, [
    { places: [''], fromMonth: '2021-03', untilMonth: '2021-07', sourceTypes: ['charity'], isKnown: false },
    { places: ['51'], fromMonth: '2021-03', untilMonth: '2021-05', sourceTypes: ['charity'] },
  ]);
  t.match(found[0], { pack: 'aa-test', parameter: null, what: '条款 AA-01 施行而没有规则落实' });
  t.equal(found.length, 2);
  const whole = [rules[0]!, rules[2]!];
  t.match(
    gaps([packText(whole)]).filter(({ clause }) => clause === 'AA-01'),
    [{ places: [], fromMonth: '2021-03', untilMonth: '2021-07' }],
    'everywhere is one row',
  );
  const ended = packText([rules[0]!]).replace('effectiveUntil: null', 'effectiveUntil: 2021-03-14');
  t.same(
    gaps([ended]).filter(({ clause }) => clause !== null),
    [],
    'a document that has ended asks for no rule',
  );
  const met = [rules[0]!, ruleText({ id: 'AA-01.next', scope: scope('from: 2021-03-15') })];
  t.same(gaps([packText(met)]), [], 'one day after the other leaves no gap');
});

t.test('a clause ends with the document that it is quoted from', async (t) => {
  const sources = `sources:
  old: { title: 旧的办法, documentNo: 旧〔2020〕1号, issuer: 测试局, date: null, effectiveFrom: 2020-01-01, effectiveUntil: 2021-12-31, sourceSha256: null, grade: V1 }
clauses:`;
  const text = packText([ruleText({})])
    .replace('clauses:', sources)
    .replace('section: 一', 'section: 一, source: old');
  t.same(
    gaps([text]).filter(({ clause }) => clause !== null),
    [],
  );
  const short = text.replace('stages: [submission]', 'stages: [submission], until: 2021-06-30');
  t.match(
    gaps([short]).filter(({ clause }) => clause !== null),
    [{ clause: 'AA-01', fromMonth: '2021-07', untilMonth: '2021-12' }],
  );
});

t.test(
  'a source of money that loses the last of its rules, and not one that another pack keeps',
  async (t) => {
    const ended = packText([
      ruleText({ scope: scope('from: 2020-01-01', '[charity, local_budget]') }),
    ]).replace('effectiveUntil: null', 'effectiveUntil: 2021-12-31');
    const next = renamed(
      packText([ruleText({ scope: scope('from: 2022-01-01', '[local_budget]') })]),
    ).replace('effectiveFrom: 2020-01-01', 'effectiveFrom: 2022-01-01');
    t.match(gaps([ended, next]), [
      {
        pack: 'aa-test',
        sourceTypes: ['charity'],
        places: [],
        fromMonth: '2022-01',
        untilMonth: '2023-12',
        clause: null,
        what: /慈善\/社会资金不再有任何规则，最后一条 AA-01.goods 到 2021-12-31 为止/,
      },
    ]);
    t.equal(gaps([ended, next]).length, 1);
    t.same(gaps([ended, next], '2020-01-01', '2021-12-31'), [], 'not yet');
  },
);

t.test('values known to be unknown are listed apart', async (t) => {
  const staff = kindText('minimum_staff', {
    scope:
      '{ sources: [charity, local_budget], stages: [contract], divisionPrefixes: ["51"], until: 2022-06-30 }',
    workers: 'fulltimeWorkersPerStation',
    minimumParameter: 'AA-01.minimum',
  });
  const parameter = (value: string, window: string) =>
    `  - { id: AA-01.minimum, unit: count, value: ${value}, ${window}, clause: AA-01 }`;
  const parameters = `${parameter('"2"', 'from: 2020-01-01, until: 2020-12-31')}
${parameter('null', 'from: 2021-01-01, until: null')}`;
  t.match(gaps([packText([ruleText({}), staff], { parameters })]), [
    {
      parameter: 'AA-01.minimum',
      clause: null,
      sourceTypes: ['charity', 'local_budget'],
      places: ['51'],
      fromMonth: '2021-01',
      untilMonth: '2022-06',
      isKnown: true,
      what: '参数 AA-01.minimum 待补',
    },
  ]);
});

t.test('the built-in packs leave no gap and are resolved in less than two seconds', async (t) => {
  const { packs } = loadPacks();
  const { from, until } = lifeOf(packs, '2026-07-01');
  t.equal(until, '2027-07-01');
  const started = process.cpuUsage();
  const found = gapsOf(packs, from, until);
  const { user, system } = process.cpuUsage(started);
  t.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
  t.same(
    found.filter(({ isKnown }) => !isKnown),
    [],
  );
  t.ok(found.some(({ parameter }) => parameter === 'WH-12.wage'));
  t.throws(() => gapsOf(packs, until, from), { code: 'period_inverted' });
});
