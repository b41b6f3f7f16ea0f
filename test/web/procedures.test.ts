import { t as root } from 'tap';
import { openContract, openFund, seedActor, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

const PDF = { name: '报送表.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.4\n%%EOF\n') };

forEachEngine('a duty done is recorded with its file, found again and withdrawn', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { county } = world;
  const book = `/books/${county.bookId}`;
  const fundId = await openFund(world, { fund: { documentNo: '泸县财社〔2022〕报告号' } });
  const contractId = await openContract(world, [{ fundId, amount: '10.00' }], {
    contractNo: '购〔2022〕1号',
  });
  const officer = await visitorAs(county.finance);
  t.match((await officer.get(`${book}/procedures`)).text, '没有符合条件的程序记录');
  const kinds = await officer.get(`${book}/procedures/new`);
  t.match(kinds.text, /按资金批次登记.*公告记录.*按合同登记.*督导记录.*按年度登记.*定期报送记录/);

  const form = await officer.get(`${book}/procedures/new?kind=periodic_report`);
  t.equal(form.page.querySelector('[name=fundId], [name=contractId]'), null, 'a year needs no subject');
  const bare = { title: '第三季度报送<i>', date: '2022-07-20' };
  const refused = await officer.submit(form, 'record', bare);
  t.equal(refused.status, 400);
  t.match(refused.text, '请填写文号或至少附一份材料');
  t.match(refused.html, 'value="第三季度报送&lt;i>"', 'what was typed stays');
  const more = await officer.submit(refused, 'record', { '_files.0.file': PDF }, 'add:_files');
  t.match(more.text, '已上传：报送表.pdf');
  const ahead = await officer.submit(more, 'record', { date: '2022-08-01' });
  t.match(ahead.text, /没有记录.*办理日期 2022-08-01 还没有到/);
  const made = await officer.submit(ahead, 'record', { date: '2022-07-20' });
  t.match(made.text, '已登记定期报送记录');
  const file = made.page.querySelector('a[href*="/attachments/"]');
  t.equal(file?.text, '报送表.pdf');
  t.equal((await officer.get(file?.getAttribute('href') ?? '')).html, PDF.bytes.toString());

  const ofFund = await officer.get(`${book}/procedures/new?kind=announcement`);
  const otherYear = await officer.submit(ofFund, 'record', {
    fundId,
    year: '2021',
    title: '公告',
    documentNo: '公告〔2022〕1号',
  });
  t.match(otherYear.text, '该资金批次属于 2022 年度');
  t.match((await officer.submit(otherYear, 'record', { year: '2022' })).text, '泸县财社〔2022〕报告号');
  const ofContract = await officer.get(`${book}/procedures/new?kind=supervision`);
  const supervised = { contractId, title: '第一次督导', documentNo: '督导〔2022〕1号' };
  t.match((await officer.submit(ofContract, 'record', supervised)).text, '购〔2022〕1号');

  const list = await officer.get(`${book}/procedures?kind=supervision`);
  t.match(list.text, /1 条.*第一次督导/);
  t.notMatch(list.text, '第三季度报送');
  const byFund = await officer.get(`${book}/procedures?fundId=${fundId}`);
  t.match(byFund.text, /公告.*泸县财社〔2022〕报告号/);
  t.notMatch(byFund.text, '第一次督导');
  const dates = (visit: { html: string }) => visit.html.match(/2022-07-(20|31)(?=<\/td>)/g);
  t.same(dates(await officer.get(`${book}/procedures?sort=date&order=asc`)), [
    '2022-07-20',
    '2022-07-31',
    '2022-07-31',
  ]);
  t.match((await officer.get(`${book}/procedures?export=csv`)).html, /第一次督导,购〔2022〕1号,2022/);

  const silent = await officer.submit(made, 'withdraw', {});
  t.equal(silent.status, 400);
  const withdrawn = await officer.submit(silent, 'withdraw', { reason: '登记到了错误的年度' });
  t.match(withdrawn.text, /已撤销.*这条记录已经撤销，不再作数.*登记到了错误的年度/);
  t.equal(withdrawn.page.querySelector('#form-withdraw'), null);
  const twice = await officer.submit(made, 'withdraw', { reason: '再撤一次' });
  t.equal(twice.status, 409);
  t.match(twice.text, '没有记录：该程序记录已经撤销', 'said although the form is gone');
  t.match((await officer.get(`${book}/procedures?state=withdrawn`)).text, /1 条.*第三季度报送/);
  t.notMatch((await officer.get(`${book}/procedures?state=counting`)).text, '第三季度报送');
});

forEachEngine(
  'who may not record is offered no form; of a foreign book there is nothing',
  async (t, store) => {
    const world = await seedWorld(store);
    const { visitorAs } = await servePages(t, store);
    const { county } = world;
    const book = `/books/${county.bookId}`;
    const officer = await visitorAs(county.finance);
    const form = await officer.get(`${book}/procedures/new?kind=inspection`);
    t.equal(
      form.page.querySelector('button[value="add:_files"]')?.getAttribute('hx-post'),
      `${book}/procedures/new?kind=inspection`,
      'with scripts too, what was asked for is asked for again',
    );
    const made = await officer.submit(form, 'record', {
      title: '抽查三个站点',
      documentNo: '抽查〔2022〕1号',
    });
    const { url } = made;
    const auditor = await visitorAs(county.auditor);
    for (const path of [`${book}/procedures`, `${book}/procedures/new?kind=inspection`, url]) {
      const { status, page } = await auditor.get(path);
      t.equal(status, 200, path);
      t.equal(page.querySelectorAll('main form[method=post]').length, 0, path);
    }
    const one = await auditor.get(url);
    t.match(one.text, '抽查三个站点');
    const csrf = one.page.querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
    const forced = await auditor.post(
      url,
      new URLSearchParams({ _csrf: csrf, _action: 'withdraw', reason: 'x' }).toString(),
    );
    t.equal(forced.status, 403);
    t.match(forced.text, '没有“撤销程序记录”的权限');
    const supervisor = await visitorAs(await seedActor(store, world.province, 'supervisor'));
    const asked = await supervisor.get(`${book}/procedures/new?kind=inspection`);
    t.equal(asked.page.querySelector('[type=file]'), null, 'a supervisor has no files to upload here');
    const noted = await supervisor.submit(asked, 'record', {
      title: '省级督查',
      documentNo: '督查〔2022〕2号',
    });
    t.match(noted.text, '已登记抽查与检查记录');
    for (const stranger of [world.neighbour.finance, world.stationOperator, world.providerOperator]) {
      const outside = await visitorAs(stranger);
      t.equal((await outside.get(`${book}/procedures`)).status, 404);
      t.equal((await outside.get(url)).status, 404);
      t.notMatch((await outside.get(`${book}/procedures/new?kind=announcement`)).text, '抽查');
    }
  },
);
