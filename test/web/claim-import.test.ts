import { t as root } from 'tap';
import { listClaims } from '../../src/claims/index.js';
import { COLUMN_KEYS, type ColumnKey, column } from '../../src/imports/columns.js';
import { openClaim, openFund, seedWorld, verifyClean, type World } from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { type Typed, workbook } from '../imports/sheets.js';
import { type Browser, servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

async function sheetOf(
  { store }: World,
  fundId: string,
  lines: readonly Partial<Record<ColumnKey, Typed>>[],
) {
  const { documentNo } = await store.read
    .selectFrom('fund')
    .select('documentNo')
    .where('id', '=', fundId)
    .executeTakeFirstOrThrow();
  const usual: Partial<Record<ColumnKey, Typed>> = {
    title: '办公用品',
    unit: '玉蟾街道社工站',
    payeeType: '供应商',
    payeeName: '某文具店',
    businessDate: '2022-07-15',
    fund: documentNo,
    amount: '1,234.50',
    description: '打印纸',
    economicCode: '30201',
  };
  const rows = lines.map((line) => COLUMN_KEYS.map((key) => ({ ...usual, ...line })[key] ?? null));
  const bytes = workbook([COLUMN_KEYS.map((key): Typed => column(key).title), ...rows]);
  return { name: '七月报账.xlsx', type: XLSX, bytes };
}

forEachEngine('a sheet is looked at, mended, and imported once', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  const fundId = await openFund(world);
  const { visitorAs } = await servePages(t, store);
  const operator = await visitorAs(world.stationOperator);
  const at = `/books/${bookId}/claim-import`;
  const start = await operator.get(at);
  const template = start.page.querySelector('a[download]')?.getAttribute('href') ?? '';
  t.equal((await operator.get(template)).status, 200, 'the template is there');

  const none = await operator.submit(start, 'import', {}, 'preview');
  t.ok(none.status >= 400 && none.status < 500);
  t.match(none.text, '没有记录');

  const faulty = await operator.submit(
    start,
    'import',
    {
      sheet: await sheetOf(world, fundId, [
        { amount: '12.345' },
        { businessDate: '昨天', title: '<b>x</b>' },
      ]),
    },
    'preview',
  );
  t.equal(faulty.status, 200);
  t.match(faulty.text, '有 2 处需要修改');
  t.match(faulty.text, '12.345');
  t.notMatch(faulty.html, '<b>x</b>');
  t.notOk(faulty.page.querySelector('button[value=import]'), 'and cannot be imported');
  const forced = await operator
    .submit(faulty, 'import', { sheet: await sheetOf(world, fundId, [{ amount: '12.345' }]) }, 'import')
    .catch((error: Error) => error.message);
  t.match(forced, 'no button');

  const good = await operator.submit(
    faulty,
    'import',
    { sheet: await sheetOf(world, fundId, [{ group: '1' }, { group: '1', amount: '5' }, { group: '2' }]) },
    'preview',
  );
  t.match(good.text, '检查通过：3 行，2 张报账单');
  t.match(good.text, '1,239.50');
  const claims = async () =>
    shown(store, (await listClaims(store, world.county.auditor, bookId, { limit: 50 })).items);
  t.same(await claims(), [], 'nothing is written yet');
  const done = await operator.submit(good, 'import', {}, 'import');
  t.match(done.text, '已导入 2 张草稿', 'a few are there at once');
  t.match(done.url, /claim-import\?job=/);
  t.same((await claims()).map(({ amount }) => amount).sort(), ['1234.50', '1239.50']);
  const reloaded = await operator.get(done.url);
  t.match(reloaded.text, '已导入 2 张草稿');
  t.notMatch(reloaded.html, /every 2s|http-equiv="refresh"/);
  const twice = await operator.submit(good, 'import', {}, 'import');
  t.match(twice.text, '已经导入过，没有重复生成');
  const bytes = await sheetOf(world, fundId, [{ group: '1' }, { group: '1', amount: '5' }, { group: '2' }]);
  const fresh = await operator.submit(await operator.get(at), 'import', { sheet: bytes }, 'preview');
  t.match((await operator.submit(fresh, 'import', {}, 'import')).text, '已经导入过，没有重复生成');
  t.equal((await claims()).length, 2, 'however often it is sent it is imported once');
  const listed = (await operator.get(at)).page.querySelector('table.data a')?.getAttribute('href');
  t.equal(listed, done.url, 'and found again from the page');
  const draft = done.page.querySelector('.plain-list a')?.getAttribute('href') ?? '';
  t.match((await operator.get(draft)).html, 'value="办公用品"');

  const auditor = await visitorAs(world.county.auditor);
  t.notMatch((await auditor.get(at)).html, '<form method="post" action="/books', 'no form for others');
  const stranger = await visitorAs(world.neighbourOperator);
  t.equal((await stranger.get(at)).status, 404);
});
const MANY = 300;

/** Looks again, as the page does by itself, until it says so. */
async function until(browser: Browser, url: string, text: RegExp): Promise<Visit> {
  for (let tries = 0; tries < 4000; tries += 1) {
    const visit = await browser.get(url);
    if (text.test(visit.text)) return visit;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${url} never says ${text}`);
}

forEachEngine('a large sheet shows how far it is, can be cancelled, and goes on', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  const fundId = await openFund(world);
  const { visitorAs } = await servePages(t, store);
  const operator = await visitorAs(world.stationOperator);
  const at = `/books/${bookId}/claim-import`;
  const lines = Array.from({ length: MANY }, (_, n) => ({ title: `第 ${n} 件`, amount: '1.00' }));
  const sheet = await sheetOf(world, fundId, lines);
  const checked = await operator.submit(await operator.get(at), 'import', { sheet }, 'preview');
  t.match(checked.text, `检查通过：${MANY} 行，${MANY} 张报账单`);
  t.match(checked.text, '规则判断只看了前 50 张');

  const started = await operator.submit(checked, 'import', {}, 'import');
  t.match(started.text, '正在导入');
  t.match(started.html, /<noscript><meta http-equiv="refresh" content="3"/);
  t.match(started.html, `hx-get="${started.url}"`);
  t.match((await operator.get(at)).text, '正在导入', 'whoever comes back sees it');
  const stranger = await visitorAs(world.stationReviewer);
  t.equal((await stranger.get(started.url)).status, 404, 'nobody else does');
  const making = await until(operator, started.url, /正在生成草稿|已导入/);
  const cancelled = await operator.submit(making, 'cancel');
  t.match(cancelled.text, '导入已取消');
  t.notMatch(cancelled.html, /every 2s|http-equiv="refresh"/);
  const drafts = async () =>
    (await store.read.selectFrom('claim').select('id').execute()).map(({ id }) => id);
  const made = await drafts();
  t.ok(made.length > 0 && made.length < MANY, `${made.length} drafts`);
  t.equal(cancelled.page.querySelectorAll('.plain-list a').length, made.length, 'all of them are told');
  const job = await operator.get(`/jobs/${started.url.split('job=')[1]}`);
  t.ok(job.page.querySelector(`a[href="${started.url}"]`), 'the list of jobs leads here');
  t.match((await operator.get(at)).text, /已取消 已生成 \d+ 张草稿/);

  const again = await operator.submit(await operator.get(at), 'import', { sheet }, 'preview');
  const resumed = await operator.submit(again, 'import', {}, 'import');
  const done = await until(operator, resumed.url, /已导入/);
  t.match(done.text, `已导入 ${MANY} 张草稿`);
  const all = await drafts();
  t.equal(all.length, MANY, 'none twice');
  t.ok(made.every((id) => all.includes(id)));
  await verifyClean(t, world);
});

forEachEngine('what changed between the check and the import is told cell by cell', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  const fundId = await openFund(world);
  const { visitorAs } = await servePages(t, store);
  const operator = await visitorAs(world.stationOperator);
  const invoice = {
    number: '24512000000012345678',
    issuedDate: '2022-06-01',
    sellerName: '某文具店',
    faceAmount: '100.00',
  };
  const invoiced = {
    amount: '60',
    invoiceNumber: invoice.number,
    invoiceDate: invoice.issuedDate,
    sellerName: invoice.sellerName,
    faceAmount: '100',
  };
  const sheet = await sheetOf(world, fundId, [{}, invoiced]);
  const start = await operator.get(`/books/${bookId}/claim-import`);
  const checked = await operator.submit(start, 'import', { sheet }, 'preview');
  t.match(checked.text, '检查通过');
  await openClaim(world, 'submitted', [{ fundId, amount: '60.00', invoice }]);
  const failed = await operator.submit(checked, 'import', {}, 'import');
  t.match(failed.text, '没有导入：表格有 1 处需要修改');
  t.match(failed.text, /发票票面 100.00 元/);
  const cells = failed.page.querySelectorAll('td[data-label=单元格]').map((cell) => cell.text.trim());
  t.same(cells, [`${String.fromCharCode(65 + COLUMN_KEYS.indexOf('invoiceNumber'))}3`]);
  t.equal((await store.read.selectFrom('claim').select('id').execute()).length, 1, 'nothing was made');
});
