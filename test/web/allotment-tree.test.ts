import { t as root } from 'tap';
import { issueAllotment, takeIn } from '../../src/allotments/index.js';
import { by, openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

forEachEngine('the tree of allotments opens without scripts and leads on', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { province, county, neighbour, township } = world;
  const at = (bookId: string) => `/books/${bookId}/allotments/tree`;
  const officer = await visitorAs(province.finance);
  t.match((await officer.get(at(province.bookId))).text, '没有符合条件的资金批次');

  const fundId = await openFund(world, {
    bureau: province,
    granted: '500000.00',
    fund: { level: 'provincial' },
  });
  const empty = await officer.get(at(province.bookId));
  t.match(empty.text, '这一批还没有再下达');
  t.ok(empty.page.querySelector(`.tree a[href="/books/${province.bookId}/allotments/new"]`));
  const reader = await visitorAs(province.auditor);
  t.notOk((await reader.get(at(province.bookId))).page.querySelector('.tree a[href$="/allotments/new"]'));

  const { items } = await issueAllotment(store, world.packs, by(province.finance), province.bookId, {
    fundId,
    documentNo: '川财社〔2022〕78号',
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [
      {
        recipientId: county.id,
        amount: '200000.00',
        parts: [{ organisationId: township.id, amount: '200000.00' }],
      },
      { recipientId: neighbour.id, amount: '120000.50', parts: [] },
    ],
  });
  await takeIn(store, by(county.finance), county.bookId, {
    kind: 'allotment',
    issueId: items[0]?.id as string,
    documentNo: '收文2022-15',
    effectiveDate: '2022-02-10',
  });
  const page = await officer.get(at(province.bookId));
  t.equal(page.page.querySelectorAll('.tree-node').length, 4);
  t.equal(page.page.querySelectorAll('details.tree-below').length, 2, 'what has something below it opens');
  t.match(page.text, '320,000.50', 'what was passed on');
  t.match(page.text, '179,999.50', 'and what stayed');
  t.match(page.text, /合江县民政局：未收文 120,000\.50 元，已 \d+ 天/);
  t.ok(
    page.page.querySelector(`a[href="/books/${county.bookId}/log/0"]`),
    'the receipt leads to the log of the county',
  );
  t.ok(page.page.querySelector(`a[href="/books/${province.bookId}/funds/${fundId}"]`));
  const found = await officer.get(`${at(province.bookId)}?recipient=${encodeURIComponent('合江')}`);
  t.match(found.text, '其余 1 个单位');
  t.notMatch(found.page.querySelector('.tree')?.textContent ?? '', '泸县民政局');
  const opened = await officer.get(`${at(province.bookId)}?open=all`);
  t.equal(opened.page.querySelectorAll('details.tree-below[open]').length, 2);

  const sheet = await officer.get(`${at(province.bookId)}?export=csv`);
  t.match(sheet.html, '泸县民政局 / 玉蟾街道');
  t.match(sheet.html, '收文2022-15 2022-02-10');

  const list = await officer.get(`/books/${province.bookId}/allotments`);
  t.ok(list.page.querySelector(`.tabs a[href="${at(province.bookId)}"]`));
  t.ok(
    (await officer.get(`/books/${province.bookId}/funds/${fundId}`)).page.querySelector(
      `a[href="${at(province.bookId)}?fundId=${fundId}"]`,
    ),
  );

  const lower = await (await visitorAs(county.auditor)).get(at(county.bookId));
  t.match(lower.text, /省民政厅 川财社〔2022〕78号，2022-02-01 下达 200,000\.00/);
  t.notOk(lower.page.querySelector(`a[href^="/books/${province.bookId}"]`), 'no way into the upper book');
  t.notMatch(lower.text, '合江');
  t.equal((await (await visitorAs(neighbour.finance)).get(at(county.bookId))).status, 404);
  t.equal((await (await visitorAs(world.stationOperator)).get(at(county.bookId))).status, 404);
});
