import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { t as root, test } from 'tap';
import { temporaryFolder } from '../evidence/outside.js';
import { packText, ruleText } from '../policy/pack-text.js';
import { runFunds } from './command-line.js';

root.setTimeout(900_000);

const OPTIONS = [
  ...['--title', '示例“通知”: #1', '--document-no', '示例〔2026〕1号', '--issuer', '示例厅'],
  ...['--jurisdiction', '33,34', '--from', '2026-07-01', '--grade', 'V2'],
];

/** Where no built-in rule permits what the rule of the tests denies. */
const SCOPE = '{ sources: any, stages: [submission], divisionPrefixes: ["33"] }';

void test('a new pack loads and passes its tests, or says what is missing', async (t) => {
  const folder = temporaryFolder(t);
  const funds = (...words: string[]) => runFunds(folder, ['policy', ...words]);

  const bare = funds('new', 'shili-2026');
  t.equal(bare.status, 0, bare.stderr);
  const named = ['title', 'documentNo', 'issuer', 'jurisdiction', 'effectiveFrom', 'grade'];
  const lines = readFileSync(join(folder, 'shili-2026.yaml'), 'utf8').split('\n');
  for (const field of named) {
    const line = lines.findIndex((text) => text.startsWith(`  ${field}:`)) + 1;
    t.match(bare.stdout, `shili-2026.yaml:${line} document.${field}：须填写`);
  }
  t.equal(bare.stdout.match(/须填写/g)!.length, named.length + 1, 'and the parameter’s first day, no more');
  t.equal(funds('check', 'shili-2026.yaml').status, 1);

  const full = funds('new', 'shili-2026', ...OPTIONS, '--out', 'full.yaml');
  t.equal(full.status, 0, full.stderr);
  t.notMatch(full.stdout, /还须补填/);
  t.match(funds('check', 'full.yaml'), { status: 0, stdout: '没有错误\n' });
  const tested = funds('test', 'full.yaml', '--all');
  t.equal(tested.status, 0, tested.stdout);
  t.match(tested.stdout, /✓ .*试运行.* — 结果：通过，提示 SHILI-01\.staff（SHILI-01）/);
  t.match(tested.stdout, /3 项通过，0 项未通过\n$/);
  const schema = /\$schema=(.*)/.exec(readFileSync(join(folder, 'full.yaml'), 'utf8'))![1]!;
  t.ok(existsSync(resolve(folder, schema)), schema);

  const before = readFileSync(join(folder, 'full.yaml'), 'utf8');
  const again = funds('new', 'other-2026', ...OPTIONS, '--out', 'full.yaml');
  t.equal(again.status, 1);
  t.match(again.stderr, /已经存在/);
  t.equal(readFileSync(join(folder, 'full.yaml'), 'utf8'), before, 'left alone');
  for (const [words, message] of [
    [['Bad_ID'], /编号.*不合规/],
    [['good-id', '--from', '2026-02-30'], /日期.*不合规/],
    [['good-id', '--jurisdiction', '四川'], /适用地区.*不合规/],
  ] as const) {
    const refused = funds('new', ...words);
    t.equal(refused.status, 1);
    t.match(refused.stderr, message);
  }
  t.notOk(existsSync(join(folder, 'good-id.yaml')));
});

void test('check finds every fault, with its line', async (t) => {
  const folder = temporaryFolder(t);
  const funds = (...words: string[]) => runFunds(folder, ['policy', ...words]);
  const write = (text: string) => writeFileSync(join(folder, 'aa.yaml'), text);

  write(packText([ruleText({})]));
  const among = funds('check', 'aa.yaml');
  t.equal(among.status, 1);
  t.match(among.stdout, /^aa\.yaml:\d+ 规则 AA-01\.goods 与 YN-44\.reward（yunnan\.yaml）在同一范围内矛盾/m);
  const sound = packText([ruleText({ scope: SCOPE })]);
  write(sound);
  t.match(funds('check', 'aa.yaml'), { status: 0, stdout: '没有错误\n' });
  write(sound.replace('severity: block', 'severty: block').replace('issuer: 测试局', 'issuer:'));
  const misspelt = funds('check', 'aa.yaml');
  t.equal(misspelt.status, 1);
  t.match(misspelt.stdout, /^aa\.yaml:5 document\.issuer：须填写$/m);
  t.match(misspelt.stdout, /^aa\.yaml:\d+ rules\.0\.severty：不认识的键 severty$/m);
  t.match(misspelt.stdout, /^aa\.yaml:\d+ rules\.0\.severity：须填写，为 block、review、warn 之一$/m);
  t.match(misspelt.stdout, /共 3 处错误\n$/);
  write('document: [');
  t.match(funds('check', 'aa.yaml').stdout, /^aa\.yaml:1 不是有效的 YAML/m);
  const lost = funds('check', 'lost.yaml');
  t.equal(lost.status, 1);
  t.match(lost.stderr, /读不到文件 lost\.yaml/);

  // A file takes the place of the built-in pack with its id: clauses do not collide, but other packs may miss its rules.
  const national = readFileSync(resolve('src/policy/packs/national.yaml'), 'utf8');
  writeFileSync(join(folder, 'mine.yaml'), national);
  t.match(funds('check', 'mine.yaml'), { status: 0, stdout: '没有错误\n' });
  writeFileSync(join(folder, 'mine.yaml'), national.replace('id: cn-national', 'id: cn-second'));
  t.match(funds('check', 'mine.yaml').stdout, /重复/);
});

void test('tests are told so that a policy officer can read them', async (t) => {
  const folder = temporaryFolder(t);
  const funds = (...words: string[]) => runFunds(folder, ['policy', 'test', ...words]);
  const tests = (outcome: string) =>
    `  - { name: 货物应当禁止, facts: { divisionCode: "330101", lines: [{ economicCode: "31002" }] }, expect: { outcome: ${outcome} } }
  - { name: 服务可以支付, expect: { outcome: allow, absent: [AA-01.goods] } }
  - { name: 写错要素的测试, facts: { lines: [{ code: "31002" }] }, expect: { outcome: allow } }`;
  writeFileSync(join(folder, 'aa.yaml'), packText([ruleText({ scope: SCOPE })], { tests: tests('review') }));
  const failing = funds('aa.yaml');
  t.equal(failing.status, 1);
  t.match(failing.stdout, /aa-test 测试文件：1 项通过，2 项未通过/);
  t.match(failing.stdout, /✗ 货物应当禁止 — 结果：禁止，.*禁止 AA-01\.goods（AA-01）/);
  t.match(failing.stdout, /应为：复核\n\s+实为：禁止\n/);
  t.match(failing.stdout, /禁止 AA-01\.goods（测〔2020〕1号 AA-01）明细 L1，本行 31002/);
  t.match(failing.stdout, /✗ 写错要素的测试 — 无法运行\n\s+lines\.0：.*code/);
  t.notMatch(failing.stdout, /服务可以支付/, 'what passes is only counted');
  t.match(failing.stdout, /\n1 项通过，2 项未通过\n$/);
  t.match(funds('aa.yaml', '--all').stdout, /✓ 服务可以支付 — 结果：通过/);

  const one = funds('--pack', 'sc-plan-14-5');
  t.equal(one.status, 0, one.stderr);
  t.match(one.stdout, /^sc-plan-14-5 .*\n\d+ 项通过，0 项未通过\n$/);
  const unknown = funds('--pack', 'nobody');
  t.equal(unknown.status, 1);
  t.match(unknown.stderr, /没有政策包 nobody；现有：.*cn-national/);
});

void test('gaps over time are told, and an unknown value is none', (t) => {
  const folder = temporaryFolder(t);
  const funds = (...words: string[]) => runFunds(folder, ['policy', 'gaps', ...words]);
  const known = funds('--from', '2022-01-01', '--until', '2022-12-31');
  t.equal(known.status, 0, known.stderr);
  t.match(known.stdout, /^待补\twh-2021-26\t2022-01 至 2022-12\t4201\t各类资金\t参数 WH-12\.wage 待补$/m);
  t.match(known.stdout, /\n2022-01-01 至 2022-12-31：缺口 0 处，待补 \d+ 处\n$/);
  const scope = '{ sources: [charity], stages: [submission], until: 2021-12-31 }';
  writeFileSync(join(folder, 'aa.yaml'), packText([ruleText({ scope })]));
  const open = funds('--packs', '.', '--until', '2022-02-01');
  t.equal(open.status, 1);
  t.match(
    open.stdout,
    /^缺口\taa-test\t2022-01 至 2022-02\t全国\t慈善\/社会资金\t条款 AA-01 施行而没有规则落实$/m,
  );
  t.match(funds('--until', '2022-02-30'), { status: 1, stderr: /日期“2022-02-30”不合规/ });
  t.end();
});

void test('the committed JSON Schema is the loader’s', async (t) => {
  t.match(runFunds('.', ['policy', 'schema', '--check']), { status: 0 });
});
