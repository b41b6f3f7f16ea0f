import { t as root } from 'tap';
import { disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { coSignClaim, listClaims, returnClaim, reviewClaim } from '../../src/claims/index.js';
import { prepareContract } from '../../src/contracts/index.js';
import { addDays } from '../../src/core/dates.js';
import type { Actor } from '../../src/organisations/index.js';
import { LATE_AFTER_DAYS, type WorkloadView, workloadOf } from '../../src/workload/index.js';
import {
  by,
  contractInput,
  nextNo,
  openClaim,
  openFund,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  type World,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from '../http/service.js';

root.setTimeout(900_000);
const NOTE = { note: '意见' };

/** Kind → how many wait, of the duties that the actor has. */
const waiting = ({ todo }: WorkloadView) =>
  Object.fromEntries(todo.map(({ kind, count }) => [kind, count.count]));
const work = ({ store, county }: World, actor: Actor, today = TODAY) =>
  workloadOf(store, actor, county.bookId, today);

forEachEngine('each duty sees what waits for it, and never its own hand’s work', async (t, store) => {
  const world = await seedWorld(store);
  const { county, stationOperator, stationReviewer } = world;
  const fundId = await openFund(world);
  const lines = [{ fundId, amount: '10.00' }];
  await openClaim(world, 'draft', lines);
  const submitted = await openClaim(world, 'submitted', lines);
  await openClaim(world, 'submitted', lines);
  await openClaim(world, 'reviewed', lines);
  await openClaim(world, 'approved', lines);
  await openClaim(world, 'paid', lines);
  t.same(waiting(await work(world, stationOperator)), { correct: 0 });
  t.match(await work(world, stationOperator), {
    drafts: { count: { count: 1 } },
    handled: { count: { count: 6 } },
  });
  t.same(waiting(await work(world, stationReviewer)), { review: 2 });
  t.same(waiting(await work(world, county.reviewer)), { review: 2 }, 'a bureau’s reviewer reaches its units');
  t.same(waiting(await work(world, county.payer)), { pay: 1, disburse: 0 });
  const finance = { co_sign: 0, approve: 1, sign: 0, decide: 0, take_in_authority: 0, take_in_cash: 0 };
  t.same(waiting(await work(world, county.finance)), finance);
  t.same(waiting(await work(world, county.auditor)), {}, 'an auditor only looks');
  t.match(await work(world, county.auditor), {
    concluded: { count: { count: 1 } },
    drafts: { count: { count: 0 } },
  });

  await returnClaim(store, by(stationReviewer), county.bookId, submitted.id, null, NOTE);
  t.same(waiting(await work(world, stationOperator)), { correct: 1 });
  const colleague = await seedActor(store, world.station, 'operator');
  t.same(waiting(await work(world, colleague)), { correct: 0 }, 'a colleague’s is not theirs');

  // Who reviewed it does not approve it.
  const both = await seedActor(store, county, 'finance', 'reviewer');
  const [next] = [await openClaim(world, 'submitted', lines)];
  await reviewClaim(store, by(both), county.bookId, next.id, null, NOTE);
  t.equal(waiting(await work(world, both))['approve'], 1);
  t.equal(waiting(await work(world, county.finance))['approve'], 2);
  await refused(t, work(world, world.neighbourOperator), 'not_found');
  await refused(t, work(world, world.neighbour.finance), 'not_found');
});

forEachEngine('the county co-signs for a unit that has nobody else to review', async (t, store) => {
  const world = await seedWorld(store);
  const { county, station, stationReviewer } = world;
  const { bookId } = county;
  const fundId = await openFund(world);
  const { id } = await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  const toSign = async (actor: Actor) => waiting(await work(world, actor))['co_sign'];
  const listed = async (actor: Actor, query: object) =>
    (await listClaims(store, actor, bookId, { limit: 50, ...query })).items.map((claim) => claim.id);
  t.equal(await toSign(county.finance), 0, 'the unit reviews itself');
  await store.admin
    .updateTable('roleGrant')
    .set({ revokedAt: `${TODAY}T00:00:00.000Z` })
    .where('personId', '=', stationReviewer.personId)
    .execute();
  t.equal(await toSign(county.finance), 1);
  t.same(await listed(county.finance, { task: 'co_sign' }), [id]);
  t.equal(await toSign(county.reviewer), undefined, 'who may review has no need to co-sign');
  t.equal(await toSign(world.stationOperator), undefined);
  t.same(await listed(world.stationOperator, { task: 'co_sign' }), [], 'the maker least of all');
  const helper = await seedActor(store, station, 'reviewer');
  t.equal(await toSign(county.finance), 0, 'another reviewer has come');
  await store.admin.updateTable('person').set({ isActive: 0 }).where('id', '=', helper.personId).execute();
  t.equal(await toSign(county.finance), 1, 'and has gone');
  await coSignClaim(store, by(county.finance), bookId, id, null, NOTE);
  t.equal(await toSign(county.finance), 0);
  t.same(await listed(county.finance, { isCoSigned: true, reviewerId: 'me' }), [id]);
  t.same(await listed(county.finance, { isCoSigned: false }), []);
});

forEachEngine(
  'late is what is older than the bound, to the day; lists show what is counted',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, stationReviewer } = world;
    const fundId = await openFund(world);
    for (let n = 0; n < 3; n += 1) await openClaim(world, 'submitted', [{ fundId, amount: '1.00' }]);
    const { ask } = await serve(t, store);
    const at = async (days: number) => {
      const [item] = (await work(world, stationReviewer, addDays(TODAY, days))).todo;
      return item as NonNullable<typeof item>;
    };
    t.match(await at(LATE_AFTER_DAYS), {
      oldestAgeDays: LATE_AFTER_DAYS,
      late: { count: 0, isCapped: false },
      lateLabel: `超过${LATE_AFTER_DAYS}日`,
    });
    const late = await at(LATE_AFTER_DAYS + 1);
    t.match(late, { oldestAgeDays: LATE_AFTER_DAYS + 1, late: { count: 3 } });
    t.equal((await at(-1)).oldestAgeDays, 0, 'a clock behind makes nothing wait for less than no time');
    for (const query of [late.query, late.lateQuery as typeof late.query]) {
      const text = new URLSearchParams(query as Record<string, string>);
      const answer = await ask(
        stationReviewer,
        'GET',
        `/books/${county.bookId}/${late.list}?${text}&count=true`,
      );
      t.match(answer, { status: 200, body: { total: { count: 3, isCapped: false } } });
    }
    const answer = await ask(county.finance, 'GET', `/books/${county.bookId}/workload`);
    t.match(answer, { status: 200, body: { today: TODAY, lateAfterDays: LATE_AFTER_DAYS } });
    for (const { list, query, count } of answer.body.todo) {
      const text = new URLSearchParams(query);
      const listed = await ask(county.finance, 'GET', `/books/${county.bookId}/${list}?${text}`);
      t.equal(listed.body.items.length, count.count, `${list}?${text}`);
    }
  },
);

forEachEngine('contracts to sign, allotments and cash to take in or pay down', async (t, store) => {
  const world = await seedWorld(store);
  const { province, county, packs } = world;
  const fundId = await openFund(world);
  const input = contractInput(world, [{ fundId, amount: '100.00' }]);
  await prepareContract(store, packs, by(county.finance), county.bookId, input);
  t.equal(waiting(await work(world, county.finance))['sign'], 0, 'not one’s own draft');
  t.match(
    (await work(world, county.finance2)).todo.find(({ kind }) => kind === 'sign'),
    {
      count: { count: 1 },
      oldestAgeDays: 0,
      list: 'contracts',
    },
  );

  const upperFund = await openFund(world, { bureau: province });
  const allotment = await issueAllotment(store, packs, by(province.finance), province.bookId, {
    fundId: upperFund,
    documentNo: nextNo('川财社'),
    effectiveDate: '2022-07-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: county.id, amount: '500.00', parts: [] }],
  });
  const [item] = allotment.items;
  const itemId = item?.id as string;
  const upper = () => workloadOf(store, province.payer, province.bookId, TODAY);
  t.match(
    (await upper()).todo.find(({ kind }) => kind === 'disburse'),
    {
      count: { count: 1 },
      oldestAgeDays: 30,
      late: { count: 1 },
    },
  );
  t.match(waiting(await work(world, county.finance)), { take_in_authority: 1, take_in_cash: 0 });
  const pay = async (amount: string) =>
    disburse(store, by(province.payer), province.bookId, {
      allotmentItemId: itemId,
      voucherNo: nextNo('拨付'),
      effectiveDate: '2022-07-02',
      amount,
    });
  const cash = await pay('499.99');
  t.equal(waiting(await upper())['disburse'], 1, 'one 分 is still to be paid');
  await pay('0.01');
  t.equal(waiting(await upper())['disburse'], 0);
  t.match(waiting(await work(world, county.finance)), { take_in_authority: 1, take_in_cash: 2 });
  const take = (kind: 'allotment' | 'disbursement', issueId: string) =>
    takeIn(store, by(county.finance), county.bookId, {
      kind,
      issueId,
      documentNo: nextNo('收文'),
      effectiveDate: '2022-07-03',
    });
  await take('allotment', itemId);
  await take('disbursement', cash.id);
  t.match(waiting(await work(world, county.finance)), { take_in_authority: 0, take_in_cash: 1 });
});
