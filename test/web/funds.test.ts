import { t as root } from 'tap';
import { openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

forEachEngine('a finance officer registers a grant of each source and its documents', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, finance } = world.county;
  const officer = await visitorAs(finance);
  const list = `/books/${bookId}/funds`;
  const empty = await officer.get(`/books/${bookId}/funds`);
  t.match(empty.text, '没有符合条件的资金批次');
  const choice = await officer.get(`/books/${bookId}/funds/new`);
  t.match(choice.text, '福彩公益金');
  const form = await officer.get(`/books/${bookId}/funds/new?type=welfare_lottery`);
  const typed = { documentNo: '川财社〔2022〕9号', name: '<b>福彩</b>', level: 'provincial', year: '2o22' };
  const refused = await officer.submit(form, 'create', typed);
  t.equal(refused.status, 400);
  t.match(refused.text, '预算年度', 'the summary names the field');
  t.match(refused.text, '文件列明的用途');
  t.match(refused.html, '&lt;b>福彩&lt;/b>', 'what was typed comes back as text');
  const made = await officer.submit(refused, 'create', {
    year: '2022',
    'terms.namedPurposes[]': ['elderly', 'needy'],
  });
  t.equal(made.status, 200, made.text);
  t.match(made.text, '已登记 川财社〔2022〕9号');
  t.match(made.text, '扶老、济困');
  const arrival = await officer.submit(made, 'document', {
    kind: 'grant',
    documentNo: '下达〔2022〕1号',
    amount: '￥1,234,567.80',
    counterparty: '四川省财政厅',
  });
  t.match(arrival.text, '文件已登记');
  t.match(arrival.text, '1,234,567.80');
  const wrong = await officer.submit(arrival, 'document', {
    kind: 'grant',
    amount: '12.345',
    documentNo: 'x',
  });
  t.equal(wrong.status, 400);
  t.match(wrong.text, '最多两位小数');
  t.match(wrong.html, 'value="12.345"');
  const csrf = arrival.page.querySelector('input[name=_csrf]')?.getAttribute('value');
  const inWan = await officer.post('/settings', `_action=unit&unit=wan&back=${list}&_csrf=${csrf}`);
  t.match(inWan.text, '123.45678', 'in 万元 to the 分');
  const away = await officer.post('/settings', `_action=unit&unit=yuan&back=//evil.example/&_csrf=${csrf}`);
  t.match(away.text, '工作台', 'and never off the site');
  const csv = await officer.get(`/books/${bookId}/funds?export=csv`);
  t.match(csv.html, '1234567.80');
  t.match(String(csv.headers['content-disposition']), 'attachment');
});

forEachEngine('who may not register is not offered it, and refused all the same', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, auditor } = world.county;
  const fundId = await openFund(world);
  const reader = await visitorAs(auditor);
  const list = await reader.get(`/books/${bookId}/funds`);
  t.match(list.text, '资金批次');
  t.notMatch(list.html, '/funds/new"');
  const one = await reader.get(`/books/${bookId}/funds/${fundId}`);
  t.equal(one.page.querySelector('#form-document'), null);
  const csrf = list.page.querySelector('input[name=_csrf]')?.getAttribute('value');
  const forced = await reader.post(
    `/books/${bookId}/funds/${fundId}`,
    `_action=document&_csrf=${csrf}&kind=grant&documentNo=x&effectiveDate=2022-07-01&amount=1&counterparty=y`,
  );
  t.equal(forced.status, 403);
  const stranger = await visitorAs(world.neighbourOperator);
  t.equal((await stranger.get(`/books/${bookId}/funds`)).status, 404);
});
