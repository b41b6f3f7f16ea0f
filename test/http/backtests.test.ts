import { t as root, type Test } from 'tap';
import { canonicalJson } from '../../src/core/canonical-json.js';
import { leafHash } from '../../src/core/merkle.js';
import type { Store } from '../../src/db/store.js';
import { loadPacks } from '../../src/policy/index.js';
import { openClaim, openFund, seedActor, seedWorld, type World } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { packText } from '../policy/pack-text.js';
import { type Answer, serve } from './service.js';

root.setTimeout(900_000);

const packs = loadPacks();
const yaml = packText([
  `  - { id: AA-01.look, clause: AA-01, kind: manual_review, severity: review,
      scope: { sources: any, stages: [submission] }, codes: ["301", "302", "303", "399"], because: 新文件要求逐笔复核 }`,
]);
const body = { yaml, from: '2022-01-01', to: '2022-12-31' };
type Served = Awaited<ReturnType<typeof serve>>;

async function ended({ ask }: Served, world: World, id: string, who = world.county.auditor) {
  for (let tries = 0; tries < 6000; tries += 1) {
    const { body: view } = await ask(who, 'GET', `/policy/backtests/${id}`);
    if (view.state !== 'running') return view;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('still running');
}

/** Many decisions in the book's log, copies of the last one: only what a backtest reads of them has to be right. */
async function lengthen(store: Store, { county }: World, count: number): Promise<void> {
  const { bookId } = county;
  const rows = await store.read.selectFrom('logEntry').selectAll().where('bookId', '=', bookId).execute();
  const decided = rows.filter(({ action }) => action === 'claim.submit').at(-1)!;
  const entry = JSON.parse(decided.body);
  let logIndex = rows.length;
  for (let page = 0; page < count / 500; page += 1) {
    const values = Array.from({ length: 500 }, () => {
      const text = canonicalJson({ ...entry, index: logIndex });
      return { ...decided, logIndex: logIndex++, body: text, leafHash: leafHash(text) };
    });
    for (let from = 0; from < 500; from += 50)
      await store.admin
        .insertInto('logEntry')
        .values(values.slice(from, from + 50))
        .execute();
  }
  await store.admin.updateTable('book').set({ logSize: logIndex }).where('id', '=', bookId).execute();
}

async function scene(t: Test, store: Store) {
  const world = await seedWorld(store, { packs });
  const fundId = await openFund(world, { granted: '100.00' });
  for (const amount of ['20.00', '30.00']) await openClaim(world, 'submitted', [{ fundId, amount }]);
  return { world, served: await serve(t, store, { packs }) };
}

forEachEngine('a pack is tried on the cases of the books that one may read', async (t, store) => {
  const { world, served } = await scene(t, store);
  const { ask } = served;
  const { county, neighbour, province } = world;
  const started = await ask(county.auditor, 'POST', '/policy/backtests', { body });
  t.match(started, { status: 202, body: { state: 'running', pack: 'aa-test', books: 1, result: null } });
  const path = `/policy/backtests/${started.body.id}`;
  t.equal((await ask(county.finance, 'GET', path)).status, 404, 'only who started it');
  t.equal((await ask(county.finance, 'DELETE', path)).status, 404);
  t.equal((await ask(null, 'GET', path)).status, 401);
  const view = await ended(served, world, started.body.id);
  t.match(view, { state: 'done', progress: { percent: 100 } });
  t.match(view.result, {
    rules: [{ rule: 'AA-01.look', silent: 0, otherwise: 0 }],
    unjudged: [],
    samples: [{ bookId: county.bookId, amount: '20.00' }],
  });
  t.ok(view.result.cases >= 2);
  t.equal((await ask(county.auditor, 'DELETE', path)).body.state, 'done');
  t.equal((await ask(county.auditor, 'GET', path)).status, 404, 'forgotten');

  const other = await ask(neighbour.auditor, 'POST', '/policy/backtests', { body });
  t.equal(
    (await ended(served, world, other.body.id, neighbour.auditor)).result.cases,
    0,
    'nothing of others',
  );
  const foreign = { ...body, books: [county.bookId] };
  t.equal((await ask(neighbour.auditor, 'POST', '/policy/backtests', { body: foreign })).status, 404);
  t.equal((await ask(county.payer, 'POST', '/policy/backtests', { body: foreign })).status, 403);
  t.equal((await ask(world.stationOperator, 'POST', '/policy/backtests', { body })).status, 403);
  const above = await seedActor(store, province, 'supervisor');
  const all = await ask(above, 'POST', '/policy/backtests', { body });
  t.equal(all.body.books, 3, 'the province reads the books below');
  t.ok((await ended(served, world, all.body.id, above)).result.cases >= 2);
  const years = await ask(above, 'POST', '/policy/backtests', {
    body: { ...body, from: '2010-01-01', to: '2010-12-31' },
  });
  t.equal((await ended(served, world, years.body.id, above)).result.cases, 0);
});

forEachEngine('a pack with faults runs nothing, and hurts nobody', async (t, store) => {
  const { world, served } = await scene(t, store);
  const send = (text: string) =>
    served.ask(world.county.auditor, 'POST', '/policy/backtests', { body: { ...body, yaml: text } });
  const misspelt = await send(yaml.replace('severity', 'severty'));
  t.match(misspelt, { status: 400, body: { code: 'policy_packs_invalid' } });
  t.ok(misspelt.body.details.faults.every(({ line }: { line: number }) => line > 1));
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(10)}]`),
  ].join('\n');
  const health: number[] = [];
  for (const [what, text] of [
    ['aliases that multiply', bomb],
    ['nested without end', '['.repeat(200_000)],
    ['nested maps', `${'{a: '.repeat(60_000)}`],
    ['anchors', Array.from({ length: 12_000 }, (_, n) => `k${n}: &a${n} 1`).join('\n')],
    ['no YAML', '\t: ]'],
  ] as const) {
    const sent = send(text);
    let isSent = false;
    void sent.finally(() => {
      isSent = true;
    });
    while (!isSent) {
      health.push((await served.app.inject('/healthz')).statusCode);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    t.match(await sent, { status: 400, body: { code: 'policy_packs_invalid' } }, what);
  }
  t.ok(health.length > 10, `others are answered meanwhile, ${health.length} times`);
  t.ok(health.every((status) => status === 200));
  t.equal((await send('x'.repeat(300_000))).status, 400, 'too long');
  t.equal(
    (
      await served.ask(world.county.auditor, 'POST', '/policy/backtests', {
        body: { ...body, to: '2021-01-01' },
      })
    ).status,
    400,
  );
});

forEachEngine(
  'others are answered while backtests run, few run at once, and they can be stopped',
  async (t, store) => {
    const { world, served } = await scene(t, store);
    await lengthen(store, world, 8000);
    const { ask, app } = served;
    const { auditor, finance } = world.county;
    const start = () => ask(auditor, 'POST', '/policy/backtests', { body });
    const answers = await Promise.all([start(), start(), start()]);
    t.same(answers.map(({ status }) => status).sort(), [202, 202, 429]);
    t.equal(answers.find(({ status }) => status === 429)?.body.code, 'backtests_busy');
    const [first, second] = answers.filter(({ status }) => status === 202) as [Answer, Answer];
    const health: number[] = [];
    let seen = 0;
    for (;;) {
      health.push((await app.inject('/healthz')).statusCode);
      const { body: view } = await ask(auditor, 'GET', `/policy/backtests/${first.body.id}`);
      if (view.state !== 'running') break;
      seen = Math.max(seen, view.progress.done);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    t.ok(seen > 0, 'progress was seen');
    t.ok(health.length > 2, `others are answered meanwhile, ${health.length} times`);
    t.ok(health.every((status) => status === 200));
    t.ok((await ended(served, world, first.body.id)).result.cases > 4000);
    await ended(served, world, second.body.id);
    const third = await start();
    t.match((await ask(auditor, 'DELETE', `/policy/backtests/${third.body.id}`)).body, {
      state: 'cancelled',
      result: null,
    });
    t.equal((await ask(finance, 'GET', `/policy/backtests/${third.body.id}`)).status, 404);
  },
);
