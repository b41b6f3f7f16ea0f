import { readFileSync } from 'node:fs';
import { t as root } from 'tap';
import { LOGGED_TABLE_NAMES } from '../../src/audit/index.js';
import { applyToClaim } from '../../src/claims/index.js';
import { projectFile } from '../../src/core/project.js';
import type { Store } from '../../src/db/store.js';
import { Checkpoints, OutsideFile } from '../../src/evidence/index.js';
import { TABLE_LABELS } from '../../src/web/pages/audit/column-words.js';
import { ACTION_LABELS } from '../../src/web/pages/audit/words.js';
import { temporaryFolder } from '../evidence/outside.js';
import { by, refused, seedActor } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { claimsOf, equipment, openWaiver, scene } from '../waivers/scene.js';
import { type Browser, servePages } from './visit.js';

root.setTimeout(900_000);

/** A paid claim, one that the rules refused, and one under an exception, all of the county. */
async function cases(t: Parameters<typeof scene>[0], store: Store) {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const steps = claimsOf(stage);
  const paid = await steps.draft([{ fundId, amount: '40.00' }], { title: '第一季度服务费' });
  await steps.submit(paid);
  await steps.review(paid);
  await steps.approve(paid);
  await steps.pay(paid);
  const blocked = await steps.draft([equipment(fundId, '10.00')], { title: '站点电脑' });
  await refused(t, steps.submit(blocked), 'policy_blocked');
  const excepted = await steps.draft([equipment(fundId, '7.00')], { title: '受灾站点设备' });
  const waiver = await openWaiver(stage);
  await applyToClaim(store, by(world.stationOperator), world.county.bookId, excepted, null, [waiver]);
  await steps.submit(excepted);
  const indexes = async (subjectId: string, action: string) => {
    const rows = await store.read
      .selectFrom('logEntry')
      .select('logIndex')
      .where('bookId', '=', world.county.bookId)
      .where('subjectId', '=', subjectId)
      .where('action', '=', action)
      .orderBy('logIndex')
      .execute();
    return rows.map(({ logIndex }) => logIndex);
  };
  return { world, fundId, paid, blocked, indexes, bookId: world.county.bookId };
}

/** Read only: nothing on the page can be sent but searches, the unit, and signing out. */
function readsOnly(t: Parameters<typeof scene>[0], visit: Awaited<ReturnType<Browser['get']>>) {
  t.equal(visit.status, 200, visit.url);
  const forms = visit.page.querySelectorAll('form[method=post]').map((form) => form.getAttribute('action'));
  // What is the reader's own: how amounts are shown, queries kept under a name, and going.
  const own: readonly (string | undefined)[] = ['/settings', '/saved-filters', '/sign-out'];
  t.same(
    forms.filter((action) => !own.includes(action)),
    [],
    `${visit.url} offers no write`,
  );
  // What is folded is the record as the log has it.
  const { html } = visit;
  const shown = html.replaceAll(/<pre>.*?<\/pre>|<option.*?<\/option>|<[^>]*>/gs, ' ');
  t.notMatch(shown, /undefined|null|\[object|sealed:|policy_blocked|claim\.submit/, visit.url);
}

forEachEngine('an auditor looks, samples and follows an amount, and can change nothing', async (t, store) => {
  const { world, fundId, paid, blocked, indexes, bookId } = await cases(t, store);
  const { visitorAs } = await servePages(t, store, { packs: world.packs });
  const auditor = await visitorAs(world.county.auditor);
  const at = (path: string) => auditor.get(`/books/${bookId}/${path}`);

  const home = await auditor.get('/home');
  readsOnly(t, home);
  t.match(home.text, '审计督导工作台');
  t.match(home.text, /规则拒绝最多 泸县民政局拒绝 1 次，例外 1 单/);

  const overview = await auditor.get('/supervision?year=2022');
  readsOnly(t, overview);
  t.match(overview.text, '序时进度 58.08%', '212 of 365 days');
  t.match(overview.html, `/books/${bookId}/supervision?year=2022`);
  t.notMatch(overview.text, '合江', 'books of others are not told');

  const book = await at('supervision?year=2022');
  readsOnly(t, book);
  t.match(book.text, '玉蟾街道社工站');
  t.match(book.text, '口径');

  const list = await at('refusals?year=2022');
  readsOnly(t, list);
  t.match(list.text, '站点电脑');
  t.match(list.text, '受灾站点设备');
  t.match(list.text, '“不得购买货物”');
  const other = await at('refusals?year=2022&clause=AA-02');
  t.match(other.text, '没有因 AA-02 被拒绝或按例外通过的单据');

  const [refusedAt] = await indexes(blocked, 'claim.submit');
  const decision = await at(`decisions/${refusedAt}`);
  readsOnly(t, decision);
  t.match(decision.text, '不得购买货物');
  t.match(decision.text, '31002 办公设备购置');
  t.match(decision.text, '10.00 元');
  t.match(decision.text, '按当时的政策包和引擎重算：与记录一致');
  t.match(decision.text, /校验值 [0-9a-f]{64}/);

  const [paidAt] = await indexes(paid, 'claim.pay');
  const entry = await at(`log/${paidAt}`);
  readsOnly(t, entry);
  t.match(entry.text, /报账单 1 状态 已批准 已支付/, 'old and new');
  t.match(entry.text, /报账单 1 已支付 0\.00 元 40\.00 元/);
  t.match(entry.text, '本账套还没有签署检查点');
  const trail = await at(`claims/${paid}/trace`);
  readsOnly(t, trail);
  for (const text of ['资金：', '下达：', '第一季度服务费', '裁定：提交报账', '支付：', '尚未覆盖'])
    t.match(trail.text, text);
  t.ok(fundId);
});

forEachEngine('a log entry gives its proof, which a checkpoint covers', async (t, store) => {
  const { world, paid, indexes, bookId } = await cases(t, store);
  const folder = temporaryFolder(t);
  const checkpoints = new Checkpoints(store, OutsideFile.open(`${folder}/checkpoints.log`));
  await checkpoints.sign(bookId, new Date('2022-07-31T02:00:00.000Z'));
  const { visitorAs } = await servePages(t, store, { packs: world.packs });
  const auditor = await visitorAs(world.county.auditor);
  const [paidAt = 0] = await indexes(paid, 'claim.pay');
  const entry = await auditor.get(`/books/${bookId}/log/${paidAt}`);
  t.match(entry.text, 'c2sp.org/tlog-proof@v1');
  const link = entry.page.querySelectorAll('a[download]').map((a) => a.getAttribute('href'))[0] as string;
  const proof = await auditor.get(link);
  t.equal(proof.status, 200);
  t.match(proof.html, /^c2sp\.org\/tlog-proof@v1/);
  const trail = await auditor.get(`/books/${bookId}/claims/${paid}/trace`);
  t.match(trail.text, /前 \d+ 条/);

  const list = await auditor.get(`/books/${bookId}/log?action=claim.&outcome=refused:policy_blocked`);
  t.match(list.text, '1 条');
  t.match(list.text, '拒绝：规则不允许');
  const nothing = await auditor.get(`/books/${bookId}/log?from=2023-01-01`);
  t.match(nothing.text, '没有符合条件的日志');
  const csv = await auditor.get(`/books/${bookId}/log?action=claim.pay&export=csv`);
  t.match(csv.html, '支付报账');
  t.match(csv.html, /[0-9a-f]{64}/);
});

forEachEngine('clauses stand beside their words, and what is missing is said', async (t, store) => {
  const { world, bookId } = await cases(t, store);
  const { visitorAs } = await servePages(t, store, { packs: world.packs });
  const auditor = await visitorAs(world.county.auditor);
  const list = await auditor.get(`/books/${bookId}/coverage?year=2022`);
  readsOnly(t, list);
  t.equal(list.page.querySelector('mark')?.text, '不得购买货物');
  t.match(list.text, /AA-01 .*?拒绝 1，复核 0/);
  const some = await auditor.get(`/books/${bookId}/coverage?year=2022&status=no_duty`);
  t.match(some.text, '总括条款');
  t.notMatch(some.text, 'AA-02');
  const clause = await auditor.get(`/books/${bookId}/coverage/AA-01?year=2022`);
  readsOnly(t, clause);
  t.match(clause.text, '站点电脑');
  t.equal((await auditor.get(`/books/${bookId}/coverage/ZZ-99?year=2022`)).status, 404);

  const operator = await visitorAs(world.stationOperator);
  const own = await operator.get(`/books/${bookId}/coverage?year=2022`);
  t.equal(own.status, 200, 'whoever claims may read the clauses');
  t.match(own.text, 'AA-01');
  t.notMatch(own.text, '拒绝 1', 'and nothing of the book');
});

forEachEngine('a book of others, and a wrong role, are not found', async (t, store) => {
  const { world, paid, blocked, indexes, bookId } = await cases(t, store);
  const { visitorAs } = await servePages(t, store, { packs: world.packs });
  const [at] = await indexes(blocked, 'claim.submit');
  const paths = [
    'supervision',
    'refusals',
    'log',
    `log/${at}`,
    `decisions/${at}`,
    `claims/${paid}/trace`,
    'coverage/AA-01',
  ].map((path) => `/books/${bookId}/${path}`);
  const foreign = await visitorAs(world.neighbour.auditor);
  const operator = await visitorAs(world.stationOperator);
  for (const path of [...paths, `/books/${bookId}/coverage`])
    t.equal((await foreign.get(path)).status, 404, `${path} for another county`);
  for (const path of paths.filter((one) => !one.includes('decisions')))
    t.equal((await operator.get(path)).status, 404, `${path} for an operator`);
  const decision = await operator.get(`/books/${bookId}/decisions/${at}`);
  t.equal(decision.status, 200, 'who made the claim reads why it was refused');
  t.notMatch(decision.text, '裁定所依据的事实');

  const province = await visitorAs(await seedActor(store, world.province, 'supervisor'));
  const all = await province.get('/supervision?year=2022&sort=spent&order=desc');
  t.match(all.text, /泸县民政局 .*合江县民政局 .*小计/, 'sorted within the prefecture, with its sum');
  t.equal((await province.get(paths[0] as string)).status, 200);
  const early = await province.get('/supervision?year=2022&asOf=2099-01-01');
  t.match(early.text, '截至日尚未到来');
  const sheet = await province.get('/supervision?year=2022&export=csv');
  t.match(sheet.html, '小计');
});

root.test('every action and table of the log has its word', async (t) => {
  t.same(Object.keys(TABLE_LABELS).sort(), [...LOGGED_TABLE_NAMES].sort());
  const document = readFileSync(projectFile('src', 'organisations', 'may.ts'), 'utf8');
  const duties = [...document.matchAll(/^ {2}'(claim|contract|waiver|procedure)\.(\w+)': \{/gm)]
    .map(([, group, step]) => `${group}.${step}`)
    .filter((action) => !action.endsWith('.read'));
  for (const action of duties) t.ok(ACTION_LABELS[action], action);
});
