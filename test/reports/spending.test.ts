import { t as root } from 'tap';
import { acknowledge, disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { type ClaimView, refundClaim, reversePayment } from '../../src/claims/index.js';
import { chineseAmount } from '../../src/core/chinese-amount.js';
import { formatYuan, parseYuan, showPercent, sumFen } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import {
  EXPENDITURE_LABELS,
  type ExpenditureDimension,
  executionOverTime,
  expenditureBy,
  type MoneyFlow,
  moneyFlow,
  reimbursementSheet,
  usageReport,
} from '../../src/reports/index.js';
import {
  accountsOf,
  by,
  nextNo,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  refused,
  seedWorld,
} from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';

root.setTimeout(900_000);

/** A fund with spending of every kind: on a contract, directly, to individuals, given back, reversed. */
async function scene(store: Store) {
  const world = await seedWorld(store);
  const { county, provider, station, office } = world;
  const fundId = await openFund(world, { granted: '10000.00', received: '8000.00' });
  const second = await openFund(world, { granted: '500.00', fund: { year: 2021 } });
  const contractId = await openContract(world, [{ fundId, amount: '5000.00' }]);
  const onContract = { contractId, payeeType: 'provider', payeeId: provider.id } as const;
  const individual = { payeeType: 'individual', payeeId: null, payeeName: '张三' } as const;
  const june = { businessDate: '2022-06-15' };
  const contracted = await openClaim(
    world,
    'paid',
    [
      { fundId, amount: '1000.00', stationId: station.id },
      { fundId, amount: '0.01', economicCode: '30201' },
    ],
    { ...onContract, ...june },
  );
  const direct = await openClaim(
    world,
    'paid',
    [
      {
        fundId,
        amount: '300.00',
        economicCode: '30201',
        stationId: office.id,
        serviceItem: 'office_running',
      },
      { fundId: second, amount: '50.00', economicCode: null, serviceItem: null },
    ],
    { payeeType: 'supplier', payeeId: null, payeeName: '某文具店', ...june },
  );
  const helped = await openClaim(
    world,
    'paid',
    [{ fundId, amount: '77.77', economicCode: '30305' }],
    individual,
  );
  const refund = { voucherNo: nextNo('退字'), effectiveDate: '2022-07-31', note: null, amount: '100.00' };
  await refundClaim(store, by(county.payer), county.bookId, contracted.id, refund);
  const wrong = await openClaim(world, 'paid', [{ fundId, amount: '20.00' }], individual);
  const reversal = { ...paymentInput(), paymentId: wrong.payments[0]?.id as string };
  await reversePayment(store, by(county.finance), county.bookId, wrong.id, reversal);
  await openClaim(world, 'approved', [{ fundId, amount: '9.00' }], individual);
  return { world, fundId, second, contractId, contracted, direct, helped };
}

forEachEngine('支出 by whatever it is grouped adds up to what the ledger spent', async (t, store) => {
  const { world, fundId, second } = await scene(store);
  const { county, station, office, provider } = world;
  const of = (dimension: ExpenditureDimension, given: object = {}) =>
    expenditureBy(store, county.auditor, county.bookId, { by: dimension, ...given });
  const amounts = ({ rows }: Awaited<ReturnType<typeof of>>) =>
    Object.fromEntries(rows.map(({ key, amount }) => [key, amount]));
  for (const dimension of Object.keys(EXPENDITURE_LABELS) as ExpenditureDimension[]) {
    const report = await of(dimension);
    t.equal(report.total, '1327.78', dimension);
    t.equal(formatYuan(sumFen(report.rows.map((row) => parseYuan(row.amount)))), report.total);
    t.ok(report.checks.every((check) => check.isHeld));
    // The same from the payments, all of which lie between these days.
    const dated = await of(dimension, { from: '2022-01-01', until: '2022-12-31' });
    t.same(dated.rows, report.rows, `${dimension} replayed from the payments`);
    for (const id of [fundId, second]) {
      const one = await of(dimension, { fundId: id });
      t.equal(one.total, (await accountsOf(world, id))['spent'], 'one fund');
      t.same((await of(dimension, { fundId: id, until: '2022-12-31' })).rows, one.rows);
    }
    t.same((await of(dimension, { until: '2022-01-01' })).rows, [], 'nothing before');
  }
  t.same(amounts(await of('economic_class')), { 302: '1200.01', 303: '77.77', '': '50.00' });
  t.same(amounts(await of('economic_item')), {
    30227: '900.00',
    30201: '300.01',
    30305: '77.77',
    '': '50.00',
  });
  t.same(amounts(await of('station')), { [station.id]: '900.00', [office.id]: '300.00', '': '127.78' });
  t.same(amounts(await of('unit')), { [station.id]: '1327.78' });
  t.same(amounts(await of('provider')), { [provider.id]: '900.01', '': '427.77' });
  t.same(amounts(await of('economic_class', { years: [2021] })), { '': '50.00' });
  const [first] = (await of('economic_class')).rows;
  t.match(first, { label: '302 商品和服务支出', share: showPercent(120_001n, 132_778n) });
  await refused(t, of('unit', { fundId: 'unknown' }), 'not_found');
});

/** In = out + rests in every node, told again by the test. */
function balanced({ nodes, rows }: MoneyFlow): boolean {
  const sum = (of: readonly { readonly amount: string }[]) =>
    sumFen(of.map((each) => parseYuan(each.amount)));
  return nodes.every((node) => {
    const into = sum(rows.filter((row) => row.target === node.id));
    const out = sum(rows.filter((row) => row.source === node.id));
    const isIn = node.stage === 0 || parseYuan(node.in) === into;
    return (
      node.isBalanced && isIn && parseYuan(node.out) === out && parseYuan(node.in) === out + sum(node.rests)
    );
  });
}

forEachEngine('资金流向 is balanced in every node, whatever is put together', async (t, store) => {
  const { world, fundId } = await scene(store);
  const { county, province, neighbour, provider, station } = world;
  const whole = await moneyFlow(store, county.auditor, county.bookId);
  t.ok(balanced(whole));
  t.ok(whole.checks.every((check) => check.isHeld));
  const node = (flow: MoneyFlow, id: string) => flow.nodes.find((each) => each.id === id);
  t.match(node(whole, `bureau:${county.id}`), {
    in: '8500.00',
    out: '1327.78',
    rests: [{ label: '结余', amount: '7172.22' }],
  });
  t.match(node(whole, `payee:${provider.id}`), { label: '某社会工作服务中心', in: '900.01' });
  t.match(node(whole, 'payee:individual'), { label: '个人', in: '77.77' });
  t.match(node(whole, 'payee:supplier'), { label: '供应商（未登记）', in: '350.00' });
  t.match(node(whole, `place:${station.id}`), { in: '127.77' });
  t.notMatch(JSON.stringify(await shown(store, whole)), /张三|文具店/, 'no name of an unregistered payee');
  for (const largest of [1, 2, 3]) {
    const bounded = await moneyFlow(store, county.auditor, county.bookId, { largest });
    t.ok(balanced(bounded), `largest ${largest}`);
    for (const stage of [0, 1, 2, 3])
      t.ok(bounded.nodes.filter((each) => each.stage === stage).length <= largest + 1);
    t.ok(node(bounded, `bureau:${county.id}`), 'the bureau itself is always there');
    t.equal(
      formatYuan(sumFen(bounded.nodes.filter((each) => each.stage === 3).map((each) => parseYuan(each.in)))),
      '1327.78',
    );
  }
  t.match(node(await moneyFlow(store, county.auditor, county.bookId, { largest: 1 }), 'other:3'), {
    label: '其他(2)',
    in: '427.77',
  });
  t.equal((await moneyFlow(store, county.auditor, county.bookId, { fundId })).nodes[0]?.in, '8000.00');
  t.same((await moneyFlow(store, county.auditor, county.bookId, { year: 1999 })).nodes, []);

  // An upper book: what it pays down is on its way, or has arrived.
  const upper = await openFund(world, { bureau: province, granted: '900.00' });
  const stated = {
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    documentNo: nextNo('川'),
  };
  const items = [county, neighbour].map(({ id }) => ({ recipientId: id, amount: '400.00', parts: [] }));
  const allotment = await issueAllotment(store, world.packs, by(province.finance), province.bookId, {
    ...stated,
    fundId: upper,
    effectiveDate: '2022-07-01',
    items,
  });
  const paid: string[] = [];
  for (const { id } of allotment.items) {
    const input = {
      allotmentItemId: id,
      voucherNo: nextNo('拨'),
      effectiveDate: '2022-07-02',
      amount: '300.00',
    };
    paid.push((await disburse(store, by(province.payer), province.bookId, input)).id);
  }
  const receipt = { documentNo: nextNo('收'), effectiveDate: '2022-07-03' };
  const arrived = allotment.items.findIndex((item) => item.recipientId === county.id);
  const issue = { kind: 'allotment', issueId: allotment.items[arrived]?.id as string, ...receipt } as const;
  await takeIn(store, by(county.finance), county.bookId, issue);
  const cash = { kind: 'disbursement', issueId: paid[arrived] as string, ...receipt } as const;
  await takeIn(store, by(county.finance), county.bookId, cash);
  await acknowledge(store, by(province.finance), province.bookId, paid[arrived] as string, '2022-07-04');
  const flow = await moneyFlow(store, province.auditor, province.bookId);
  t.ok(balanced(flow));
  t.match(node(flow, `bureau:${province.id}`), {
    in: '300.00',
    rests: [{ label: '结余', amount: '300.00' }],
  });
  t.match(node(flow, `bureau:${county.id}`), { in: '300.00', rests: [{ label: '下级已到账' }] });
  t.match(node(flow, `bureau:${neighbour.id}`), { in: '300.00', rests: [{ label: '在途' }] });

  const usage = await usageReport(store, province.auditor, province.bookId, {
    withLower: true,
    years: [2022],
  });
  t.equal(usage.total.passedDown, '800.00');
  t.match(
    usage.lower?.byBureau.map((row) => [row.label, row.received]),
    [['泸县民政局', '8300.00']],
  );
  t.match(usage.lower?.byKind, [{ key: 'bureau_county', fundCount: 2, spent: '1277.78' }]);
  t.same((await usageReport(store, county.auditor, county.bookId, { withLower: true })).lower?.rows, []);
});

forEachEngine('执行进度 cumulates by month beside the elapsed share of the year', async (t, store) => {
  const { world, fundId } = await scene(store);
  const { county } = world;
  const at = (asOf: string, given: object = {}) =>
    executionOverTime(store, county.auditor, county.bookId, { year: 2022, asOf, ...given });
  const july = await at('2022-07-31');
  t.equal(july.rows.length, 7);
  t.match(july.rows[0], {
    month: '2022-01',
    until: '2022-01-31',
    received: '8000.00',
    spent: '0.00',
    executionRate: '0.00%',
  });
  t.match(july.rows[5], { month: '2022-06', spent: '0.00', elapsed: showPercent(181n, 365n) });
  t.match(july.rows[6], { until: '2022-07-31', spent: '1277.78', executionRate: '15.97%' });
  t.equal(july.elapsed, showPercent(212n, 365n));
  t.ok(july.checks.every((check) => check.isHeld));
  t.match(july.funds, [{ fundId, spent: '1277.78', isBehind: true }]);
  t.same(july.funds[0]?.months, july.rows, 'one fund is all there is of the year');
  const january = await at('2022-01-09');
  t.match(january.rows, [{ until: '2022-01-09', received: '0.00', executionRate: '—', elapsed: '2.47%' }]);
  t.match(january.funds, [{ isBehind: false }]);
  t.match(await at('2021-12-31'), { rows: [], elapsed: '0.00%' });
  t.equal((await at('2023-05-01')).elapsed, '100.00%');
  t.equal((await at('2023-05-01')).rows.length, 12);
});

forEachEngine('费用报销单 has all that a print needs, for who may read the claim', async (t, store) => {
  const { world, contracted, direct } = await scene(store);
  const { county, neighbour, stationOperator, stationReviewer, providerOperator } = world;
  const sheetOf = async (claim: ClaimView, actor = county.auditor) =>
    shown(store, await reimbursementSheet(store, actor, county.bookId, claim.id));
  const sheet = await sheetOf(direct);
  t.match(sheet, {
    unitName: '玉蟾街道社工站',
    bureauName: '泸县民政局',
    payeeName: '某文具店',
    payeeTypeLabel: '供应商',
    contractNo: null,
    amount: '350.00',
    amountInWords: chineseAmount(35_000n),
    lines: [
      { number: 1, economicName: '30201 办公费', stationName: '某村社工室', amount: '300.00' },
      { number: 2, economicName: null, stationName: null, amount: '50.00' },
    ],
    makerName: 'station_township operator',
    reviewerName: 'station_township reviewer',
    approverName: 'bureau_county finance',
    payments: [{ kindLabel: '支付', amount: '350.00', payerName: 'bureau_county payer' }],
    attachmentCount: 0,
    decision: { outcome: 'allow', reasons: [] },
  });
  t.match(await sheetOf(contracted), {
    contractNo: /./,
    refunded: '100.00',
    payments: [{ kindLabel: '支付' }, { kindLabel: '退款', amount: '100.00' }],
  });
  const draft = await openClaim(world, 'draft', [
    { fundId: contracted.lines[0]?.fundId as string, amount: '1.00' },
  ]);
  t.match(await sheetOf(draft), { decision: null, reviewerName: null, approverName: null, payments: [] });
  for (const actor of [stationOperator, stationReviewer]) t.ok(await sheetOf(direct, actor));
  for (const actor of [neighbour.finance, world.neighbourOperator, providerOperator])
    await refused(t, reimbursementSheet(store, actor, county.bookId, direct.id), 'not_found');
  await refused(t, reimbursementSheet(store, neighbour.finance, neighbour.bookId, direct.id), 'not_found');
});
