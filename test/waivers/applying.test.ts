import { test } from 'tap';
import {
  applyToClaim,
  closeClaim,
  createClaim,
  getClaim,
  payClaim,
  refundClaim,
  rejectClaim,
  reportSpending,
  withdrawClaim,
} from '../../src/claims/index.js';
import { applyToContract, closeContract, prepareContract, signContract } from '../../src/contracts/index.js';
import { approveWaiver, getWaiver, requestWaiver, revokeWaiver } from '../../src/waivers/index.js';
import {
  by,
  claimInput,
  contractInput,
  lineInput,
  paymentInput,
  refused,
  seedActor,
  TODAY,
  verifyClean,
} from '../fixture.js';
import { engines, forEachEngine, prepare, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';
import { runRace } from '../properties/race-worker.js';
import { BOTH, claimsOf, equipment, openWaiver, PACKS, type Scene, scene, waiverInput } from './scene.js';

const apply = ({ world }: Scene, id: string, ...waiverIds: string[]) =>
  applyToClaim(world.store, by(world.stationOperator), world.county.bookId, id, null, waiverIds);
const usedOf = async ({ world }: Scene, id: string) =>
  (await getWaiver(world.store, world.county.auditor, world.county.bookId, id)).used;

forEachEngine('a claim passes under what was applied to it, from submission to payment', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { county } = world;
  const steps = claimsOf(stage);
  const id = await steps.draft([equipment(fundId)]);
  await refused(t, steps.submit(id), 'policy_blocked', 'without an exception the clause holds');
  const waiver = await openWaiver(stage);
  await refused(t, steps.submit(id), 'policy_blocked', 'what is not applied opens nothing');
  const applied = await apply(stage, id, waiver, waiver);
  t.match(applied.waivers, [{ id: waiver, clause: 'AA-01', until: '2022-12-31', isRevoked: false }]);
  t.equal(await usedOf(stage, waiver), '0.00', 'a draft uses nothing');
  const submitted = await steps.submit(id);
  t.match(submitted.decision, { outcome: 'allow', reasons: [{ clause: 'AA-01', effect: 'warn', waiver }] });
  t.match(submitted.claim.waivers, [{ id: waiver }]);
  await refused(t, apply(stage, id), 'wrong_status', 'no change under way');
  await steps.review(id);
  t.match(
    (await steps.approve(id)).decision.reasons,
    [{ waiver, message: /按例外批准/ }],
    'approval shows it',
  );
  t.equal((await steps.pay(id)).claim.status, 'paid');
  t.match(await getWaiver(store, county.auditor, county.bookId, waiver), {
    used: '100.00',
    uses: [{ type: 'claim', id, amount: '100.00', appliedBy: world.stationOperator.personId }],
  });
  t.match((await getClaim(store, world.stationReviewer, county.bookId, id)).waivers, [{ id: waiver }]);
  const plain = await steps.draft([equipment(fundId)]);
  await refused(t, steps.submit(plain), 'policy_blocked', 'another claim does not pass under it');
  await verifyClean(t, world);
});

forEachEngine('expired or revoked since, it opens nothing any more', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { county } = world;
  const waiver = await openWaiver(stage, { until: '2022-08-10' });
  const steps = claimsOf(stage);
  const approved = async (...waivers: string[]) => {
    const id = await steps.draft([equipment(fundId)]);
    await apply(stage, id, ...waivers);
    await steps.submit(id);
    await steps.review(id);
    await steps.approve(id);
    return id;
  };
  const id = await approved(waiver);
  const later = claimsOf(stage, '2022-08-11T02:00:00.000Z');
  const stopped = await refused(t, later.pay(id), 'policy_blocked', 'the day after its last');
  t.match(JSON.stringify(stopped?.options.details), /有效期为 2022-07-31 至 2022-08-10/);
  const late = await later.draft([equipment(fundId)]);
  await refused(
    t,
    applyToClaim(
      store,
      by(world.stationOperator, { at: '2022-08-11T02:00:00.000Z' }),
      county.bookId,
      late,
      null,
      [waiver],
    ),
    'waiver_unfit',
    'nor may it be applied',
  );
  t.equal((await claimsOf(stage, '2022-08-10T02:00:00.000Z').pay(id)).claim.status, 'paid', 'its last day');

  const second = await openWaiver(stage);
  const waiting = await steps.draft([equipment(fundId)]);
  await apply(stage, waiting, second);
  await steps.submit(waiting);
  await steps.review(waiting);
  const granted = await approved(second);
  await revokeWaiver(store, by(county.finance2), county.bookId, second, null, { reason: '已无必要' });
  await refused(t, steps.approve(waiting), 'policy_blocked', 'revoked before approval');
  const refusal = await refused(t, steps.pay(granted), 'policy_blocked', 'revoked before payment');
  t.match(JSON.stringify(refusal?.options.details), /已被撤销/);
  t.match((await getClaim(store, county.auditor, county.bookId, granted)).waivers, [{ isRevoked: true }]);
  const draft = await steps.draft([equipment(fundId)]);
  await refused(t, apply(stage, draft, second), 'waiver_unfit');

  // Where the clause only asks for a look, an exception that ended makes the cashier give a reason.
  const third = await openWaiver(stage, { clause: 'AA-06', until: '2022-08-10' });
  const looked = await steps.draft([equipment(fundId, '1.00', '39901')]);
  await apply(stage, looked, third);
  t.equal((await steps.submit(looked)).decision.outcome, 'allow');
  await steps.review(looked);
  await steps.approve(looked);
  await refused(t, later.pay(looked), 'review_note_required');
  t.equal((await later.pay(looked, '已另行核准')).claim.status, 'paid');
  await verifyClean(t, world);
});

forEachEngine('only what fits may be applied; every fault at once', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId, otherFundId } = stage;
  const { county, neighbour } = world;
  const steps = claimsOf(stage);
  const id = await steps.draft([equipment(fundId)]);
  const other = await steps.draft([equipment(fundId)]);
  const asked = await requestWaiver(store, PACKS, by(county.finance), county.bookId, waiverInput(stage));
  const ofFund = await openWaiver(stage, { fundId: otherFundId });
  const ofClaim = await openWaiver(stage, { fundId: null, subject: { type: 'claim', id: other } });
  const error = await refused(t, apply(stage, id, asked.id, ofFund, ofClaim), 'waiver_unfit');
  t.match(error?.options.details, { faults: { length: 3 } });
  t.match(error?.message, /待批准/);
  t.match(error?.message, /另一笔资金/);
  t.match(error?.message, /另一张单据/);
  await refused(t, apply(stage, id, 'nowhere'), 'not_found');
  const foreign = { ...stage, fundId: stage.foreignFundId, fileId: stage.foreignFileId };
  const { id: abroad } = await requestWaiver(
    store,
    PACKS,
    by(neighbour.finance),
    neighbour.bookId,
    waiverInput(foreign),
  );
  await approveWaiver(store, PACKS, by(neighbour.finance2), neighbour.bookId, abroad, null, {
    documentNo: '合江民函〔2022〕1号',
  });
  await refused(t, apply(stage, id, abroad), 'not_found', 'of another book');
  await refused(
    t,
    applyToClaim(store, by(county.operator), county.bookId, id, null, []),
    'separation_of_duties',
    'the maker says it',
  );
  await apply(stage, other, ofClaim);
  t.equal((await steps.submit(other)).decision.outcome, 'allow', 'meant for this very claim');

  // Who makes a case does not pass it under what was approved with the same hands.
  const both = await seedActor(store, county, 'operator', 'finance');
  const { id: self } = await requestWaiver(
    store,
    PACKS,
    by(county.finance),
    county.bookId,
    waiverInput(stage),
  );
  const approval = { documentNo: '泸县民函〔2022〕20号' };
  await approveWaiver(store, PACKS, by(both), county.bookId, self, null, approval);
  const made = await createClaim(
    store,
    by(both),
    county.bookId,
    claimInput(county.id, [equipment(fundId)], { businessDate: TODAY }),
  );
  const own = applyToClaim(store, by(both), county.bookId, made.id, null, [self]);
  t.match((await refused(t, own, 'waiver_unfit'))?.message, /由经办人自己批准/);
  t.match((await apply(stage, id, self)).waivers, [{ id: self }], 'another’s claim may');

  // Mixed funds: the line of the other fund is not covered.
  const waiver = await openWaiver(stage);
  const mixed = await steps.draft([equipment(fundId), equipment(otherFundId)]);
  await apply(stage, mixed, waiver);
  await refused(t, steps.submit(mixed), 'policy_blocked');
  await apply(stage, mixed, waiver, ofFund);
  t.equal((await steps.submit(mixed)).decision.outcome, 'allow', 'one exception for each');

  const behind = await steps.draft([equipment(fundId, '10.00', BOTH)]);
  await apply(stage, behind, waiver);
  const held = await refused(t, steps.submit(behind), 'policy_blocked');
  const reasons = [
    { rule: 'BB-01.goods', effect: 'block' },
    { rule: 'AA-01.goods', effect: 'warn', waiver },
  ];
  t.match(held?.options.details, { decision: { reasons } }, 'the nation’s clause behind the province’s');
  const national = await openWaiver(stage, { clause: 'BB-01' });
  await apply(stage, behind, waiver, national);
  t.equal((await steps.submit(behind)).decision.outcome, 'allow');
  await apply(stage, id, waiver);
  t.same((await apply(stage, id)).waivers, [], 'and taken off again');
  await refused(t, steps.submit(id), 'policy_blocked');
  await verifyClean(t, world);
});

forEachEngine('a limit counts what is held or spent under it', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { county, stationOperator } = world;
  const { bookId } = county;
  const waiver = await openWaiver(stage, { limit: '250.00' });
  const steps = claimsOf(stage);
  const draft = async (amount = '100.00') => {
    const id = await steps.draft([equipment(fundId, amount)]);
    await apply(stage, id, waiver);
    return id;
  };
  const [a, b, c] = [await draft(), await draft(), await draft()];
  await steps.submit(a);
  await steps.submit(b);
  t.equal(await usedOf(stage, waiver), '200.00');
  const full = await refused(t, steps.submit(c), 'policy_blocked');
  t.match(JSON.stringify(full?.options.details), /超过批准的限额/);
  await withdrawClaim(store, by(stationOperator), bookId, a, null, { note: null });
  t.equal((await steps.submit(c)).decision.outcome, 'allow', 'withdrawn gives back');
  await rejectClaim(store, by(county.finance), bookId, b, null, { note: '不办' });
  t.equal(await usedOf(stage, waiver), '100.00', 'rejected too');
  await steps.review(c);
  await steps.approve(c);
  const pay = paymentInput({ amount: '60.00' });
  await payClaim(store, PACKS, by(county.payer), bookId, c, pay);
  t.equal(await usedOf(stage, waiver), '100.00', 'a claim does not use it twice');
  await closeClaim(store, by(county.finance), bookId, c, null, { note: null });
  t.equal(await usedOf(stage, waiver), '60.00', 'what is not paid is given back');
  await refundClaim(store, by(county.payer), bookId, c, { ...paymentInput(), amount: '20.00' });
  t.equal(await usedOf(stage, waiver), '40.00', 'and so is a refund');
  const large = await draft('210.01');
  await refused(t, steps.submit(large), 'policy_blocked');
  t.equal((await steps.submit(await draft('210.00'))).decision.outcome, 'allow', 'to the last fen');
  await verifyClean(t, world);
});

forEachEngine('a contract under an exception, and what is claimed and reported on it', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { county, provider } = world;
  const { bookId } = county;
  const waiver = await openWaiver(stage, { limit: '1000.00' });
  const input = contractInput(world, [equipment(fundId, '1000.00')], { signedDate: TODAY, startDate: TODAY });
  await refused(t, prepareContract(store, PACKS, by(county.finance), bookId, input), 'policy_blocked');
  const { contract } = await prepareContract(store, PACKS, by(county.finance), bookId, {
    ...input,
    waiverIds: [waiver],
  });
  t.match(contract.waivers, [{ id: waiver }]);
  t.equal(await usedOf(stage, waiver), '0.00', 'nothing before it is signed');
  const say = (...waiverIds: string[]) =>
    applyToContract(store, by(county.finance), bookId, contract.id, null, waiverIds);
  const sign = () =>
    signContract(store, PACKS, by(county.finance2), bookId, contract.id, { note: null, version: null });
  await say();
  await refused(t, sign(), 'policy_blocked', 'signing looks again');
  await refused(
    t,
    applyToContract(store, by(world.stationOperator), bookId, contract.id, null, [waiver]),
    'forbidden',
  );
  await say(waiver);
  t.match((await sign()).decision, { outcome: 'allow', reasons: [{ waiver }] });
  await refused(t, say(), 'wrong_status');
  t.equal(await usedOf(stage, waiver), '1000.00');

  const steps = claimsOf(stage);
  const of = { contractId: contract.id, payeeType: 'provider', payeeId: provider.id } as const;
  const id = await steps.draft([equipment(fundId, '400.00')], of);
  await refused(t, steps.submit(id), 'policy_blocked', 'applying is explicit for each claim');
  await apply(stage, id, waiver);
  await steps.submit(id);
  await steps.review(id);
  await steps.approve(id);
  await steps.pay(id);
  t.equal(await usedOf(stage, waiver), '1000.00', 'the contract’s money is not counted twice');
  const free = await steps.draft([equipment(fundId, '0.01')]);
  await apply(stage, free, waiver);
  await refused(t, steps.submit(free), 'policy_blocked', 'the contract has taken all');
  const report = {
    contractId: contract.id,
    businessDate: TODAY,
    lines: [lineInput(equipment(fundId, '30.00'))],
  };
  const reported = await reportSpending(store, PACKS, by(world.providerOperator), bookId, report);
  t.match(reported.decision.reasons, [{ waiver }], 'the provider spends under the contract’s exception');
  await closeContract(store, by(county.finance), bookId, contract.id, {
    effectiveDate: TODAY,
    version: null,
  });
  t.equal(await usedOf(stage, waiver), '400.00', 'closed: what was claimed counts');
  t.equal((await steps.submit(free)).decision.outcome, 'allow');
  await verifyClean(t, world);
});

for (const engine of engines)
  void test(`the last of a limit goes to exactly one of many (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const store = await openAt(url);
    t.teardown(() => store.close());
    await prepare(store);
    const stage = await scene(t, store);
    const { world, fundId } = stage;
    const waiver = await openWaiver(stage, { limit: '150.00' });
    const steps = claimsOf(stage);
    const racers = [];
    for (let n = 0; n < 12; n += 1) {
      const claimId = await steps.draft([equipment(fundId)]);
      await apply(stage, claimId, waiver);
      racers.push({ actor: world.stationOperator, bookId: world.county.bookId, claimId });
    }
    // As two services on one database; SQLite has one.
    const others = engine === 'postgres' ? await openAt(url) : store;
    if (others !== store) t.teardown(() => others.close());
    const outcomes = (
      await Promise.all([runRace(store, PACKS, racers.slice(0, 6)), runRace(others, PACKS, racers.slice(6))])
    ).flat();
    t.equal(outcomes.filter((outcome) => outcome === 'won').length, 1, outcomes.join());
    t.equal(outcomes.filter((outcome) => outcome === 'policy_blocked').length, 11);
    t.equal(await usedOf(stage, waiver), '100.00');
    await verifyClean(t, world);
  });
