import { createClaim, payBatch } from '../../src/claims/index.js';
import {
  by,
  claimInput,
  LOCAL,
  NO_PACKS,
  nextNo,
  openClaim,
  openFund,
  outcomesOf,
  paymentInput,
  seedActor,
  seedWorld,
  TODAY,
  tell,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { BOTH, PACKS } from '../waivers/scene.js';
import { serve } from './service.js';

const claimsOf = async (world: World, fundId: string, ...amounts: string[]) => {
  const ids: string[] = [];
  for (const amount of amounts) ids.push((await openClaim(world, 'approved', [{ fundId, amount }])).id);
  return ids;
};
const paysOf = async (world: World) =>
  (await outcomesOf(world, world.county.bookId)).filter((line) => line.startsWith('claim.pay'));

forEachEngine('a batch pays each claim by itself; sent again it repeats nothing', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask } = await serve(t, store);
  const path = `/books/${county.bookId}/payments`;
  const fundId = await openFund(world, { granted: '1000.00', received: '100.00' });
  const [one, two, three] = (await claimsOf(world, fundId, '60.00', '50.00', '30.00')) as [
    string,
    string,
    string,
  ];
  const body = {
    effectiveDate: TODAY,
    voucherSeries: { prefix: '付字2022-', start: 9, digits: 3 },
    items: [
      { claimId: one },
      { claimId: two, note: '已核' },
      { claimId: three, voucherNo: '现付1', amount: '10.00' },
      { claimId: three },
      { claimId: 'no-such-claim' },
    ],
  };
  const headers = { 'idempotency-key': 'batch-1' };
  const answer = await ask(county.payer, 'POST', path, { body, headers });
  t.match(answer, {
    status: 200,
    body: {
      paidItems: 3,
      refusedItems: 2,
      amount: '90.00',
      items: [
        {
          claimId: one,
          voucherNo: '付字2022-009',
          ok: true,
          payment: { voucherNo: '付字2022-009', amount: '60.00' },
          claimStatus: 'paid',
          problem: null,
        },
        {
          claimId: two,
          voucherNo: '付字2022-010',
          ok: false,
          payment: null,
          claimStatus: null,
          problem: { code: 'insufficient_balance', detail: /账面资金不足：现有 40\.00 元/, decision: null },
        },
        { voucherNo: '现付1', ok: true, payment: { amount: '10.00' }, claimStatus: 'partly_paid' },
        { voucherNo: '付字2022-011', ok: true, payment: { amount: '20.00' }, claimStatus: 'paid' },
        { voucherNo: '付字2022-012', ok: false, problem: { code: 'not_found' } },
      ],
    },
  });
  const before = await paysOf(world);
  t.same(before, [
    'claim.pay allow',
    'claim.pay refused:insufficient_balance',
    'claim.pay allow',
    'claim.pay allow',
  ]);
  t.same((await ask(county.payer, 'POST', path, { body, headers })).body, answer.body, 'the same answer');
  t.same(await paysOf(world), before, 'and nothing done');
  const other = { ...body, effectiveDate: '2022-07-30' };
  t.match(await ask(county.payer, 'POST', path, { body: other, headers }), {
    status: 409,
    body: { code: 'idempotency_conflict' },
  });
  // The key is the payer's own; to anybody else these vouchers are in use.
  const second = await seedActor(store, county, 'payer');
  t.match(await ask(second, 'POST', path, { body, headers }), {
    status: 409,
    body: { code: 'voucher_taken' },
  });
  t.same(await paysOf(world), before);
  await verifyClean(t, world);
});

forEachEngine('a batch that was cut short goes on where it stopped', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { app, tokenOf } = await serve(t, store);
  const path = `/books/${county.bookId}/payments`;
  const fundId = await openFund(world);
  const ids = await claimsOf(world, fundId, '1.00', '2.00', '3.00');
  const items = ids.map((claimId) => ({ claimId, voucherNo: nextNo('付字') }));
  const body = { effectiveDate: TODAY, items };
  const headers = { 'idempotency-key': 'batch' };
  const authorization = `Bearer ${await tokenOf(county.payer)}`;
  const send = () =>
    app.inject({
      method: 'POST',
      url: `/api/v1${path}`,
      headers: { ...headers, authorization },
      payload: body,
    });
  const answers = await Promise.all([send(), send(), send()]);
  for (const reply of answers) t.match(reply.json(), { paidItems: 3, refusedItems: 0, amount: '6.00' });
  t.same(await paysOf(world), ['claim.pay allow', 'claim.pay allow', 'claim.pay allow'], 'each once');

  // The database goes away after the first item.
  const more = await claimsOf(world, fundId, '4.00', '5.00');
  const long = {
    effectiveDate: TODAY,
    voucherSeries: null,
    items: more.map((claimId) => ({ claimId, voucherNo: nextNo('付字'), note: null })),
  };
  const caller = by(county.payer, { key: 'cut' });
  let writes = 0;
  const failing: typeof store = {
    ...store,
    write: (lane, work) => {
      writes += 1;
      return writes > 1 ? Promise.reject(new Error('connection lost')) : store.write(lane, work);
    },
  };
  await t.rejects(payBatch(failing, NO_PACKS, caller, county.bookId, long), /connection lost/);
  t.equal((await paysOf(world)).length, 4, 'one was paid');
  t.match(await payBatch(store, NO_PACKS, caller, county.bookId, long), { paidItems: 2, amount: '9.00' });
  t.equal((await paysOf(world)).length, 5, 'and then the other alone');
  await verifyClean(t, world);
});

forEachEngine('duties and rules are asked of each item', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const { county, neighbour, province } = world;
  const { ask } = await serve(t, store, { packs: PACKS });
  const path = `/books/${county.bookId}/payments`;
  const fundId = await openFund(world, { fund: { terms: LOCAL } });
  const [mine, fine] = (await claimsOf(world, fundId, '10.00', '20.00')) as [string, string];
  // Somebody who approved the first claim and is a payer as well.
  const approver = county.finance.personId;
  await tell(store, province.bookId, (unit) =>
    unit.insert('roleGrant', {
      id: nextNo('grant'),
      personId: approver,
      organisationId: county.id,
      role: 'payer',
      grantedBy: 'seed',
      grantedAt: '2022-01-01T00:00:00.000Z',
      revokedAt: null,
    }),
  );
  const farFund = await openFund(world, { bureau: neighbour });
  const far = await createClaim(
    store,
    by(world.neighbourOperator),
    neighbour.bookId,
    claimInput(world.neighbourStation.id, [{ fundId: farFund, amount: '1.00' }]),
  );
  const draft = await openClaim(world, 'submitted', [{ fundId, amount: '1.00' }]);
  const items = [mine, far.id, draft.id].map((claimId) => ({ claimId, voucherNo: nextNo('付字') }));
  const answer = await ask(county.finance, 'POST', path, { body: { effectiveDate: TODAY, items } });
  t.match(answer, {
    status: 200,
    body: {
      paidItems: 0,
      refusedItems: 3,
      amount: '0.00',
      items: [
        { problem: { code: 'separation_of_duties' } },
        { problem: { code: 'not_found' } },
        { problem: { code: 'wrong_status' } },
      ],
    },
  });
  const good = await ask(county.payer, 'POST', path, {
    body: {
      effectiveDate: '2022-07-14',
      items: [{ claimId: fine, voucherNo: nextNo('付字') }],
    },
  });
  t.match(good.body.items[0].problem, { code: 'date_before_claim' });
  await verifyClean(t, world);
});

forEachEngine('a rule that refuses an item comes with its decision', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask } = await serve(t, store, { packs: PACKS });
  const path = `/books/${county.bookId}/payments`;
  const fundId = await openFund(world);
  const [mine] = (await claimsOf(world, fundId, '10.00')) as [string];
  // Approved before there was a rule against it; the rule is asked again when money moves.
  const equipment = await openClaim(world, 'approved', [{ fundId, amount: '1.00', economicCode: BOTH }]);
  const judged = {
    body: {
      effectiveDate: TODAY,
      items: [
        { claimId: equipment.id, voucherNo: nextNo('付字') },
        { claimId: mine, voucherNo: nextNo('付字') },
      ],
    },
    headers: { 'idempotency-key': 'judged' },
  };
  const blocked = await ask(county.payer, 'POST', path, judged);
  t.match(blocked.body, {
    paidItems: 1,
    items: [
      {
        problem: {
          code: 'policy_blocked',
          decision: { outcome: 'block', reasons: [{ effect: 'block', rule: 'AA-01.goods' }] },
        },
      },
      { ok: true },
    ],
  });
  t.same((await ask(county.payer, 'POST', path, judged)).body, blocked.body, 'the kept decision as well');
});

forEachEngine('who is no payer is refused as a whole, and the log says so once', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, province } = world;
  const { ask } = await serve(t, store);
  const path = `/books/${county.bookId}/payments`;
  const fundId = await openFund(world);
  const [claimId] = (await claimsOf(world, fundId, '10.00')) as [string];
  const body = { effectiveDate: TODAY, items: [{ claimId, voucherNo: 'v1' }] };
  for (const actor of [county.finance2, county.auditor, world.stationOperator, province.payer])
    t.match(await ask(actor, 'POST', path, { body }), { status: 403, body: { code: 'forbidden' } });
  t.match(await ask(neighbour.payer, 'POST', path, { body }), { status: 404 });
  t.match(await ask(null, 'POST', path, { body }), { status: 401 });
  t.same(await paysOf(world), Array(4).fill('claim.pay refused:forbidden'));
  await verifyClean(t, world);
});

forEachEngine('vouchers are looked at before anything is paid', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask } = await serve(t, store);
  const path = `/books/${county.bookId}/payments`;
  const fundId = await openFund(world);
  const used = (await openClaim(world, 'paid', [{ fundId, amount: '1.00' }])).payments[0]
    ?.voucherNo as string;
  const ids = await claimsOf(world, fundId, '1.00', '2.00', '3.00', '4.00', '5.00');
  const items = ids.map((claimId, at) => ({
    claimId,
    ...[{ voucherNo: '甲' }, { voucherNo: used }, {}, { voucherNo: '甲' }, { voucherNo: '乙' }][at],
  }));
  const answer = await ask(county.payer, 'POST', path, { body: { effectiveDate: TODAY, items } });
  t.match(answer, { status: 409, body: { code: 'voucher_taken' } });
  t.same(
    answer.body.errors.map(({ path: at, code }: { path: string; code: string }) => `${at} ${code}`),
    [
      '/items/1/voucherNo voucher_used',
      '/items/2/voucherNo voucher_missing',
      '/items/3/voucherNo voucher_repeated',
    ],
  );
  t.same(await paysOf(world), ['claim.pay allow']);
  const wrong: readonly object[] = [
    { effectiveDate: TODAY, items: [] },
    { effectiveDate: TODAY, items: Array.from({ length: 201 }, () => items[0]) },
    { effectiveDate: TODAY, items: [{ claimId: ids[0], voucherNo: '丙', amount: '0.00' }] },
    { effectiveDate: TODAY, items: [{ claimId: ids[0], voucherNo: '丙', lines: [] }] },
    { effectiveDate: TODAY, items, voucherSeries: { prefix: '付', start: -1 } },
    { items },
  ];
  for (const body of wrong)
    t.match(await ask(county.payer, 'POST', path, { body }), {
      status: 400,
      body: { code: 'validation_failed' },
    });
  t.same(await paysOf(world), ['claim.pay allow'], 'nothing was paid');
});

forEachEngine('payments, refunds and reversals of a book as a list', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const { ask } = await serve(t, store);
  const book = `/books/${county.bookId}`;
  const fundId = await openFund(world);
  const ids = await claimsOf(world, fundId, '10.00', '20.00', '30.00');
  for (const [at, id] of ids.entries()) {
    const body = paymentInput({ effectiveDate: `2022-07-${28 + at}` });
    t.equal((await ask(county.payer, 'POST', `${book}/claims/${id}/pay`, { body })).status, 200);
  }
  const refund = { ...paymentInput(), amount: '4.00' };
  await ask(county.payer, 'POST', `${book}/claims/${ids[0]}/refund`, { body: refund });
  const amounts = async (query: string) => {
    const answer = await ask(county.auditor, 'GET', `${book}/payments${query}`);
    t.equal(answer.status, 200);
    return answer.body.items.map((item: { amount: string }) => item.amount);
  };
  t.same(await amounts(''), ['4.00', '30.00', '20.00', '10.00'], 'recorded last first');
  t.same(await amounts('?kind=refund'), ['4.00']);
  t.same(await amounts('?kind=reversal'), []);
  t.same(await amounts('?kind=payment&from=2022-07-29'), ['30.00', '20.00']);
  t.same(await amounts('?until=2022-07-28'), ['10.00']);
  t.same(await amounts('?from=2022-07-29&until=2022-07-29'), ['20.00']);
  const first = await ask(county.payer, 'GET', `${book}/payments?limit=3`);
  t.match(first.body.items[1], {
    kind: 'payment',
    claimId: ids[2],
    claimTitle: '社工站服务费',
    organisationName: '玉蟾街道社工站',
    payeeType: 'supplier',
    payeeName: '某文具店',
    personId: county.payer.personId,
  });
  t.same(await amounts(`?limit=3&cursor=${first.body.nextCursor}`), ['10.00']);
  for (const stranger of [neighbour.payer, world.stationOperator, world.providerOperator])
    t.equal((await ask(stranger, 'GET', `${book}/payments`)).status, 404);
  t.same((await ask(neighbour.auditor, 'GET', `/books/${neighbour.bookId}/payments`)).body.items, []);
  t.equal((await ask(county.payer, 'GET', `${book}/payments?from=2022-02-30`)).status, 400);
});
