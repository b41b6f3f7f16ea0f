import { t as root } from 'tap';
import { parseYuan, showYuan } from '../../src/core/money.js';
import { closePeriod } from '../../src/ledger/index.js';
import { lowerComparison, upperComparison } from '../../src/reconciliation/index.js';
import { by, openClaim, openFund, seedWorld, TODAY, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { allot, payDown, provincialFund, take } from '../reconciliation/scene.js';
import { servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const yuan = (text: string) => showYuan(parseYuan(text));
const csrfOf = (visit: Visit) => visit.page.querySelector('input[name=_csrf]')?.getAttribute('value');
const hrefsOf = (visit: Visit) =>
  visit.page.querySelectorAll('a').map((link) => (link.getAttribute('href') ?? '').replaceAll('&amp;', '&'));

forEachEngine('a difference with the upper level is found, owned, explained and gone', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province } = world;
  const { visitorAs } = await servePages(t, store);
  const fundId = await provincialFund(world);
  const taken = await allot(world, fundId, county, '1200.34');
  const missing = await allot(world, fundId, county, '500.66');
  await take(world, county, 'allotment', taken);
  const paid = await payDown(world, taken, '1000.00');
  const officer = await visitorAs(county.finance);
  const at = `/books/${county.bookId}/upper-comparison`;
  const page = await officer.get(`${at}?year=2022`);
  const view = await upperComparison(store, county.finance, county.bookId, { year: 2022, asOf: TODAY });
  for (const side of [view.authority, view.cash])
    for (const amount of Object.values(side)) t.ok(page.text.includes(yuan(amount)), amount);
  t.equal(view.authority.agreed, '1200.34');
  t.match(page.text, '已核对相等');
  t.match(page.text, '未收文');
  t.match(page.text, '在途');
  t.match(page.text, '未指定');

  const href = hrefsOf(page).find((one) =>
    one.includes(encodeURIComponent(`not_taken_in:${missing}:`)),
  ) as string;
  const open = await officer.get(href.split('#')[0] as string);
  t.match(open.text, '还没有人说明');
  const nothing = await officer.submit(open, 'note', { expectedDate: '' });
  t.equal(nothing.status, 400);
  t.match(nothing.text, '请至少填写');
  const late = await officer.submit(open, 'note', {
    ownerId: province.finance.personId,
    explanation: '<i>文件在途</i>',
    expectedDate: '2022-07-30',
  });
  t.equal(late.status, 400, late.text);
  t.match(late.text, '已经过去');
  t.match(late.html, '&lt;i>文件在途', 'what was typed is kept');
  const said = await officer.submit(late, 'note', { expectedDate: '2022-08-15' });
  t.equal(said.status, 200, said.text);
  t.match(said.text, '差异的说明已登记');
  t.match(said.text, '<i>文件在途</i>', 'as text');
  t.match(said.text, '2022-08-15');
  t.match(said.text, province.finance.displayName);
  t.notMatch(said.text, '还没有人说明');

  const above = await visitorAs(province.finance);
  const lower = await above.get(`/books/${province.bookId}/upper-comparison?year=2022`);
  const below = await lowerComparison(store, province.finance, province.bookId, { year: 2022, asOf: TODAY });
  t.match(lower.text, '下级 1 个账套', 'the province has nobody above: it sees those below');
  t.ok(lower.text.includes(yuan(below.cash.short)));
  t.ok(lower.text.includes(String(below.items[0]?.oldestDays)), 'how long it has been on its way');
  const answer = hrefsOf(lower).find((one) =>
    one.includes(encodeURIComponent(`in_transit:${paid}:`)),
  ) as string;
  t.match(answer, county.bookId, 'a difference lives in the lower book');
  const theirs = await above.get(answer.split('#')[0] as string);
  t.ok(
    hrefsOf(theirs).some((one) => one.startsWith(`/books/${province.bookId}/log/`)),
    'its own record',
  );
  t.notOk(
    hrefsOf(said).some((one) => one.startsWith(`/books/${province.bookId}/`)),
    'no way into a book above',
  );
  const added = await above.submit(theirs, 'note', { explanation: '已电汇，请查收' });
  t.match(added.text, '已电汇，请查收');
  const csv = await officer.get(`${at}?year=2022&export=csv`);
  t.match(csv.html, '已电汇，请查收');
  t.match(csv.html, '500.66');

  const old = open;
  await take(world, county, 'allotment', missing);
  const gone = await officer.get(href.split('#')[0] as string);
  t.match(gone.text, '已经消除');
  t.match(gone.text, '<i>文件在途</i>', 'what was said stays');
  t.equal(gone.page.querySelector('#form-note'), null);
  const stale = await officer.submit(old, 'note', { explanation: '迟到' });
  t.equal(stale.status, 422);
  t.match(stale.text, '没有记录：没有这项差异，或差异已经消除', 'said although the form is gone');
  await verifyClean(t, world);
});

forEachEngine('who only looks on gets no form and is refused; strangers find nothing', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const { visitorAs } = await servePages(t, store);
  const item = await allot(world, await provincialFund(world), county, '500.00');
  await openFund(world);
  const key = `not_taken_in:${item}:`;
  const at = `/books/${county.bookId}`;
  const reader = await visitorAs(county.auditor);
  const page = await reader.get(`${at}/upper-comparison?year=2022&difference=${encodeURIComponent(key)}`);
  t.match(page.text, '差异：未收文');
  for (const [path, action, fields] of [
    ['upper-comparison', 'note', `key=${encodeURIComponent(key)}&explanation=x`],
    ['figures', 'explain', 'topic=x&text=y'],
    [
      'figures/new',
      'record',
      'topic=x&amount=1&qualifier=exact&basis=spent&asOf=a&sourceName=b&sourceSection=c',
    ],
    ['periods', 'close', 'month=2022-01'],
  ] as const) {
    const shown = path === 'upper-comparison' ? page : await reader.get(`${at}/${path}`);
    t.equal(shown.status, 200, path);
    t.strictSame(
      shown.page.querySelectorAll('main form[method=post] textarea, main button[value=close]').length,
      0,
      path,
    );
    const forced = await reader.post(`${at}/${path}`, `_action=${action}&_csrf=${csrfOf(shown)}&${fields}`);
    t.equal(forced.status, 403, `${path}: ${forced.text}`);
    t.match(forced.text, '没有记录', path);
    const stranger = await visitorAs(neighbour.finance);
    t.equal((await stranger.get(`${at}/${path}`)).status, 404, path);
  }
});

forEachEngine('figures of documents: contradictions first, explained through the form', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, finance } = world.county;
  const officer = await visitorAs(finance);
  const form = await officer.get(`/books/${bookId}/figures/new`);
  const stated = {
    topic: '福彩投入',
    basis: 'planned',
    asOf: '截至2022-06',
    sourceName: '材料一',
    sourceSection: '二',
  };
  const wrong = await officer.submit(form, 'record', { ...stated, amount: '3.456', asOf: '' });
  t.equal(wrong.status, 400);
  t.match(wrong.text, '最多两位小数');
  t.match(wrong.text, '时点');
  const first = await officer.submit(wrong, 'record', {
    amount: '3,800,000',
    asOf: '2022',
    qualifier: 'more',
  });
  t.match(first.text, '已登记“福彩投入”的数字');
  t.match(first.text, '没有待说明的矛盾');
  const again = await officer.get(`/books/${bookId}/figures/new`);
  const second = await officer.submit(again, 'record', {
    ...stated,
    amount: '4160000',
    sourceName: '材料二',
  });
  t.match(second.text, '请写明原因');
  t.match(second.text, '最大相差 360,000.00 元');
  t.match(second.text, '（余）');
  const explain = (visit: Visit) =>
    visit.page.querySelector('form[id^=form-explain]')?.id.slice('form-'.length) as string;
  const empty = await officer.submit(second, explain(second), { text: '' });
  t.equal(empty.status, 400);
  t.match(empty.text, '为什么不一致');
  const explained = await officer.submit(second, explain(second), { text: '后者含 6 月补充下达' });
  t.match(explained.text, '的差异已说明');
  t.match(explained.text, '没有待说明的矛盾');
  t.match(explained.text, '后者含 6 月补充下达');
  const csv = await officer.get(`/books/${bookId}/figures?export=csv`);
  t.match(csv.html, '有矛盾，已说明,后者含 6 月补充下达');
  await verifyClean(t, world);
});

forEachEngine(
  'a month is closed after a look at what is left; then nothing is booked in it',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county } = world;
    const { visitorAs } = await servePages(t, store);
    const officer = await visitorAs(county.finance);
    const at = `/books/${county.bookId}/periods`;
    t.match((await officer.get(at)).text, '账套里还没有业务');
    const fundId = await openFund(world, { granted: '1000.00' });
    await allot(world, await provincialFund(world), county, '500.00', { effectiveDate: '2022-01-20' });
    await openClaim(world, 'submitted', [{ fundId, amount: '12.34' }], {
      businessDate: '2022-01-15',
      title: '一月房租',
    });
    const page = await officer.get(at);
    t.match(page.text, '2022-01 结账前核对');
    t.match(page.text, '! 1 件 业务日期在 2022-01、没有办完的报账单');
    t.match(page.text, '一月房租');
    t.match(page.text, '! 1 件 与上级对账没有说明的差异');
    t.match(page.text, '! 1 件 已下达、没有收文的指标');
    t.match(page.text, '✓ 没有 没有批复的例外申请');
    const ahead = await officer.get(`${at}?month=2022-03`);
    t.match(ahead.text, '还没有轮到 2022-03');
    t.equal(ahead.page.querySelector('#form-close'), null);
    const closed = await officer.submit(page, 'close');
    t.equal(closed.status, 200, closed.text);
    t.match(closed.text, '2022-01 已结账');
    t.match(closed.text, '2022-02 结账前核对');
    t.match(closed.text, county.finance.displayName);
    const twice = await officer.post(at, `_action=close&_csrf=${csrfOf(page)}&month=2022-01`);
    t.equal(twice.status, 409);
    t.match(twice.text, '已经结账');
    const skipped = await officer.post(at, `_action=close&_csrf=${csrfOf(page)}&month=2022-05`);
    t.match(skipped.text, '下一个应结的期间是 2022-02');
    const offered = skipped.page.querySelector('#form-close input[name=month]')?.getAttribute('value');
    t.equal(offered, '2022-02', 'the button closes the month that it names');

    const fund = await officer.get(`/books/${county.bookId}/funds/${fundId}`);
    const document = { kind: 'arrival', documentNo: '回单1', amount: '1', counterparty: '县财政局' };
    const refused = await officer.submit(fund, 'document', { ...document, effectiveDate: '2022-01-31' });
    t.equal(refused.status, 409);
    t.match(refused.text, '已结账，不能再记入这一期间的业务');
    const kept = await officer.submit(refused, 'document', { effectiveDate: '2022-02-01' });
    t.match(kept.text, '文件已登记', 'the day after is open');
    for (const month of ['2022-02', '2022-03', '2022-04', '2022-05', '2022-06'])
      await closePeriod(store, by(county.finance), county.bookId, month);
    const current = await officer.get(at);
    t.match(current.text, '2022-07 还没有结束');
    t.equal(current.page.querySelector('#form-close'), null);
    await verifyClean(t, world);
  },
);
