import t from 'tap';
import { clauseCoverage, loadPacks, RULE_KINDS, runPackTests } from '../../src/policy/index.js';

const packs = loadPacks();

t.test('every test that a pack carries', async (t) => {
  for (const { pack, name, passed, expected, got } of runPackTests(packs)) {
    t.ok(passed, `${pack}: ${name}`, passed ? {} : { expected, got });
  }
});

t.test('the core clauses of the five documents are carried', async (t) => {
  const core = {
    SC: '01 02 03 05 06',
    SN: '01 02 03 04',
    SP: '05',
    YN: '01 02 03 04 08 09 10 11 12 13 15 17 19 22 40 46',
    WH: '01 02 03 04 05 06 07 12 13 17',
  };
  const rows = new Map(clauseCoverage(packs).map((row) => [row.clause, row]));
  for (const [document, numbers] of Object.entries(core)) {
    for (const number of numbers.split(' ')) {
      const row = rows.get(`${document}-${number}`);
      t.ok(row && row.by.length > 0 && row.status !== 'no_duty', `${document}-${number}`);
    }
  }
});

t.test('clause coverage has a carrier for every clause', async (t) => {
  const rows = clauseCoverage(packs);
  t.equal(rows.length, new Set(rows.map(({ clause }) => clause)).size);
  for (const { clause, by } of rows) t.ok(by.length > 0 && by.every((text) => text !== ''), clause);
  const row = rows.find(({ clause }) => clause === 'YN-12');
  t.match(row, { status: 'enforced', by: ['YN-12.catalogue'], grade: 'seed' });
});

t.test('every rule is tried by some test of a pack, and every kind is used', async (t) => {
  const tried = new Set(
    packs.packs.flatMap((pack) => pack.tests.flatMap(({ expect }) => Object.keys(expect.reasons))),
  );
  const rules = packs.packs.flatMap((pack) => pack.rules.map(({ id }) => id));
  t.same(
    rules.filter((id) => !tried.has(id)),
    [],
  );
  const used = new Set(packs.packs.flatMap((pack) => pack.rules.map(({ kind }) => kind)));
  t.same(
    RULE_KINDS.filter((kind) => !used.has(kind)),
    [],
  );
});

t.test('terms are unique and sorted, packs frozen and hashed', async (t) => {
  t.same(packs.terms, [...new Set(packs.terms)].sort());
  t.ok(packs.terms.includes('笔记本电脑'));
  t.ok(Object.isFrozen(packs) && Object.isFrozen(packs.packs[0]!.rules[0]!.scope));
  for (const { sha256 } of packs.packs) t.match(sha256, /^[0-9a-f]{64}$/);
});
