import { disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { applyToClaim, editClaim, getClaim, refundClaim } from '../../src/claims/index.js';
import { type Fen, formatYuan, sumFen } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import type { Actor } from '../../src/organisations/index.js';
import { bookOverview, OVERVIEW_BASES, supervisionOverview } from '../../src/supervision/index.js';
import {
  type Bureau,
  by,
  claimInput,
  nextNo,
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
import { forEachEngine, seedTree } from '../helper.js';
import { serve } from '../http/service.js';
import { scene as reliefScene } from '../relief/scene.js';
import { claimsOf, equipment, openWaiver, scene } from '../waivers/scene.js';

const NOW = new Date(`${TODAY}T02:00:00.000Z`);
const asked = (given: object = {}) => ({ year: 2022, idleDays: 90, now: NOW, ...given });
const seen = ({ store, packs }: World, actor: Actor, given: object = {}) =>
  supervisionOverview(store, packs, actor, asked(given));
const one = ({ store, packs, county }: World, given: object = {}, actor = county.auditor) =>
  bookOverview(store, packs, actor, county.bookId, asked(given));

/** Sums over every account of the year's funds, one row after another. */
async function naive(store: Store, bookIds: readonly string[], layer: string, year = 2022): Promise<Fen> {
  const funds = await store.read.selectFrom('fund').selectAll().execute();
  const accounts = await store.read.selectFrom('account').selectAll().execute();
  const ids = funds.filter((fund) => bookIds.includes(fund.bookId) && fund.year === year).map(({ id }) => id);
  const found = sumFen(
    accounts.filter((one) => ids.includes(one.fundId) && one.layer === layer).map((one) => one.balanceFen),
  );
  return found < 0n ? -found : found;
}

interface Issued {
  readonly itemId: string;
  readonly take: (kind: 'allotment' | 'disbursement', issueId: string, on?: string) => Promise<unknown>;
}
/** Passes authority of an upper fund down to a lower bureau. */
async function issue(
  store: Store,
  packs: World['packs'],
  upper: Pick<Bureau, 'bookId' | 'finance'>,
  lower: Pick<Bureau, 'id' | 'bookId' | 'finance'>,
  fundId: string,
  amount: string,
  parts: { organisationId: string; amount: string }[] = [],
): Promise<Issued> {
  const { items } = await issueAllotment(store, packs, by(upper.finance), upper.bookId, {
    fundId,
    documentNo: nextNo('川财社〔2022〕'),
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: lower.id, amount, parts }],
  });
  return {
    itemId: (items[0] as { id: string }).id,
    take: (kind, issueId, effectiveDate = '2022-02-10') =>
      takeIn(store, by(lower.finance), lower.bookId, {
        kind,
        issueId,
        documentNo: nextNo('收文'),
        effectiveDate,
      }),
  };
}
const send = async (store: Store, upper: Pick<Bureau, 'bookId' | 'payer'>, itemId: string, amount: string) =>
  (
    await disburse(store, by(upper.payer), upper.bookId, {
      allotmentItemId: itemId,
      voucherNo: nextNo('拨字'),
      effectiveDate: '2022-03-01',
      amount,
    })
  ).id;

forEachEngine('figures are the sums of the accounts, to the 分', async (t, store) => {
  t.setTimeout(900_000);
  const world = await seedWorld(store);
  const { province, county, neighbour, packs } = world;
  const fundId = await openFund(world, { granted: '1000.01', received: '900.03' });
  await openFund(world, { granted: '77.77', fund: { year: 2021 } });
  await openFund(world, { bureau: neighbour, granted: '50.00' });
  const upperFund = await openFund(world, { bureau: province, granted: '5000.00' });
  const down = await issue(store, packs, province, county, upperFund, '300.00', [
    { organisationId: world.station.id, amount: '120.00' },
    { organisationId: world.township.id, amount: '180.00' },
  ]);
  await down.take('allotment', down.itemId);
  const sent = await send(store, province, down.itemId, '200.00');
  await down.take('disbursement', sent, '2022-03-05');
  await send(store, province, down.itemId, '60.00');
  await issue(store, packs, province, neighbour, upperFund, '40.00');
  const paid = await openClaim(world, 'paid', [{ fundId, amount: '100.10' }]);
  await refundClaim(store, by(county.payer), county.bookId, paid.id, {
    voucherNo: nextNo('退字'),
    effectiveDate: TODAY,
    note: null,
    amount: '0.07',
  });
  await openClaim(world, 'approved', [{ fundId, amount: '30.00' }]);
  await openContract(world, [{ fundId, amount: '200.00' }]);

  const all = await seen(world, province.auditor);
  const ids = [province, county, neighbour].map(({ bookId }) => bookId);
  t.equal(all.books, 3);
  t.equal(all.timeProgress, '58.08%', '212 of 365 days');
  t.equal(all.total.allotted, formatYuan((await naive(store, ids, 'allotted')) - 30_000n), 'passed on, once');
  t.equal(all.total.received, formatYuan((await naive(store, ids, 'received')) - 20_000n));
  t.equal(all.total.spent, formatYuan(await naive(store, ids, 'spent')));
  t.equal(all.total.spent, '100.03');
  t.equal(all.total.passedDown, formatYuan(await naive(store, ids, 'passed_down')));
  t.match(all.total, {
    allotted: '6050.01',
    received: '5950.03',
    disbursed: '260.00',
    ownReceived: '5890.03',
  });
  t.match(all.total.transitCash, { amount: '60.00', items: 1, oldestDays: 152, outgoing: '60.00' });
  t.match(all.total.transitAuthority, { amount: '40.00', items: 1, oldestDays: 180, incoming: '40.00' });
  t.equal(all.groups.length, 1, 'counties right under their province form one group with it');
  t.same(all.groups[0]?.subtotal, all.total);
  t.same(Object.keys(all.bases), Object.keys(OVERVIEW_BASES));

  const { figures, funds, units } = await one(world);
  t.same(
    all.groups[0]?.books.find((book) => book.bookId === county.bookId)?.figures,
    figures,
    'the same from above and from within',
  );
  t.match(figures, {
    allotted: '1300.01',
    received: '1100.03',
    ownReceived: '1100.03',
    spent: '100.03',
    executionRate: '9.09%',
    executionGap: '-48.99',
  });
  t.match(figures.transitCash, { amount: '60.00', incoming: '60.00', outgoing: '0.00' });
  t.match(figures.cap, { limit: null, booksKnown: 0, booksUnknown: 1, reason: /尚未申报/ });
  t.match(
    funds.find((fund) => fund.fundId === fundId),
    {
      spent: '100.03',
      available: '669.98',
      // 900.03 − 100.10 + 0.07 in the bank, of which 30.00 and 200.00 are promised.
      idleAmount: '570.00',
      idleDays: 202,
      lastArrival: '2022-01-10',
    },
  );
  t.match(figures.idle, {
    amount: '770.00',
    longestDays: 202,
    weightedDays: '188.0',
    overdueAmount: '770.00',
  });
  const edge = async (idleDays: number) => (await one(world, { idleDays })).figures.idle.overdueAmount;
  t.same([await edge(201), await edge(202)], ['570.00', '0.00'], 'longer than the days, not as long as');
  t.equal(formatYuan(sumFen(units.map(({ spent }) => BigInt(spent.replace('.', ''))))), '100.03');
  t.match(units, [
    { organisationId: world.township.id, quota: '180.00', spent: '0.00', executionRate: '0.00%', claims: 0 },
    {
      organisationId: world.station.id,
      name: '玉蟾街道社工站',
      quota: '120.00',
      poolLeft: '120.00',
      held: '30.00',
      spent: '100.03',
      executionRate: '83.36%',
      claims: 2,
      refused: 0,
      waived: 0,
    },
  ]);
  await verifyClean(t, world);
});

forEachEngine(
  'a subtotal counts what passes between its books once, and what leaves it',
  async (t, store) => {
    t.setTimeout(900_000);
    const tree = await seedTree(store);
    const world = await seedWorld(store, { province: '52' });
    const { actors } = tree;
    const province = { ...tree.province, finance: actors.provinceFinance, payer: actors.provincePayer };
    const prefecture = {
      ...tree.prefecture,
      finance: actors.prefectureFinance,
      payer: actors.prefecturePayer,
    };
    const county = { ...tree.county, finance: actors.finance, payer: actors.payer };
    const fundId = await openFund(world, { bureau: province as unknown as Bureau, granted: '1000.00' });
    const first = await issue(store, world.packs, province, prefecture, fundId, '600.00');
    await first.take('allotment', first.itemId);
    await first.take('disbursement', await send(store, province, first.itemId, '500.00'), '2022-03-02');
    const [{ id: lowerFund }] = (await store.read
      .selectFrom('fund')
      .select('id')
      .where('bookId', '=', prefecture.bookId)
      .execute()) as [{ id: string }];
    const second = await issue(store, world.packs, prefecture, county, lowerFund, '250.00');
    await second.take('allotment', second.itemId);
    await second.take('disbursement', await send(store, prefecture, second.itemId, '100.00'), '2022-03-03');

    const fromTop = await seen(world, actors.provinceFinance);
    const groups = new Map(fromTop.groups.map((group) => [group.bureauId, group]));
    t.match(fromTop.total, { allotted: '1000.00', received: '1000.00', ownReceived: '1000.00' });
    t.match(groups.get(prefecture.id)?.subtotal, {
      allotted: '600.00',
      received: '500.00',
      disbursed: '100.00',
      ownReceived: '500.00',
    });
    t.match(groups.get(province.id)?.subtotal, {
      allotted: '1000.00',
      passedDown: '600.00',
      ownReceived: '500.00',
    });
    t.same(
      groups
        .get(prefecture.id)
        ?.books.map(({ bookId }) => bookId)
        .sort(),
      [prefecture.bookId, county.bookId, tree.siblingCounty.bookId].sort(),
    );
    const fromPrefecture = await seen(world, actors.prefectureFinance);
    t.same(fromPrefecture.total, groups.get(prefecture.id)?.subtotal);
    t.equal(
      JSON.stringify(fromPrefecture).includes(tree.province.bookId),
      false,
      'nothing of the book above',
    );
    const own = await seen(world, actors.auditor);
    t.equal(own.books, 1);
    t.match(
      own.groups,
      [{ bureauId: prefecture.id, books: [{ bookId: county.bookId }] }],
      'named after its prefecture',
    );
    t.match(own.total, { allotted: '250.00', received: '100.00' }, 'alone, all that it took in is its own');
  },
);

forEachEngine('the cap by its base of the day, null with a reason without one', async (t, store) => {
  const stage = await reliefScene(t, store);
  const before = await seen(stage, stage.county.auditor, { asOf: '2022-06-30' });
  t.match(before.total.cap, {
    limit: null,
    basis: null,
    useRate: null,
    reason: /截至 2022-06-30 尚未申报 2022 年/,
  });
  await stage.declare({ amount: '10000.19' });
  const claim = { fundId: stage.fundId, amount: '100.01' };
  await openClaim(stage, 'paid', [claim]);
  const { cap } = (await seen(stage, stage.county.auditor)).total;
  const alone = await stage.cap(2022, TODAY);
  t.match(cap, {
    limit: '500.00',
    used: '100.01',
    headroom: '399.99',
    useRate: '20.00%',
    basis: 'estimate',
    booksKnown: 1,
    reason: null,
  });
  t.same(
    [cap.limit, cap.headroom, cap.useRate],
    [alone.cap, alone.headroom, alone.utilisation],
    'as the cap page has it',
  );
  const all = await seen(stage, stage.province.auditor);
  t.match(all.total.cap, {
    limit: '500.00',
    used: '100.01',
    booksKnown: 1,
    booksUnknown: 2,
    reason: /尚未申报/,
  });
  t.equal((await seen(stage, stage.county.auditor, { year: 2021 })).total.cap.limit, null, 'another year');
});

forEachEngine('cases of the year are counted once each, by the clock of China', async (t, store) => {
  t.setTimeout(900_000);
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const steps = claimsOf(stage);
  const blocked = await steps.draft([equipment(fundId, '10.00')]);
  await refused(t, steps.submit(blocked), 'policy_blocked');
  await refused(t, steps.submit(blocked), 'policy_blocked', 'a second attempt is a second decision');
  const waiver = await openWaiver(stage);
  await applyToClaim(store, by(world.stationOperator), world.county.bookId, blocked, null, [waiver]);
  await steps.submit(blocked);
  const doubtful = await steps.draft([equipment(fundId, '5.00', '39999')]);
  t.equal((await steps.submit(doubtful)).decision.outcome, 'review');
  await steps.review(doubtful);
  await steps.approve(doubtful, '已核');
  t.match(await one(world), {
    figures: { refused: 2, reviewed: 1, waived: 1 },
    units: [{ organisationId: world.station.id, refused: 2, waived: 1, claims: 2, held: '15.00' }],
  });
  t.match((await one(world, { year: 2021 })).figures, { refused: 0, reviewed: 0, waived: 0, spent: '0.00' });

  const last = claimsOf(stage, '2022-12-31T15:59:59.999Z');
  const next = claimsOf(stage, '2022-12-31T16:00:00.000Z');
  const late = await steps.draft([equipment(fundId, '1.00')]);
  await refused(t, last.submit(late), 'policy_blocked');
  await refused(t, next.submit(late), 'policy_blocked');
  const at = (year: number) => one(world, { year, now: new Date('2023-01-05T02:00:00.000Z') });
  t.equal((await at(2022)).figures.refused, 3, 'a millisecond before New Year in China');
  t.match((await at(2023)).figures, {
    refused: 1,
    allotted: '0.00',
    executionRate: null,
    executionGap: null,
  });
  t.equal((await at(2022)).timeProgress, '100.00%');
  t.equal((await at(2023)).timeProgress, '1.37%', '5 of 365 days');
  t.equal((await at(2024)).timeProgress, '0.00%');

  const refusedBy = async () => {
    const { units } = await at(2022);
    return [world.station, world.office].map(
      ({ id }) => units.find(({ organisationId }) => organisationId === id)?.refused ?? 0,
    );
  };
  t.same(await refusedBy(), [3, 0]);
  const { version } = await getClaim(store, world.stationOperator, world.county.bookId, late);
  const moved = claimInput(world.office.id, [equipment(fundId, '1.00')]);
  const caller = by(world.stationOperator, { at: '2022-12-31T16:00:01.000Z' });
  await editClaim(store, caller, world.county.bookId, late, version, moved);
  t.same(await refusedBy(), [2, 1], 'a claim moved to another unit since it was last looked up');
  t.same(await refusedBy(), [2, 1]);
});

forEachEngine('who may not read a book whole sees nothing of it', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  await openFund(world, { bureau: neighbour, granted: '9.99' });
  for (const actor of [
    world.stationOperator,
    world.providerOperator,
    await seedActor(store, world.station),
  ]) {
    const none = await seen(world, actor);
    t.match(none, { books: 0, groups: [], total: { allotted: '0.00', executionRate: null, refused: 0 } });
    await refused(t, one(world, {}, actor), 'not_found');
  }
  const own = await seen(world, county.auditor);
  t.equal(own.books, 1);
  t.notMatch(JSON.stringify(own), new RegExp(`${neighbour.bookId}|${world.province.bookId}|合江`));
  t.match(
    own.total,
    { allotted: '0.00', idle: { amount: '0.00', longestDays: null, weightedDays: null } },
    'empty',
  );
  await refused(t, one(world, {}, neighbour.auditor), 'not_found');
  await refused(t, seen(world, county.auditor, { asOf: '2022-08-01' }), 'date_in_future');

  const { ask } = await serve(t, store);
  const answer = await ask(county.auditor, 'GET', '/supervision/overview?year=2022');
  t.equal(answer.status, 200);
  t.same(answer.body, JSON.parse(JSON.stringify(own)));
  t.equal((await ask(county.auditor, 'GET', '/supervision/overview?year=2022&asOf=2022-08-01')).status, 400);
  t.equal((await ask(county.auditor, 'GET', '/supervision/overview?year=abc')).status, 400);
  t.equal((await ask(null, 'GET', '/supervision/overview?year=2022')).status, 401);
  const book = `/books/${county.bookId}/supervision?year=2022`;
  t.equal((await ask(county.auditor, 'GET', book)).status, 200);
  t.equal((await ask(neighbour.auditor, 'GET', book)).status, 404);
  t.equal((await ask(world.stationOperator, 'GET', book)).status, 404);
});
