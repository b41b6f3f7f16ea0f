import fc from 'fast-check';
import { t as root } from 'tap';
import {
  CLAIM_SORTS,
  CLAIM_TASKS,
  type ClaimQuery,
  type ClaimStatus,
  countClaims,
  listClaims,
  STATUSES,
} from '../../src/claims/index.js';
import { parseYuan } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import type { Actor } from '../../src/organisations/index.js';
import { refused, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from '../http/service.js';
import { claimScene, PAYEES, type Written } from './list-scene.js';

root.setTimeout(900_000);
type Filters = Omit<ClaimQuery, 'limit' | 'cursor' | 'count'>;
type Scene = Awaited<ReturnType<typeof claimScene>>;

const chinaDay = (at: string) => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10);

/** What each task asks for, in other words than the code's. */
const TASK_FITS: Readonly<Record<string, (claim: Written, me: string, role: string) => boolean>> = {
  draft: (claim, me, role) => role === 'operator' && claim.status === 'draft' && claim.makerId === me,
  correct: (claim, me, role) => role === 'operator' && claim.status === 'returned' && claim.makerId === me,
  review: (claim, me, role) => role === 'reviewer' && claim.status === 'submitted' && claim.makerId !== me,
  approve: (claim, me, role) =>
    role === 'finance' && claim.status === 'reviewed' && claim.makerId !== me && claim.reviewerId !== me,
  pay: (claim, me, role) =>
    role === 'payer' &&
    ['approved', 'partly_paid'].includes(claim.status) &&
    claim.makerId !== me &&
    claim.approverId !== me,
};

/** Ids in order, by looking at every claim. */
function naive({ world, claims }: Scene, actor: Actor, query: Filters): string[] {
  const { station, office, township } = world;
  const role = actor.grants[0]?.role as string;
  const place = actor.grants[0]?.organisationId;
  const below: Readonly<Record<string, readonly string[]>> = {
    [station.id]: [station.id, office.id],
    [township.id]: [township.id, station.id, office.id],
    [world.provider.id]: [world.provider.id],
    // A bureau's own units, to which a provider does not belong that another book registered.
    [world.county.id]: [world.county.id, township.id, station.id, office.id],
  };
  const readsAll = place === world.county.id && role !== 'operator';
  const person = (id: string | undefined) => (id === 'me' ? actor.personId : id);
  const reaches = (claim: Written) =>
    readsAll && !(query.task === 'review') ? true : below[place as string]?.includes(claim.organisationId);
  const fits = (claim: Written) =>
    reaches(claim) &&
    (query.status === undefined || [query.status].flat().includes(claim.status)) &&
    (query.task === undefined || TASK_FITS[query.task]?.(claim, actor.personId, role)) &&
    (query.organisationId === undefined || claim.organisationId === query.organisationId) &&
    (query.fundId === undefined || claim.fundIds.includes(query.fundId)) &&
    (query.outcome === undefined || claim.outcome === query.outcome) &&
    (query.hasWaiver === undefined || claim.hasWaiver === query.hasWaiver) &&
    (query.makerId === undefined || claim.makerId === person(query.makerId)) &&
    (query.reviewerId === undefined || claim.reviewerId === person(query.reviewerId)) &&
    (query.approverId === undefined || claim.approverId === person(query.approverId)) &&
    (query.payeeName === undefined || claim.payeeName === query.payeeName) &&
    (query.invoiceNumber === undefined || claim.invoiceNumber === query.invoiceNumber) &&
    (query.businessFrom === undefined || claim.businessDate >= query.businessFrom) &&
    (query.businessUntil === undefined || claim.businessDate <= query.businessUntil) &&
    (query.createdFrom === undefined || chinaDay(claim.createdAt) >= query.createdFrom) &&
    (query.createdUntil === undefined || chinaDay(claim.createdAt) <= query.createdUntil) &&
    (query.handledSince === undefined ||
      (claim.makerId === actor.personId && chinaDay(claim.createdAt) >= query.handledSince)) &&
    (query.amountMin === undefined || claim.amountFen >= parseYuan(query.amountMin)) &&
    (query.amountMax === undefined || claim.amountFen <= parseYuan(query.amountMax));
  const ofSpan = query.businessFrom !== undefined || query.businessUntil !== undefined;
  const sort = query.sort ?? (ofSpan ? 'businessDate' : 'createdAt');
  const key = (claim: Written) => (sort === 'amount' ? claim.amountFen : claim[sort]);
  const way = query.order === 'asc' ? 1 : -1;
  const compare = (one: Written, other: Written) => {
    const [a, b] = [key(one), key(other)];
    return way * (a < b ? -1 : a > b ? 1 : one.id < other.id ? -1 : 1);
  };
  return claims
    .filter(fits)
    .sort(compare)
    .map(({ id }) => id);
}

const day = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 28 }))
  .map(([month, date]) => `2022-0${month}-${String(date).padStart(2, '0')}`);
const yuan = fc.constantFrom('10.00', '20.00', '20.01', '30.00', '40.00');
const status = fc.constantFrom(...(STATUSES as readonly ClaimStatus[]));

/** Any filters together; most of them absent most of the time, so that something is left. */
const filters = ({ world, funds, claims }: Scene) => {
  const nothing = fc.constant(undefined);
  const rarely = <T>(value: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 14, arbitrary: nothing }, { weight: 1, arbitrary: value });
  const organisations = [world.station, world.office, world.township, world.provider, world.neighbourStation];
  const person = fc.constantFrom('me', world.stationOperator.personId, world.county.finance.personId);
  return fc.record({
    sort: fc.option(fc.constantFrom(...CLAIM_SORTS), { nil: undefined }),
    order: fc.constantFrom('asc' as const, 'desc' as const, undefined),
    status: fc.oneof(nothing, status, fc.array(status, { minLength: 1, maxLength: 4 })),
    task: rarely(fc.constantFrom(...CLAIM_TASKS)),
    organisationId: rarely(fc.constantFrom(...organisations.map(({ id }) => id))),
    fundId: fc.oneof(nothing, nothing, fc.constantFrom(...funds, 'no-such-fund')),
    outcome: rarely(fc.constantFrom('allow' as const, 'review' as const, 'block' as const)),
    hasWaiver: rarely(fc.boolean()),
    makerId: rarely(person),
    reviewerId: rarely(person),
    approverId: rarely(person),
    payeeName: rarely(fc.constantFrom(...PAYEES, '无此商户')),
    invoiceNumber: rarely(fc.constantFrom(...claims.flatMap((claim) => claim.invoiceNumber ?? []))),
    businessFrom: rarely(day),
    businessUntil: rarely(day),
    createdFrom: rarely(day),
    createdUntil: rarely(day),
    handledSince: rarely(day),
    amountMin: rarely(yuan),
    amountMax: rarely(yuan),
  });
};

/** All of a list, page by page to its end and back. */
const walkOf =
  (store: Store, bookId: string) => async (actor: Actor, query: Filters, limit: number, few: number) => {
    const ask = (cursor: string | null) =>
      listClaims(store, actor, bookId, { ...query, limit, cursor: cursor ?? undefined, count: true }, few);
    const pages = [await ask(null)];
    for (let next = pages[0]?.nextCursor ?? null; next !== null; next = pages.at(-1)?.nextCursor ?? null)
      pages.push(await ask(next));
    const back = [pages.at(-1) as (typeof pages)[number]];
    for (let before = back[0]?.prevCursor ?? null; before !== null; before = back[0]?.prevCursor ?? null)
      back.unshift(await ask(before));
    const ids = (all: typeof pages) => all.flatMap(({ items }) => items.map(({ id }) => id));
    return { forwards: ids(pages), backwards: ids(back), total: pages[0]?.total };
  };

forEachEngine('pages forwards and backwards show each row once, as a naive filter does', async (t, store) => {
  const scene = await claimScene(store, 140);
  const { world, township2 } = scene;
  const { county } = world;
  const actors = [
    county.auditor,
    county.finance,
    county.payer,
    county.reviewer,
    county.operator,
    world.stationOperator,
    world.stationReviewer,
    township2,
  ];
  const walk = walkOf(store, county.bookId);
  let filled = 0;
  await fc.assert(
    fc.asyncProperty(
      filters(scene),
      fc.constantFrom(...actors),
      fc.integer({ min: 3, max: 60 }),
      fc.constantFrom(0, 1000),
      async (query, actor, limit, few) => {
        const wanted = naive(scene, actor, query);
        if (wanted.length > 3) filled += 1;
        const { forwards, backwards, total } = await walk(actor, query, limit, few);
        const found = JSON.stringify([forwards, backwards, total]);
        const expected = [wanted, wanted, { count: wanted.length, isCapped: false }];
        if (found !== JSON.stringify(expected))
          throw new Error(`${found}\nexpected ${JSON.stringify(expected)} for ${actor.displayName}`);
      },
    ),
    { numRuns: 240, seed: 20220731 },
  );
  t.ok(filled > 60, `${filled} of the lists had several rows`);
  await verifyClean(t, world);
});

forEachEngine(
  'a fund and a unit together are the same from whichever side they are read',
  async (t, store) => {
    const scene = await claimScene(store, 60);
    const { world, funds } = scene;
    const { county, station, office, township, provider } = world;
    const walk = walkOf(store, county.bookId);
    let filled = 0;
    for (const fundId of funds)
      for (const unit of [station, office, township, provider])
        for (const sort of CLAIM_SORTS)
          for (const [actor, status] of [
            [county.auditor, undefined],
            [county.finance, ['draft', 'paid', 'submitted'] as ClaimStatus[]],
            [world.stationOperator, undefined],
          ] as const) {
            // None is few; of few the fund or the unit is the rarer; all are few.
            for (const few of [0, 1, 4, 1000]) {
              const query = { fundId, organisationId: unit.id, sort, status, order: 'asc' as const };
              const wanted = naive(scene, actor, query);
              if (wanted.length > 3) filled += 1;
              const { forwards, backwards, total } = await walk(actor, query, 3, few);
              const said = `${sort} of ${unit.id}, ${few}`;
              t.same([forwards, backwards], [wanted, wanted], said);
              t.same(total, { count: wanted.length, isCapped: false }, said);
            }
          }
    t.ok(filled > 20, `${filled} of the lists had several pages`);
  },
);

forEachEngine(
  'a page keeps its place while others write; a cursor is for its own order only',
  async (t, store) => {
    const { world, claims } = await claimScene(store, 12);
    const { county } = world;
    const { ask } = await serve(t, store);
    const path = `/books/${county.bookId}/claims`;
    const newest = [...claims].sort((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? 1 : -1));
    const idsOf = (body: { items: { id: string }[] }) => body.items.map(({ id }) => id);
    const first = (await ask(county.auditor, 'GET', `${path}?limit=5&count=true`)).body;
    t.same(
      idsOf(first),
      newest.slice(0, 5).map(({ id }) => id),
    );
    t.match(first, { prevCursor: null, total: { count: 12, isCapped: false } });
    const second = (await ask(county.auditor, 'GET', `${path}?limit=5&cursor=${first.nextCursor}`)).body;
    t.equal(second.total, null, 'counted only when asked');
    const again = (await ask(county.auditor, 'GET', `${path}?limit=5&cursor=${second.prevCursor}`)).body;
    t.same(idsOf(again), idsOf(first), 'and back');
    t.equal(again.prevCursor, null);
    const several = await ask(county.auditor, 'GET', `${path}?status=draft&status=paid&limit=200`);
    const both = newest.filter(({ status }) => status === 'draft' || status === 'paid');
    t.same(
      idsOf(several.body),
      both.map(({ id }) => id),
    );

    for (const nonsense of [
      'x',
      '%00',
      claims[0]?.id,
      Buffer.from('[]').toString('base64url'),
      Buffer.from('["createdAt.desc",2,"2022","x"]').toString('base64url'),
      Buffer.from('["createdAt.desc",0,"a\\u0000b","x"]').toString('base64url'),
      Buffer.from('{"length":4}').toString('base64url'),
    ]) {
      const answer = await ask(county.auditor, 'GET', `${path}?cursor=${nonsense}`);
      t.equal(answer.status, 400, `cursor ${nonsense}`);
    }
    const otherOrder = await ask(county.auditor, 'GET', `${path}?sort=amount&cursor=${first.nextCursor}`);
    t.match(otherOrder, { status: 400, body: { code: 'cursor_invalid' } });
    const forged = Buffer.from('["amount.desc",0,"1e9","x"]').toString('base64url');
    t.match(await ask(county.auditor, 'GET', `${path}?sort=amount&cursor=${forged}`), {
      status: 400,
      body: { code: 'cursor_invalid' },
    });
    for (const query of [
      'status=gone',
      'hasWaiver=maybe',
      'amountMin=-1',
      'sort=title',
      'createdFrom=2022-02-30',
    ])
      t.equal((await ask(county.auditor, 'GET', `${path}?${query}`)).status, 400, query);
  },
);

forEachEngine('a count stops at its bound; who sees nothing counts nothing', async (t, store) => {
  const { world, claims } = await claimScene(store, 6);
  const { county } = world;
  t.same(await countClaims(store, county.auditor, county.bookId, {}), { count: 6, isCapped: false });
  const own = claims.filter(({ organisationId }) =>
    [world.station.id, world.office.id].includes(organisationId),
  );
  const seen = await countClaims(store, world.stationOperator, county.bookId, {});
  t.equal(seen.count, own.length);
  const foreign = { organisationId: world.township.id };
  t.equal((await countClaims(store, world.stationOperator, county.bookId, foreign)).count, 0);
  await refused(t, countClaims(store, world.neighbourOperator, county.bookId, {}), 'not_found');
  await refused(
    t,
    listClaims(store, world.neighbour.finance, county.bookId, { limit: 5, payeeName: PAYEES[0] }),
    'not_found',
  );
});
