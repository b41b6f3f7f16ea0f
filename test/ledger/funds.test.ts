import { addConsent, addFundDocument, createFund, getFund, listFunds } from '../../src/ledger/index.js';
import { isCreditCode } from '../../src/organisations/credit-code.js';
import {
  accountsOf,
  by,
  fundInput,
  nextNo,
  openClaim,
  openFund,
  outcomesOf,
  refused,
  seedWorld,
  TODAY,
  validCreditCode,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

const CHARITY = {
  type: 'charity',
  form: 'cash',
  donorId: null,
  agreementNo: '捐赠协议1',
  filingNo: null,
  isPublicRaising: false,
  raisedByQualified: null,
  serviceItems: ['elderly_service'],
  beneficiaryGroups: ['elderly'],
  areas: ['510521'],
  from: '2022-01-01',
  until: '2022-12-31',
} as const;
const charity = (form: 'cash' | 'in_kind') =>
  fundInput({
    terms: {
      ...CHARITY,
      form,
      serviceItems: [...CHARITY.serviceItems],
      beneficiaryGroups: ['elderly'],
      areas: ['510521'],
    },
  });

const document = (
  kind: 'plan' | 'grant' | 'arrival' | 'valuation' | 'return',
  amount: string,
  given = {},
) => ({
  kind,
  amount,
  documentNo: nextNo('凭证'),
  effectiveDate: '2022-02-01',
  counterparty: '县财政局',
  ...given,
});
const add = (world: World, fundId: string, input: ReturnType<typeof document>) =>
  addFundDocument(world.store, by(world.county.finance), world.county.bookId, fundId, input);
const amounts = async (world: World, fundId: string, asOf = {}) => {
  const { amounts: found } = await getFund(
    world.store,
    world.county.finance,
    world.county.bookId,
    fundId,
    asOf,
  );
  return Object.fromEntries(Object.entries(found).filter(([, amount]) => amount !== '0.00'));
};

forEachEngine('the four amounts come from their own documents and are never mixed', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { id } = await createFund(store, by(county.finance), county.bookId, fundInput());
  t.strictSame(await amounts(world, id), {}, 'a fund without documents has nothing');
  await add(world, id, document('plan', '300.00'));
  t.strictSame(await amounts(world, id), { planned: '300.00' }, 'a plan is no money');
  await add(world, id, document('grant', '200.00'));
  t.strictSame(await amounts(world, id), { planned: '300.00', allotted: '200.00', available: '200.00' });
  await add(world, id, document('arrival', '150.00'));
  const all = {
    planned: '300.00',
    allotted: '200.00',
    available: '200.00',
    received: '150.00',
    bank: '150.00',
  };
  t.strictSame(await amounts(world, id), all);
  await openClaim(world, 'paid', [{ fundId: id, amount: '40.00' }]);
  const spent = { ...all, available: '160.00', bank: '110.00', spent: '40.00' };
  t.strictSame(await amounts(world, id), spent);
  await refused(
    t,
    add(world, id, document('return', '110.01')),
    'insufficient_balance',
    'no more than there is cash',
  );
  await add(world, id, document('return', '110.00'));
  const { bank: _, ...rest } = spent;
  t.strictSame(await amounts(world, id), { ...rest, available: '50.00', returned: '110.00' });
  await verifyClean(t, world);
});

forEachEngine(
  'a document is refused that is doubled, later than today, foreign or for somebody else to record',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, neighbour, province } = world;
    const { id } = await createFund(store, by(county.finance), county.bookId, fundInput());
    const grant = document('grant', '200.00');
    await add(world, id, grant);
    await refused(t, add(world, id, grant), 'already_exists', 'same number, same kind');
    await add(world, id, { ...grant, kind: 'arrival' });
    await refused(
      t,
      add(world, id, document('grant', '1.00', { effectiveDate: '2022-08-01' })),
      'date_in_future',
    );
    const input = document('grant', '1.00');
    await refused(t, addFundDocument(store, by(neighbour.finance), county.bookId, id, input), 'forbidden');
    await refused(
      t,
      addFundDocument(store, by(province.finance), county.bookId, id, input),
      'forbidden',
      'not even the province',
    );
    await refused(
      t,
      addFundDocument(store, by(county.payer), county.bookId, id, input),
      'forbidden',
      'not the payer',
    );
    await refused(
      t,
      addFundDocument(store, by(neighbour.finance), neighbour.bookId, id, input),
      'not_found',
      'through their book',
    );
    t.strictSame(await accountsOf(world, id), {
      allotted: '-200.00',
      available: '200.00',
      received: '-200.00',
      bank: '200.00',
    });
    const log = await outcomesOf(world, county.bookId);
    const expected = ['already_exists', 'date_in_future', 'forbidden', 'forbidden', 'forbidden'];
    t.strictSame(
      log.filter((entry) => entry.includes('refused')).map((entry) => entry.split('refused:')[1]),
      expected,
      'every refusal is in the log, in order',
    );
    await verifyClean(t, world);
  },
);

forEachEngine('what came in kind is never received', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { id } = await createFund(store, by(county.finance), county.bookId, charity('in_kind'));
  for (const kind of ['plan', 'grant', 'arrival', 'return'] as const) {
    await refused(t, add(world, id, document(kind, '10.00')), 'in_kind_has_no_cash', kind);
  }
  await add(world, id, document('valuation', '123.45'));
  const view = await getFund(store, county.finance, county.bookId, id, {});
  t.equal(view.valuation, '123.45');
  t.equal(view.amounts.received, '0.00');
  t.equal(view.amounts.allotted, '0.00');
  t.strictSame(await accountsOf(world, id), {}, 'a valuation moves nothing');
  await verifyClean(t, world);
});

forEachEngine('a consent belongs to a donation; a period runs forward', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const consent = {
    fromDate: TODAY,
    documentNo: '同意书',
    serviceItems: [],
    beneficiaryGroups: [],
    areas: [],
    extendsUntil: null,
  };
  const donation = await createFund(store, by(county.finance), county.bookId, charity('cash'));
  await addConsent(store, by(county.finance), county.bookId, donation.id, consent);
  const local = await openFund(world);
  await refused(t, addConsent(store, by(county.finance), county.bookId, local, consent), 'not_charity');
  const inverted = fundInput({
    terms: {
      type: 'department_purchase',
      department: '县妇联',
      agreementNo: null,
      from: '2022-02-01',
      until: '2022-01-31',
    },
  });
  await refused(t, createFund(store, by(county.finance), county.bookId, inverted), 'period_inverted');
  const input = fundInput();
  await createFund(store, by(county.finance), county.bookId, input);
  await refused(
    t,
    createFund(store, by(county.finance), county.bookId, input),
    'already_exists',
    'one grant once',
  );
  await createFund(store, by(county.finance), county.bookId, { ...input, level: 'central' });
});

forEachEngine('balances are known as of either date', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { id } = await createFund(store, by(county.finance), county.bookId, fundInput());
  const record = (input: ReturnType<typeof document>, at: string) =>
    addFundDocument(store, by(county.finance, { at }), county.bookId, id, input);
  await record(document('grant', '100.00', { effectiveDate: '2022-03-01' }), '2022-03-01T02:00:00.000Z');
  // Of February, but recorded in April.
  await record(document('grant', '50.00', { effectiveDate: '2022-02-10' }), '2022-04-20T02:00:00.000Z');
  const cases: readonly [string, object, string | undefined][] = [
    ['now', {}, '150.00'],
    ['before anything', { effectiveBy: '2022-02-09' }, undefined],
    ['the day itself', { effectiveBy: '2022-02-10' }, '50.00'],
    ['end of February, by business date', { effectiveBy: '2022-02-28' }, '50.00'],
    ['end of March', { effectiveBy: '2022-03-31' }, '150.00'],
    ['as known on 1 April', { recordedBy: '2022-04-01T00:00:00.000Z' }, '100.00'],
    ['as known at the instant of recording', { recordedBy: '2022-04-20T02:00:00.000Z' }, '150.00'],
    ['a millisecond before', { recordedBy: '2022-04-20T01:59:59.999Z' }, '100.00'],
    [
      'February as known on 1 April',
      { effectiveBy: '2022-02-28', recordedBy: '2022-04-01T00:00:00.000Z' },
      undefined,
    ],
  ];
  for (const [name, asOf, available] of cases)
    t.equal((await amounts(world, id, asOf)).available, available, name);
});

forEachEngine('a valuation, too, is known only from when it was recorded', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { id } = await createFund(store, by(county.finance), county.bookId, charity('in_kind'));
  await add(world, id, document('valuation', '5.00'));
  const { items } = await listFunds(store, county.finance, county.bookId, {
    limit: 10,
    recordedBy: '2022-07-30T00:00:00.000Z',
  });
  t.equal(items[0]?.valuation, '0.00');
  const view = await getFund(store, county.finance, county.bookId, id, {
    recordedBy: '2022-07-31T02:00:00.000Z',
  });
  t.equal(view.valuation, '5.00');
});

forEachEngine('funds are listed to those who may read the book, page by page', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, province } = world;
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1) ids.unshift(await openFund(world));
  const first = await listFunds(store, county.auditor, county.bookId, { limit: 2 });
  t.strictSame(
    first.items.map((fund) => fund.id),
    ids.slice(0, 2),
    'newest first',
  );
  const second = await listFunds(store, province.auditor, county.bookId, {
    limit: 3,
    cursor: first.nextCursor as string,
  });
  t.strictSame(
    second.items.map((fund) => fund.id),
    ids.slice(2),
    'the upper level may look',
  );
  t.equal(second.nextCursor, null);
  t.strictSame(
    (await listFunds(store, county.auditor, county.bookId, { limit: 2, type: 'charity' })).items,
    [],
  );
  t.equal((await listFunds(store, county.auditor, county.bookId, { limit: 9, year: 2022 })).items.length, 5);
  await refused(t, listFunds(store, neighbour.finance, county.bookId, { limit: 2 }), 'not_found');
  await refused(t, getFund(store, neighbour.finance, county.bookId, ids[0] as string, {}), 'not_found');
  await refused(t, getFund(store, neighbour.finance, neighbour.bookId, ids[0] as string, {}), 'not_found');
});

forEachEngine('amounts beyond what a column holds are refused in words, not by a crash', async (t, store) => {
  const world = await seedWorld(store);
  const { id } = await createFund(store, by(world.county.finance), world.county.bookId, fundInput());
  const largest = '999999999999999.99';
  let taken = 0;
  // 92 of the largest amounts fit into 2^63 - 1 分, the 93rd does not.
  for (let i = 0; i < 93; i += 1) {
    try {
      await add(world, id, document('grant', largest));
      taken += 1;
    } catch (error) {
      t.match(error, { name: 'DomainError', options: { refusal: true } }, `the ${i + 1}th`);
    }
  }
  t.equal(taken, 92);
  await verifyClean(t, world);
});

forEachEngine('the fixture is what it says', async (t) => {
  t.ok(isCreditCode(validCreditCode('51510500MJQ12345')));
});
