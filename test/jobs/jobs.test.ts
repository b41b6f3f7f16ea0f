import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { t as root } from 'tap';
import { newExport, prepareWorkbook, verifyInstallation } from '../../src/evidence/index.js';
import { lengthen } from '../evidence/tamper-world.js';
import {
  by,
  openClaim,
  openFund,
  outcomesOf,
  refused,
  seedActor,
  seedWorld,
  tell,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { eventually, NOW, processOf } from './scene.js';

root.setTimeout(900_000);

const gateOf = (name: string) => ({ name });

forEachEngine('a job tells how far it is, and its file is its owner’s alone', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour } = world;
  const { auditor, bookId } = county;
  const { jobs, gate, folder, files, ended } = processOf(t, store, world);
  const { id, status } = await jobs.start('gate', by(auditor), bookId, gateOf('甲'));
  t.equal(status, 'queued');
  await gate.until('甲');
  const running = { status: 'running', doneSteps: 1, totalSteps: 2, message: '甲 已写一半', file: null };
  t.match(await jobs.get(auditor, id), running);
  const rowOf = () => store.read.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  await eventually(async () => (await rowOf()).doneSteps === 1);
  t.same(files(), [`${id}.part`], 'nothing under its name before it is whole');
  await refused(t, jobs.openFile(by(auditor), id), 'not_found', 'nor to be had');
  for (const other of [county.finance, neighbour.auditor]) {
    await refused(t, jobs.get(other, id), 'not_found', 'another person');
    await refused(t, jobs.cancel(other, id), 'not_found');
    await refused(t, jobs.openFile(by(other), id), 'not_found');
    t.same((await jobs.list(other, { limit: 50 })).items, []);
  }
  gate.open('甲');
  const done = await ended(auditor, id);
  t.match(done, { status: 'done', doneSteps: 2, message: '甲 已写完', result: { name: '甲' } });
  t.match((await jobs.list(auditor, { limit: 50, bookId, kind: 'gate' })).items, [{ id, status: 'done' }]);
  t.same((await jobs.list(auditor, { limit: 50, bookId: neighbour.bookId })).items, []);

  const clear = `${'甲 '.repeat(50_000)}end`;
  const { file, content } = await jobs.openFile(by(auditor), id);
  t.equal((await buffer(content)).toString(), clear);
  t.same([file.name, file.sizeBytes], ['甲.txt', Buffer.byteLength(clear)]);
  t.same(files(), [id]);
  // Long enough not to come about by chance in 200,000 random bytes.
  t.notOk(readFileSync(join(folder, id)).includes('甲 甲 甲 '), 'encrypted on disk');
  t.notMatch(JSON.stringify(await rowOf()), /甲/, 'and nothing in clear in the row');
  for (const other of [county.finance, neighbour.auditor])
    await refused(t, jobs.openFile(by(other), id), 'not_found');

  t.equal((await jobs.cancel(auditor, id)).status, 'done', 'one that has ended is removed');
  t.same(files(), []);
  await refused(t, jobs.get(auditor, id), 'not_found');
});

forEachEngine('cancelled in the middle, a job leaves nothing half', async (t, store) => {
  const world = await seedWorld(store);
  const { auditor, bookId } = world.county;
  const { jobs, gate, files, ended } = processOf(t, store, world);
  const { id } = await jobs.start('gate', by(auditor), bookId, gateOf('a'));
  await gate.until('a');
  t.equal(files().length, 1);
  t.match(await jobs.cancel(auditor, id), { status: 'cancelled', message: /取消/, result: null, file: null });
  t.same(files(), []);

  await openFund(world);
  await lengthen(store, bookId, 400);
  const whole = newExport.parse({ kind: 'book' });
  const { id: exporting } = await jobs.start('evidence_package', by(auditor), bookId, whole);
  await eventually(async () => (await jobs.get(auditor, exporting)).message.includes('entries.jsonl.gz'));
  t.match(await jobs.cancel(auditor, exporting), { status: 'cancelled', file: null });
  t.same(files(), [], 'a package, too');
  const told = await outcomesOf(world, bookId);
  t.ok(told.includes('evidence.export'), 'that it was begun stays on record');
  const { id: verifying } = await jobs.start('verify_book', by(auditor), bookId, {});
  await eventually(async () => (await jobs.get(auditor, verifying)).status === 'running');
  t.match(await jobs.cancel(auditor, verifying), { status: 'cancelled', result: null });

  // Two run, the third waits.
  const ids: string[] = [];
  for (const name of ['b', 'c', 'd'])
    ids.push((await jobs.start('gate', by(auditor), bookId, gateOf(name))).id);
  await gate.until('c');
  t.match(await jobs.cancel(auditor, ids[2] as string), { status: 'cancelled', startedAt: null });
  for (const name of ['b', 'c']) gate.open(name);
  t.equal((await ended(auditor, ids[1] as string)).status, 'done');
  t.notOk(gate.begun.includes('d'));
  await verifyClean(t, world);
});

forEachEngine('what a dead process had is interrupted, and it finds out if it lives', async (t, store) => {
  const world = await seedWorld(store);
  const { auditor, bookId } = world.county;
  const dead = processOf(t, store, world);
  const { id } = await dead.jobs.start('gate', by(auditor), bookId, gateOf('a'));
  await dead.gate.until('a');
  const next = processOf(t, store, world, { folder: dead.folder });
  next.clock.now = new Date(Date.parse(NOW) + 59_000);
  await next.jobs.tend();
  t.equal((await next.jobs.get(auditor, id)).status, 'running', 'a minute is left to it');
  next.clock.now = new Date(Date.parse(NOW) + 61_000);
  const again = processOf(t, store, world, { folder: dead.folder });
  again.clock.now = next.clock.now;
  await again.jobs.tend();
  t.match(await again.jobs.get(auditor, id), {
    status: 'interrupted',
    message: /重新发起/,
    finishedAt: again.clock.now.toISOString(),
  });
  t.same(dead.files(), []);
  dead.gate.open('a');
  t.equal((await dead.ended(auditor, id)).status, 'interrupted', 'what it made too late is not kept');
  t.same(dead.files(), []);
  // Another process cancels: the one that has the job hears of it.
  const { id: shared } = await dead.jobs.start('gate', by(auditor), bookId, gateOf('b'));
  await dead.gate.until('b');
  t.equal((await again.jobs.cancel(auditor, shared)).status, 'cancelled');
  dead.gate.open('b');
  t.equal((await dead.ended(auditor, shared)).status, 'cancelled');
  t.same(dead.files(), []);
  t.equal(await verifyInstallation(store.read, store.keys), null, 'every row has its seal');
});

forEachEngine(
  'a service that stops interrupts its jobs; files go after a day, rows after 30',
  async (t, store) => {
    const world = await seedWorld(store);
    const { auditor, bookId } = world.county;
    const first = processOf(t, store, world);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c'])
      ids.push((await first.jobs.start('gate', by(auditor), bookId, gateOf(name))).id);
    await first.gate.until('b');
    first.gate.open('a');
    await first.ended(auditor, ids[0] as string);
    await first.gate.until('c');
    const waiting = (await first.jobs.start('gate', by(auditor), bookId, gateOf('d'))).id;
    await first.jobs.close();
    await refused(t, first.jobs.start('gate', by(auditor), bookId, gateOf('e')), 'not_ready');
    const next = processOf(t, store, world, { folder: first.folder });
    for (const id of [ids[1] as string, ids[2] as string, waiting])
      t.match(await next.jobs.get(auditor, id), { status: 'interrupted', message: /服务停止/, file: null });
    t.match(await next.jobs.get(auditor, ids[0] as string), { status: 'done', file: { name: 'a.txt' } });
    t.same(next.files(), [ids[0]]);
    const verified = await next.jobs.start('verify_book', by(auditor), bookId, {});
    t.match(await next.ended(auditor, verified.id), { status: 'done', result: { isClean: true } });

    const at = async (hours: number) => {
      const later = processOf(t, store, world, { folder: first.folder });
      later.clock.now = new Date(Date.parse(NOW) + hours * 3_600_000);
      await later.jobs.tend();
      return later;
    };
    await at(23);
    t.same(next.files(), [ids[0]]);
    const day = await at(25);
    t.same(next.files(), []);
    t.match(await day.jobs.get(auditor, ids[0] as string), { status: 'done', file: null });
    await refused(t, day.jobs.openFile(by(auditor), ids[0] as string), 'not_found');
    const month = await at(31 * 24);
    t.match((await month.jobs.list(auditor, { limit: 50 })).items, [{ id: verified.id }]);
    t.equal((await month.jobs.list(auditor, { limit: 50 })).items.length, 1, 'verifications stay on record');
    await refused(t, month.jobs.cancel(auditor, verified.id), 'wrong_status');
    t.equal(await verifyInstallation(store.read, store.keys), null);
  },
);

forEachEngine('two run at once, fair to each person, and ten may wait', async (t, store) => {
  const world = await seedWorld(store);
  const { auditor, finance, bookId } = world.county;
  const { jobs, gate, ended } = processOf(t, store, world);
  const start = async (name: string, actor = auditor) =>
    (await jobs.start('gate', by(actor), bookId, gateOf(name))).id;
  const ids: string[] = [];
  for (let n = 0; n < 12; n += 1) ids.push(await start(`a${n}`));
  await gate.until('a1');
  t.equal(
    (await refused(t, start('a12'), 'jobs_busy'))?.message,
    '您已有 10 项任务在排队，请等其中一项结束或取消',
  );
  t.equal((await jobs.list(auditor, { limit: 50 })).items.length, 12, 'what was refused is not there');
  const other = await start('b', finance);
  t.same(gate.begun, ['a0', 'a1'], 'two at once');
  gate.open('a0');
  await gate.until('b');
  t.same(gate.begun, ['a0', 'a1', 'b'], 'who has nothing running is next');
  gate.open('b');
  await ended(finance, other);
  await gate.until('a2');
  t.ok(await start('a12'), 'a place is free again');
});

forEachEngine(
  'a role that was taken away between asking and running, or before the download',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county } = world;
    const { auditor, finance, bookId } = county;
    const { jobs, gate, ended, files } = processOf(t, store, world);
    const second = await seedActor(store, county, 'auditor');
    const kept = await jobs.start('gate', by(second), bookId, gateOf('own'));
    await gate.until('own');
    gate.open('own');
    t.equal((await ended(second, kept.id)).status, 'done');
    for (const name of ['a', 'b']) await jobs.start('gate', by(auditor), bookId, gateOf(name));
    await gate.until('b');
    const waiting = await jobs.start('verify_book', by(second), bookId, {});
    const exporting = await jobs.start(
      'evidence_package',
      by(second),
      bookId,
      newExport.parse({ kind: 'book' }),
    );
    const grant = await store.read
      .selectFrom('roleGrant')
      .selectAll()
      .where('personId', '=', second.personId)
      .executeTakeFirstOrThrow();
    await tell(store, grant.bookId, (unit) => unit.update('roleGrant', grant, { role: 'operator' }));
    const before = await outcomesOf(world, bookId);
    for (const name of ['a', 'b']) gate.open(name);
    t.match(await ended(second, waiting.id), {
      status: 'failed',
      problem: { code: 'not_found', message: /无权查看/ },
      result: null,
    });
    t.match(await ended(second, exporting.id), {
      status: 'failed',
      message: /您没有“导出证据包”的权限/,
      problem: { code: 'forbidden' },
      file: null,
    });
    t.same(await outcomesOf(world, bookId), before, 'nothing was exported');
    t.same(files().includes(kept.id), true);
    const now = { ...second, grants: second.grants.map((each) => ({ ...each, role: 'operator' as const })) };
    await refused(t, jobs.openFile(by(now), kept.id), 'not_found', 'the file is no longer theirs');

    // Refused at once is refused as by the direct route: in the log where that tells it.
    const whole = newExport.parse({ kind: 'book' });
    const clear = { ...whole, isRedacted: false, recipient: '市审计局', reason: '专项审计' };
    await refused(t, jobs.start('evidence_package', by(finance), bookId, clear), 'forbidden');
    await refused(t, jobs.start('table_export', by(county.payer), bookId, whole), 'forbidden');
    await refused(t, jobs.start('verify_book', by(county.payer), bookId, {}), 'forbidden');
    t.same((await outcomesOf(world, bookId)).slice(before.length), [
      'evidence.export refused:forbidden',
      'evidence.export_tables refused:forbidden',
    ]);
  },
);

forEachEngine('the same key is the same job', async (t, store) => {
  const world = await seedWorld(store);
  const { auditor, finance, bookId } = world.county;
  const { jobs } = processOf(t, store, world);
  const start = (actor = auditor, request = 'x') =>
    jobs.start('gate', by(actor, { key: 'once', request }), bookId, gateOf('a'));
  const views = await Promise.all(Array.from({ length: 6 }, () => start()));
  t.equal(new Set(views.map(({ id }) => id)).size, 1);
  t.equal((await jobs.list(auditor, { limit: 50 })).items.length, 1);
  await refused(t, start(auditor, 'y'), 'idempotency_conflict');
  t.not((await start(finance)).id, views[0]?.id, 'keys are one’s own');
});

forEachEngine('a workbook is to the byte what a direct export gives', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { auditor, bookId } = county;
  const fundId = await openFund(world, { granted: '1000.00' });
  await openClaim(world, 'paid', [{ fundId, amount: '100.00' }]);
  await openClaim(world, 'submitted', [{ fundId, amount: '20.00' }]);
  const { jobs, tools, ended } = processOf(t, store, world);
  const input = newExport.parse({ kind: 'fund', id: fundId });
  const { id } = await jobs.start('table_export', by(auditor), bookId, input);
  t.match(await ended(auditor, id), { status: 'done', title: '导出工作底稿：一笔资金批次' });
  const { file, content } = await jobs.openFile(by(auditor), id);
  t.match(file.name, /^workpapers-510521-fund-\d+\.xlsx$/);
  const direct = new PassThrough();
  const exporting = { ...tools, packs: world.packs, attachmentsFolder: tools.config.attachmentsDir };
  const prepared = await prepareWorkbook(exporting, by(auditor, { at: NOW }), bookId, input);
  const [own, other] = await Promise.all([buffer(content), buffer(direct), prepared.write(direct)]);
  t.ok(own.length > 4000);
  t.ok(own.equals(other));
  const foreign = newExport.parse({ kind: 'fund', id: await openFund(world, { bureau: world.neighbour }) });
  const { id: no } = await jobs.start('table_export', by(auditor), bookId, foreign);
  t.match(await ended(auditor, no), { status: 'failed', problem: { code: 'not_found' } });
});
