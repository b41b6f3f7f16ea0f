import { payClaim, returnClaim } from '../../src/claims/index.js';
import { addFundDocument, closePeriod, listPeriods } from '../../src/ledger/index.js';
import {
  by,
  nextNo,
  openClaim,
  openFund,
  paymentInput,
  refused,
  seedWorld,
  TODAY,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

forEachEngine('months close in order, once, when they are over, by the bureau', async (t, store) => {
  const world = await seedWorld(store);
  const { county, province } = world;
  const close = (month: string, at?: string) =>
    closePeriod(store, by(county.finance, at ? { at } : {}), county.bookId, month);
  await refused(t, close('2022-07'), 'period_not_over', 'the running month');
  await refused(t, close('2022-08'), 'period_not_over', 'the next one');
  await refused(
    t,
    close('2022-07', '2022-07-31T15:59:59.999Z'),
    'period_not_over',
    'a millisecond before midnight in China',
  );
  t.match(await close('2021-11'), { month: '2021-11' });
  await refused(t, close('2021-11'), 'already_exists');
  await refused(t, close('2022-01'), 'period_out_of_order', 'a month left out');
  await refused(t, close('2021-10'), 'period_out_of_order', 'an earlier one');
  await close('2021-12');
  await close('2022-01');
  for (const month of ['2022-02', '2022-03', '2022-04', '2022-05', '2022-06']) await close(month);
  await close('2022-07', '2022-07-31T16:00:00.000Z');
  for (const actor of [county.payer, county.auditor, county.operator, province.finance]) {
    await refused(t, closePeriod(store, by(actor), county.bookId, '2022-08'), 'forbidden');
  }
  const { items } = await listPeriods(store, county.auditor, county.bookId);
  t.equal(items.length, 9);
  t.strictSame((await listPeriods(store, province.finance, province.bookId)).items, [], 'each book its own');
  await verifyClean(t, world);
});

forEachEngine('a closed month takes no entry, by whatever way it comes', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const fundId = await openFund(world, { granted: '100.00' });
  const claim = await openClaim(world, 'approved', [{ fundId, amount: '10.00' }], {
    businessDate: '2022-06-30',
  });
  await closePeriod(store, by(county.finance), county.bookId, '2022-06');
  const grant = (effectiveDate: string) =>
    addFundDocument(store, by(county.finance), county.bookId, fundId, {
      kind: 'grant',
      documentNo: nextNo('下达'),
      effectiveDate,
      amount: '1.00',
      counterparty: '县财政局',
    });
  await refused(t, grant('2022-06-01'), 'period_closed');
  await refused(t, grant('2022-06-30'), 'period_closed');
  await grant('2022-07-01');
  const pay = (effectiveDate: string) =>
    payClaim(store, world.packs, by(county.payer), county.bookId, claim.id, paymentInput({ effectiveDate }));
  await refused(t, pay('2022-06-30'), 'period_closed');
  const back = { note: '改期', effectiveDate: '2022-06-30' };
  await refused(
    t,
    returnClaim(store, by(county.finance), county.bookId, claim.id, null, back),
    'period_closed',
  );
  await refused(
    t,
    openClaim(world, 'submitted', [{ fundId, amount: '1.00' }], { businessDate: '2022-06-30' }),
    'period_closed',
  );
  t.equal((await pay(TODAY)).claim.status, 'paid');
  await verifyClean(t, world);
});
