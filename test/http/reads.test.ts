import { loadPacks } from '../../src/policy/index.js';
import { fundInput, openClaim, openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Answer, serve } from './service.js';

forEachEngine('pages neither lose nor repeat a row', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask } = await serve(t, store);
  const book = `/books/${county.bookId}`;
  const wanted: string[] = [];
  for (let index = 0; index < 7; index += 1) {
    wanted.unshift((await ask(county.finance, 'POST', `${book}/funds`, { body: fundInput() })).body.id);
  }
  const pages = async (path: string, limit: number, between: () => Promise<unknown> = async () => {}) => {
    const items: Record<string, unknown>[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const answer: Answer = await ask(county.auditor, 'GET', `${path}?limit=${limit}${next}`);
      t.equal(answer.status, 200);
      items.push(...answer.body.items);
      cursor = answer.body.nextCursor;
      await between();
    } while (cursor !== null);
    return items;
  };
  for (const limit of [1, 2, 3, 7, 200]) {
    const rows = await pages(`${book}/funds`, limit);
    t.same(
      rows.map((row) => row['id']),
      wanted,
      `funds by ${limit}`,
    );
  }
  const grow = async () => ask(county.finance, 'POST', `${book}/funds`, { body: fundInput() });
  t.same(
    (await pages(`${book}/funds`, 3, grow)).map((row) => row['id']),
    wanted,
    'while others write',
  );
  const log = await pages(`${book}/log`, 4);
  t.same(
    log.map((row) => row['logIndex']),
    log.map((_, index) => index),
  );
  t.equal(log.length, 10);
  const picked = await ask(county.auditor, 'GET', `${book}/log?subjectId=${wanted[0]}`);
  t.match(picked.body.items, [{ action: 'fund.create', subjectId: wanted[0] }]);
  t.equal(picked.body.items.length, 1);
});

forEachEngine('what one may not see does not exist', async (t, store) => {
  const world = await seedWorld(store);
  const { ask } = await serve(t, store);
  const { county, neighbour } = world;
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  const paths = [
    '',
    '/funds',
    `/funds/${fundId}`,
    `/funds/${fundId}/documents`,
    '/relief-bases',
    '/relief-cap?year=2022',
    '/figures',
    '/periods',
    '/allotments',
    '/allotments/tree',
    '/disbursements',
    '/intakes',
    '/transit',
    '/upper-comparison?year=2022',
    '/lower-comparison?year=2022',
    '/difference-notes',
    '/payments',
    '/contracts',
    '/waivers',
    '/waivers/x',
    '/policy/coverage?year=2022',
    '/procedures',
    '/procedures/x',
    '/contracts/x',
    '/claims',
    `/claims/${claim.id}`,
    `/claims/${claim.id}/sheet`,
    '/reports/usage',
    '/reports/usage?lower=true&format=csv',
    '/reports/trial-balance',
    `/reports/ledger?fundId=${fundId}`,
    '/reports/expenditure?by=month',
    '/reports/flow',
    '/reports/execution?year=2022',
    '/log',
    '/log/0',
    `/decisions/${claim.decisionIndex}`,
    '/verification',
    '/attachments/x',
  ];
  const strangers = [neighbour.finance, neighbour.auditor, world.neighbourOperator, world.providerOperator];
  for (const path of paths) {
    for (const stranger of strangers) {
      const answer = await ask(stranger, 'GET', `/books/${county.bookId}${path}`);
      t.match(answer, { status: 404, body: { code: 'not_found' } }, `${path} for ${stranger.displayName}`);
    }
    t.equal((await ask(null, 'GET', `/books/${county.bookId}${path}`)).status, 401, `${path} for nobody`);
    if (['/contracts/', '/waivers/', '/procedures/', '/attachments/'].some((start) => path.startsWith(start)))
      continue;
    t.equal(
      (await ask(county.auditor, 'GET', `/books/${county.bookId}${path}`)).status,
      200,
      `${path} for the auditor`,
    );
  }
  // Under the right book, things of another book do not exist either.
  const foreign = await ask(neighbour.auditor, 'GET', `/books/${neighbour.bookId}/funds/${fundId}`);
  t.equal(foreign.status, 404);
  t.equal((await ask(neighbour.auditor, 'GET', `/books/${neighbour.bookId}/claims/${claim.id}`)).status, 404);
  t.same((await ask(world.providerOperator, 'GET', '/books')).body.items, []);
  t.same(
    (await ask(world.neighbourOperator, 'GET', '/books')).body.items.map((book: { id: string }) => book.id),
    [neighbour.bookId],
  );
});

forEachEngine('policy, relief cap, log entry, health', async (t, store) => {
  const world = await seedWorld(store, { province: '53' });
  const { county } = world;
  const { app, ask } = await serve(t, store, { packs: loadPacks() });
  const packs = await ask(county.auditor, 'GET', '/policy/packs');
  t.ok(packs.body.items.some((pack: { id: string }) => pack.id === 'cn-national'));
  const coverage = await ask(county.auditor, 'GET', '/policy/coverage');
  t.ok(coverage.body.items.every((row: { by: string[] }) => row.by.length > 0));
  t.equal((await ask(null, 'GET', '/policy/packs')).status, 401);
  const gaps = await ask(county.auditor, 'GET', '/policy/gaps?from=2022-01-01&until=2022-12-31');
  t.match(gaps.body, { from: '2022-01-01', until: '2022-12-31' });
  t.match(
    gaps.body.items.find((row: { parameter: string | null }) => row.parameter === 'WH-12.wage'),
    { fromMonth: '2022-01', untilMonth: '2022-12', places: ['4201'], isKnown: true },
  );
  t.same(
    gaps.body.items.filter((row: { isKnown: boolean }) => !row.isKnown),
    [],
    'the built-in packs leave no gap',
  );
  t.match(await ask(county.auditor, 'GET', '/policy/gaps'), { status: 200 });
  t.match(await ask(county.auditor, 'GET', '/policy/gaps?from=2023-01-01&until=2022-12-31'), {
    body: { code: 'period_inverted' },
  });
  t.equal((await ask(null, 'GET', '/policy/gaps')).status, 401);

  const book = `/books/${county.bookId}`;
  t.match((await ask(county.auditor, 'GET', `${book}/relief-cap?year=2022`)).body, {
    base: null,
    headroom: null,
  });
  const base = {
    year: 2022,
    amount: '310000000.00',
    basis: 'estimate',
    documentNo: '统计',
    documentDate: '2022-02-28',
    declaredDate: '2022-03-01',
  };
  t.equal((await ask(county.finance, 'POST', `${book}/relief-bases`, { body: base })).status, 201);
  t.match((await ask(county.auditor, 'GET', `${book}/relief-bases`)).body.items, [base]);
  t.match((await ask(county.auditor, 'GET', `${book}/relief-cap?year=2022&on=2022-07-01`)).body, {
    base: '310000000.00',
    capRatio: '0.05',
    cap: '15500000.00',
    headroom: '15500000.00',
  });
  t.match((await ask(county.auditor, 'GET', `${book}/relief-cap?year=2022&on=2022-02-01`)).body, {
    base: null,
    cap: null,
  });

  const trueUp = { body: { date: '2022-07-31', note: '校准' } };
  const early = await ask(county.finance, 'POST', `${book}/relief-cap/2022/true-up`, trueUp);
  t.match(early, { status: 422, body: { code: 'final_base_missing' } });
  const nothing = await ask(county.finance, 'POST', `${book}/relief-cap/1/true-up`, trueUp);
  t.match(nothing, { status: 400, body: { errors: [{ in: 'path', path: '/year' }] } });
  t.match((await ask(county.auditor, 'GET', `${book}/log/0`)).body, {
    action: 'relief_base.declare',
    actorId: county.finance.personId,
    body: { v: 2, index: 0, rows: [['expenditureBase', String, { year: 2022, amountFen: '31000000000' }]] },
  });
  t.equal((await ask(county.auditor, 'GET', `${book}/log/999`)).status, 404);
  t.equal((await ask(county.auditor, 'GET', `${book}/decisions/0`)).status, 404, 'no decision there');

  t.match(await ask(null, 'GET', '//healthz'), { status: 200, body: { status: 'ok' } });
  t.match(await ask(null, 'GET', '//readyz'), { status: 200, body: { status: 'ready' } });
  const bare = await serve(t, store);
  t.match(await bare.ask(null, 'GET', '//readyz'), { status: 503, body: { code: 'not_ready' } }, 'no packs');
  const docs = await app.inject('/docs/');
  t.equal(docs.statusCode, 200);
  t.match(docs.headers, { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
});
