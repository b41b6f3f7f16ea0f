import t from 'tap';
import { faultsOf, file, lineOf, packText, renamed, ruleText } from './pack-text.js';

t.test('the smallest pack loads', async (t) => {
  t.same(faultsOf(file(packText([ruleText({})]))), []);
});

t.test('refusals name the file and the line', async (t) => {
  const good = ruleText({});
  const cases: [name: string, text: string, part: string, message: RegExp][] = [
    ['misspelt key of a rule', packText([ruleText({ severty: 'block' })]), 'severty', /不认识的键 severty/],
    [
      'misspelt key of a scope',
      packText([ruleText({ scope: '{ sources: any, stages: [submission], level: [central] }' })]),
      'level:',
      /不认识的键 level/,
    ],
    ['unknown kind', packText([ruleText({ kind: 'expression' })]), 'kind: expression', /rules/],
    [
      'unknown source',
      packText([ruleText({ scope: '{ sources: [lottery], stages: [submission] }' })]),
      'sources:',
      /sources/,
    ],
    [
      'unknown clause',
      packText([good, ruleText({ id: 'AA-09.x', clause: 'AA-09' })]),
      'clause: AA-09',
      /AA-09 不存在/,
    ],
    [
      'unaccounted clause',
      packText([good], {
        clauses:
          '  - { id: AA-02, section: 二, force: M, text: 应当公告, quotation: 应当公告, status: enforced }',
      }),
      '- { id: AA-02',
      /没有规则落实/,
    ],
    [
      'procedural clause without evidence',
      packText([good], {
        clauses:
          '  - { id: AA-02, section: 二, force: M, text: 应当公告, quotation: 应当公告, status: procedural }',
      }),
      '- { id: AA-02',
      /evidence/,
    ],
    [
      'no duty without a reason',
      packText([good], {
        clauses:
          '  - { id: AA-02, section: 二, force: M, text: 应当公告, quotation: 应当公告, status: no_duty }',
      }),
      '- { id: AA-02',
      /reason/,
    ],
    [
      'a rule under a clause that has no duty',
      packText([good, ruleText({ id: 'AA-02.x', clause: 'AA-02' })], {
        clauses:
          '  - { id: AA-02, section: 二, force: M, text: 应当公告, quotation: 应当公告, status: no_duty, reason: 导向性要求 }',
      }),
      'status: no_duty',
      /应标为 enforced/,
    ],
    ['repeated rule', packText([good, good]), 'AA-01.goods\n', /重复/],
    [
      'unknown overridden rule',
      packText([ruleText({ overrides: '[AA-01.none]' })]),
      '[AA-01.none]',
      /AA-01.none 不存在/,
    ],
    [
      'a rule that overrides itself',
      packText([ruleText({ overrides: '[AA-01.goods]' })]),
      '[AA-01.goods]',
      /推翻自己/,
    ],
    [
      'impossible date',
      packText([good]).replace('effectiveFrom: 2020-01-01', 'effectiveFrom: 2023-02-29'),
      'effectiveFrom',
      /日期/,
    ],
    [
      'repeated YAML key',
      packText([good]).replace('  grade: seed', '  grade: seed\n  grade: V1'),
      '  grade: V1',
      /YAML/,
    ],
    [
      'a test that expects of an unknown rule',
      packText([good], { tests: '  - { name: 测试一二, expect: { outcome: allow, absent: [AA-01.gone] } }' }),
      '- { name: 测试一二',
      /AA-01.gone 不存在/,
    ],
  ];
  for (const [name, text, part, message] of cases) {
    const faults = faultsOf(file(text));
    t.ok(
      faults.some((fault) => message.test(fault.message)),
      name,
      { faults },
    );
    if (name !== 'repeated rule') t.equal(faults[0]?.line, lineOf(text, part), `${name}: line`);
    t.equal(faults[0]?.file, 'a.yaml');
  }
});

t.test('parameters: unknown, of another unit, overlapping, malformed', async (t) => {
  const term = (parameter: string) =>
    ruleText({ id: 'AA-01.term', kind: 'contract_term', monthsParameter: parameter })
      .split('\n')
      .filter((line) => !/verdict|codes|as:/.test(line))
      .join('\n');
  const parameter = (fields: string) => `  - { id: AA-01.months, clause: AA-01, ${fields} }`;
  const whole = parameter('unit: months, value: "36", from: 2020-01-01, until: null');
  const say = (rules: string[], parameters: string) =>
    faultsOf(file(packText(rules, { parameters }))).map(({ message }) => message);
  t.same(say([term('AA-01.months')], whole), []);
  t.match(say([term('AA-01.none')], whole), [/AA-01.months 没有规则使用/, /AA-01.none 不存在/]);
  t.match(
    say([term('AA-01.months')], parameter('unit: count, value: "36", from: 2020-01-01, until: null'))[0],
    /months/,
  );
  t.match(
    say([term('AA-01.months')], parameter('unit: months, value: "3.5", from: 2020-01-01, until: null'))[0],
    /单位不符/,
  );
  t.match(
    say(
      [term('AA-01.months')],
      `${whole}\n${parameter('unit: months, value: "24", from: 2021-01-01, until: null')}`,
    )[0],
    /重叠/,
  );
  t.same(
    say(
      [term('AA-01.months')],
      `${parameter('unit: months, value: "36", from: 2020-01-01, until: 2020-12-31')}\n${parameter('unit: months, value: "24", from: 2021-01-01, until: null')}`,
    ),
    [],
    'windows that meet are no overlap',
  );
});

t.test('rules that contradict each other on one scope refuse, across files too', async (t) => {
  const denied = packText([ruleText({})]);
  const permitted = (fields: object) =>
    packText([ruleText({ id: 'BB-01.goods', clause: 'BB-01', verdict: 'permitted', ...fields })])
      .replace('id: aa-test', 'id: bb-test')
      .replace('id: AA-01, ', 'id: BB-01, ');
  const say = (fields: object) => faultsOf(file(denied), file(permitted(fields), 'b.yaml'));
  t.match(say({}), [
    {
      file: 'b.yaml',
      message: /BB-01.goods 与 AA-01.goods（a.yaml）.*BB-01.goods 允许的支出 AA-01.goods 禁止/,
    },
  ]);
  t.match(say({ codes: '["31002"]' }), [{ message: /矛盾/ }], 'a finer code is still the same spending');
  t.same(say({ overrides: '[AA-01.goods]' }), []);
  t.same(say({ codes: '["309"]' }), [], 'other spending');
  t.same(say({ scope: '{ sources: any, stages: [payment] }' }), [], 'another stage');
  t.same(
    say({ scope: '{ sources: any, stages: [submission], levels: [county] }' }).length,
    1,
    'a part of the scope',
  );
  t.same(say({ severity: 'warn', exceptCodes: '["310"]' }), [], 'excepted');
});

t.test('all faults of all files at once, by file and line; none hides another', async (t) => {
  const first = packText(
    [
      ruleText({ severty: 'block', vredict: 'denied', also: '[AA-02]' }),
      ruleText({ id: 'AA-01.gone', codes: '["320"]', overrides: '[AA-01.none, AA-01.goods]' }),
    ],
    {
      clauses: [
        '  - { id: AA-02, section: 二, force: M, text: 应当公告, quotation: 应当公告, status: enforced }',
        '  - { id: AA-03, section: 二, force: M, text: 至少两名, quotation: 两名社工, status: no_duty, reason: 导向性要求 }',
        '  - { id: AA-04, section: 二, text: 应当公告, quotation: 应当公告, status: no_duty, reason: 导向性要求 }',
      ].join('\n'),
      tests: [
        '  - { name: 违反 AA-01, expect: { outcome: allow, absent: [AA-01.goods] } }',
        '  - { name: 测试一二, facts: { stge: payment }, expect: { outcome: allow } }',
      ].join('\n'),
    },
  ).replace('  grade: seed', '  grade: seed\n  series: [{ prefix: AA, last: 5 }]');
  const second = renamed(packText([ruleText({ also: '[AA-09]' }), ruleText({ id: 'AA-01.x', codes: '[]' })]));
  const broken = 'document: {';
  const faults = faultsOf(file(second, 'b.yaml'), file(first, 'a.yaml'), file(broken, 'c.yaml'));
  const at = (text: string, part: string, message: RegExp) => ({ line: lineOf(text, part), message });
  t.match(
    faults.filter((fault) => fault.file === 'a.yaml'),
    [
      at(first, 'series', /缺少条款 AA-05/),
      at(first, '- { id: AA-03', /AA-03 的原文有数（至少两名）/),
      at(first, '- { id: AA-03', /引文“两名社工”不在 text 中/),
      at(first, '- { id: AA-04', /clauses.3.force：须填写/),
      at(first, 'severty', /不认识的键 severty/),
      at(first, 'vredict', /不认识的键 vredict/),
      at(first, '["320"]', /320 不在支出经济分类科目之内/),
      at(first, '[AA-01.none', /规则 AA-01.none 不存在/),
      at(first, 'stge', /不认识的键 stge/),
    ],
  );
  t.match(
    faults.filter((fault) => fault.file === 'b.yaml'),
    [at(second, '[BB-09]', /BB-09 不存在/), at(second, '- id: BB-01.x', /永远不会生效/)],
  );
  t.match(
    faults.filter((fault) => fault.file === 'c.yaml'),
    [{ line: 1, message: /YAML/ }],
  );
  t.equal(faults.length, 12);
});

t.test('a rule that can never strike is a fault', async (t) => {
  t.match(faultsOf(file(packText([ruleText({ codes: '[]' })]))), [{ message: /永远不会生效/ }]);
  const scope = '{ sources: any, stages: [submission], until: 2019-12-31 }';
  t.match(faultsOf(file(packText([ruleText({ scope })]))), [{ message: /有效期之外/ }]);
});

t.test('an empty folder is a fault, not a policy that allows everything', async (t) => {
  t.match(faultsOf(), [{ message: /没有找到政策包/ }]);
});
