import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, test } from 'tap';
import { projectFile } from '../../src/core/project.js';
import {
  BENEFICIARY_GROUP_CODES,
  EVIDENCE_KINDS,
  ORGANISATION_KINDS,
  SERVICE_ITEM_CODES,
  SOURCE_TYPES,
} from '../../src/core/vocabulary.js';
import { PROCEDURE_KINDS, RULE_KINDS } from '../../src/policy/index.js';
import { ruleBase } from '../../src/policy/kinds/base.js';
import { ruleSchema } from '../../src/policy/kinds/index.js';
import { KIND_LABELS } from '../../src/policy/kinds/labels.js';
import { buildFacts } from '../../src/policy/packTests.js';
import { runFunds } from '../cli/command-line.js';
import { temporaryFolder } from '../evidence/outside.js';

root.setTimeout(900_000);
const doc = (name: string) => readFileSync(projectFile('docs', name), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((found) => found[1]!);

void test('the worked example does what its page says, command by command', async (t) => {
  const page = doc('policy-packs.zh-CN.md');
  const folder = temporaryFolder(t);
  const [pack, ...others] = blocks(page, 'yaml');
  t.equal(others.length, 0, 'one complete pack');
  const commands = blocks(page, 'sh').flatMap((block) => block.trim().split('\n'));
  t.ok(commands.length >= 4);
  for (const command of commands) {
    const [program, ...words] = command.split(' ');
    t.equal(program, 'funds');
    const done = runFunds(folder, words);
    t.equal(done.status, 0, `${command}\n${done.stdout}${done.stderr}`);
    if (words[1] === 'new') {
      t.notMatch(done.stdout, /还须补填/);
      writeFileSync(join(folder, 'ex-2026-1.yaml'), pack!);
    }
    if (words[1] === 'check') t.equal(done.stdout, '没有错误\n');
    if (words[1] === 'test') {
      t.match(done.stdout, /^ {2}✓ 购置办公设备，禁止 — 结果：禁止/m);
      t.equal(done.stdout.match(/✓/g)!.length, pack!.match(/- name:/g)!.length);
    }
  }
  for (const kind of RULE_KINDS) t.ok(page.includes(`| ${KIND_LABELS[kind]} | \`${kind}\` |`), kind);
});

void test('the reference names every kind with its fields, every fact and every word', async (t) => {
  const page = doc('policy-packs.md');
  const sections = new Map(page.split('\n#### ').map((part) => [/^`(\w+)`/.exec(part)?.[1] ?? '', part]));
  for (const { shape } of ruleSchema.options) {
    const section = sections.get(shape.kind.value);
    t.ok(section, shape.kind.value);
    for (const [field, schema] of Object.entries(shape)) {
      t.match(schema.description, /\p{Script=Han}/u, `${shape.kind.value}.${field} is described to editors`);
      if (field in ruleBase || field === 'kind') continue;
      t.ok(section?.includes(`\`${field}\``), `${shape.kind.value}.${field}`);
    }
  }
  const words = [
    SOURCE_TYPES,
    ORGANISATION_KINDS,
    BENEFICIARY_GROUP_CODES,
    SERVICE_ITEM_CODES,
    EVIDENCE_KINDS,
  ];
  for (const word of [...words.flat(), ...PROCEDURE_KINDS]) t.ok(page.includes(`\`${word}\``), word);
  const facts = buildFacts({
    fund: { charity: {}, reliefCap: {} },
    contract: {},
    allotment: {},
    waivers: [{}],
  });
  for (const name of keysOf({ ...facts, funds: facts.funds['F1'] })) {
    t.match(page, new RegExp(`\`[^\`]*\\b${name}\\b[^\`]*\``), name);
  }
});

/** Every key of a value, at any depth. */
function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(keysOf);
  return Object.entries(value).flatMap(([key, part]) => [key, ...keysOf(part)]);
}
