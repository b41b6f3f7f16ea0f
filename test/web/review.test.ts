import { t as root } from 'tap';
import { claimDossier } from '../../src/claims/index.js';
import { revokeWaiver } from '../../src/waivers/index.js';
import { by, openClaim, openFund, seedActor, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { claimsOf, equipment, openWaiver, PACKS, scene } from '../waivers/scene.js';
import { type Browser, servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

/** Names of the forms of a page, besides those of its header. */
const formsOf = ({ page }: Visit) =>
  page.querySelectorAll('main form[id^=form-]').map((form) => form.getAttribute('id')?.slice(5));
/** Posts what the page does not offer. */
const force = (browser: Browser, visit: Visit, url: string, fields: Record<string, string>) => {
  const csrf = visit.page.querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
  return browser.post(url, new URLSearchParams({ ...fields, _csrf: csrf }).toString());
};

forEachEngine('the county co-signs from its queue where a unit has nobody else', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, finance, auditor } = world.county;
  const { id } = await openClaim(world, 'submitted', [{ fundId: await openFund(world), amount: '12.50' }]);
  const officer = await visitorAs(finance);
  t.match((await officer.get(`/books/${bookId}/review?tab=co_sign`)).text, '没有等您会签的报账单');
  await store.admin
    .updateTable('roleGrant')
    .set({ revokedAt: '2022-07-01T00:00:00.000Z' })
    .where('personId', '=', world.stationReviewer.personId)
    .execute();
  const queue = await officer.get(`/books/${bookId}/review`);
  t.match(queue.text, '待会签（1）');
  t.match(queue.text, '县级会签代替申报单位的审核');
  const signed = await officer.submit(queue, `decide-${id}`, { note: '站点仅一人' }, 'co-sign');
  t.match(signed.text, '已会签，等待批准：社工站服务费，12.50 元');
  const mine = await officer.get(`/books/${bookId}/claims?reviewerId=me&isCoSigned=true`);
  t.match(mine.text, '1 条');
  t.notMatch((await (await visitorAs(auditor)).get(`/books/${bookId}/review`)).text, '待会签');
});

forEachEngine('a claim lives through the forms of four people', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, finance, payer, auditor } = world.county;
  const fundId = await openFund(world);
  const { id } = await openClaim(world, 'draft', [{ fundId, amount: '1234.50' }]);
  const url = `/books/${bookId}/claims/${id}`;
  const [maker, reviewer, officer, cashier, reader] = [
    await visitorAs(world.stationOperator),
    await visitorAs(world.stationReviewer),
    await visitorAs(finance),
    await visitorAs(payer),
    await visitorAs(auditor),
  ];
  const draft = await maker.get(url);
  t.equal(draft.status, 200, draft.text);
  t.match(draft.text, '1,234.50');
  t.match(draft.text, '30227 委托业务费', 'the economic code has its name');
  t.match(draft.text, '可以通过', 'what would be decided');
  t.same(formsOf(draft), ['submit']);
  t.same(formsOf(await reviewer.get(url)), [], 'nothing to review yet');
  const submitted = await maker.submit(draft, 'submit');
  t.match(submitted.text, '已提交，等待审核：社工站服务费，1,234.50 元');
  t.same(formsOf(submitted), ['withdraw'], 'the maker may take it back, not review it');

  const queue = await reviewer.get(`/books/${bookId}/review`);
  t.match(queue.text, '待审核（1）');
  t.notMatch(queue.text, '待审批', 'only duties that one has');
  const button = queue.page.querySelector('button[value=review]');
  t.equal(button?.getAttribute('data-key'), 'a');
  const back = queue.page.querySelector('button[value=return]');
  t.equal(back?.getAttribute('data-key'), 'r');
  const needed = back?.getAttribute('data-needs') ?? 'nothing';
  t.ok(queue.page.querySelector(`textarea#${needed}`), 'the key leads to the reason that is needed');
  const noReason = await reviewer.submit(queue, `decide-${id}`, {}, 'return');
  t.equal(noReason.status, 400);
  t.match(noReason.text, '意见，或退回原因');
  const returned = await reviewer.submit(queue, `decide-${id}`, { note: '发票抬头有误，请更换' }, 'return');
  t.match(returned.text, '已退回经办人');
  t.match(returned.text, '没有等您审核的报账单');
  const corrected = await maker.get(url);
  t.match(corrected.text, '退回：发票抬头有误，请更换');
  await maker.submit(corrected, 'submit');
  const again = await reviewer.get(`/books/${bookId}/review`);
  const reviewed = await reviewer.submit(again, `decide-${id}`, { note: '属实' }, 'review');
  t.match(reviewed.text, '已审核，等待批准');

  const home = await officer.get('/home');
  t.match(home.text, /待审批的报账 1 件/);
  t.match(home.text, '序时进度');
  const approving = await officer.get(`/books/${bookId}/review`);
  t.match(approving.text, '待审批（1）');
  const approved = await officer.submit(approving, `decide-${id}`, {}, 'approve');
  t.match(approved.text, '已批准，等待支付');

  t.same(formsOf(await reader.get(url)), [], 'an auditor has no form');
  t.match((await reader.get(url)).text, '打印费用报销单');
  const paying = await cashier.get(url);
  t.same(formsOf(paying), ['pay']);
  const early = await cashier.submit(paying, 'pay', { voucherNo: '付字1', effectiveDate: '2022-07-01' });
  t.equal(early.status, 422, early.text);
  t.match(early.text, '支付日期早于报账的业务日期');
  t.match(early.html, 'value="付字1"', 'what was typed is still there');
  const part = await cashier.submit(paying, 'pay', { voucherNo: '付字2022-001', amount: '1,000' });
  t.match(part.text, '已支付：社工站服务费，1,000.00 元，凭证 付字2022-001');
  t.match(part.text, '部分支付');
  const refundOf = await cashier.submit(part, 'refund', { voucherNo: '退字1', amount: '0.50' });
  t.match(refundOf.text, '退款已登记');
  const closing = await officer.get(url);
  t.same(formsOf(closing), ['close'], 'what was refunded cannot be reversed as a whole');
  const closed = await officer.submit(closing, 'close', { note: '余额不再支付' });
  t.match(closed.text, '已办结');
  const history = closed.page.querySelector('ol.history')?.text ?? '';
  for (const word of ['起草', '提交', '退回', '审核', '批准', '支付', '退款', '办结'])
    t.match(history, word, `the history tells ${word}`);
  t.match(history, '未成，被拒绝', 'and what was refused');

  const sheet = await reader.get(`${url}/sheet`);
  t.match(sheet.text, '人民币（大写）壹仟贰佰叁拾肆元伍角');
  t.match(sheet.text, '领款人');
  t.ok(sheet.page.querySelector('button[data-print]'));
  const foreign = await visitorAs(world.neighbour.finance);
  for (const path of [`claims/${id}`, `claims/${id}/sheet`, 'review', 'payments', 'waivers', 'waivers/new'])
    t.equal((await foreign.get(`/books/${bookId}/${path}`)).status, 404, path);
  await verifyClean(t, world);
});

forEachEngine('hands that must differ are not offered, and refused all the same', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId } = world.county;
  const fundId = await openFund(world);
  const both = await seedActor(store, world.county, 'finance', 'reviewer');
  const { id } = await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  const url = `/books/${bookId}/claims/${id}`;
  const person = await visitorAs(both);
  const first = await person.get(url);
  t.same(formsOf(first), ['review', 'return', 'reject'], 'who may review is not asked to co-sign');
  const reviewed = await person.submit(first, 'review', { note: '属实' });
  t.same(formsOf(reviewed), ['return', 'reject'], 'who reviewed does not approve');
  const forced = await force(person, reviewed, url, { _action: 'approve', _form: 'approve', note: '同意' });
  t.equal(forced.status, 403);
  t.match(forced.text, '审核人与审批人不能是同一人', 'said though the page has no such form');
  t.match((await person.get(`/books/${bookId}/review`)).text, '没有等您', 'nor does it wait for that person');
  const { steps } = await claimDossier(store, world.county.finance2, bookId, id);
  t.same([...steps], ['return', 'reject', 'approve'], 'but for another');
  const stale = await visitorAs(world.county.finance2);
  const old = await stale.get(`/books/${bookId}/review`);
  await person.submit(reviewed, 'return', { note: '缺附件' });
  const late = await stale.submit(old, `decide-${id}`, { note: '同意' }, 'approve');
  t.equal(late.status, 412, 'somebody was quicker');
  t.match(late.text, '没有记录');

  const auditor = await visitorAs(world.county.auditor);
  const page = await auditor.get(`/books/${bookId}/payments?tab=open`);
  t.same(formsOf(page), []);
  const tried = await force(auditor, page, `/books/${bookId}/payments`, {
    _action: 'pay',
    _form: 'batch',
    effectiveDate: '2022-07-31',
    'items.0.claimId': id,
    'items.0.voucherNo': 'x',
  });
  t.equal(tried.status, 403);
  await verifyClean(t, world);
});

forEachEngine('the queue goes on to the next claim, with one form for each', async (t, store) => {
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId } = world.county;
  const fundId = await openFund(world);
  const open = (title: string) => openClaim(world, 'reviewed', [{ fundId, amount: '5.00' }], { title });
  const [one, two, three] = [await open('甲单'), await open('乙单'), await open('丙单')];
  const officer = await visitorAs(world.county.finance);
  const start = await officer.get(`/books/${bookId}/review?tab=approve&at=${two.id}`);
  t.equal(start.page.querySelector('h2')?.text, '乙单');
  const linked = (key: string) => start.page.querySelector(`a[data-key=${key}]`)?.getAttribute('href');
  t.match(linked('k'), `at=${one.id}`);
  t.match(linked('j'), `at=${three.id}`);
  const next = await officer.submit(start, `decide-${two.id}`, { note: '同意' }, 'approve');
  t.match(next.text, '已批准，等待支付：乙单');
  t.equal(next.page.querySelector('h2')?.text, '丙单', 'the next one is at hand');
  const last = await officer.submit(next, `decide-${three.id}`, {}, 'approve');
  t.equal(last.page.querySelector('h2')?.text, '甲单', 'after the last one the first');
  const cashier = await visitorAs(world.county.payer);
  const list = await cashier.get(`/books/${bookId}/review`);
  t.match(list.text, '待支付（2）');
  const paid = await cashier.submit(list, `decide-${two.id}`, { voucherNo: '付字7' }, 'pay');
  t.match(paid.text, '凭证 付字7');
  t.equal(paid.page.querySelector('h2')?.text, '丙单');
});

forEachEngine('a batch pays what it can and says why of the rest', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { county } = world;
  const { visitorAs } = await servePages(t, store, { packs: PACKS });
  const { bookId } = county;
  const steps = claimsOf(stage);
  const waiverId = await openWaiver(stage);
  const plain = await openClaim(world, 'approved', [{ fundId, amount: '20.00', economicCode: '30201' }], {
    title: '办公用品',
  });
  const draft = await steps.draft([equipment(fundId, '30.00')], { title: '更换设备' });
  const maker = await visitorAs(world.stationOperator);
  const blocked = await maker.get(`/books/${bookId}/claims/${draft}`);
  t.match(blocked.text, 'AA-01');
  const refusedSubmit = await maker.submit(blocked, 'submit');
  t.equal(refusedSubmit.status, 422, refusedSubmit.text);
  t.match(refusedSubmit.page.querySelector('[role=alert]')?.text ?? '', '条款 AA-01');
  const applied = await maker.submit(blocked, 'waivers', { 'waiverIds[]': [waiverId] });
  t.match(applied.text, '适用的例外批准已更新');
  const taken = await maker.submit(applied, 'waivers', { 'waiverIds[]': [] });
  t.notMatch(taken.page.querySelector('main')?.text ?? '', '凭例外');
  await maker.submit(taken, 'waivers', { 'waiverIds[]': [waiverId] });
  await steps.submit(draft);
  await steps.review(draft);
  await steps.approve(draft);
  await revokeWaiver(store, by(county.finance2), bookId, waiverId, null, { reason: '情况已经消失' });

  const cashier = await visitorAs(county.payer);
  const alone = await cashier.submit(await cashier.get(`/books/${bookId}/claims/${draft}`), 'pay', {
    voucherNo: '付字9',
  });
  t.equal(alone.status, 422, alone.text);
  t.match(alone.page.querySelector('[role=alert]')?.text ?? '', '不得购买货物', 'the clause is quoted');

  const list = await cashier.get(`/books/${bookId}/payments`);
  t.match(list.text, '办公用品');
  t.match(list.text, '还没有勾选');
  const order = list.page
    .querySelectorAll('input[type=checkbox]')
    .map((box) => [box.getAttribute('value'), box.getAttribute('name')] as const);
  const nameOf = (id: string) => order.find(([value]) => value === id)?.[1] as string;
  const both = { [nameOf(plain.id)]: plain.id, [nameOf(draft)]: draft };
  const summed = await cashier.submit(list, 'batch', both, 'sum');
  t.match(summed.text, '已选 2 张，合计 50.00 元');
  t.match(summed.text, '伍拾元整');
  const noVoucher = await cashier.submit(summed, 'batch', {}, 'pay');
  t.equal(noVoucher.status, 409, noVoucher.text);
  t.match(noVoucher.text, '请填写凭证号');
  t.equal(noVoucher.page.querySelectorAll('input[type=checkbox][checked]').length, 2, 'still ticked');
  const series = { 'voucherSeries.prefix': '付字2022-', 'voucherSeries.start': '7' };
  const done = await cashier.submit(noVoucher, 'batch', series, 'pay');
  t.equal(done.status, 200);
  t.match(done.text, '已支付 1 笔，共 20.00 元（贰拾元整）');
  t.match(done.text, '有 1 笔没有支付');
  t.match(done.text, '条款 AA-01');
  t.match(done.page.querySelector('.refusals a')?.text ?? '', '更换设备');
  const made = await cashier.get(`/books/${bookId}/payments?tab=made`);
  t.match(made.text, '付字2022-00');
  t.match(made.page.querySelector('search a')?.getAttribute('href') ?? '', 'tab=made', 'the tab stays');
  const file = await cashier.get(`/books/${bookId}/payments?tab=made&export=csv`);
  t.match(file.html, '20.00');
  await verifyClean(t, world);
});

forEachEngine('an exception is asked for at the station and decided at the bureau', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { bookId, finance, finance2, auditor } = world.county;
  const { visitorAs } = await servePages(t, store, { packs: PACKS });
  const claim = await claimsOf(stage).draft([equipment(fundId)], { title: '更换设备' });
  const maker = await visitorAs(world.stationOperator);
  const form = await maker.get(`/books/${bookId}/waivers/new?claimId=${claim}&clause=AA-01`);
  t.equal(form.status, 200, form.text);
  t.notMatch(form.html, '"AA-02"', 'what nobody may waive is not offered');
  const typed = { reason: '站点遭洪灾', limit: '200', until: '2022-12-31' };
  const bare = await maker.submit(form, 'request', typed);
  t.equal(bare.status, 400);
  t.match(bare.text, '材料：请至少附一份材料', 'the summary names the list');
  t.notMatch(bare.text, 'sealed:');
  t.match(bare.text, '更换设备（100.00 元）');
  t.match(bare.text, '站点遭洪灾', 'what was typed is still there');
  const pdf = { name: '请示.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF-1.7') };
  const asked = await maker.submit(bare, 'request', { 'evidence.0': pdf });
  t.match(asked.text, '已申请条款 AA-01 的例外', asked.text);
  t.match(asked.text, '请示.pdf');
  t.same(formsOf(asked), [], 'who asks does not decide');
  const officer = await visitorAs(finance);
  const list = await officer.get(`/books/${bookId}/waivers?status=requested`);
  t.match(list.text, '站点遭洪灾');
  const address = list.page.querySelector('td a')?.getAttribute('href') as string;
  const open = await officer.get(address);
  t.same(formsOf(open), ['approve', 'reject']);
  const without = await officer.submit(open, 'approve');
  t.equal(without.status, 400);
  const approved = await officer.submit(open, 'approve', { documentNo: '泸县民函〔2022〕18号' });
  t.match(approved.text, '已批准');
  t.match(approved.text, '泸县民函〔2022〕18号');
  t.same(formsOf(await (await visitorAs(auditor)).get(address)), []);
  const own = await officer.get(`/books/${bookId}/waivers/new?fundId=${fundId}&clause=AA-06`);
  const second = await officer.submit(own, 'request', {
    reason: '补助调整',
    fundId,
    'evidence.1': pdf,
  });
  t.match(second.text, '等待另一人批准');
  t.same(formsOf(second), [], 'not even a finance officer what they asked for themselves');
  const other = await visitorAs(finance2);
  const revoked = await other.submit(await other.get(address), 'revoke', { reason: '情况已经消失' });
  t.match(revoked.text, '已撤销，立即失效');
  const csv = await officer.get(`/books/${bookId}/waivers?export=csv`);
  t.match(csv.html, 'AA-06');
  await verifyClean(t, world);
});
