import t, { type Test } from 'tap';
import { faultsOf, file, kindText, lineOf, packText, renamed, ruleText } from './pack-text.js';

/** A broken pack, the place that its only fault must name, and what it must say. */
type Case = readonly [name: string, text: string, place: string, message: RegExp];

function refuses(t: Test, cases: readonly Case[]): void {
  for (const [name, text, place, message] of cases) {
    t.match(faultsOf(file(text)), [{ file: 'a.yaml', line: lineOf(text, place), message }], name);
    t.equal(faultsOf(file(text)).length, 1, `${name}: nothing else`);
  }
}

const goods = ruleText({});
const clause = (fields: string, status = 'status: no_duty, reason: 导向性要求') =>
  `  - { id: AA-02, section: 二, force: M, ${fields}, ${status} }`;
const quoted = (text: string, quotation = text) => clause(`text: ${text}, quotation: ${quotation}`);
const withClause = (clauses: string) => packText([goods], { clauses });
const SUBMISSION = '{ sources: any, stages: [submission] }';
const CONTRACT = '{ sources: any, stages: [contract] }';

t.test('quotations stand in the text of their clause', async (t) => {
  const fine = [
    quoted('各地应当 每年公告', '应当每年公告'),
    quoted('县级应当在年终向社会公告使用情况', '县级应当……公告使用情况'),
  ];
  for (const text of fine) t.same(faultsOf(file(withClause(text))), [], text);
  refuses(t, [
    [
      'another word',
      withClause(quoted('不得购买设备', '不得采购设备')),
      '- { id: AA-02',
      /“不得采购设备”不在 text 中/,
    ],
    [
      'parts in another order',
      withClause(quoted('应当公告使用情况', '使用情况……应当公告')),
      '- { id: AA-02',
      /“应当公告”不在 text 中/,
    ],
  ]);
});

t.test('a series has no gap and no clause beyond its end', async (t) => {
  const series = (last: number, text = packText([goods])) =>
    text.replace('  grade: seed', `  grade: seed\n  series: [{ prefix: AA, last: ${last} }]`);
  t.same(faultsOf(file(series(1))), []);
  const text = series(3);
  t.match(faultsOf(file(text)), [
    { line: lineOf(text, 'series:'), message: /缺少条款 AA-02/ },
    { line: lineOf(text, 'series:'), message: /缺少条款 AA-03/ },
  ]);
  refuses(t, [
    [
      'beyond the last',
      series(1, withClause(quoted('应当公告'))),
      '- { id: AA-02',
      /AA-02 不在编号序列 AA-01 至末号 1 之内/,
    ],
  ]);
});

t.test('numbers of a clause are parameters, or a reason says why not', async (t) => {
  for (const text of ['不超过5%', '购买期限最长三年', '不低于当地平均工资', '每站两名社工', '安排20万元']) {
    refuses(t, [[text, withClause(quoted(text)), '- { id: AA-02', /AA-02 的原文有数（.+），没有参数写明它/]]);
    t.same(
      faultsOf(file(withClause(clause(`text: ${text}, quotation: ${text}, numbers: 是汇报的结果`)))),
      [],
      text,
    );
  }
  for (const text of [
    '按川民发〔2023〕11号第二条执行',
    '统筹一般公共预算',
    '每一执行年度',
    '一纸空文',
    '给予一次性奖励',
  ])
    t.same(faultsOf(file(withClause(quoted(text)))), [], text);
  const counted = (value: string) =>
    packText([goods, kindText('minimum_staff', { ...staff, clause: 'AA-02' })], {
      clauses: clause('text: 每站不少于两名, quotation: 不少于两名', 'status: enforced'),
      parameters: minimum(`value: ${value}, from: 2020-01-01, until: null`).replace(
        'clause: AA-01',
        'clause: AA-02',
      ),
    });
  t.same(faultsOf(file(counted('"2"'))), []);
  t.same(faultsOf(file(counted('null'))), [], 'an unknown value is stated too');
});

const staff = { scope: CONTRACT, workers: 'fulltimeWorkersPerStation', minimumParameter: 'AA-01.minimum' };
const minimum = (fields: string) => `  - { id: AA-01.minimum, unit: count, clause: AA-01, ${fields} }`;
const staffed = (parameters: string, scope = CONTRACT) =>
  packText([goods, kindText('minimum_staff', { ...staff, scope })], { parameters });

t.test('a value that has run out is not current', async (t) => {
  t.same(
    faultsOf(
      file(
        staffed(
          `${minimum('value: "2", from: 2020-01-01, until: 2020-12-31')}\n${minimum('value: null, from: 2021-01-01, until: null')}`,
        ),
      ),
    ),
    [],
    'known to be unknown',
  );
  t.same(
    faultsOf(
      file(
        staffed(
          minimum('value: "2", from: 2020-01-01, until: 2020-12-31'),
          '{ sources: any, stages: [contract], until: 2020-12-31 }',
        ),
      ),
    ),
    [],
    'the rule ends on the same day',
  );
  const gap = `${minimum('value: "3", from: 2020-03-01, until: null')}\n${minimum('value: "2", from: 2020-01-01, until: 2020-01-31')}`;
  refuses(t, [
    [
      'run out',
      staffed(minimum('value: "2", from: 2020-01-01, until: 2020-12-31')),
      'AA-01.minimum, unit',
      /AA-01.minimum 自 2021-01-01 起没有值（上一个值只到 2020-12-31），而规则 AA-01.minimum-staff 仍要用它：另加一段 from: 2021-01-01 的新值，还不知道的写 value: null/,
    ],
    [
      'begins too late',
      staffed(minimum('value: "2", from: 2020-02-01, until: null')),
      'AA-01.minimum, unit',
      /2020-01-01 至 2020-01-31 没有值（第一个值自 2020-02-01 起）/,
    ],
    ['between two', staffed(gap), 'value: "2"', /2020-02-01 至 2020-02-29 没有值（上一个值只到 2020-01-31）/],
  ]);
});

t.test('a parameter that no rule reads, and one id in two packs', async (t) => {
  const dead = packText([goods], { parameters: minimum('value: "2", from: 2020-01-01, until: null') });
  refuses(t, [['dead', dead, 'AA-01.minimum', /参数 AA-01.minimum 没有规则使用/]]);
  const own = staffed(minimum('value: "2", from: 2020-01-01, until: null'));
  const same = renamed(own)
    .replaceAll('BB-01.minimum,', 'AA-01.minimum,')
    .replace(/: BB-01.minimum$/m, ': AA-01.minimum');
  t.match(faultsOf(file(own), file(same.replace('stages: [contract]', 'stages: [payment]'), 'b.yaml')), [
    {
      file: 'b.yaml',
      line: lineOf(same, '{ id: AA-01.minimum'),
      message: /参数 AA-01.minimum 重复，已见于 a.yaml/,
    },
  ]);
});

t.test('guidance and reported practice never block', async (t) => {
  for (const force of ['G', 'R']) {
    const text = packText([goods]).replace('force: M', `force: ${force}`);
    refuses(t, [[force, text, 'severity: block', new RegExp(`AA-01 是.+（${force}），不能禁止`)]]);
    t.same(faultsOf(file(text.replace('severity: block', 'severity: review'))), []);
  }
});

t.test('unknown clauses are found wherever a clause is named', async (t) => {
  const alternatives = '[{ sources: [charity], clause: AA-08 }]';
  refuses(t, [
    ['also', packText([ruleText({ also: '[AA-08]' })]), 'also:', /规则 AA-01.goods 引用的条款 AA-08 不存在/],
    ['alternative', packText([ruleText({ alternatives })]), 'alternatives:', /引用的条款 AA-08 不存在/],
    [
      'parameter',
      staffed(minimum('value: "2", from: 2020-01-01, until: null').replace('clause: AA-01', 'clause: AA-08')),
      '- { id: AA-01.minimum',
      /参数 AA-01.minimum 引用的条款 AA-08 不存在/,
    ],
    [
      'misspelt key of an alternative',
      packText([ruleText({ alternatives: '[{ source: [charity], clause: AA-01, sources: [charity] }]' })]),
      'alternatives:',
      /不认识的键 source/,
    ],
  ]);
});

t.test('tests of the pack hold, on facts that exist', async (t) => {
  const test = (fields: string) => packText([goods], { tests: `  - name: 购买电脑\n${fields}` });
  const expectBlock = '    expect: { outcome: block, reasons: { AA-01.goods: block } }';
  const facts = (text: string) => `    facts:\n      lines:\n        - ${text}`;
  t.same(faultsOf(file(test(`${facts('{ economicCode: "31002" }')}\n${expectBlock}`))), []);
  refuses(t, [
    [
      'does not hold',
      test(`${facts('{ economicCode: "30201" }')}\n${expectBlock}`),
      '- name: 购买电脑',
      /测试“购买电脑”不成立：应为禁止、AA-01.goods 禁止；实为通过$/,
    ],
    [
      'misspelt fact',
      test(`${facts('economiccode: "31002"')}\n${expectBlock}`),
      'economiccode',
      /测试“购买电脑”的事实 lines.0.economiccode：不认识的键 economiccode/,
    ],
    [
      'a word that does not exist',
      test(`    facts: { stage: purchase }\n${expectBlock}`),
      'facts:',
      /测试“购买电脑”的事实 stage：应为/,
    ],
    [
      'a fund that does not exist',
      test(`    facts:\n      fund:\n        type: lottery\n${expectBlock}`),
      'type: lottery',
      /fund.type：应为/,
    ],
    [
      'facts that contradict themselves',
      test(`    facts: { stage: contract, contract: null }\n${expectBlock}`),
      '- name: 购买电脑',
      /不成立：无法运行/,
    ],
    [
      'facts of all tests',
      test(`    facts: {}\n    expect: { outcome: allow }`).replace(
        'tests:',
        'testBase: { stage: purchase }\ntests:',
      ),
      'testBase',
      /测试共用的事实 stage：应为/,
    ],
  ]);
});

t.test('settings above each other in a circle', async (t) => {
  const other = (overrides: string, id = 'AA-01.other') => ruleText({ id, overrides, codes: '["309"]' });
  const text = packText([ruleText({ overrides: '[AA-01.other]' }), other('[AA-01.goods]')]);
  refuses(t, [
    ['two', text, 'overrides: [AA-01.other]', /互相推翻：AA-01.goods → AA-01.other → AA-01.goods/],
  ]);
  const three = packText([
    ruleText({ overrides: '[AA-01.other]' }),
    other('[AA-01.third]'),
    other('[AA-01.goods]', 'AA-01.third'),
  ]);
  refuses(t, [
    ['three', three, 'overrides: [AA-01.other]', /AA-01.goods → AA-01.other → AA-01.third → AA-01.goods/],
  ]);
  const apart = text.replace(SUBMISSION, '{ sources: any, stages: [payment] }');
  t.same(faultsOf(file(apart)), [], 'they never meet');
});
