import { t as root } from 'tap';
import { listClaims, listProviderReports, previewClaim } from '../../src/claims/index.js';
import type { Store } from '../../src/db/store.js';
import { closePeriod } from '../../src/ledger/index.js';
import { loadPacks } from '../../src/policy/index.js';
import {
  by,
  claimInput,
  invoiceOf,
  openClaim,
  openContract,
  openFund,
  seedWorld,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Fields, servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const LOTTERY = {
  type: 'welfare_lottery' as const,
  namedPurposes: ['elderly' as const],
  announcementDue: null,
};
const line = (index: number, given: Fields): Fields =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [`lines.${index}.${name}`, value]));
const FILLED = (fundId: string, amount: string): Fields => ({
  description: '为老服务活动物料',
  fundId,
  amount,
  economicCode: '30227',
  serviceItem: 'elderly_service',
  endUser: 'beneficiary',
  rosterCoverage: 'all',
  'beneficiaryGroups[]': ['elderly'],
});
const HEAD: Fields = { title: '七月活动', payeeName: '某文具店', businessDate: '2022-07-15' };

const panel = (visit: Visit) => (visit.page.querySelector('#preview')?.text ?? '').replaceAll(/\s+/g, ' ');
const beside = (visit: Visit, id: string) => visit.page.querySelector(`#${id}-tried`)?.text.trim();
const value = (visit: Visit, name: string) =>
  visit.page.querySelector(`[name="${name}"]`)?.getAttribute('value');
const chosen = (visit: Visit, name: string) =>
  visit.page.querySelector(`select[name="${name}"] option[selected]`)?.getAttribute('value');
/** What the button with this text does. */
function actionOf(visit: Visit, text: string | RegExp): string {
  const found = visit.page
    .querySelectorAll('button[form]')
    .find((one) => one.text.replaceAll(/\s+/g, ' ').match(text));
  return found?.getAttribute('value') ?? `no button ${text}: ${panel(visit)}`;
}

async function scene(store: Store) {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs, province: '53' });
  const lottery = await openFund(world, { fund: { level: 'county', terms: LOTTERY } });
  const small = await openFund(world, { granted: '1234.00', fund: { name: '小额经费' } });
  const local = await openFund(world, { granted: '5000.00', fund: { name: '社工站运行经费' } });
  return { packs, world, lottery, small, local };
}

forEachEngine('what the ledger and invoices object to is told before submission', async (t, store) => {
  const { packs, world, lottery, small, local } = await scene(store);
  const { bookId } = world.county;
  const used = invoiceOf('24512000000000000001', '100.00');
  await openClaim(world, 'submitted', [{ fundId: local, amount: '40.00', invoice: used }]);
  await closePeriod(store, by(world.county.finance), bookId, '2022-05');
  const { visitorAs } = await servePages(t, store, { packs });
  const operator = await visitorAs(world.stationOperator);
  const fresh = await operator.get(`/books/${bookId}/claims/new`);
  t.match(
    fresh.page.querySelector('[hx-select-oob]')?.getAttribute('hx-select-oob'),
    '#claim-lines-0-amount-tried',
    'the place beside a line that is still empty takes part in the live check',
  );
  const told = await operator.submit(
    fresh,
    'claim',
    {
      ...HEAD,
      ...line(0, FILLED(small, '1300')),
      'lines.0.invoice.number': used.number,
      'lines.0.invoice.sellerName': used.sellerName,
      'lines.0.invoice.issuedDate': used.issuedDate,
      'lines.0.invoice.faceAmount': '100',
    },
    'preview',
  );
  t.equal(told.status, 200);
  t.match(panel(told), /现在提交： ?不能通过/);
  t.match(panel(told), /可用 ?1,234\.00.*本次 ?1,300\.00.*超出 ?66\.00/);
  t.match(panel(told), '减到 1,234.00 元以内');
  t.match(panel(told), /发票 24512000000000000001 票面 100\.00 元，已报销 40\.00 元，还可报销 60\.00 元/);
  t.equal(beside(told, 'claim-lines-0-amount'), '可用 1,234.00 元，本次 1,300.00 元，超出 66.00 元');
  t.match(beside(told, 'claim-lines-0-invoice-number'), '还可报销 60.00 元');
  t.equal(value(told, 'title'), '七月活动', 'nothing typed is lost');
  t.equal(
    told.page.querySelector('[name="lines.0.amount"]')?.getAttribute('aria-invalid'),
    'true',
    'also for who does not see it',
  );

  const closed = await operator.submit(
    told,
    'claim',
    { businessDate: '2022-05-20', 'lines.0.amount': '10', 'lines.0.invoice.issuedDate': '2022-05-20' },
    'preview',
  );
  t.match(beside(closed, 'claim-businessDate'), '已结账');
  t.match(panel(closed), '把业务日期改到还没有结账的月份');

  // Saved and submitted all the same, it stays a draft, and everything stands there again.
  const refused = await operator.submit(
    told,
    'claim',
    { businessDate: '2022-07-15', 'lines.0.amount': '1300' },
    'submit',
  );
  t.match(refused.url, /\/edit\?refused=true$/);
  t.match(refused.text, '没有提交的原因');
  t.match(refused.text, /超出 ?66\.00/);
  t.match(beside(refused, 'claim-lines-0-amount'), '超出 66.00 元');
  // A button up there changes the form, not the draft.
  const moved = await operator.submit(refused, 'claim', {}, actionOf(refused, /改用这笔经费/));
  t.ok([local, lottery].includes(chosen(moved, 'lines.0.fundId') ?? ''), 'another fund');
  const { items } = await listClaims(store, world.county.auditor, bookId, { limit: 50, status: ['draft'] });
  t.equal(items[0]?.lines[0]?.fundId, small, 'the draft is as it was');
  await verifyClean(t, world);
});

forEachEngine(
  'ways out are buttons: applied to the form, judged again, written nowhere',
  async (t, store) => {
    const { packs, world, lottery, small, local } = await scene(store);
    const { bookId } = world.county;
    const { visitorAs } = await servePages(t, store, { packs });
    const operator = await visitorAs(world.stationOperator);
    const claims = async () =>
      (await listClaims(store, world.county.auditor, bookId, { limit: 50 })).items.length;
    const fresh = await operator.get(`/books/${bookId}/claims/new`);
    const one = await operator.submit(
      fresh,
      'claim',
      { ...HEAD, ...line(0, FILLED(small, '1,300')) },
      'preview',
    );
    t.match(panel(one), '这样办可以通过');

    const smaller = await operator.submit(
      one,
      'claim',
      { title: '改了事由' },
      actionOf(one, /第 1 行金额改为 ?1,234\.00/),
    );
    t.equal(smaller.status, 200);
    t.equal(value(smaller, 'lines.0.amount'), '1234.00');
    t.equal(value(smaller, 'title'), '改了事由', 'what was typed elsewhere stays');
    t.match(panel(smaller), '已按“第 1 行的金额减到 1,234.00 元”改好');
    t.match(panel(smaller), /现在提交： ?可以通过/);
    t.equal(beside(smaller, 'claim-lines-0-amount'), '', 'nothing is objected to any more');
    t.match(smaller.page.querySelector('#claim-sum')?.text, '1,234.00');
    const other = await operator.submit(one, 'claim', {}, actionOf(one, /改用这笔经费/));
    t.ok([local, lottery].includes(chosen(other, 'lines.0.fundId') ?? ''));
    t.match(panel(other), '可以通过');
    t.equal(await claims(), 0, 'nothing is in the books');

    // Two lines, of which one is against the purpose of lottery money.
    const next = await operator.submit(other, 'claim', line(0, { fundId: local, amount: '20' }), 'next');
    const bad = await operator.submit(
      next,
      'claim',
      line(1, { ...FILLED(lottery, '30'), 'beneficiaryGroups[]': ['general_public'] }),
      'preview',
    );
    t.match(panel(bad), '条款 YN-03');
    const without = await operator.submit(bad, 'claim', {}, actionOf(bad, /^去掉第 2 行/));
    t.equal(value(without, 'lines.1.amount'), undefined, 'the line is gone');
    t.equal(value(without, 'lines.0.amount'), '20');
    t.match(panel(without), '可以通过');

    // A name that no way has, a way of another form, and one that a colleague has meanwhile used up.
    const stray = await operator.submit(
      one,
      'claim',
      { 'lines.0.amount': '1,250' },
      actionOf(one, /改用这笔经费/),
    );
    t.match(panel(stray), /已按“第 1 行改由/, 'a fund that still has the room is the same way');
    for (const key of ['apply:0', 'apply:', 'apply:__proto__', 'apply:lines.0']) {
      const form = tampered(one, key);
      const answer = await operator.submit(form, 'claim', {}, key);
      t.equal(answer.status, 200);
      t.match(panel(answer), '这个办法现在不适用', key);
      t.equal(value(answer, 'lines.0.amount'), '1,300', 'and nothing was changed');
    }
    await openClaim(world, 'submitted', [{ fundId: small, amount: '1000.00' }]);
    const late = await operator.submit(one, 'claim', {}, actionOf(one, /金额改为 ?1,234\.00/));
    t.match(panel(late), '这个办法现在不适用');
    t.match(panel(late), /可用 ?234\.00/, 'it is judged by what there is now');
    t.match(panel(late), /金额改为 ?234\.00/);
    t.equal(value(late, 'lines.0.amount'), '1,300');

    const empty = await operator.submit(one, 'claim', { title: '' }, actionOf(one, /金额改为/));
    t.match(panel(empty), '还差 1 项', 'an unfinished form says so');
    const auditor = await visitorAs(world.county.auditor);
    const forged = await auditor.post(`/books/${bookId}/claims/new`, '_action=apply%3A0&_form=claim');
    t.equal(forged.status, 403, 'without the token of a form of one’s own nothing is done');
    await verifyClean(t, world);
  },
);

/** The page with one more button, as somebody with developer tools would have it. */
function tampered(visit: Visit, action: string): Visit {
  visit.page
    .querySelector('#preview')
    ?.insertAdjacentHTML('beforeend', `<button form="form-claim" name="_action" value="${action}"></button>`);
  return visit;
}

forEachEngine('a provider’s report is judged while it is filled in', async (t, store) => {
  const packs = loadPacks();
  const world = await seedWorld(store);
  const { county, provider, providerOperator } = world;
  const { bookId } = county;
  const fundId = await openFund(world, { granted: '1000.00' });
  const contractId = await openContract(world, [{ fundId, amount: '500.00' }]);
  await openClaim(world, 'paid', [{ fundId, amount: '300.00' }], {
    contractId,
    payeeId: provider.id,
    payeeType: 'provider',
  });
  const { visitorAs } = await servePages(t, store, { packs: world.packs });
  const reporter = await visitorAs(providerOperator);
  const claimForm = await reporter.get(`/books/${bookId}/claims/new`);
  t.match(claimForm.text, '合同可报 200.00 元', 'what the contract still holds, after what was paid');
  const at = `/books/${bookId}/provider-reports/new?contractId=${contractId}`;
  const fresh = await reporter.get(at);
  t.match(fresh.text, '已收未报账 300.00 元');
  const over = await reporter.submit(fresh, 'report', line(0, { ...FILLED(fundId, '300.01') }), 'preview');
  t.match(panel(over), /现在报送： ?不能通过/);
  t.match(panel(over), /可用 ?300\.00.*超出 ?0\.01/);
  t.equal(beside(over, 'report-lines-0-amount'), '可用 300.00 元，本次 300.01 元，超出 0.01 元');
  const refused = await reporter.submit(over, 'report', {}, 'create');
  t.equal(refused.status, 409);
  t.match(panel(refused), /超出 ?0\.01/, 'the refusal is told in full as well');
  t.equal(beside(refused, 'report-lines-0-amount'), '可用 300.00 元，本次 300.01 元，超出 0.01 元');
  const changed = await reporter.submit(refused, 'report', {}, actionOf(refused, /金额改为 ?300\.00/));
  t.equal(value(changed, 'lines.0.amount'), '300.00');
  t.match(panel(changed), '可以通过');
  const reports = async () => (await listProviderReports(store, county.finance, bookId, contractId)).items;
  t.same(await reports(), []);
  const done = await reporter.submit(changed, 'report', {}, 'create');
  t.match(done.text, '使用明细已报送');
  t.equal((await reports()).length, 1);
  const early = await reporter.submit(await reporter.get(at), 'report', {}, 'preview');
  t.match(panel(early), /还差 \d 项/);
  t.notMatch(early.text, '没有记录');

  const stranger = await visitorAs(world.stationOperator);
  t.match((await stranger.get(at)).text, '您没有可以报送的合同');
  const preview = previewClaim(
    store,
    packs,
    by(providerOperator),
    bookId,
    claimInput(provider.id, [{ fundId, amount: '1.00' }]),
  );
  await t.rejects(preview, { code: 'contract_required_for_provider' });
  await verifyClean(t, world);
});
