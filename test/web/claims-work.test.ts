import { t as root } from 'tap';
import { returnClaim } from '../../src/claims/index.js';
import { by, openClaim, openContract, openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

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
