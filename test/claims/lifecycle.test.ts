import {
  approveClaim,
  type ClaimStatus,
  closeClaim,
  coSignClaim,
  createClaim,
  editClaim,
  getClaim,
  listClaims,
  payClaim,
  refundClaim,
  rejectClaim,
  reportSpending,
  returnClaim,
  reversePayment,
  reviewClaim,
  STATUSES,
  submitClaim,
  withdrawClaim,
} from '../../src/claims/index.js';
import { closeContract, prepareContract, signContract } from '../../src/contracts/index.js';
import { addFundDocument } from '../../src/ledger/index.js';
import type { Actor } from '../../src/organisations/index.js';
import {
  accountsOf,
  by,
  claimInput,
  contractInput,
  lineInput,
  nextNo,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  tell,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

const NOTE = { note: '意见' };
const paymentsOf = async (world: World, id: string) =>
  (await getClaim(world.store, world.county.auditor, world.county.bookId, id)).payments;

/** Every step, each by somebody who may take it. */
const STEPS = (world: World) => {
  const { store, packs, county, stationOperator, stationReviewer } = world;
  const { bookId } = county;
  return {
    edit: async (id: string) => {
      const { version, lines } = await getClaim(store, county.auditor, bookId, id);
      const given = lines.map(({ fundId, amount }) => ({ fundId, amount }));
      return editClaim(store, by(stationOperator), bookId, id, version, claimInput(world.station.id, given));
    },
    submit: (id: string) => submitClaim(store, packs, by(stationOperator), bookId, id, null),
    withdraw: (id: string) => withdrawClaim(store, by(stationOperator), bookId, id, null, NOTE),
    review: (id: string) => reviewClaim(store, by(stationReviewer), bookId, id, null, NOTE),
    coSign: (id: string) => coSignClaim(store, by(county.reviewer), bookId, id, null, NOTE),
    return: (id: string) => returnClaim(store, by(county.finance2), bookId, id, null, NOTE),
    reject: (id: string) => rejectClaim(store, by(county.finance2), bookId, id, null, NOTE),
    approve: (id: string) => approveClaim(store, packs, by(county.finance), bookId, id, null, NOTE),
    pay: (id: string) => payClaim(store, packs, by(county.payer), bookId, id, paymentInput()),
    payHalf: (id: string) =>
      payClaim(store, packs, by(county.payer), bookId, id, paymentInput({ amount: '0.50' })),
    refund: (id: string) =>
      refundClaim(store, by(county.payer), bookId, id, { ...paymentInput(), amount: '0.10' }),
    reverse: async (id: string) => {
      const last = (await paymentsOf(world, id)).filter(({ kind }) => kind === 'payment').at(-1);
      return reversePayment(store, by(county.finance), bookId, id, {
        ...paymentInput(),
        paymentId: last?.id ?? 'none',
      });
    },
    close: (id: string) => closeClaim(store, by(county.finance), bookId, id, null, NOTE),
  };
};
type Step = keyof ReturnType<typeof STEPS>;

/** status → step → the status it leads to; a step that is not named is refused. Co-signing has a test of its own. */
const TRANSITIONS: Readonly<Record<ClaimStatus, Partial<Record<Step, ClaimStatus>>>> = {
  draft: { edit: 'draft', submit: 'submitted' },
  submitted: { withdraw: 'draft', review: 'reviewed', return: 'returned', reject: 'rejected' },
  returned: { edit: 'returned', submit: 'submitted' },
  reviewed: { withdraw: 'draft', return: 'returned', reject: 'rejected', approve: 'approved' },
  approved: { return: 'returned', reject: 'rejected', pay: 'paid', payHalf: 'partly_paid' },
  partly_paid: { pay: 'paid', payHalf: 'paid', refund: 'partly_paid', reverse: 'approved', close: 'closed' },
  paid: { refund: 'paid', reverse: 'approved' },
  closed: { refund: 'closed' },
  rejected: {},
};

/** How to get there from a draft. */
const PATHS: Readonly<Record<ClaimStatus, readonly Step[]>> = {
  draft: [],
  submitted: ['submit'],
  returned: ['submit', 'return'],
  reviewed: ['submit', 'review'],
  approved: ['submit', 'review', 'approve'],
  partly_paid: ['submit', 'review', 'approve', 'payHalf'],
  paid: ['submit', 'review', 'approve', 'pay'],
  closed: ['submit', 'review', 'approve', 'payHalf', 'close'],
  rejected: ['submit', 'reject'],
};

forEachEngine(
  'every step from every status: allowed where the table says so, refused everywhere else',
  async (t, store) => {
    const world = await seedWorld(store);
    const steps = STEPS(world);
    const fundId = await openFund(world, { granted: '1000.00' });
    const statusOf = async (id: string) =>
      (await getClaim(store, world.county.auditor, world.county.bookId, id)).status;
    for (const status of STATUSES) {
      for (const step of Object.keys(steps) as Step[]) {
        if (step === 'coSign' && status === 'submitted') continue;
        const { id } = await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
        for (const before of PATHS[status]) await steps[before](id);
        if ((await statusOf(id)) !== status) t.fail(`${status} is not reached`);
        const before = await accountsOf(world, fundId);
        const expected = TRANSITIONS[status][step];
        if (expected) {
          await steps[step](id);
          t.equal(await statusOf(id), expected, `${status} → ${step} → ${expected}`);
        } else {
          await refused(t, steps[step](id), 'wrong_status', `${status} → ${step} is refused`);
          t.strictSame(await accountsOf(world, fundId), before, 'and moves nothing');
        }
      }
    }
    await verifyClean(t, world);
  },
);

forEachEngine('from draft to paid, refunded, reversed: balances as by hand', async (t, store) => {
  const world = await seedWorld(store);
  const { county, packs } = world;
  const steps = STEPS(world);
  const fundId = await openFund(world, { granted: '1000.00', received: '800.00' });
  const is = async (name: string, expected: Record<string, string>) =>
    t.strictSame(
      await accountsOf(world, fundId),
      { allotted: '-1000.00', received: '-800.00', ...expected },
      name,
    );
  const lines = [
    { fundId, amount: '100.00' },
    { fundId, amount: '50.00' },
  ];
  const claim = await openClaim(world, 'draft', lines);
  t.match(claim, { amount: '150.00', status: 'draft', paid: '0.00', version: 1 });
  await is('a draft holds nothing', { available: '1000.00', bank: '800.00' });
  await steps.submit(claim.id);
  await is('submitted: held', { available: '850.00', reserved: '150.00', bank: '800.00' });
  await steps.withdraw(claim.id);
  await is('withdrawn', { available: '1000.00', bank: '800.00' });
  await steps.submit(claim.id);
  await steps.review(claim.id);
  await steps.return(claim.id);
  await is('returned', { available: '1000.00', bank: '800.00' });
  await steps.submit(claim.id);
  await steps.review(claim.id);
  await steps.approve(claim.id);
  await is('approved: still only held', { available: '850.00', reserved: '150.00', bank: '800.00' });
  const pay = (given: object) =>
    payClaim(store, packs, by(county.payer), county.bookId, claim.id, paymentInput(given));
  await refused(t, pay({ amount: '150.01' }), 'share_exceeds_line', 'one 分 too many');
  await refused(t, pay({ amount: '0.00' }), 'share_exceeds_line', 'nothing');
  const [first, second] = claim.lines.map((line) => line.id) as [string, string];
  await refused(
    t,
    pay({ lines: [{ lineId: second, amount: '50.01' }] }),
    'share_exceeds_line',
    'beyond its line',
  );
  await refused(t, pay({ lines: [{ lineId: second, amount: '0.00' }] }), 'share_exceeds_line');
  await refused(t, pay({ lines: [{ lineId: 'no', amount: '1.00' }] }), 'not_found');
  const twice = [first, first].map((lineId) => ({ lineId, amount: '1.00' }));
  await refused(t, pay({ lines: twice }), 'share_repeated');
  await refused(t, pay({ amount: '1.01', lines: [{ lineId: first, amount: '1.00' }] }), 'shares_disagree');
  await refused(t, pay({ effectiveDate: '2022-07-14' }), 'date_before_claim');
  await refused(t, pay({ effectiveDate: '2022-08-01' }), 'date_in_future');
  await is('refusals move nothing', { available: '850.00', reserved: '150.00', bank: '800.00' });
  const part = await pay({
    amount: '70.00',
    lines: [
      { lineId: first, amount: '30.00' },
      { lineId: second, amount: '40.00' },
    ],
  });
  t.match(part.claim, {
    status: 'partly_paid',
    paid: '70.00',
    lines: [{ paid: '30.00' }, { paid: '40.00' }],
  });
  const cash = { paid_out: '70.00', bank: '730.00' };
  await is('partly paid', { available: '850.00', reserved: '80.00', spent: '70.00', ...cash });
  const voucher = paymentInput({ amount: '1.00' });
  await payClaim(store, packs, by(county.payer), county.bookId, claim.id, voucher);
  await refused(
    t,
    payClaim(store, packs, by(county.payer), county.bookId, claim.id, voucher),
    'already_exists',
    'a voucher twice',
  );
  const rest = await pay({});
  t.match(rest.claim, { status: 'paid', paid: '150.00', lines: [{ paid: '100.00' }, { paid: '50.00' }] });
  await is('paid', { available: '850.00', spent: '150.00', paid_out: '150.00', bank: '650.00' });
  const last = rest.claim.payments.at(-1);
  t.equal(last?.amount, '79.00');
  const reverse = (paymentId: string) =>
    reversePayment(store, by(county.finance), county.bookId, claim.id, { ...paymentInput(), paymentId });
  const reversed = await reverse(last?.id as string);
  t.match(reversed, { status: 'partly_paid', paid: '71.00' });
  await is('reversed: held again', {
    available: '850.00',
    reserved: '79.00',
    spent: '71.00',
    paid_out: '71.00',
    bank: '729.00',
  });
  await refused(t, reverse(last?.id as string), 'already_reversed');
  await refused(t, reverse(reversed.payments.at(-1)?.id as string), 'not_found', 'a reversal is no payment');
  await pay({});
  await is('paid again', { available: '850.00', spent: '150.00', paid_out: '150.00', bank: '650.00' });
  const refund = (given: object) =>
    refundClaim(store, by(county.payer), county.bookId, claim.id, {
      ...paymentInput(),
      amount: '1.00',
      ...given,
    });
  await refused(t, refund({ amount: '150.01' }), 'share_exceeds_line', 'more than was paid');
  await refund({ amount: '30.00', lines: [{ lineId: second, amount: '30.00' }] });
  await is('refunded', { available: '880.00', spent: '120.00', paid_out: '120.00', bank: '680.00' });
  await refused(
    t,
    refund({ lines: [{ lineId: second, amount: '20.01' }], amount: '20.01' }),
    'share_exceeds_line',
    'no line gives back more than it got',
  );
  await refused(t, reverse(last?.id as string), 'refunded_before');
  const view = await getClaim(store, county.auditor, county.bookId, claim.id);
  t.strictSame(
    view.payments.map(({ kind }) => kind),
    ['payment', 'payment', 'payment', 'reversal', 'payment', 'refund'],
  );
  t.match(view, { paid: '150.00', refunded: '30.00', status: 'paid' });
  await verifyClean(t, world);
});

forEachEngine('a partly paid claim is closed: the rest is free again', async (t, store) => {
  const world = await seedWorld(store);
  const steps = STEPS(world);
  const fundId = await openFund(world, { granted: '100.00' });
  const { id } = await openClaim(world, 'approved', [{ fundId, amount: '1.00' }]);
  await steps.payHalf(id);
  const closed = await steps.close(id);
  t.match(closed, { status: 'closed', paid: '0.50', amount: '1.00' });
  const cash = { allotted: '-100.00', received: '-100.00', bank: '99.50', paid_out: '0.50' };
  t.strictSame(await accountsOf(world, fundId), { ...cash, available: '99.50', spent: '0.50' });
  await verifyClean(t, world);
});

forEachEngine('no payment before the cash has come', async (t, store) => {
  const world = await seedWorld(store);
  const { county, packs } = world;
  const fundId = await openFund(world, { granted: '100.00', received: null });
  const claim = await openClaim(world, 'approved', [{ fundId, amount: '10.00' }]);
  const pay = () => payClaim(store, packs, by(county.payer), county.bookId, claim.id, paymentInput());
  const error = await refused(t, pay(), 'insufficient_balance');
  t.match(error?.message, /账面资金不足：现有 0\.00 元，需要 10\.00 元/);
  const arrive = (amount: string) =>
    addFundDocument(store, by(county.finance), county.bookId, fundId, {
      kind: 'arrival',
      documentNo: nextNo('到账'),
      effectiveDate: TODAY,
      amount,
      counterparty: '财政',
    });
  await arrive('9.99');
  await refused(t, pay(), 'insufficient_balance', 'one 分 short');
  await arrive('0.01');
  t.equal((await pay()).claim.status, 'paid');
  await verifyClean(t, world);
});

forEachEngine(
  'four hands: who makes does not review, approve or pay; who reviews does not approve; who approves does not pay',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, packs, station } = world;
    const { bookId } = county;
    const fundId = await openFund(world);
    // One person with every role, at the station and at the bureau.
    const all = await seedActor(store, county, 'operator', 'reviewer', 'finance', 'payer');
    const atStation = await seedActor(store, station, 'operator', 'reviewer');
    const input = claimInput(station.id, [{ fundId, amount: '10.00' }]);
    const { id } = await createClaim(store, by(all), bookId, input);
    const calls = {
      submit: (actor: Actor) => submitClaim(store, packs, by(actor), bookId, id, null),
      review: (actor: Actor) => reviewClaim(store, by(actor), bookId, id, null, NOTE),
      coSign: (actor: Actor) => coSignClaim(store, by(actor), bookId, id, null, NOTE),
      approve: (actor: Actor) => approveClaim(store, packs, by(actor), bookId, id, null, NOTE),
      pay: (actor: Actor) => payClaim(store, packs, by(actor), bookId, id, paymentInput()),
    };
    const is = (work: Promise<unknown>, code: string, name: string) => refused(t, work, code, name);
    await is(calls.submit(atStation), 'separation_of_duties', 'only the maker submits');
    await calls.submit(all);
    await is(calls.review(all), 'separation_of_duties', 'maker reviews');
    await is(calls.coSign(all), 'separation_of_duties', 'maker co-signs');
    for (const actor of [
      world.stationOperator,
      county.payer,
      county.finance,
      county.auditor,
      world.neighbour.reviewer,
      world.province.reviewer,
    ]) {
      await is(calls.review(actor), 'forbidden', 'no reviewer of this unit');
    }
    const both = await seedActor(store, county, 'reviewer', 'finance', 'payer');
    await calls.review(both);
    await is(calls.approve(all), 'separation_of_duties', 'maker approves');
    await is(calls.approve(both), 'separation_of_duties', 'reviewer approves');
    await is(calls.approve(county.payer), 'forbidden', 'payer approves');
    await is(calls.approve(world.neighbour.finance), 'forbidden', 'the neighbour approves');
    await is(calls.approve(world.province.finance), 'forbidden', 'the province approves');
    const approver = await seedActor(store, county, 'finance', 'payer');
    await calls.approve(approver);
    await is(calls.pay(all), 'separation_of_duties', 'maker pays');
    await is(calls.pay(approver), 'separation_of_duties', 'approver pays');
    await is(calls.pay(county.finance), 'forbidden', '财务 pays');
    await is(calls.pay(world.neighbour.payer), 'forbidden', 'the neighbour pays');
    await calls.pay(county.payer);
    await verifyClean(t, world);
  },
);

forEachEngine('the county co-signs only where nobody else at the unit can review', async (t, store) => {
  const world = await seedWorld(store);
  const { county, office } = world;
  const fundId = await openFund(world);
  const coSign = (id: string, actor = county.reviewer) =>
    coSignClaim(store, by(actor), county.bookId, id, null, NOTE);
  const atStation = await openClaim(world, 'submitted', [{ fundId, amount: '1.00' }]);
  await refused(t, coSign(atStation.id), 'co_signature_not_needed');
  const lone = await seedActor(store, office, 'operator', 'reviewer');
  const { id } = await createClaim(
    store,
    by(lone),
    county.bookId,
    claimInput(office.id, [{ fundId, amount: '1.00' }]),
  );
  await submitClaim(store, world.packs, by(lone), county.bookId, id, null);
  await refused(
    t,
    reviewClaim(store, by(lone), county.bookId, id, null, NOTE),
    'separation_of_duties',
    'the lone maker',
  );
  await refused(t, coSign(id, world.stationReviewer), 'forbidden', 'a station does not co-sign');
  await refused(t, coSign(id, county.payer), 'forbidden');
  t.match(await coSign(id), { status: 'reviewed', isCoSigned: true, reviewerId: county.reviewer.personId });
  const second = await createClaim(
    store,
    by(lone),
    county.bookId,
    claimInput(office.id, [{ fundId, amount: '1.00' }]),
  );
  await submitClaim(store, world.packs, by(lone), county.bookId, second.id, null);
  const newcomer = await seedActor(store, office, 'reviewer');
  await refused(t, coSign(second.id), 'co_signature_not_needed', 'now there is somebody');
  const left = await store.read
    .selectFrom('person')
    .selectAll()
    .where('id', '=', newcomer.personId)
    .executeTakeFirstOrThrow();
  await tell(store, left.bookId, (unit) => unit.update('person', left, { isActive: 0 }));
  t.match(await coSign(second.id), { isCoSigned: true }, 'who left does not count');
  await verifyClean(t, world);
});

forEachEngine('a claim is edited by its maker, on the version that was read', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator, station } = world;
  const fundId = await openFund(world, { granted: '100.00' });
  const { id } = await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
  const edit = (version: number, amount: string, actor = stationOperator) =>
    editClaim(store, by(actor), county.bookId, id, version, claimInput(station.id, [{ fundId, amount }]));
  t.match(await edit(1, '2.00'), { amount: '2.00', version: 2, lines: [{ amount: '2.00' }] });
  await refused(t, edit(1, '3.00'), 'stale_version');
  await refused(
    t,
    submitClaim(store, world.packs, by(stationOperator), county.bookId, id, 1),
    'stale_version',
  );
  await refused(t, edit(2, '3.00', county.operator), 'separation_of_duties', "somebody else's");
  await refused(t, edit(2, '3.00', world.neighbourOperator), 'forbidden');
  const race = await Promise.allSettled([edit(2, '3.00'), edit(2, '4.00')]);
  t.strictSame(race.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'two at once: one wins');
  t.match(await submitClaim(store, world.packs, by(stationOperator), county.bookId, id, 3), {
    claim: { status: 'submitted', version: 4 },
  });
  const held = (await accountsOf(world, fundId)).reserved;
  t.equal(held, (await getClaim(store, county.auditor, county.bookId, id)).amount);
  await verifyClean(t, world);
});

forEachEngine('who sees a claim, and whose money it may ask for', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, station, provider } = world;
  const fundId = await openFund(world);
  const foreign = await openFund(world, { bureau: neighbour });
  const create = (input: ReturnType<typeof claimInput>, actor = world.stationOperator) =>
    createClaim(store, by(actor), county.bookId, input);
  await refused(
    t,
    create(claimInput(station.id, [{ fundId: foreign, amount: '1.00' }])),
    'not_found',
    "another book's fund",
  );
  await refused(t, create(claimInput('nobody', [{ fundId, amount: '1.00' }])), 'not_found');
  await refused(
    t,
    create(claimInput(station.id, [{ fundId, amount: '1.00' }]), world.neighbourOperator),
    'forbidden',
  );
  const theirs = create(
    claimInput(world.neighbourStation.id, [{ fundId, amount: '1.00' }]),
    world.neighbourOperator,
  );
  await refused(t, theirs, 'not_found', 'a unit of another bureau');
  const ask = create(claimInput(provider.id, [{ fundId, amount: '1.00' }]), world.providerOperator);
  await refused(t, ask, 'contract_required_for_provider');
  const badPayee = claimInput(station.id, [{ fundId, amount: '1.00' }], { payeeId: 'nobody' });
  await refused(t, create(badPayee), 'not_found');
  const claim = await create(claimInput(station.id, [{ fundId, amount: '1.00' }]));
  const see = (actor: Actor, bookId = county.bookId) => getClaim(store, actor, bookId, claim.id);
  for (const actor of [world.stationOperator, county.operator, county.auditor, world.province.auditor]) {
    t.equal((await see(actor)).id, claim.id);
  }
  for (const actor of [world.neighbourOperator, neighbour.finance, world.providerOperator]) {
    await refused(t, see(actor), 'not_found');
  }
  await refused(t, see(neighbour.finance, neighbour.bookId), 'not_found', 'through their own book');
  await refused(
    t,
    submitClaim(store, world.packs, by(neighbour.operator), neighbour.bookId, claim.id, null),
    'not_found',
  );
  t.equal((await listClaims(store, world.stationOperator, county.bookId, { limit: 9 })).items.length, 1);
  await refused(
    t,
    listClaims(store, world.providerOperator, county.bookId, { limit: 9 }),
    'not_found',
    'no contract here yet',
  );
  await refused(t, listClaims(store, neighbour.auditor, county.bookId, { limit: 9 }), 'not_found');
});

const underContract = (world: World, contractId: string) =>
  ({ contractId, payeeId: world.provider.id, payeeType: 'provider' }) as const;

forEachEngine('a contract from signing to closing: balances as by hand', async (t, store) => {
  const world = await seedWorld(store);
  const { county, packs, provider } = world;
  const { bookId } = county;
  const fundId = await openFund(world, { granted: '1000.00' });
  const input = contractInput(world, [{ fundId, amount: '600.00' }]);
  const { contract } = await prepareContract(store, packs, by(county.finance), bookId, input);
  const { id } = contract;
  const labels = { [id]: 'contract' };
  const is = async (name: string, expected: Record<string, string>) =>
    t.strictSame(
      await accountsOf(world, fundId, labels),
      { allotted: '-1000.00', received: '-1000.00', ...expected },
      name,
    );
  const sign = (actor: Actor) =>
    signContract(store, packs, by(actor), bookId, id, { note: null, version: null });
  await is('prepared: nothing promised', { available: '1000.00', bank: '1000.00' });
  await refused(
    t,
    prepareContract(store, packs, by(county.finance), bookId, input),
    'already_exists',
    'the number again',
  );
  await refused(t, sign(county.finance), 'separation_of_duties', 'who prepared does not sign');
  await refused(t, sign(county.payer), 'forbidden');
  const claimed = claimInput(provider.id, [{ fundId, amount: '250.00' }], underContract(world, id));
  const early = await createClaim(store, by(world.providerOperator), bookId, claimed);
  await refused(
    t,
    submitClaim(store, packs, by(world.providerOperator), bookId, early.id, null),
    'contract_not_signed',
  );
  await sign(county.finance2);
  await refused(t, sign(county.finance2), 'wrong_status', 'signed twice');
  await is('signed', { available: '400.00', 'encumbered/contract': '600.00', bank: '1000.00' });
  await submitClaim(store, packs, by(world.providerOperator), bookId, early.id, null);
  await is('claimed by the provider', {
    available: '400.00',
    'encumbered/contract': '350.00',
    reserved: '250.00',
    bank: '1000.00',
  });
  const tooMuch = openClaim(world, 'submitted', [{ fundId, amount: '350.01' }], underContract(world, id));
  await refused(
    t,
    tooMuch,
    'insufficient_balance',
    'one 分 beyond the contract, whatever the fund still has',
  );
  const otherFund = await openFund(world);
  const elsewhere = openClaim(
    world,
    'draft',
    [{ fundId: otherFund, amount: '1.00' }],
    underContract(world, id),
  );
  await refused(t, elsewhere, 'fund_not_in_contract');
  const wrongPayee = openClaim(world, 'draft', [{ fundId, amount: '1.00' }], {
    contractId: id,
    payeeId: null,
  });
  await refused(t, wrongPayee, 'payee_not_provider');
  await coSignClaim(store, by(county.reviewer), bookId, early.id, null, NOTE);
  await approveClaim(store, packs, by(county.finance), bookId, early.id, null, NOTE);
  const closing = () =>
    closeContract(store, by(county.finance), bookId, id, { effectiveDate: TODAY, version: null });
  await refused(t, closing(), 'wrong_status', 'not with a claim under way');
  await payClaim(store, packs, by(county.payer), bookId, early.id, paymentInput());
  const spent = { spent: '250.00', bank: '750.00', paid_out: '250.00', entrusted: '-250.00' };
  await is('paid to the provider', {
    available: '400.00',
    'encumbered/contract': '350.00',
    ...spent,
    'held/contract': '250.00',
  });
  const report = (amount: string) =>
    reportSpending(store, packs, by(world.providerOperator), bookId, {
      contractId: id,
      businessDate: TODAY,
      lines: [lineInput({ fundId, amount })],
    });
  await refused(t, report('250.01'), 'insufficient_balance', 'more than the provider was paid');
  await report('200.00');
  await is('accounted for', {
    available: '400.00',
    'encumbered/contract': '350.00',
    ...spent,
    'held/contract': '50.00',
    consumed: '200.00',
  });
  await refused(t, report('50.01'), 'insufficient_balance', 'more than is left');
  const refund = (amount: string) =>
    refundClaim(store, by(county.payer), bookId, early.id, { ...paymentInput(), amount });
  await refused(t, refund('50.01'), 'insufficient_balance', 'what is accounted for cannot come back');
  await refund('20.00');
  const refunded = {
    spent: '230.00',
    bank: '770.00',
    paid_out: '230.00',
    entrusted: '-230.00',
    consumed: '200.00',
  };
  await is('refunded: promised again', {
    available: '400.00',
    'encumbered/contract': '370.00',
    'held/contract': '30.00',
    ...refunded,
  });
  await closing();
  await is('closed: the promise is free again', {
    available: '770.00',
    'held/contract': '30.00',
    ...refunded,
  });
  await refused(t, closing(), 'wrong_status', 'closed twice');
  const late = openClaim(world, 'submitted', [{ fundId, amount: '1.00' }], underContract(world, id));
  await refused(t, late, 'contract_not_signed');
  await refund('10.00');
  const last = {
    spent: '220.00',
    bank: '780.00',
    paid_out: '220.00',
    entrusted: '-220.00',
    consumed: '200.00',
  };
  await is('refunded after closing: available again', {
    available: '780.00',
    'held/contract': '20.00',
    ...last,
  });
  await verifyClean(t, world);
});

forEachEngine('nothing stays promised under a closed contract', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { bookId } = county;
  const fundId = await openFund(world, { granted: '100.00' });
  const id = await openContract(world, [{ fundId, amount: '100.00' }]);
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '100.00' }], underContract(world, id));
  await closeContract(store, by(county.finance), bookId, id, { effectiveDate: TODAY, version: null });
  const paymentId = claim.payments[0]?.id as string;
  // Whether the reversal or the return is what is refused or redirected: no money may be stranded.
  try {
    await reversePayment(store, by(county.finance), bookId, claim.id, { ...paymentInput(), paymentId });
    await returnClaim(store, by(county.finance2), bookId, claim.id, null, NOTE);
  } catch (error) {
    t.match(error, { name: 'DomainError' });
  }
  const accounts = await accountsOf(world, fundId, { [id]: 'contract' });
  t.equal(accounts['encumbered/contract'], undefined);
  await verifyClean(t, world);
});

forEachEngine('contracts that do not hold together are refused', async (t, store) => {
  const world = await seedWorld(store);
  const { county, packs } = world;
  const fundId = await openFund(world, { granted: '100.00' });
  const prepare = (given: object, amount = '100.00', actor = county.finance) =>
    prepareContract(
      store,
      packs,
      by(actor),
      county.bookId,
      contractInput(world, [{ fundId, amount }], given),
    );
  const schedule = (amount: string) => ({ schedule: [{ dueDate: TODAY, amount, condition: '验收' }] });
  await refused(t, prepare({ startDate: '2022-03-02', endDate: '2022-03-01' }), 'term_inverted');
  await refused(t, prepare(schedule('99.99')), 'schedule_disagrees');
  await refused(t, prepare({ providerId: world.station.id }), 'party_unfit');
  await refused(t, prepare({ providerId: 'nobody' }), 'not_found');
  await refused(t, prepare({ buyerId: world.neighbour.id }), 'not_found');
  await refused(t, prepare({ renewsId: 'nothing' }), 'not_found');
  await refused(t, prepare({}, '1.00', county.payer), 'forbidden');
  await refused(t, prepare({}, '1.00', world.stationOperator), 'forbidden');
  const { contract } = await prepare(schedule('100.01'), '100.01');
  const signing = { note: null, version: null };
  const sign = signContract(store, packs, by(county.finance2), county.bookId, contract.id, signing);
  await refused(t, sign, 'insufficient_balance', 'one 分 more than there is');
  await verifyClean(t, world);
});

forEachEngine(
  'whose claim it may be: a unit of this very bureau, or the provider of the contract',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, provider, station, stationOperator, providerOperator, province } = world;
    const fundId = await openFund(world);
    const create = (bookId: string, actor: typeof stationOperator, organisationId: string, fund: string) =>
      createClaim(store, by(actor), bookId, claimInput(organisationId, [{ fundId: fund, amount: '1.00' }]));
    await create(county.bookId, stationOperator, station.id, fundId);
    const registered = create(county.bookId, providerOperator, provider.id, fundId);
    await refused(t, registered, 'contract_required_for_provider', 'a provider without a contract');
    const upper = await openFund(world, { bureau: province });
    await refused(
      t,
      create(province.bookId, stationOperator, station.id, upper),
      'not_found',
      'a book above its own',
    );
  },
);
