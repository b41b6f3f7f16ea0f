import fc from 'fast-check';
import { t as root } from 'tap';
import { issueAllotment, listTransit } from '../../src/allotments/index.js';
import { newId } from '../../src/core/ids.js';
import { formatYuan, parseYuan, sumFen } from '../../src/core/money.js';
import { createFund } from '../../src/ledger/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { lowerComparison, upperComparison } from '../../src/reconciliation/index.js';
import {
  by,
  fundInput,
  nextNo,
  openClaim,
  openFund,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  tell,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { allot, byHand, noteArrival, payDown, provincialFund, take } from './scene.js';

root.setTimeout(900_000);

const SPAN = { year: 2022, asOf: TODAY };
const ofCounty = ({ store, county }: World, span = SPAN, actor: Actor = county.auditor) =>
  upperComparison(store, actor, county.bookId, span);
const ofProvince = ({ store, province }: World, given: object = {}) =>
  lowerComparison(store, province.auditor, province.bookId, { ...SPAN, ...given });
const listed = (view: { differences: readonly { kind: string; amount: string; ageDays: number }[] }) =>
  view.differences.map(({ kind, amount, ageDays }) => `${kind} ${amount} ${ageDays}`);

forEachEngine('the four amounts of both sides, fund by fund', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province, township } = world;
  const upperFund = await provincialFund(world);
  const item = await allot(world, upperFund, county, '1000.00', { documentNo: '川财社〔2022〕7号' });
  t.match(await ofCounty(world), {
    bureauName: '泸县民政局',
    upper: [{ bookId: province.bookId, bureauName: '省民政厅' }],
    authority: { issued: '1000.00', taken: '0.00', agreed: '0.00', short: '1000.00', over: '0.00' },
    cash: { issued: '0.00', taken: '0.00' },
    funds: [
      {
        fundId: null,
        upperFundId: upperFund,
        documentNo: '川财社〔2022〕7号',
        upper: { allotted: '1000.00', disbursed: '0.00' },
        own: { takenIn: '0.00', received: '0.00', spent: '0.00' },
        allottedDifference: '1000.00',
      },
    ],
    oldestDays: 180,
    unowned: 1,
  });
  const { fundId } = await take(world, county, 'allotment', item);
  const paid = [await payDown(world, item, '600.00'), await payDown(world, item, '300.00')] as const;
  await take(world, county, 'disbursement', paid[0]);
  await noteArrival(world, paid[0]);
  await byHand(world, county, fundId, 'plan', '1200.00');
  await byHand(world, county, fundId, 'return', '5.00');
  await openClaim(world, 'paid', [{ fundId, amount: '250.00' }]);
  await issueAllotment(store, world.packs, by(county.finance), county.bookId, {
    fundId,
    documentNo: nextNo('泸县民政'),
    effectiveDate: '2022-03-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: township.id, amount: '100.00', parts: [] }],
  });
  const view = await ofCounty(world);
  t.match(view, {
    authority: { issued: '1000.00', taken: '1000.00', agreed: '1000.00', short: '0.00', over: '0.00' },
    cash: { issued: '900.00', taken: '600.00', agreed: '600.00', short: '300.00', over: '0.00' },
    funds: [
      {
        fundId,
        upperFundId: upperFund,
        upper: { allotted: '1000.00', disbursed: '900.00' },
        own: {
          planned: '1200.00',
          takenIn: '1000.00',
          received: '600.00',
          spent: '250.00',
          passedDown: '0.00',
          returned: '5.00',
        },
        allottedDifference: '0.00',
        receivedDifference: '300.00',
      },
    ],
  });
  t.equal(view.funds.length, 1, 'cash on its way belongs to the fund of its authority');
  t.same(listed(view), ['in_transit 300.00 176']);
  const { upper, own, duty } = view.differences[0] ?? {};
  const entry = await store.read
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', province.bookId)
    .where('subjectId', '=', paid[1])
    .executeTakeFirstOrThrow();
  t.match(upper, {
    bookId: province.bookId,
    id: paid[1],
    logIndex: entry.logIndex,
    leafHash: entry.leafHash,
  });
  t.same([own, duty], [null, 'lower']);
  t.match(await listTransit(store, county.auditor, county.bookId, TODAY), { items: [{ ageDays: 176 }] });
  await verifyClean(t, world);
});

forEachEngine('each difference is there while it lasts, and goes by itself', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const upperFund = await provincialFund(world);
  const item = await allot(world, upperFund, county, '500.00');
  await allot(world, upperFund, neighbour, '70.00');
  await take(world, county, 'allotment', item, '2022-03-02');
  const cash = await payDown(world, item, '200.00');
  t.same(listed(await ofCounty(world)), ['in_transit 200.00 176', 'other_month 500.00 29']);
  t.same(listed(await ofCounty(world, { year: 2022, asOf: '2022-03-01' })), [
    'not_taken_in 500.00 28',
    'in_transit 200.00 24',
  ]);
  t.same(listed(await ofCounty(world, { year: 2022, asOf: '2022-02-04' })), ['not_taken_in 500.00 3']);
  t.same(listed(await ofCounty(world, { year: 2022, asOf: '2022-01-31' })), []);
  await take(world, county, 'disbursement', cash);
  const noted = await ofCounty(world);
  t.same(listed(noted), ['not_acknowledged 200.00 171', 'other_month 500.00 29']);
  t.match(noted.differences[0], { duty: 'upper', difference: '0.00', upper: { id: cash } });
  await noteArrival(world, cash, '2022-02-20');
  t.same(listed(await ofCounty(world)), ['other_month 500.00 29']);
  t.same(
    listed(await ofCounty(world, { year: 2022, asOf: '2022-02-19' })),
    ['not_taken_in 500.00 18', 'not_acknowledged 200.00 9'],
    'the day before it was noted',
  );

  const typed = await createFund(
    store,
    by(county.finance),
    county.bookId,
    fundInput({ level: 'provincial', documentNo: '川财社〔2022〕90号' }),
  );
  await byHand(world, county, typed.id, 'grant', '80.00');
  t.same(listed(await ofCounty(world))[0], 'no_upper_record 80.00 152');
  t.match((await ofCounty(world)).authority, { issued: '500.00', taken: '580.00', over: '80.00' });
  await allot(world, upperFund, county, '79.99', { documentNo: '川财社（2022）90号' });
  t.same(listed(await ofCounty(world)), [
    'more_than_issued 0.01 152',
    'recorded_by_hand 80.00 152',
    'other_month 500.00 29',
    'other_month 80.00 28',
  ]);

  // An intake of another amount than its issue is no work of the service; it would be seen.
  const odd = await allot(world, upperFund, county, '10.00', { documentNo: '川财社〔2022〕91号' });
  const { leafHash, logIndex } = await store.read
    .selectFrom('allotmentItem as item')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .innerJoin('logEntry', (join) =>
      join
        .onRef('logEntry.bookId', '=', 'allotment.bookId')
        .onRef('logEntry.logIndex', '=', 'allotment.logIndex'),
    )
    .select(['logEntry.leafHash', 'logEntry.logIndex'])
    .where('item.id', '=', odd)
    .executeTakeFirstOrThrow();
  await tell(store, county.bookId, (unit) =>
    unit.insert('intake', {
      id: newId(),
      fundId: typed.id,
      kind: 'allotment',
      issueId: odd,
      issueBookId: world.province.bookId,
      issueLogIndex: logIndex,
      issueLeafHash: leafHash,
      documentNo: '收文',
      effectiveDate: '2022-02-03',
      amountFen: 999n,
      logIndex: unit.logIndex,
    }),
  );
  t.ok(listed(await ofCounty(world)).includes('amount_differs 0.01 178'));
  await verifyClean(t, world);
});

forEachEngine('what comes from nowhere above is no difference', async (t, store) => {
  const world = await seedWorld(store);
  const { province } = world;
  await openFund(world, { granted: '10.00' });
  await openFund(world, {
    fund: {
      level: 'provincial',
      terms: {
        type: 'department_purchase',
        department: '团省委',
        agreementNo: null,
        from: '2022-01-01',
        until: '2022-12-31',
      },
    },
  });
  const own = await ofCounty(world);
  t.match(own, { funds: [], differences: [], authority: { taken: '0.00' } }, 'own and other money');
  await openFund(world, { bureau: province, fund: { level: 'central' } });
  const top = await upperComparison(store, province.auditor, province.bookId, SPAN);
  t.match(top, { upper: [], funds: [], differences: [] }, 'above the province no book is kept');
  t.match(await ofProvince(world), { items: [], authority: { issued: '0.00' } });
});

forEachEngine('money of one year that is taken in or spent in the next', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const upperFund = await openFund(world, {
    bureau: world.province,
    date: '2021-01-10',
    fund: { level: 'provincial', year: 2021 },
  });
  const item = await allot(world, upperFund, county, '500.00', { effectiveDate: '2021-12-20' });
  const cash = await payDown(world, item, '500.00', { effectiveDate: '2021-12-21' });
  const { fundId } = await take(world, county, 'allotment', item, '2022-01-05');
  await take(world, county, 'disbursement', cash, '2022-01-06');
  await noteArrival(world, cash, '2022-01-07');
  await openClaim(world, 'paid', [{ fundId, amount: '40.00' }]);
  t.same(listed(await ofCounty(world, { year: 2021, asOf: '2021-12-31' })), [
    'not_taken_in 500.00 11',
    'in_transit 500.00 10',
  ]);
  const before = await ofCounty(world, { year: 2021, asOf: TODAY });
  t.same(listed(before), ['other_month 500.00 16', 'other_month 500.00 16']);
  t.match(before.funds, [{ fundId, own: { takenIn: '500.00', received: '500.00', spent: '0.00' } }]);
  const after = await ofCounty(world);
  t.match(after.authority, { issued: '0.00', taken: '0.00' });
  t.match(after.funds, [{ fundId, own: { takenIn: '0.00', spent: '40.00' } }], 'spent in the year');
  t.same(after.differences, []);
});

forEachEngine('the upper book sees each lower one, the longest in transit first', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, province } = world;
  const upperFund = await provincialFund(world);
  const early = await allot(world, upperFund, county, '500.00');
  await allot(world, upperFund, neighbour, '70.00', { effectiveDate: '2022-01-20' });
  await take(world, county, 'allotment', early);
  const strange = await openFund(world, { fund: { level: 'provincial' }, granted: '3.00' });
  const view = await ofProvince(world);
  t.match(view, {
    authority: { issued: '570.00', taken: '500.00', agreed: '500.00', short: '70.00' },
    items: [
      { bookId: neighbour.bookId, oldestDays: 192, authority: { short: '70.00' } },
      { bookId: county.bookId, oldestDays: null, authority: { short: '0.00' } },
    ],
  });
  t.same(view.items[1]?.differences, [], 'what the county has from elsewhere is its own affair');
  t.equal((await ofCounty(world)).differences.length, 2, strange);
  t.equal((await ofProvince(world, { recipientBookId: county.bookId })).items.length, 1);
  await refused(t, ofProvince(world, { recipientBookId: province.bookId }), 'not_found');
  const below = await ofCounty(world);
  const above = await ofProvince(world, { asOf: '2022-02-05' });
  t.equal(above.items[1]?.differences[0]?.kind, 'not_taken_in');
  t.equal(below.authority.issued, '500.00', 'the neighbour’s share is not among it');
});

forEachEngine('whoever may not read the book has no comparison', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province, neighbour } = world;
  const upperFund = await provincialFund(world);
  await allot(world, upperFund, county, '5.00');
  await allot(world, upperFund, neighbour, '70.00');
  const upperAuditor = await seedActor(store, province, 'auditor');
  for (const actor of [county.finance, county.payer, province.finance, upperAuditor])
    t.equal((await ofCounty(world, SPAN, actor)).differences.length, 1);
  for (const actor of [neighbour.finance, world.stationOperator, world.providerOperator, county.operator])
    await refused(t, ofCounty(world, SPAN, actor), 'not_found');
  for (const actor of [county.finance, county.auditor, world.stationOperator])
    await refused(t, lowerComparison(store, actor, province.bookId, SPAN), 'not_found', 'seen from below');
  const text = JSON.stringify(await ofCounty(world));
  t.notMatch(text, neighbour.bookId, 'nothing of the sibling');
});

forEachEngine('random issues and intakes balance, whatever was done', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const counties = [county, neighbour] as const;
  const upperFund = await provincialFund(world, '99999999.00');
  type Told = { basis: 'authority' | 'cash'; at: 0 | 1; amountFen: bigint; isTaken: boolean; id: string };
  const issued: Told[] = [];
  const over = [0n, 0n] as [bigint, bigint];
  const step = fc.record({
    what: fc.constantFrom('allot', 'pay', 'take', 'take', 'type'),
    at: fc.constantFrom<0 | 1>(0, 1),
    pick: fc.nat(50),
    amount: fc.integer({ min: 1, max: 50_000 }),
    month: fc.constantFrom('02', '03', '06'),
  });
  const typed = await Promise.all(
    counties.map(async ({ finance, bookId }) =>
      createFund(store, by(finance), bookId, fundInput({ level: 'provincial' })),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 8 }), async (steps) => {
      for (const { what, at, pick, amount, month } of steps) {
        const bureau = counties[at];
        const effectiveDate = `2022-${month}-01`;
        const amountFen = BigInt(amount);
        const mine = issued.filter((one) => one.at === at);
        const authority = mine.filter((one) => one.basis === 'authority');
        if (what === 'allot') {
          const id = await allot(world, upperFund, bureau, formatYuan(amountFen), { effectiveDate });
          issued.push({ basis: 'authority', at, amountFen, isTaken: false, id });
        } else if (what === 'pay') {
          const item = authority[pick % Math.max(authority.length, 1)];
          const wholeFen = item?.amountFen ?? 0n;
          const part = wholeFen / 7n;
          if (!item || part === 0n) continue;
          const before = await store.read
            .selectFrom('disbursement')
            .select('id')
            .where('allotmentItemId', '=', item.id)
            .execute();
          if (before.length >= 7) continue;
          const id = await payDown(world, item.id, formatYuan(part), { effectiveDate });
          issued.push({ basis: 'cash', at, amountFen: part, isTaken: false, id });
        } else if (what === 'take') {
          const open = mine.filter((one) => !one.isTaken);
          const one = open[pick % Math.max(open.length, 1)];
          if (!one) continue;
          const kind = one.basis === 'authority' ? 'allotment' : 'disbursement';
          const done = await take(world, bureau, kind, one.id, '2022-06-30').catch((fault) => {
            // Cash before its authority was taken in.
            if (fault.code !== 'authority_not_taken_in') throw fault;
            return null;
          });
          if (done) one.isTaken = true;
        } else {
          await byHand(world, bureau, (typed[at] as { id: string }).id, 'grant', formatYuan(amountFen));
          over[at] += amountFen;
        }
      }
      for (const [at, bureau] of counties.entries()) {
        const view = await upperComparison(store, bureau.auditor, bureau.bookId, SPAN);
        for (const basis of ['authority', 'cash'] as const) {
          const told = issued.filter((one) => one.at === at && one.basis === basis);
          const issuedFen = sumFen(told.map((one) => one.amountFen));
          const agreedFen = sumFen(told.filter((one) => one.isTaken).map((one) => one.amountFen));
          const overFen = basis === 'authority' ? (over[at] as bigint) : 0n;
          const wanted = {
            issued: formatYuan(issuedFen),
            taken: formatYuan(agreedFen + overFen),
            agreed: formatYuan(agreedFen),
            short: formatYuan(issuedFen - agreedFen),
            over: formatYuan(overFen),
          };
          if (JSON.stringify(view[basis]) !== JSON.stringify(wanted))
            throw new Error(`${basis}: ${JSON.stringify(view[basis])} instead of ${JSON.stringify(wanted)}`);
          const gaps = view.differences
            .filter((difference) => difference.basis === basis)
            .map(({ difference }) => parseYuan(difference));
          const short = sumFen(gaps.filter((gap) => gap > 0n));
          if (agreedFen + short !== issuedFen)
            throw new Error('agreed and differences are not what was issued');
          const byFund = view.funds.map(({ upper }) =>
            parseYuan(basis === 'authority' ? upper.allotted : upper.disbursed),
          );
          if (sumFen(byFund) !== issuedFen) throw new Error('the funds are not what was issued');
        }
      }
      const { authority, cash } = await ofProvince(world);
      const all = (basis: Told['basis']) =>
        formatYuan(sumFen(issued.filter((one) => one.basis === basis).map((one) => one.amountFen)));
      if (authority.issued !== all('authority') || cash.issued !== all('cash'))
        throw new Error('seen from above, something else was issued');
    }),
    { numRuns: 12, endOnFailure: true },
  );
  t.ok(issued.length > 8, `${issued.length} issues`);
  await verifyClean(t, world);
});
