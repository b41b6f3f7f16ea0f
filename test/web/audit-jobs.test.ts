import { t as root } from 'tap';
import type { Store } from '../../src/db/store.js';
import { newestVerifications } from '../../src/jobs/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { lengthen } from '../evidence/tamper-world.js';
import { openClaim, openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Browser, servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

async function county(store: Store) {
  const world = await seedWorld(store);
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '10.00' }], { title: '第一季度服务费' });
  return { world, fundId, claimId: claim.id, bookId: world.county.bookId };
}

/** Looks again, as the page does by itself, until nothing is under way. */
async function whenDone(browser: Browser, visit: Visit): Promise<Visit> {
  for (let tries = 0; tries < 20_000; tries += 1) {
    const now = await browser.get(visit.url);
    if (!/排队中|进行中/.test(now.text)) return now;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${visit.url} is still under way`);
}

forEachEngine('an auditor verifies a book from its page', async (t, store) => {
  const { world, bookId } = await county(store);
  await lengthen(store, bookId, 1500);
  const { visitorAs } = await servePages(t, store);
  const auditor = await visitorAs(world.county.auditor);
  const path = `/books/${bookId}/verification`;
  const before = await auditor.get(path);
  t.match(before.text, '还没有在这里核验过');
  t.match(before.text, '还没有检查点');
  const started = await auditor.submit(before, 'verify');
  t.match(started.url, /^\/jobs\//, 'the job has a page of its own');
  t.match(started.text, '核验已开始');
  if (/进行中|排队中/.test(started.text)) {
    t.match(
      started.html,
      /<noscript><meta http-equiv="refresh" content="3"/,
      'without scripts it asks again',
    );
    t.match(started.html, 'hx-trigger="every 2s"');
    t.ok(started.page.querySelector('#form-cancel'));
  }
  const done = await whenDone(auditor, started);
  t.match(done.text, '没有发现不一致');
  t.notMatch(done.html, /every 2s|http-equiv="refresh"/, 'and stops asking');
  t.notOk(done.page.querySelector('#form-remove'), 'a verification stays on record');
  const after = await auditor.get(path);
  t.match(after.text, '核验一致');
  t.match(after.text, '此后新增 0 条');

  const seen = async (actor: Actor) => [...(await newestVerifications(store, actor)).entries()];
  const known = [[bookId, { isClean: true }]];
  t.match(await seen(world.county.auditor), known);
  t.match(await seen(world.province.auditor), known, 'from above');
  for (const actor of [world.neighbour.auditor, world.county.reviewer, world.stationOperator])
    t.same(await seen(actor), [], 'nobody else is told');

  const other = await visitorAs(world.county.finance);
  t.match((await other.get(path)).text, '核验一致', 'it is known to everybody who may verify');
  t.equal((await other.get(started.url)).status, 404, 'but the job is its owner’s');
  t.equal((await (await visitorAs(world.neighbour.auditor)).get(path)).status, 404);
  t.not((await (await visitorAs(world.stationOperator)).get(path)).status, 200);
});

forEachEngine('a difference is named in words, with what to do', async (t, store) => {
  const { world, bookId, claimId } = await county(store);
  await store.admin.updateTable('claim').set({ payeeName: '另一家公司' }).where('id', '=', claimId).execute();
  const { visitorAs } = await servePages(t, store);
  const auditor = await visitorAs(world.county.auditor);
  const path = `/books/${bookId}/verification`;
  const started = await auditor.submit(await auditor.get(path), 'verify');
  const done = await whenDone(auditor, started);
  t.match(done.text, '发现不一致：报账单的一行');
  t.match(done.text, '请保全数据库');
  t.match((await auditor.get(path)).text, '核验发现不一致');
});

forEachEngine('evidence is chosen, made in the background, and fetched', async (t, store) => {
  const { world, fundId, claimId, bookId } = await county(store);
  const { visitorAs } = await servePages(t, store);
  const finance = await visitorAs(world.county.finance);
  const path = `/books/${bookId}/evidence`;
  const whole = await finance.get(path);
  t.equal(whole.page.querySelector('select[name="input.isRedacted"]'), null, 'clear exports are not offered');
  const made = await whenDone(finance, await finance.submit(whole, 'package', {}, 'package'));
  const link = made.page.querySelectorAll('a[download]').map((a) => a.getAttribute('href'))[0] as string;
  const file = await finance.get(link);
  t.equal(file.headers['content-type'], 'application/zip');
  const listed = await finance.get(path);
  t.match(listed.text, '导出证据包：整个账套');
  const removed = await finance.submit(made, 'remove');
  t.match(removed.text, '任务记录和文件已删除');
  t.equal((await finance.get(made.url)).status, 404);

  const auditor = await visitorAs(world.county.auditor);
  const ofFund = await auditor.get(`${path}?scope=fund`);
  const empty = await auditor.submit(ofFund, 'package', { 'input.isRedacted': 'false' }, 'package');
  t.equal(empty.status, 400);
  t.match(empty.text, '导出未脱敏的证据包要写明接收单位和理由');
  t.match(empty.text, '要填写编号');
  const given = {
    'input.id': fundId,
    'input.isRedacted': 'false',
    'input.recipient': '泸州市审计局',
    'input.reason': '专项审计',
  };
  const clear = await whenDone(auditor, await auditor.submit(ofFund, 'package', given, 'package'));
  t.match(clear.text, '（未脱敏）');
  const log = await auditor.get(`/books/${bookId}/log?action=evidence.`);
  t.match(log.text, '导出证据包', 'exports are entries of the log');

  const ofClaim = await auditor.get(`${path}?scope=claim&id=${claimId}`);
  t.match(ofClaim.text, '第一季度服务费');
  const tables = await whenDone(auditor, await auditor.submit(ofClaim, 'package', {}, 'tables'));
  t.match(tables.text, '导出工作底稿：一张报账单');
  t.match((await auditor.get(`${path}?scope=claim`)).text, '请先打开要取证的');
  const wrong = { 'input.from': '2022-07-31', 'input.until': '2022-01-01' };
  const period = await auditor.submit(await auditor.get(`${path}?scope=period`), 'package', wrong, 'package');
  t.equal(period.status, 400);
  t.match(period.text, '结束日期早于开始日期');
  t.match(period.html, 'value="2022-07-31"', 'what was typed is still there');
});

forEachEngine('who may not export is told so, and refused when posting anyway', async (t, store) => {
  const { world, bookId } = await county(store);
  const { visitorAs } = await servePages(t, store);
  const payer = await visitorAs(world.county.payer);
  const page = await payer.get(`/books/${bookId}/evidence`);
  t.match(page.text, '您的岗位不能导出证据包');
  t.notOk(page.page.querySelector('#form-package'));
  const csrf = page.page.querySelector('input[name=_csrf]')?.getAttribute('value');
  const posted = await payer.post(
    `/books/${bookId}/evidence`,
    `_action=package&_form=package&_csrf=${csrf}&input.kind=book&input.isRedacted=true`,
  );
  t.equal(posted.status, 403);
  const foreign = await visitorAs(world.neighbour.auditor);
  t.equal((await foreign.get(`/books/${bookId}/evidence`)).status, 404);
  const jobs = await payer.get('/jobs');
  t.match(jobs.text, '还没有后台任务');
});
