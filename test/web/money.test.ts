import { t as root } from 'tap';
import { openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

forEachEngine('money passes from the province to the county through forms', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { province, county } = world;
  const fundId = await openFund(world, { bureau: province, granted: '500000.00' });
  const upper = await visitorAs(province.finance);
  const at = `/books/${province.bookId}`;
  const form = await upper.get(`${at}/allotments/new`);
  const pasted = await upper.submit(
    form,
    'issue',
    {
      fundId,
      documentNo: '川财社〔2022〕78号',
      effectiveDate: '2022-07-01',
      _list: '泸县民政局\t120,000.50\n不存在的局 3',
    },
    'fill',
  );
  t.equal(pasted.status, 200);
  t.match(pasted.html, 'value="120,000.50"', 'the list became rows');
  t.match(pasted.text, '120,000.50', 'and a sum');
  t.match(pasted.html, '不存在的局 3', 'a name that is not known stays to be mended');
  const wrong = await upper.submit(pasted, 'issue', { documentTotal: '999' }, 'issue');
  t.not(wrong.status, 200, 'the total that the document states must agree');
  t.match(wrong.text, '没有记录');
  const issued = await upper.submit(wrong, 'issue', { documentTotal: '120000.50' }, 'issue');
  t.match(issued.text, '已下达 川财社〔2022〕78号', issued.text.slice(0, 400));
  t.match(issued.text, '1 条');

  const lower = await visitorAs(county.finance);
  const arrivals = await lower.get(`/books/${county.bookId}/intakes`);
  t.match(arrivals.text, '120,000.50');
  const [take] = arrivals.page.querySelectorAll('form[id^=form-take-]');
  const name = take?.id.slice('form-'.length) ?? '';
  const refused = await lower.submit(arrivals, name, { documentNo: '' });
  t.equal(refused.status, 400);
  t.match(refused.text, '本单位收文号：必须填写');
  const taken = await lower.submit(refused, name, { documentNo: '收文2022-15' });
  t.match(taken.text, '已登记 收文2022-15');
  t.match(taken.text, '都已收下');

  const payer = await visitorAs(province.payer);
  const paying = await payer.get(`${at}/disbursements`);
  const item = paying.page
    .querySelector('select[name=allotmentItemId] option:not([value=""])')
    ?.getAttribute('value');
  const paid = await payer.submit(paying, 'pay', {
    allotmentItemId: item ?? '',
    voucherNo: '拨付2022-001',
    amount: '120000.50',
    effectiveDate: '2022-07-02',
  });
  t.match(paid.text, '已拨付 拨付2022-001', paid.text.slice(0, 400));
  t.match(paid.text, '在途资金');
  t.equal(
    (await upper.get(`${at}/disbursements`)).page.querySelector('#form-pay'),
    null,
    'finance does not pay',
  );
  const cash = await lower.get(`/books/${county.bookId}/intakes`);
  const [arrival] = cash.page.querySelectorAll('form[id^=form-take-]');
  const received = await lower.submit(cash, arrival?.id.slice('form-'.length) ?? '', {
    documentNo: '到账2022-03',
  });
  t.match(received.text, '已登记 到账2022-03');
  const waiting = await upper.get(`${at}/disbursements`);
  const [note] = waiting.page.querySelectorAll('form[id^=form-acknowledge-]');
  t.ok(note, 'what arrived waits for the upper level');
  const noted = await upper.submit(waiting, note?.id.slice('form-'.length) ?? '');
  t.match(noted.text, '已确认下级到账');
  t.match(noted.text, '没有待确认的');
  t.match(noted.text, '已确认到账');
  t.match(noted.text, '1 条');
  const none = await upper.get(`${at}/disbursements?state=in_transit`);
  t.match(none.text, '没有符合条件的拨付记录');
  t.match((await upper.get(`${at}/disbursements?export=csv`)).html, '拨付2022-001');
  const receipts = await lower.get(`/books/${county.bookId}/intakes?kind=allotment`);
  t.match(receipts.page.querySelector('table')?.textContent, '收文2022-15');
  t.notMatch(receipts.page.querySelector('table')?.textContent, '到账2022-03');
  t.match((await lower.get(`/books/${county.bookId}/intakes?export=csv`)).html, '到账2022-03');
});

forEachEngine('the base of the cap is declared with its parts, once a stage', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, finance, auditor } = world.county;
  const officer = await visitorAs(finance);
  const page = await officer.get(`/books/${bookId}/relief?year=2022`);
  t.match(page.text, '还没有可用的支出基数');
  const typed = {
    basis: 'estimate',
    amount: '1,000,000',
    'split.central': '600000',
    'split.provincial': '300000',
    'split.prefecture': '50000',
    'split.county': '40000',
    documentNo: '2022年预算',
    documentDate: '2022-01-05',
  };
  const refused = await officer.submit(page, 'declare', typed);
  t.not(refused.status, 200, 'the parts do not sum to the whole');
  t.match(refused.html, 'value="40000"');
  const declared = await officer.submit(refused, 'declare', { 'split.county': '50000' });
  t.match(declared.text, '基数已申报', declared.text.slice(0, 500));
  t.match(declared.text, '1,000,000.00');
  const reader = await (await visitorAs(auditor)).get(`/books/${bookId}/relief?year=2022`);
  t.equal(reader.page.querySelector('#form-declare'), null);
});
