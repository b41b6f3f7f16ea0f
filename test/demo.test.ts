import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { CaseBook } from '../src/demo/cases.js';
import { OUTCOME_LABELS, runDemo } from '../src/demo/index.js';
import { displayWidth, fit } from '../src/demo/print.js';
import { signIn } from '../src/organisations/index.js';
import { loadPacks } from '../src/policy/index.js';
import { forEachEngine, shown } from './helper.js';

/** Every clause that the demonstration must have shown, by its id. */
const CLAUSES = [
  'SN-01 SN-02 SN-03 SC-01 SC-02 SC-03 YN-03 YN-04 YN-02 YN-12 YN-13 YN-19 YN-22 YN-26 YN-27 YN-30 YN-40 YN-43',
  'YN-44 YN-54 WH-01 WH-04 WH-05 CN-GPS-10-3 CN-GP-77 CN-DON-11 CN-LOT-34',
].flatMap((line) => line.split(' '));

forEachEngine('the demonstration works through the year and verifies', async (t, store) => {
  const lines: string[] = [];
  const packs = loadPacks();
  const result = await runDemo(store, packs, (line) => lines.push(line), folderOf(t));

  const { allow, review, block } = result.outcomes;
  t.equal(allow + review + block, result.cases.length);
  t.ok(allow >= 30 && review >= 8 && block >= 30, 'enough of each outcome');
  for (const row of result.cases) {
    const isPrinted = lines.some((line) =>
      [row.source, row.amount, OUTCOME_LABELS[row.outcome], row.clause, row.reason].every((cell) =>
        line.includes(cell),
      ),
    );
    t.ok(isPrinted, `${row.group} / ${row.source} is printed in full, with its clause`);
  }
  const clauses = new Set(result.cases.flatMap((row) => row.clause.split(/[ 、（]/)));
  t.same(
    CLAUSES.filter((clause) => !clauses.has(clause)),
    [],
    'every core clause is shown',
  );

  t.same(
    lines.filter((line) => line.includes('sealed:')),
    [],
    'sealed texts are opened before they are printed',
  );

  t.match(result.announcement, { total: '9727490.00', publishedTotal: '9727490.00', items: 14 });
  t.same(
    result.announcement.levels.map(({ level, total }) => [level, total]),
    [
      ['central', '2506590.00'],
      ['provincial', '4650000.00'],
      ['prefecture', '406300.00'],
      ['county', '2164600.00'],
    ],
  );
  t.equal(result.transit.length, 3, 'three counties have not taken their cash in');
  t.ok(result.transit.every(({ ageDays }) => ageDays > 90));
  const topics = result.contradictions.map(({ topic }) => topic);
  for (const place of ['红河州', '昭通市', '迪庆州', '普洱市', '曲靖市', '玉溪市']) {
    t.ok(
      topics.some((topic) => topic.startsWith(place)),
      `${place}: its contradiction stays open`,
    );
  }
  t.notOk(
    topics.some((topic) => topic.startsWith('昆明市')),
    'the explained one is not open',
  );

  t.ok(result.verification.length > 100);
  t.same(
    result.verification.filter((book) => book.difference !== null || book.decisionsUnchecked > 0),
    [],
  );

  const [user] = result.users.filter(({ loginName }) => loginName === 'qingyang.caiwu');
  const context = { requestId: 'test', now: new Date('2023-07-01T02:00:00.000Z') };
  const { loginName, password } = user ?? { loginName: '', password: '' };
  const signedIn = await signIn(store, context, { loginName, password }, 12);
  t.match(await shown(store, signedIn.person), { loginName });

  await t.rejects(
    runDemo(store, packs, () => {}, folderOf(t)),
    { message: /empty installation/ },
  );
});

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'station-funds-demo-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

void test('a case that comes out otherwise stops the demonstration', async (t) => {
  const cases = new CaseBook(() => {});
  const trial = { source: '省级奖补', amount: '1.00', rule: 'SC-03.hardware', because: '无异议' } as const;
  const allowed = async () => ({ decision: { outcome: 'allow', reasons: [] } });
  await t.rejects(cases.try({ ...trial, outcome: 'block', work: allowed }), { message: /expected block/ });
  await t.resolves(cases.try({ ...trial, outcome: 'allow', work: allowed }));
  t.equal(cases.count('allow'), 1);
  t.equal(cases.count('block'), 0);
});

void test('columns count Chinese characters as two', (t) => {
  t.equal(displayWidth('泸县 2020'), 9);
  t.equal(fit('泸县', 6), '泸县  ');
  t.equal(fit('9.00', 6, 'right'), '  9.00');
  t.equal(displayWidth(fit('县（市、区）民政局', 9)), 9);
  t.end();
});
