import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root } from 'tap';
import type { Store } from '../../src/db/store.js';
import { COLUMN_KEYS, type ColumnKey, column } from '../../src/imports/columns.js';
import type { ImportResult } from '../../src/imports/index.js';
import { startClaimImport } from '../../src/jobs/index.js';
import { by, openFund, refused, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from '../http/service.js';
import { eventually, NOW, processOf } from '../jobs/scene.js';
import { number, type Typed, workbook } from './sheets.js';

root.setTimeout(900_000);

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

async function scene(store: Store) {
  const world = await seedWorld(store);
  const fundId = await openFund(world);
  const { documentNo } = await store.read
    .selectFrom('fund')
    .select('documentNo')
    .where('id', '=', fundId)
    .executeTakeFirstOrThrow();
  const line = (n: number, given: Partial<Record<ColumnKey, Typed>> = {}): Typed[] => {
    const usual: Partial<Record<ColumnKey, Typed>> = {
      title: `办公用品${n}`,
      unit: '玉蟾街道社工站',
      payeeType: '供应商',
      payeeName: '某文具店',
      businessDate: number('44757'),
      fund: documentNo,
      amount: '10.01',
      description: '打印纸',
      economicCode: '30201',
    };
    return COLUMN_KEYS.map((key) => ({ ...usual, ...given })[key] ?? null);
  };
  const sheet = (count: number, given?: Partial<Record<ColumnKey, Typed>>) =>
    workbook([
      COLUMN_KEYS.map((key) => column(key).title),
      ...Array.from({ length: count }, (_, n) => line(n, n === count - 1 ? given : {})),
    ]);
  const drafts = async () =>
    (await store.read.selectFrom('claim').select('id').execute()).map(({ id }) => id);
  return { world, sheet, drafts };
}

forEachEngine('a sheet is imported beside the requests, once', async (t, store) => {
  const { world, sheet, drafts } = await scene(store);
  const { county, stationOperator } = world;
  const { ask } = await serve(t, store);
  const path = `/books/${county.bookId}/claim-imports?background=true`;
  const sent = (raw: Buffer, key?: string) => ({
    raw,
    headers: { 'content-type': XLSX, ...(key ? { 'idempotency-key': key } : {}) },
  });
  const ended = async (id: string) => {
    for (;;) {
      const { body } = await ask(stationOperator, 'GET', `/jobs/${id}`);
      if (body.status !== 'queued' && body.status !== 'running') return body;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const bytes = sheet(3);
  t.match(await ask(stationOperator, 'POST', path, sent(bytes)), { status: 428 });
  t.match(await ask(county.auditor, 'POST', path, sent(bytes, 'a')), { status: 403 });
  t.match(await ask(world.neighbourOperator, 'POST', path, sent(bytes, 'a')), { status: 404 });
  t.match(await ask(stationOperator, 'POST', path.replace('true', 'maybe'), sent(bytes, 'a')), {
    status: 400,
  });
  t.same((await ask(stationOperator, 'GET', '/jobs')).body.items, [], 'none of them is a job');

  const started = await ask(stationOperator, 'POST', path, sent(bytes, 'i-1'));
  t.match(started, { status: 202, body: { kind: 'claim_import', label: '导入报账单', result: null } });
  const done = await ended(started.body.id);
  t.match(done, {
    status: 'done',
    totalSteps: 6,
    doneSteps: 6,
    message: '已生成 3 张草稿，合计 30.03 元',
    result: { claimCount: 3, amount: '30.03', claims: [{ row: 2, amount: '10.01' }, { row: 3 }, { row: 4 }] },
    file: null,
  });
  t.same(done.result.claims.map((claim: { id: string }) => claim.id).sort(), (await drafts()).sort());
  t.equal((await ask(stationOperator, 'POST', path, sent(bytes, 'i-1'))).body.id, done.id, 'the same job');
  t.equal((await drafts()).length, 3);
  t.match(await ask(stationOperator, 'POST', path, sent(sheet(2), 'i-1')), { status: 409 });

  const faulty = await ask(stationOperator, 'POST', path, sent(sheet(2, { amount: '12.345' }), 'i-2'));
  const failed = await ended(faulty.body.id);
  t.match(failed, { status: 'failed', problem: { code: 'import_faulty' } });
  t.match(failed.result.faults, [{ sheet: '报账明细', row: 3, value: '12.345', gravity: 'error' }]);
  t.match(failed.problem.message, /没有生成任何报账单：[A-Z]+3 金额最多两位小数.*预检可查看全部/);
  const sameKey = await ask(stationOperator, 'POST', path, sent(sheet(2, { amount: '12.345' }), 'i-2'));
  t.equal(sameKey.body.id, failed.id, 'it is told again, not tried again');
  const again = `${path}&again=true`;
  const tried = await ask(stationOperator, 'POST', again, sent(sheet(2, { amount: '12.345' }), 'i-4'));
  await ended(tried.body.id);
  const anew = await ask(stationOperator, 'POST', again, sent(sheet(2, { amount: '12.345' }), 'i-4'));
  t.not(anew.body.id, tried.body.id, 'unless that is asked for');
  t.equal((await ask(stationOperator, 'GET', `/jobs/${tried.body.id}`)).status, 404);
  await ended(anew.body.id);
  const whole = await ask(stationOperator, 'POST', again, sent(bytes, 'i-5'));
  await ended(whole.body.id);
  t.equal((await ask(stationOperator, 'POST', again, sent(bytes, 'i-5'))).body.id, whole.body.id);
  t.equal((await drafts()).length, 6, 'what was done is not done again');
  t.match(await ask(stationOperator, 'POST', again, sent(sheet(2), 'i-5')), { status: 409 });
  const unreadable = await ask(stationOperator, 'POST', path, sent(Buffer.from('PK no'), 'i-3'));
  t.match(await ended(unreadable.body.id), { status: 'failed', problem: { message: /\S/ } });
  t.equal((await drafts()).length, 6, 'nothing of what is faulty');
  const preview = `/books/${county.bookId}/claim-imports/preview`;
  const raw = { raw: bytes, headers: { 'content-type': XLSX } };
  t.match((await ask(stationOperator, 'POST', preview, raw)).body, { judgedCount: 3 });
  const few = (await ask(stationOperator, 'POST', `${preview}?mostJudged=1`, raw)).body;
  t.match(few, { judgedCount: 1, isImportable: true, claims: [{ outcome: 'allow' }, { outcome: null }, {}] });
  const faultyRaw = { ...raw, raw: sheet(3, { amount: '12.345' }) };
  t.match((await ask(stationOperator, 'POST', `${preview}?mostJudged=0`, faultyRaw)).body, { faultCount: 1 });
  t.equal((await ask(stationOperator, 'POST', `${preview}?mostJudged=-1`, raw)).status, 400);
  await verifyClean(t, world);
});

forEachEngine(
  'cancelled half-way it goes on where it stopped, and its sheet is not left',
  async (t, store) => {
    const { world, sheet, drafts } = await scene(store);
    const { county, stationOperator } = world;
    const { jobs, gate, files, ended, folder } = processOf(t, store, world);
    const bytes = sheet(60);
    const start = () =>
      startClaimImport(jobs, by(stationOperator, { key: 'once', request: 'r' }), county.bookId, bytes);
    // Both places are taken, so that it waits with what was sent.
    for (const name of ['a', 'b']) await jobs.start('gate', by(county.auditor), county.bookId, { name });
    await gate.until('b');
    const { id } = await start();
    t.ok(files().includes(`${id}.sent`));
    const kept = readFileSync(join(folder, `${id}.sent`));
    t.ok(kept.length > bytes.length && !kept.includes(bytes.subarray(0, 30)), 'encrypted on disk');
    gate.open('a');
    await eventually(async () => (await jobs.get(stationOperator, id)).doneSteps > 70);
    const stopped = await jobs.cancel(stationOperator, id);
    t.match(stopped, { status: 'cancelled', message: /已生成 \d+ 张草稿.*其余没有生成/ });
    t.notOk(
      files().some((name) => name.startsWith(id)),
      'the sheet is gone',
    );
    const made = await drafts();
    t.ok(made.length > 0 && made.length < 60, `${made.length} drafts were made`);
    const { claims } = stopped.result as unknown as ImportResult;
    t.same(claims.map((claim) => claim.id).sort(), [...made].sort(), 'and told, though it did not end well');
    t.equal((await start()).id, id, 'the same key is the job that was cancelled');
    await jobs.cancel(stationOperator, id);
    const again = await ended(stationOperator, (await start()).id);
    t.match(again, { status: 'done', result: { claimCount: 60, amount: '600.60' } });
    const all = await drafts();
    t.equal(all.length, 60, 'none twice');
    t.ok(made.every((claim) => all.includes(claim)));
    gate.open('b');
    await verifyClean(t, world);
  },
);

forEachEngine('what a dead process or a withdrawn job had of a sheet is removed', async (t, store) => {
  const { world, sheet, drafts } = await scene(store);
  const { county, stationOperator } = world;
  const dead = processOf(t, store, world);
  for (const name of ['a', 'b']) await dead.jobs.start('gate', by(county.auditor), county.bookId, { name });
  await dead.gate.until('b');
  const start = (key: string) =>
    startClaimImport(dead.jobs, by(stationOperator, { key }), county.bookId, sheet(2));
  const waiting = await start('one');
  const withdrawn = await start('two');
  await dead.jobs.cancel(stationOperator, withdrawn.id);
  t.same(
    dead.files().filter((name) => name.endsWith('.sent')),
    [`${waiting.id}.sent`],
    'one that never ran leaves none',
  );
  await refused(
    t,
    startClaimImport(dead.jobs, by(stationOperator), county.bookId, sheet(2)),
    'precondition_required',
  );
  const next = processOf(t, store, world, { folder: dead.folder });
  next.clock.now = new Date(Date.parse(NOW) + 61_000);
  await next.jobs.tend();
  t.match(await next.jobs.get(stationOperator, waiting.id), { status: 'interrupted' });
  t.notOk(next.files().some((name) => name.startsWith(waiting.id)));
  t.same(await drafts(), []);
});
