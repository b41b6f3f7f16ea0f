import { t as root } from 'tap';
import {
  acknowledge,
  disburse,
  issueAllotment,
  listDisbursements,
  listIntakes,
  type PaidQuery,
  paidQuery,
  type TakenQuery,
  takeIn,
  takenQuery,
} from '../../src/allotments/index.js';
import { by, openFund, refused, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';

root.setTimeout(900_000);

forEachEngine('what was paid down and taken in is listed, sorted, paged and told apart', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county, neighbour } = world;
  const fundId = await openFund(world, {
    bureau: province,
    granted: '1000.00',
    fund: { level: 'provincial' },
  });
  const { items } = await issueAllotment(store, world.packs, by(province.finance), province.bookId, {
    fundId,
    documentNo: '川财社〔2022〕5号',
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [
      { recipientId: county.id, amount: '600.00', parts: [] },
      { recipientId: neighbour.id, amount: '400.00', parts: [] },
    ],
  });
  const [first, second] = items.map(({ id }) => id) as [string, string];
  const take = (kind: 'allotment' | 'disbursement', issueId: string, documentNo: string) =>
    takeIn(store, by(county.finance), county.bookId, {
      kind,
      issueId,
      documentNo,
      effectiveDate: '2022-03-01',
    });
  await take('allotment', first, '收文2022-1');
  const paid: string[] = [];
  for (const [allotmentItemId, amount, effectiveDate] of [
    [first, '300.00', '2022-02-03'],
    [first, '100.00', '2022-02-02'],
    [first, '50.00', '2021-12-31'],
    [second, '200.00', '2022-02-04'],
  ] as const) {
    const voucherNo = `拨付-${paid.length + 1}`;
    const input = { allotmentItemId, voucherNo, effectiveDate, amount };
    paid.push((await disburse(store, by(province.payer), province.bookId, input)).id);
  }
  await take('disbursement', paid[0] as string, '到账2022-1');
  await take('disbursement', paid[1] as string, '到账2022-2');
  await acknowledge(store, by(province.finance), province.bookId, paid[0] as string, '2022-03-02');

  const down = (query: Partial<PaidQuery> = {}) =>
    listDisbursements(store, province.auditor, province.bookId, { ...paidQuery.parse({}), ...query });
  const numbers = async (query: Partial<PaidQuery> = {}) =>
    (await down(query)).items.map((row) => row.voucherNo.slice(-1));
  t.same(await numbers(), ['4', '3', '2', '1'], 'newest first');
  t.same(await numbers({ sort: 'effectiveDate', order: 'asc' }), ['3', '2', '1', '4']);
  t.same(await numbers({ sort: 'amount' }), ['1', '4', '2', '3']);
  t.same(await numbers({ state: 'in_transit' }), ['4', '3']);
  t.same(await numbers({ state: 'arrived' }), ['2']);
  t.same(await numbers({ state: 'acknowledged' }), ['1']);
  t.same(await numbers({ year: 2021 }), ['3'], 'the last day of the year before');
  t.same(await numbers({ voucherNo: '付-2' }), ['2']);
  t.same(await numbers({ recipientBookId: neighbour.bookId }), ['4']);
  t.same(await numbers({ fundId: 'none' }), []);
  t.match((await down({ count: true })).total, { count: 4, isCapped: false });
  t.match((await down({ state: 'arrived' })).items, [
    {
      documentNo: '川财社〔2022〕5号',
      recipientName: '泸县民政局',
      amount: '100.00',
      takenDate: '2022-03-01',
    },
  ]);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await down({ sort: 'amount', order: 'asc', limit: 1, cursor });
    seen.push(...page.items.map(({ amount }) => amount));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  t.same(seen, ['50.00', '100.00', '200.00', '300.00'], 'page by page nothing is lost or repeated');
  await refused(t, down({ cursor: 'nonsense' }), 'cursor_invalid');

  const taken = (query: Partial<TakenQuery> = {}) =>
    listIntakes(store, county.auditor, county.bookId, { ...takenQuery.parse({}), ...query });
  t.match(await taken({ kind: 'allotment', count: true }), {
    items: [
      {
        documentNo: '收文2022-1',
        fromName: '省民政厅',
        issueDocumentNo: '川财社〔2022〕5号',
        issueDate: '2022-02-01',
        amount: '600.00',
      },
    ],
    total: { count: 1 },
  });
  t.same(
    (await taken({ kind: 'disbursement', sort: 'amount' })).items.map((row) => [
      row.documentNo,
      row.issueDocumentNo,
      row.amount,
    ]),
    [
      ['到账2022-1', '拨付-1', '300.00'],
      ['到账2022-2', '拨付-2', '100.00'],
    ],
  );
  t.same((await taken({ documentNo: '22-2', year: 2022 })).items.length, 1);
  t.same((await taken({ year: 2021 })).items, []);

  t.same(
    (await listIntakes(store, neighbour.finance, neighbour.bookId, takenQuery.parse({}))).items,
    [],
    'what a neighbour took in is not listed',
  );
  const foreign = listDisbursements(store, county.finance, province.bookId, paidQuery.parse({}));
  await refused(t, foreign, 'not_found');
  await refused(t, listIntakes(store, neighbour.finance, county.bookId, takenQuery.parse({})), 'not_found');
  await refused(
    t,
    listIntakes(store, world.stationOperator, county.bookId, takenQuery.parse({})),
    'not_found',
  );
});
