import { t as root } from 'tap';
import { listClaims, returnClaim } from '../../src/claims/index.js';
import { COLUMN_KEYS, type ColumnKey, column } from '../../src/imports/columns.js';
import { by, openClaim, openContract, openFund, seedWorld, type World } from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { type Typed, workbook } from '../imports/sheets.js';
import { servePages } from './visit.js';

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
  t.match(done.text, '已导入 2 张草稿', done.text);
  t.same((await claims()).map(({ amount }) => amount).sort(), ['1234.50', '1239.50']);
  const twice = await operator.submit(good, 'import', {}, 'import');
  t.match(twice.text, '已导入 2 张草稿');
  t.equal((await claims()).length, 2, 'pressed twice it is imported once');
  const draft = done.page.querySelector('.plain-list a')?.getAttribute('href') ?? '';
  t.match((await operator.get(draft)).html, 'value="办公用品"');

  const auditor = await visitorAs(world.county.auditor);
  t.notMatch((await auditor.get(at)).html, '<form method="post" action="/books', 'no form for others');
  const stranger = await visitorAs(world.neighbourOperator);
  t.equal((await stranger.get(at)).status, 404);
});

forEachEngine('a provider reports what it spent', async (t, store) => {
  const world = await seedWorld(store);
  const { county, provider, providerOperator } = world;
  const { bookId } = county;
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '1000.00' }]);
  const payee = { contractId, payeeType: 'provider' as const, payeeId: provider.id };
  await openClaim(world, 'paid', [{ fundId, amount: '400.00' }], payee);

  const { visitorAs } = await servePages(t, store);
  const operator = await visitorAs(providerOperator);
  const list = await operator.get(`/books/${bookId}/provider-reports`);
  t.match(list.text, '这份合同还没有报送过');
  const form = await operator.get(`/books/${bookId}/provider-reports/new?contractId=${contractId}`);
  const incomplete = await operator.submit(form, 'report', { 'lines.0.amount': '1o0' }, 'create');
  t.equal(incomplete.status, 400);
  t.match(incomplete.text, '第 1 行 用途说明');
  t.match(incomplete.html, 'value="1o0"');
  const much = { 'lines.0.amount': '400.01', 'lines.0.description': '社工补贴' };
  const over = await operator.submit(incomplete, 'report', much, 'create');
  t.equal(over.status, 409, 'a 分 more than it was paid');
  t.match(over.html, 'value="400.01"');
  const done = await operator.submit(over, 'report', { 'lines.0.amount': '400' }, 'create');
  t.equal(done.status, 200, done.text);
  t.match(done.text, '使用明细已报送');
  t.match(done.text, '社工补贴');
  t.match(
    (await operator.get(`/books/${bookId}/provider-reports?contractId=${contractId}&export=csv`)).html,
    '400.00',
  );

  const officer = await visitorAs(county.finance);
  const seen = await officer.get(`/books/${bookId}/provider-reports?contractId=${contractId}`);
  t.match(seen.text, '社工补贴');
  t.notMatch(seen.html, 'provider-reports/new', 'finance only reads them');
  t.notMatch((await officer.get(`/books/${bookId}/provider-reports/new`)).html, 'id="form-report"');
  const station = await visitorAs(world.neighbourOperator);
  t.equal((await station.get(`/books/${bookId}/provider-reports`)).status, 404);
});

forEachEngine('the operator’s workspace says what waits', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator } = world;
  const { bookId } = county;
  const fundId = await openFund(world);
  const lines = [{ fundId, amount: '10.00' }];
  await openClaim(world, 'draft', lines, { title: '我的一张草稿' });
  await openClaim(world, 'submitted', lines, { title: '在途的一张' });
  await openClaim(world, 'paid', lines, { title: '付完的一张' });
  const back = await openClaim(world, 'submitted', lines, { title: '退回的一张' });
  await returnClaim(store, by(county.finance), bookId, back.id, null, { note: '发票不清' });

  const { visitorAs } = await servePages(t, store);
  const operator = await visitorAs(stationOperator);
  const form = await operator.get(`/books/${bookId}/claims/new`);
  await operator.submit(form, 'claim', { title: '没填完的一张' }, 'keep');
  const home = await operator.get('/home');
  t.equal(home.status, 200);
  for (const text of ['我的一张草稿', '在途的一张', '付完的一张', '退回的一张', '没填完的一张'])
    t.match(home.text, text);
  t.match(home.text, '退回待修改的报账：1 件');
  t.match(home.text, '可用经费');
  const todo = home.page.querySelector('.plain-list a')?.getAttribute('href') ?? '';
  t.match((await operator.get(todo)).text, '退回的一张');
  const list = await operator.get(`/books/${bookId}/claims?status=submitted&sort=amount&order=asc`);
  t.match(list.text, '在途的一张');
  t.notMatch(list.text, '付完的一张');
  const dropped = await operator.submit(
    home,
    home.page.querySelector('.unfinished form')?.id.replace('form-', '') ?? '',
  );
  t.match(dropped.text, '暂存已删除');
  t.notMatch(dropped.text, '没填完的一张');
  const reviewer = await visitorAs(world.stationReviewer);
  t.match((await reviewer.get('/home')).text, '待审核的报账：1 件');
});
