import { t as root } from 'tap';
import { parseYuan, showYuan } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import {
  EXPENDITURE_LABELS,
  executionOverTime,
  expenditureBy,
  ledgerDetail,
  moneyFlow,
  trialBalance,
  usageReport,
} from '../../src/reports/index.js';
import { showAmount } from '../../src/web/components/amount.js';
import { openClaim, openContract, openFund, seedWorld, TODAY } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { allot, payDown, provincialFund, take } from '../reconciliation/scene.js';
import { servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

/** Two funds of two sources, a contract, payments to the 分, and a claim under way. */
async function scene(store: Store) {
  const world = await seedWorld(store);
  const { provider, station } = world;
  const fundId = await openFund(world, { granted: '1234567.89', received: '1000000.01' });
  const second = await openFund(world, { granted: '500.00', fund: { year: 2021, name: '上年结转' } });
  const contractId = await openContract(world, [{ fundId, amount: '5000.00' }]);
  const onContract = { contractId, payeeType: 'provider', payeeId: provider.id } as const;
  await openClaim(world, 'paid', [{ fundId, amount: '1000.07', stationId: station.id }], onContract);
  await openClaim(world, 'paid', [
    { fundId, amount: '33.33', economicCode: '30201' },
    { fundId: second, amount: '50.00' },
  ]);
  await openClaim(world, 'submitted', [{ fundId, amount: '9.10' }]);
  return { world, fundId, second };
}

const cells = (visit: Visit, row: string) =>
  visit.page.querySelectorAll(`${row} td`).map((cell) => cell.structuredText.replaceAll(/\s+/g, ' ').trim());
const yuan = (text: string) => showYuan(parseYuan(text));

forEachEngine(
  'usage: figures of the report to the 分, in 元 and 万元, on the page and on paper',
  async (t, store) => {
    const { world } = await scene(store);
    const { visitorAs } = await servePages(t, store);
    const { bookId, finance } = world.county;
    const officer = await visitorAs(finance);
    const at = `/books/${bookId}/reports/usage`;
    const report = await usageReport(store, finance, bookId);
    const page = await officer.get(at);
    t.equal(page.status, 200);
    const keys = [
      'planned',
      'allotted',
      'received',
      'encumbered',
      'reserved',
      'spent',
      'passedDown',
      'returned',
      'available',
    ] as const;
    const total = keys.map((key) => yuan(report.total[key]));
    t.equal(report.total.spent, '1083.40', 'the scene has what the page is to show');
    t.strictSame(cells(page, 'tfoot .total').slice(1, -1), total);
    t.match(cells(page, 'tfoot .total').at(-1), report.total.executionRate);
    for (const row of report.rows) t.match(page.text, yuan(row.available), row.documentNo);
    for (const { title, basis } of report.columns.filter(({ kind }) => kind === 'amount'))
      t.ok(page.text.includes(basis), `口径 of ${title}`);
    t.match(page.text, '已核对相等');
    const older = await officer.get(`${at}?years=2021、2020`);
    t.match(older.text, '上年结转');
    t.notMatch(older.text, '1,234,567.89', 'only the years that were asked for');

    officer.cookies.set('unit', 'wan');
    const inWan = await officer.get(at);
    t.strictSame(
      cells(inWan, 'tfoot .total').slice(1, -1),
      keys.map((key) => showAmount(report.total[key], 'wan')),
    );
    t.match(inWan.text, '123.506789', 'exact in 万元');
    const sheet = await officer.get(`${at}/sheet`);
    t.match(sheet.text, '单位：万元');
    t.match(sheet.text, '制表人：bureau_county finance');
    t.match(sheet.text, `制表日期：${TODAY}`);
    t.match(sheet.text, '到账合计（大写）：壹佰万零伍佰元零壹分');
    t.match(sheet.text, '支出合计（大写）：壹仟零捌拾叁元肆角整');
    t.match(sheet.text, '123.506789');
    t.equal(sheet.page.querySelector('nav.menu'), null, 'paper has no menu');
    t.ok(sheet.page.querySelector('button[data-print]'));

    const past = await officer.get(`${at}?asOf=2022-01-10&recordedBy=${TODAY}`);
    const then = await usageReport(store, finance, bookId, { asOf: '2022-01-10' });
    t.match(past.text, '按历史日期计算：业务日期截至 2022-01-10，登记时间截至 2022-07-31');
    t.equal(then.total.spent, '0.00');
    t.match(cells(past, 'tfoot .total').join(' '), yuan(then.total.received));
    const links = page.page.querySelectorAll('.tools a').map((link) => link.getAttribute('href') ?? '');
    const csv = await officer.get(links.find((href) => href.includes('format=csv')) as string);
    t.match(String(csv.headers['content-disposition']), 'attachment');
    for (const row of report.rows) t.ok(csv.html.includes(`,${row.available},`), row.documentNo);
  },
);

forEachEngine('usage: the books below, never added to the own one', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county } = world;
  const { visitorAs } = await servePages(t, store);
  const item = await allot(world, await provincialFund(world), county, '777.77');
  await take(world, county, 'allotment', item);
  const officer = await visitorAs(province.finance);
  const at = `/books/${province.bookId}/reports/usage`;
  t.notMatch((await officer.get(at)).text, '下级账套');
  const page = await officer.get(`${at}?lower=true`);
  const report = await usageReport(store, province.finance, province.bookId, { withLower: true });
  t.equal(report.lower?.byBureau.find(({ key }) => key === county.bookId)?.allotted, '777.77');
  t.match(page.text, '下级各单位');
  t.match(page.text, '777.77');
});

forEachEngine('the ledger runs its balance over the pages and leads to the log', async (t, store) => {
  const { world, fundId } = await scene(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId, finance, auditor } = world.county;
  const officer = await visitorAs(auditor);
  const at = `/books/${bookId}/reports/ledger`;
  t.match((await officer.get(at)).text, '本页最后的余额', 'the first fund unless one is asked for');
  const whole = await ledgerDetail(store, finance, bookId, { fundId, layer: 'available', limit: 200 });
  let page = await officer.get(`${at}?fundId=${fundId}&layer=available&limit=2`);
  const balances: string[] = [];
  for (let count = 0; count < 20; count++) {
    const rows = page.page.querySelectorAll('table.data tbody tr');
    for (const row of rows) balances.push(row.querySelector('td[data-label="余额"]')?.text.trim() ?? '');
    const next = page.page.querySelector('.pager a[rel=next]')?.getAttribute('href');
    if (!next) break;
    page = await officer.get(next);
  }
  t.ok(balances.length > 2, 'more than one page');
  t.strictSame(
    balances,
    whole.rows.map(({ balance }) => yuan(balance)),
  );
  t.match(page.html, `/books/${bookId}/log/${whole.rows.at(-1)?.logIndex}`);
  const forged = await officer.get(`${at}?fundId=${fundId}&cursor=1~2~3~4~5~6`);
  t.equal(forged.status, 400);
  t.match(forged.text, '从第一页重新查询');
  const foreign = await openFund(world, { bureau: world.neighbour });
  t.equal((await officer.get(`${at}?fundId=${foreign}`)).status, 404, 'a fund of another book');
});

forEachEngine(
  'trial balance, expenditure, flow and execution show what their reports say',
  async (t, store) => {
    const { world, fundId } = await scene(store);
    const { visitorAs } = await servePages(t, store);
    const { bookId, finance } = world.county;
    const officer = await visitorAs(finance);
    const at = `/books/${bookId}/reports`;

    const balance = await trialBalance(store, finance, bookId, { detail: 'subject' });
    const trial = await officer.get(`${at}/trial-balance?detail=subject`);
    for (const row of balance.rows)
      t.ok(trial.text.includes(yuan(row.closing)), `${row.layerLabel} ${row.closing}`);
    t.match(trial.text, '✓ 平衡');
    t.notMatch(trial.text, '不平衡');
    const later = await officer.get(`${at}/trial-balance?from=2022-07-01&fundId=${fundId}`);
    t.match(later.text, '自 2022-07-01 起');

    for (const by of Object.keys(EXPENDITURE_LABELS) as (keyof typeof EXPENDITURE_LABELS)[]) {
      const report = await expenditureBy(store, finance, bookId, { by });
      const page = await officer.get(`${at}/expenditure?by=${by}`);
      t.equal(page.status, 200, by);
      t.match(page.text, yuan(report.total));
      for (const row of report.rows) {
        t.ok(page.text.includes(row.label), `${by} ${row.label}`);
        t.ok(page.text.includes(yuan(row.amount)));
      }
    }
    t.match((await officer.get(`${at}/expenditure?until=2021-01-01`)).text, '还没有支出');

    const flow = await moneyFlow(store, finance, bookId, { year: 2022 });
    const picture = await officer.get(`${at}/flow?year=2022`);
    t.ok(picture.page.querySelector('svg'));
    t.ok(picture.html.includes(`/books/${bookId}/funds/${fundId}`), 'a node leads to its fund');
    const table = await officer.get(`${at}/flow?year=2022&shown=table`);
    for (const { amount } of flow.rows) t.ok(table.text.includes(yuan(amount)));

    const execution = await executionOverTime(store, finance, bookId, { year: 2022, asOf: TODAY });
    const progress = await officer.get(`${at}/execution`);
    t.match(progress.text, '2022 年度全部资金', 'the newest year with funds');
    t.ok(progress.text.includes(execution.elapsed));
    t.ok(progress.text.includes(execution.rows.at(-1)?.executionRate as string));
    t.match(progress.text, '落后');
    const one = await officer.get(`${at}/execution?year=2021`);
    t.match(one.text, '上年结转');
    t.match((await officer.get(`${at}/execution?year=2019`)).text, '2019 年度还没有资金批次');
  },
);

forEachEngine('a bureau that passes everything down still has a flow', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county } = world;
  const { visitorAs } = await servePages(t, store);
  const item = await allot(world, await provincialFund(world, '600.00'), county, '600.00');
  await payDown(world, item, '600.00');
  const officer = await visitorAs(province.finance);
  const page = await officer.get(`/books/${province.bookId}/reports/flow?year=2022&shown=table`);
  t.equal(page.status, 200, page.text);
  t.match(page.text, '在途');
  t.match(page.text, '600.00');
});

forEachEngine('whoever may not read the book finds no report of it', async (t, store) => {
  const { world, fundId } = await scene(store);
  const { visitorAs } = await servePages(t, store);
  const { bookId } = world.county;
  for (const actor of [world.neighbour.finance, world.stationOperator]) {
    const stranger = await visitorAs(actor);
    for (const report of [
      'usage',
      'usage/sheet',
      `ledger?fundId=${fundId}`,
      'trial-balance',
      'expenditure',
      'flow',
      'execution',
    ])
      t.equal((await stranger.get(`/books/${bookId}/reports/${report}`)).status, 404, report);
  }
  const reader = await visitorAs(world.county.auditor);
  const page = await reader.get(`/books/${bookId}/reports/usage`);
  t.equal(page.status, 200);
});
