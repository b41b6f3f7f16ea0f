import {
  createClaim,
  rejectClaim,
  reportSpending,
  returnClaim,
  submitClaim,
  withdrawClaim,
} from '../../src/claims/index.js';
import {
  by,
  claimInput,
  invoiceOf,
  type LineGiven,
  lineInput,
  openClaim,
  openContract,
  openFund,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

const NUMBER = '24512000000012345678';
/** What is used of an invoice; it has no row when nothing uses it. */
const usedOf = async (world: World, number = NUMBER) =>
  (
    await world.store.read
      .selectFrom('invoice')
      .select('usedFen')
      .where('number', '=', number)
      .executeTakeFirst()
  )?.usedFen;
const usesOf = async (world: World) =>
  (
    await world.store.read
      .selectFrom('invoiceUse')
      .select(['ownerId', 'amountFen'])
      .where('number', '=', NUMBER)
      .execute()
  ).map(({ ownerId, amountFen }) => [ownerId, amountFen]);

forEachEngine(
  'an invoice is used up to its face value over lines, claims, reports and books, and not one 分 beyond',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, neighbour } = world;
    const fundId = await openFund(world);
    const line = (amount: string, given: object = {}): LineGiven => ({
      fundId,
      amount,
      invoice: invoiceOf(NUMBER, '100.00', given),
    });
    const submit = (...lines: LineGiven[]) => openClaim(world, 'submitted', lines);
    await refused(t, submit(line('60.00'), line('40.01')), 'invoice_overused', 'two lines of one claim');
    t.equal(await usedOf(world), undefined, 'a refusal takes nothing');
    await submit(line('30.00'), line('20.00'));
    t.equal(await usedOf(world), 5_000n);
    const error = await refused(t, submit(line('50.01')), 'invoice_overused', 'another claim');
    t.match(error?.message, /票面 100\.00 元，已报销 50\.00 元，还可报销 50\.00 元，本次 50\.01 元/);
    const theirFund = await openFund(world, { bureau: neighbour });
    const operator = await seedActor(store, world.neighbourStation, 'operator');
    const theirs = async (amount: string) => {
      const input = claimInput(world.neighbourStation.id, [{ ...line(amount), fundId: theirFund }]);
      const { id } = await createClaim(store, by(operator), neighbour.bookId, input);
      return submitClaim(store, world.packs, by(operator), neighbour.bookId, id, null);
    };
    await refused(t, theirs('50.01'), 'invoice_overused', 'another book');
    await theirs('20.00');
    const contractId = await openContract(world, [{ fundId, amount: '1000.00' }]);
    await openClaim(world, 'paid', [{ fundId, amount: '500.00' }], {
      contractId,
      payeeId: world.provider.id,
      payeeType: 'provider',
    });
    const report = (amount: string) =>
      reportSpending(store, world.packs, by(world.providerOperator), county.bookId, {
        contractId,
        businessDate: TODAY,
        lines: [lineInput(line(amount))],
      });
    await refused(t, report('30.01'), 'invoice_overused', "a provider's report");
    await report('10.00');
    await submit(line('20.00'));
    t.equal(await usedOf(world), 10_000n);
    await refused(t, submit(line('0.01')), 'invoice_overused', 'the last 分 is gone');
    await submit({ fundId, amount: '100.00', invoice: invoiceOf('24512000000012345679', '100.00') });
    await verifyClean(t, world);
  },
);

forEachEngine('what a claim took of an invoice comes back when the claim does', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const fundId = await openFund(world);
  const lines = [{ fundId, amount: '100.00', invoice: invoiceOf(NUMBER, '100.00') }];
  const note = { note: '退' };
  const first = await openClaim(world, 'submitted', lines);
  await refused(t, openClaim(world, 'submitted', lines), 'invoice_overused');
  await withdrawClaim(store, by(world.stationOperator), county.bookId, first.id, null, note);
  t.equal(await usedOf(world), undefined, 'withdrawn');
  t.strictSame(await usesOf(world), []);
  const second = await openClaim(world, 'reviewed', lines);
  await returnClaim(store, by(county.finance), county.bookId, second.id, null, note);
  t.equal(await usedOf(world), undefined, 'returned');
  t.strictSame(await usesOf(world), []);
  const third = await openClaim(world, 'approved', lines);
  await rejectClaim(store, by(county.finance), county.bookId, third.id, null, note);
  t.equal(await usedOf(world), undefined, 'rejected');
  t.strictSame(await usesOf(world), []);
  const { id } = await openClaim(world, 'paid', lines);
  t.equal(await usedOf(world), 10_000n);
  t.strictSame(await usesOf(world), [[id, 10_000n]]);
  await refused(
    t,
    submitClaim(store, world.packs, by(world.stationOperator), county.bookId, first.id, null),
    'invoice_overused',
  );
  await verifyClean(t, world);
});

forEachEngine('an invoice that is told differently is refused', async (t, store) => {
  const world = await seedWorld(store);
  const fundId = await openFund(world);
  const line = (face: string, given: object = {}): LineGiven => ({
    fundId,
    amount: '10.00',
    invoice: invoiceOf(NUMBER, face, given),
  });
  await refused(
    t,
    openClaim(world, 'submitted', [line('100.00'), line('200.00')]),
    'invoice_mismatch',
    'within one claim',
  );
  await openClaim(world, 'submitted', [line('100.00')]);
  for (const [name, other] of [
    ['a larger face', line('100.01')],
    ['a smaller face', line('99.99')],
    ['another seller', line('100.00', { sellerName: '另一家' })],
    ['another day', line('100.00', { issuedDate: '2022-06-02' })],
  ] as const) {
    await refused(t, openClaim(world, 'submitted', [other]), 'invoice_mismatch', name);
  }
  const later = {
    fundId,
    amount: '1.00',
    invoice: invoiceOf('24512000000099999999', '5.00', { issuedDate: '2022-07-16' }),
  };
  await refused(t, openClaim(world, 'submitted', [later]), 'invoice_after_business', 'issued the day after');
  const sameDay = { ...later, invoice: { ...later.invoice, issuedDate: '2022-07-15' } };
  await openClaim(world, 'submitted', [sameDay]);
  t.equal(await usedOf(world), 1_000n);
});
