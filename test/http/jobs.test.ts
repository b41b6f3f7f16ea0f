import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root } from 'tap';
import { projectFile } from '../../src/core/project.js';
import type { Actor } from '../../src/organisations/index.js';
import { temporaryFolder } from '../evidence/outside.js';
import { lengthen } from '../evidence/tamper-world.js';
import { openClaim, openFund, outcomesOf, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Answer, serve } from './service.js';

root.setTimeout(900_000);

const ENTRIES = 2400;

/** Asks until the job has ended; every view on the way. */
async function watch({ ask }: Awaited<ReturnType<typeof serve>>, actor: Actor, id: string) {
  const views: Answer['body'][] = [];
  for (let tries = 0; tries < 20_000; tries += 1) {
    const { body } = await ask(actor, 'GET', `/jobs/${id}`);
    views.push(body);
    if (body.status !== 'queued' && body.status !== 'running') return views;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('still running');
}

forEachEngine('a book is verified beside the requests, and it stays known', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, province } = world;
  const { bookId, auditor } = county;
  const served = await serve(t, store);
  const { ask, app } = served;
  const fundId = await openFund(world);
  await openClaim(world, 'paid', [{ fundId, amount: '10.00' }]);
  await lengthen(store, bookId, ENTRIES);
  const statusPath = `/books/${bookId}/verification-status`;
  t.match((await ask(auditor, 'GET', statusPath)).body, { newest: null, checkpoint: null, witnesses: 0 });

  const body = { kind: 'verify_book' };
  const started = await ask(auditor, 'POST', `/books/${bookId}/jobs`, { body });
  t.match(started, { status: 202, body: { kind: 'verify_book', label: '核验账套', bookId, result: null } });
  const { id } = started.body;
  const health: number[] = [];
  let isOver = false;
  const others = (async () => {
    while (!isOver) {
      health.push((await app.inject('/healthz')).statusCode);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const views = await watch(served, auditor, id);
  isOver = true;
  await others;
  const seen = new Set(views.map(({ doneSteps }) => doneSteps));
  t.ok(
    [...seen].some((done) => done > 0 && done < ENTRIES),
    `progress was seen: ${[...seen].join()}`,
  );
  t.ok(health.length > 2, `others are answered meanwhile, ${health.length} times`);
  t.ok(health.every((status) => status === 200));
  const done = views.at(-1);
  const direct = await ask(auditor, 'GET', `/books/${bookId}/verification`);
  t.match(done, { status: 'done', problem: null, file: null, message: /核验通过/ });
  t.same(done.result, direct.body, 'the same as asked for directly');
  t.match((await ask(auditor, 'GET', '/jobs')).body.items, [{ id, status: 'done' }]);
  t.notOk('result' in (await ask(auditor, 'GET', '/jobs')).body.items[0]);
  t.equal((await ask(auditor, 'GET', `/jobs/${id}/file`)).status, 404);
  t.match(await ask(auditor, 'DELETE', `/jobs/${id}`), { status: 409, body: { code: 'wrong_status' } });

  for (const stranger of [county.finance, neighbour.auditor]) {
    for (const [method, path] of [
      ['GET', `/jobs/${id}`],
      ['DELETE', `/jobs/${id}`],
      ['GET', `/jobs/${id}/file`],
    ] as const)
      t.equal((await ask(stranger, method, path)).status, 404, `${method} ${path}`);
    t.same((await ask(stranger, 'GET', '/jobs')).body.items, []);
  }
  t.equal((await ask(null, 'GET', '/jobs')).status, 401);
  const post = (actor: Actor, given: object) => ask(actor, 'POST', `/books/${bookId}/jobs`, { body: given });
  t.equal((await post(neighbour.auditor, body)).status, 404);
  t.equal((await post(county.payer, body)).status, 403);
  t.equal((await post(auditor, { kind: 'backtest', input: {} })).status, 400, 'has a route of its own');
  t.equal((await post(auditor, { kind: 'verify_book', input: { isQuick: true } })).status, 400);
  t.match((await post(auditor, { kind: 'evidence_package', input: { kind: 'fund' } })).body.errors, [
    { path: '/input/id' },
  ]);

  await ask(auditor, 'POST', `/books/${bookId}/checkpoints`);
  await openFund(world);
  const { logEntries } = done.result;
  const status = await ask(county.finance, 'GET', statusPath);
  t.match(status, {
    status: 200,
    body: {
      newest: {
        jobId: id,
        logEntries,
        isClean: true,
        differences: 0,
        place: null,
        personId: auditor.personId,
      },
      witnesses: 0,
    },
  });
  const { checkpoint, logEntries: now, newest } = status.body;
  t.same([checkpoint.grownBy, checkpoint.size + checkpoint.grownBy], [3, now]);
  t.match(newest.personName, /auditor/, 'the name is opened');
  t.equal((await ask(province.auditor, 'GET', statusPath)).status, 200, 'the level above may see it');
  t.equal((await ask(county.payer, 'GET', statusPath)).status, 403);
  for (const stranger of [neighbour.auditor, world.neighbourOperator])
    t.equal((await ask(stranger, 'GET', statusPath)).status, 404);

  // Changed past the service: the next verification finds it, and the status says so.
  await store.admin.updateTable('fund').set({ name: '改过的名称' }).where('id', '=', fundId).execute();
  const found = await watch(served, auditor, (await post(auditor, body)).body.id);
  t.match(found.at(-1), { status: 'done', message: `发现不一致：fund ${fundId} name` });
  t.match((await ask(auditor, 'GET', statusPath)).body.newest, {
    isClean: false,
    differences: 1,
    place: `fund ${fundId} name`,
  });
});

forEachEngine('an evidence package is made beside the requests and verifies offline', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { bookId, auditor } = county;
  const served = await serve(t, store);
  const { ask } = served;
  const fundId = await openFund(world);
  await openClaim(world, 'paid', [{ fundId, amount: '10.00' }]);
  const body = { kind: 'evidence_package', input: { kind: 'book' } };
  const headers = { 'idempotency-key': 'package-1' };
  await ask(auditor, 'POST', `/books/${bookId}/checkpoints`);
  const before = (await outcomesOf(world, bookId)).length;
  const { body: started } = await ask(auditor, 'POST', `/books/${bookId}/jobs`, { body, headers });
  const done = (await watch(served, auditor, started.id)).at(-1);
  t.match(done, { status: 'done', title: '导出证据包：整个账套', result: { logEntries: before + 1 } });
  const again = await ask(auditor, 'POST', `/books/${bookId}/jobs`, { body, headers });
  t.equal(again.body.id, started.id, 'asked for again under its key');
  t.same((await outcomesOf(world, bookId)).slice(before), ['evidence.export']);
  const { bytes, headers: sent } = await ask(auditor, 'GET', `/jobs/${started.id}/file`);
  t.match(sent, {
    'content-type': 'application/zip',
    'content-length': String(done.file.sizeBytes),
    'content-disposition': `attachment; filename="${done.file.name}"`,
  });
  const file = join(temporaryFolder(t), done.file.name);
  writeFileSync(file, bytes);
  const { items } = (await ask(auditor, 'GET', `/books/${bookId}/keys`)).body;
  const verifier = projectFile('src', 'verifier', 'verify.mjs');
  const run = spawnSync(process.execPath, [verifier, file, '--key', items[0].verifierKey], {
    encoding: 'utf8',
  });
  t.match(run.stdout, /包签名 +通过[\s\S]*未发现不符/);
  t.equal((await ask(auditor, 'DELETE', `/jobs/${started.id}`)).status, 200);
  t.equal((await ask(auditor, 'GET', `/jobs/${started.id}/file`)).status, 404);
});
