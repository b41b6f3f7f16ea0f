import {
  acknowledge,
  disburse,
  issueAllotment,
  listAllotments,
  listTransit,
  type NewAllotment,
  takeIn,
} from '../../src/allotments/index.js';
import { newId } from '../../src/core/ids.js';
import type { Store } from '../../src/db/store.js';
import { closePeriod, getFund } from '../../src/ledger/index.js';
import {
  accountsOf,
  type Bureau,
  by,
  LOCAL,
  nextNo,
  openClaim,
  openFund,
  outcomesOf,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  tell,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

const SUBSIDY = { type: 'provincial_subsidy', declaredStationIds: null, declarationConfirmed: true } as const;
const provincialFund = (world: World, granted: string, received?: string | null) =>
  openFund(world, {
    bureau: world.province,
    granted,
    ...(received === undefined ? {} : { received }),
    fund: { level: 'provincial', terms: SUBSIDY },
  });

const allotmentInput = (
  fundId: string,
  items: NewAllotment['items'],
  given: Partial<NewAllotment> = {},
): NewAllotment => ({
  fundId,
  documentNo: nextNo('川财社〔2022〕'),
  effectiveDate: '2022-02-01',
  documentTotal: null,
  documentRecipients: null,
  documentParts: null,
  items,
  ...given,
});
const issue = (world: World, input: NewAllotment, actor = world.province.finance) =>
  issueAllotment(world.store, world.packs, by(actor), world.province.bookId, input);
const to = (
  recipientId: string,
  amount: string,
  parts: { organisationId: string; amount: string }[] = [],
) => ({
  recipientId,
  amount,
  parts,
});
const take = (
  world: World,
  bureau: Bureau,
  kind: 'allotment' | 'disbursement',
  issueId: string,
  effectiveDate = '2022-02-10',
) =>
  takeIn(world.store, by(bureau.finance), bureau.bookId, {
    kind,
    issueId,
    documentNo: nextNo('收文'),
    effectiveDate,
  });
const pay = (world: World, allotmentItemId: string, amount: string, given: object = {}) =>
  disburse(world.store, by(world.province.payer), world.province.bookId, {
    allotmentItemId,
    amount,
    voucherNo: nextNo('拨付'),
    effectiveDate: '2022-02-05',
    ...given,
  });
const hashAt = async (store: Store, bookId: string, logIndex: number) =>
  (
    await store.read
      .selectFrom('logEntry')
      .select('leafHash')
      .where('bookId', '=', bookId)
      .where('logIndex', '=', logIndex)
      .executeTakeFirstOrThrow()
  ).leafHash;

const COUNTIES = 69;
const TOWNSHIPS = 234;

/** 69 counties and their 234 townships: the first 27 counties have four, the others three. */
async function seed69(world: World): Promise<NewAllotment['items']> {
  const items: NewAllotment['items'] = [];
  const base = {
    creditCode: null,
    providerKind: null,
    districtClass: null,
    openedDate: '2020-01-01',
    closedDate: null,
    createdAt: 'x',
    version: 1,
  };
  await tell(world.store, world.province.bookId, async (unit) => {
    for (let county = 0; county < COUNTIES; county += 1) {
      const id = newId();
      const path = `${world.province.path}${id}/`;
      const divisionCode = String(510_601 + county);
      await unit.insert('organisation', {
        ...base,
        id,
        kind: 'bureau_county',
        name: `县${county}`,
        parentId: world.province.id,
        path,
        divisionCode,
      });
      await unit.insert('book', {
        id: newId(),
        bureauId: id,
        name: `县${county}`,
        createdAt: 'x',
        logSize: 0,
        logFrontier: '',
      });
      const parts = Array.from({ length: county < 27 ? 4 : 3 }, () => ({
        organisationId: newId(),
        amount: '200000.00',
      }));
      for (const part of parts) {
        await unit.insert('organisation', {
          ...base,
          id: part.organisationId,
          kind: 'township',
          name: '乡镇',
          parentId: id,
          path: `${path}${part.organisationId}/`,
          divisionCode,
        });
      }
      items.push({ recipientId: id, amount: `${parts.length * 200_000}.00`, parts });
    }
  });
  return items;
}

forEachEngine('4680 万元 = 69 个县 = 234 个乡镇 × 20 万元', async (t, store) => {
  const world = await seedWorld(store);
  const items = await seed69(world);
  const fundId = await provincialFund(world, '46800000.00');
  const stated = { documentTotal: '46800000.00', documentRecipients: COUNTIES, documentParts: TOWNSHIPS };
  const input = (given: object) => allotmentInput(fundId, items, { ...stated, ...given });
  const change = (
    index: number,
    change: (item: NewAllotment['items'][number]) => NewAllotment['items'][number],
  ) => items.map((item, i) => (i === index ? change(item) : item));
  const faults: readonly [string, object, RegExp][] = [
    [
      'one 分 more in the total',
      { documentTotal: '46800000.01' },
      /文件总额 46,800,000\.01 元，各单位合计 46,800,000\.00 元/,
    ],
    ['one 分 less in the total', { documentTotal: '46799999.99' }, /文件总额/],
    ['a county too many', { documentRecipients: 70 }, /写明 70 个单位，实际列出 69 个/],
    ['a township too few', { documentParts: 233 }, /写明 233 个乡镇（站点），实际列出 234 个/],
    [
      'one 分 off in the parts of the fifth county',
      {
        items: change(4, (item) => ({
          ...item,
          parts: [{ ...item.parts[0]!, amount: '199999.99' }, ...item.parts.slice(1)],
        })),
      },
      /第 5 个单位 800,000\.00 元，其乡镇（站点）合计 799,999\.99 元/,
    ],
    [
      'one 分 more for a county',
      { items: change(0, (item) => ({ ...item, amount: '800000.01' })) },
      /各单位合计 46,800,000\.01 元.*第 1 个单位/,
    ],
  ];
  for (const [name, given, message] of faults) {
    const error = await refused(t, issue(world, input(given)), 'split_disagrees', name);
    t.match(error?.message, message, name);
  }
  const all = await refused(
    t,
    issue(
      world,
      input({
        documentTotal: '1.00',
        documentRecipients: 1,
        documentParts: 1,
        items: change(68, (item) => ({ ...item, amount: '1.00' })),
      }),
    ),
    'split_disagrees',
  );
  for (const part of [/文件总额/, /1 个单位，实际列出 69 个/, /1 个乡镇/, /第 69 个单位/])
    t.match(all?.message, part, 'all faults at once');
  t.strictSame(await accountsOf(world, fundId), {
    allotted: '-46800000.00',
    available: '46800000.00',
    received: '-46800000.00',
    bank: '46800000.00',
  });
  const allotment = await issue(world, input({}));
  t.equal(allotment.amount, '46800000.00');
  t.equal(allotment.items.length, COUNTIES);
  const { amounts } = await getFund(store, world.province.finance, world.province.bookId, fundId, {});
  t.match(amounts, {
    allotted: '46800000.00',
    passedDown: '46800000.00',
    available: '0.00',
    bank: '46800000.00',
  });
  const listed = await listAllotments(
    store,
    world.province.auditor,
    world.province.bookId,
    { limit: 5 },
    TODAY,
  );
  t.equal(listed.items[0]?.items.flatMap((item) => item.parts).length, TOWNSHIPS);
  const refusals = (await outcomesOf(world, world.province.bookId)).filter((entry) =>
    entry.includes('split_disagrees'),
  );
  t.equal(refusals.length, faults.length + 1);
  await verifyClean(t, world);
});

forEachEngine('no more is passed down than there is, and only by and to the right ones', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county, neighbour } = world;
  const fundId = await provincialFund(world, '100.00');
  const first = allotmentInput(fundId, [to(county.id, '60.00')]);
  await issue(world, first);
  await refused(
    t,
    issue(world, { ...allotmentInput(fundId, [to(county.id, '1.00')]), documentNo: first.documentNo }),
    'already_exists',
  );
  await refused(
    t,
    issue(world, allotmentInput(fundId, [to(neighbour.id, '40.01')])),
    'insufficient_balance',
    'one 分 beyond',
  );
  const both = [to(county.id, '20.00'), to(neighbour.id, '20.01')];
  await refused(
    t,
    issue(world, allotmentInput(fundId, both)),
    'insufficient_balance',
    'one 分 beyond, together',
  );
  await refused(
    t,
    issue(world, allotmentInput(fundId, [to(county.id, '1.00'), to(county.id, '1.00')])),
    'recipient_repeated',
  );
  await refused(
    t,
    issue(world, allotmentInput(fundId, [to(province.id, '1.00')])),
    'recipient_not_below',
    'itself',
  );
  await refused(
    t,
    issue(world, allotmentInput(fundId, [to(world.provider.id, '1.00')])),
    'recipient_not_below',
    'a provider',
  );
  await refused(t, issue(world, allotmentInput(fundId, [to('nobody', '1.00')])), 'not_found');
  await refused(
    t,
    issue(world, allotmentInput(fundId, [to(county.id, '1.00')]), county.finance),
    'forbidden',
  );
  await refused(
    t,
    issue(world, allotmentInput(fundId, [to(county.id, '1.00')]), province.payer),
    'forbidden',
  );
  const countyFund = await openFund(world, { granted: '10.00' });
  await refused(
    t,
    issue(world, allotmentInput(countyFund, [to(county.id, '1.00')])),
    'not_found',
    "another book's fund",
  );
  const up = issueAllotment(
    store,
    world.packs,
    by(county.finance),
    county.bookId,
    allotmentInput(countyFund, [to(province.id, '1.00')]),
  );
  await refused(t, up, 'recipient_not_below', 'upwards');
  const across = issueAllotment(
    store,
    world.packs,
    by(county.finance),
    county.bookId,
    allotmentInput(countyFund, [to(neighbour.id, '1.00')]),
  );
  await refused(t, across, 'recipient_not_below', 'to the neighbour');
  await issue(world, allotmentInput(fundId, [to(neighbour.id, '40.00')]));
  t.strictSame(await accountsOf(world, fundId, { [county.id]: 'county', [neighbour.id]: 'neighbour' }), {
    allotted: '-100.00',
    'passed_down/county': '60.00',
    'passed_down/neighbour': '40.00',
    received: '-100.00',
    bank: '100.00',
  });
  await verifyClean(t, world);
});

forEachEngine(
  'a lower book takes in what was issued to it, once, naming it by its log hash',
  async (t, store) => {
    const world = await seedWorld(store);
    const { province, county, neighbour, township } = world;
    const fundId = await provincialFund(world, '100.00');
    const parts = [{ organisationId: township.id, amount: '60.00' }];
    const allotment = await issue(world, allotmentInput(fundId, [to(county.id, '60.00', parts)]));
    const item = allotment.items[0]?.id as string;
    await refused(t, take(world, neighbour, 'allotment', item), 'not_found', 'not issued to the neighbour');
    await refused(t, take(world, province, 'allotment', item), 'not_found', 'nor to the issuer');
    await refused(t, take(world, county, 'disbursement', item), 'not_found', 'an allotment is no cash');
    await refused(
      t,
      take(world, county, 'allotment', item, '2022-01-31'),
      'intake_before_issue',
      'a day before its issue',
    );
    await refused(t, take(world, county, 'allotment', item, '2022-08-01'), 'date_in_future');
    const byPayer = {
      kind: 'allotment',
      issueId: item,
      documentNo: 'x',
      effectiveDate: '2022-02-10',
    } as const;
    await refused(t, takeIn(store, by(county.payer), county.bookId, byPayer), 'forbidden');
    const intake = await take(world, county, 'allotment', item);
    t.equal(intake.issueLeafHash, await hashAt(store, province.bookId, allotment.logIndex));
    const logged = await store.read
      .selectFrom('logEntry')
      .selectAll()
      .where('subjectId', '=', intake.id)
      .executeTakeFirstOrThrow();
    t.match(logged.body, intake.issueLeafHash, 'the hash is in the lower log');
    await refused(t, take(world, county, 'allotment', item), 'already_exists', 'a second time');
    t.strictSame(await accountsOf(world, intake.fundId, { [township.id]: 'township' }), {
      allotted: '-60.00',
      'available/township': '60.00',
    });
    const fund = await getFund(store, county.finance, county.bookId, intake.fundId, {});
    t.match(fund, {
      type: 'provincial_subsidy',
      level: 'provincial',
      year: 2022,
      documentNo: allotment.documentNo,
    });
    t.strictSame(
      fund.terms,
      { ...SUBSIDY, declaredStationIds: [township.id, world.station.id] },
      'the split declares the township and its station',
    );
    const declaredLine = { fundId: intake.fundId, stationId: world.station.id };
    const beyond = openClaim(world, 'submitted', [{ ...declaredLine, amount: '60.01' }]);
    await refused(t, beyond, 'insufficient_balance', 'one 分 beyond the pool of the township');
    await openClaim(world, 'submitted', [{ ...declaredLine, amount: '60.00' }]);
    await verifyClean(t, world);
  },
);

forEachEngine('cash follows authority and never overtakes it', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county, neighbour } = world;
  const fundId = await provincialFund(world, '100.00', '50.00');
  const allotment = await issue(world, allotmentInput(fundId, [to(county.id, '60.00')]));
  const item = allotment.items[0]?.id as string;
  await refused(
    t,
    pay(world, item, '60.01'),
    'disbursement_exceeds_allotment',
    'one 分 beyond the allotment',
  );
  await refused(t, pay(world, item, '50.01'), 'insufficient_balance', 'one 分 beyond the cash');
  await refused(t, pay(world, 'nothing', '1.00'), 'not_found');
  const asFinance = { allotmentItemId: item, amount: '1.00', voucherNo: 'x', effectiveDate: TODAY };
  await refused(
    t,
    disburse(store, by(province.finance), province.bookId, asFinance),
    'forbidden',
    '财务 is not 出纳',
  );
  await refused(
    t,
    disburse(store, by(county.payer), county.bookId, asFinance),
    'not_found',
    'not from the lower book',
  );
  const first = await pay(world, item, '30.00', { voucherNo: '拨付-1' });
  await refused(t, pay(world, item, '1.00', { voucherNo: '拨付-1' }), 'already_exists', 'a voucher twice');
  await refused(
    t,
    take(world, county, 'disbursement', first.id),
    'authority_not_taken_in',
    'cash before authority',
  );
  const intake = await take(world, county, 'allotment', item);
  await refused(
    t,
    acknowledge(store, by(province.finance), province.bookId, first.id, TODAY),
    'not_taken_in',
  );
  const cash = await take(world, county, 'disbursement', first.id);
  t.equal(cash.fundId, intake.fundId, 'into the fund of its authority');
  t.equal(cash.issueLeafHash, await hashAt(store, province.bookId, first.logIndex));
  await refused(t, take(world, county, 'disbursement', first.id), 'already_exists');
  await refused(t, take(world, neighbour, 'disbursement', first.id), 'not_found');
  t.strictSame(await accountsOf(world, fundId, { [county.id]: 'county', [first.id]: 'first' }), {
    allotted: '-100.00',
    available: '40.00',
    'passed_down/county': '60.00',
    received: '-50.00',
    bank: '20.00',
    'in_transit/first': '30.00',
  });
  t.strictSame(await accountsOf(world, cash.fundId), {
    allotted: '-60.00',
    available: '60.00',
    received: '-30.00',
    bank: '30.00',
  });
  await refused(
    t,
    acknowledge(store, by(county.finance), county.bookId, first.id, TODAY),
    'not_found',
    'only in the issuing book',
  );
  await acknowledge(store, by(province.finance), province.bookId, first.id, TODAY);
  await refused(
    t,
    acknowledge(store, by(province.finance), province.bookId, first.id, TODAY),
    'already_exists',
  );
  const { bank, paid_out, in_transit } = await accountsOf(world, fundId);
  t.strictSame([bank, paid_out, in_transit], ['20.00', '30.00', undefined]);
  await refused(t, pay(world, item, '30.01'), 'disbursement_exceeds_allotment', 'one 分 beyond the rest');
  await pay(world, item, '20.00');
  await verifyClean(t, world);
});

forEachEngine('what is issued and not taken in is in transit, and ages', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county, neighbour } = world;
  const fundId = await provincialFund(world, '100.00');
  const input = allotmentInput(fundId, [to(county.id, '60.00'), to(neighbour.id, '40.00')]);
  const { items } = await issue(world, input);
  const cash = await pay(world, items[0]?.id as string, '10.00', { effectiveDate: '2022-02-11' });
  const transit = async (bureau: Bureau, on = '2022-03-01') =>
    (await listTransit(store, bureau.finance, bureau.bookId, on)).items.map((item) => [
      item.kind,
      item.amount,
      item.ageDays,
    ]);
  const both = [
    ['allotment', '60.00', 28],
    ['allotment', '40.00', 28],
    ['disbursement', '10.00', 18],
  ];
  const sorted = (rows: unknown[][]) => rows.map((row) => row.join(' ')).sort();
  t.strictSame(sorted(await transit(province)), sorted(both));
  t.strictSame((await transit(province)).at(-1), both[2], 'oldest first');
  t.strictSame(
    sorted(await transit(county)),
    sorted([both[0] as unknown[], both[2] as unknown[]]),
    'each sees its own',
  );
  t.strictSame(await transit(neighbour, '2022-02-01'), [['allotment', '40.00', 0]]);
  await take(world, county, 'allotment', items[0]?.id as string);
  await take(world, county, 'disbursement', cash.id, '2022-02-11');
  t.strictSame(await transit(county), []);
  t.strictSame(await transit(province), [both[1]]);
  await refused(
    t,
    listTransit(store, county.finance, province.bookId, TODAY),
    'not_found',
    'the upper book is not open to the lower',
  );
  const stranger = await seedActor(store, world.station, 'operator');
  await refused(t, listTransit(store, stranger, county.bookId, TODAY), 'not_found');
});

forEachEngine('a share for a station stays in the book as its own pool', async (t, store) => {
  const world = await seedWorld(store);
  const { county, station, office, township } = world;
  const fundId = await openFund(world, { granted: '100.00', fund: { terms: LOCAL } });
  const shares = [to(station.id, '30.00'), to(township.id, '20.00')];
  const { items } = await issueAllotment(
    store,
    world.packs,
    by(county.finance),
    county.bookId,
    allotmentInput(fundId, shares),
  );
  t.strictSame(
    items.map((item) => item.recipientBookId),
    [null, null],
  );
  const labels = { [station.id]: 'station', [township.id]: 'township' };
  const cash = { received: '-100.00', bank: '100.00', allotted: '-100.00' };
  const shared = { ...cash, available: '50.00', 'available/station': '30.00', 'available/township': '20.00' };
  t.strictSame(await accountsOf(world, fundId, labels), shared);
  const noBook = {
    allotmentItemId: items[0]?.id as string,
    amount: '1.00',
    voucherNo: 'x',
    effectiveDate: TODAY,
  };
  await refused(t, disburse(store, by(county.payer), county.bookId, noBook), 'recipient_has_no_book');
  const claim = (stationId: string | null, amount: string) =>
    openClaim(world, 'submitted', [{ fundId, amount, stationId }]);
  await refused(
    t,
    claim(station.id, '30.01'),
    'insufficient_balance',
    'one 分 beyond the pool of the station',
  );
  await claim(station.id, '30.00');
  await refused(t, claim(station.id, '0.01'), 'insufficient_balance', 'the common pool does not help out');
  await refused(t, claim(office.id, '0.01'), 'insufficient_balance', 'nor for the office below the station');
  await refused(
    t,
    claim(null, '50.01'),
    'insufficient_balance',
    "nor do the stations' pools help the common one",
  );
  await claim(null, '50.00');
  t.strictSame(await accountsOf(world, fundId, labels), {
    ...cash,
    'available/township': '20.00',
    reserved: '80.00',
  });
  await verifyClean(t, world);
});

forEachEngine(
  'what the document splits must be split among organisations below the recipient',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, neighbourStation } = world;
    const fundId = await provincialFund(world, '100.00');
    for (const [name, organisationId] of [
      ['a station of the neighbour', neighbourStation.id],
      ['nobody', 'no-such-organisation'],
      ['the recipient itself', county.id],
    ] as const) {
      const work = issue(
        world,
        allotmentInput(fundId, [to(county.id, '1.00', [{ organisationId, amount: '1.00' }])]),
      );
      await refused(t, work, name === 'nobody' ? 'not_found' : 'recipient_not_below', name);
    }
    const twice = [
      { organisationId: world.township.id, amount: '1.00' },
      { organisationId: world.township.id, amount: '1.00' },
    ];
    await refused(
      t,
      issue(world, allotmentInput(fundId, [to(county.id, '2.00', twice)])),
      'recipient_repeated',
    );
  },
);

forEachEngine('a closed month refuses an intake dated in it', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { items } = await issue(
    world,
    allotmentInput(await provincialFund(world, '100.00'), [to(county.id, '60.00')]),
  );
  await closePeriod(store, by(county.finance), county.bookId, '2022-02');
  await refused(t, take(world, county, 'allotment', items[0]?.id as string), 'period_closed');
  await take(world, county, 'allotment', items[0]?.id as string, '2022-03-01');
  await verifyClean(t, world);
});
