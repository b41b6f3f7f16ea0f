import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, type Test, test } from 'tap';
import { parseTlogProof, verifyCheckpoint, verifyTlogProof } from '../../src/core/checkpoint.js';
import {
  appendLeaf,
  type Frontier,
  frontierToText,
  leafHash,
  verifyConsistency,
} from '../../src/core/merkle.js';
import { parseVerifierKey } from '../../src/core/note.js';
import type { Row } from '../../src/db/database.js';
import { migrate } from '../../src/db/migrate.js';
import type { Store } from '../../src/db/store.js';
import {
  getCheckpoint,
  listKeys,
  OutsideFile,
  proveConsistency,
  proveEntry,
  recordAcceptedHead,
  recordLowerCheckpoints,
  recordLowerDaily,
  retireKey,
  revokeKey,
  rotateKey,
  signGrown,
  verifyBook,
} from '../../src/evidence/index.js';
import {
  by,
  openClaim,
  openFund,
  refused,
  seedActor,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { engines, forEachEngine, testDatabaseUrl } from '../helper.js';
import { openAt, settleTestKey } from '../keys.js';
import { signing, temporaryFolder } from './outside.js';

root.setTimeout(900_000);
const NOW = new Date('2022-07-31T02:00:00.000Z');

/** A county whose book has a fund and some claims. */
async function busyWorld(
  store: Store,
  claims = 3,
): Promise<{ world: World; fundId: string; bookId: string }> {
  const world = await seedWorld(store);
  const fundId = await openFund(world);
  for (let n = 0; n < claims; n += 1) await openClaim(world, 'paid', [{ fundId, amount: '10.00' }]);
  return { world, fundId, bookId: world.county.bookId };
}

const keysOf = async (store: Store, world: World) =>
  (await listKeys(store, world.county.auditor, world.county.bookId)).items.map((key) =>
    parseVerifierKey(key.verifierKey),
  );

forEachEngine(
  'a checkpoint is signed by the book, kept twice, and proves entries and continuations',
  async (t, store) => {
    const { world, fundId, bookId } = await busyWorld(store);
    const { checkpoints, file, open } = signing(t, store);
    const first = await checkpoints.sign(bookId, NOW);
    const again = await checkpoints.sign(bookId, NOW);
    t.same(again, first, 'nothing new, nothing signed');
    const keys = await keysOf(store, world);
    t.match(verifyCheckpoint(first.note, keys), {
      origin: `station-funds/${bookId}`,
      size: first.size,
      rootHash: first.root,
    });
    t.equal(OutsideFile.open(file).head(bookId)?.note, first.note, 'the file outside has it');
    t.equal((await getCheckpoint(store, world.county.auditor, bookId)).note, first.note);

    await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
    const second = await open().sign(bookId, NOW);
    t.equal(second.size, first.size + 1);
    for (let index = 0; index < second.size; index += 1) {
      const { body } = await store.read
        .selectFrom('logEntry')
        .select('body')
        .where('bookId', '=', bookId)
        .where('logIndex', '=', index)
        .executeTakeFirstOrThrow();
      const proof = await proveEntry(store, world.county.auditor, bookId, index);
      t.doesNotThrow(() => verifyTlogProof(proof, leafHash(body), keys), `entry ${index} is proved`);
      t.throws(() => verifyTlogProof(proof, leafHash(`${body} `), keys), `and nothing else in its place`);
      t.equal(parseTlogProof(proof).index, index);
    }
    const earlier = await proveEntry(store, world.county.auditor, bookId, 0, first.size);
    t.match(earlier, first.note, 'a proof under the checkpoint that is asked for');
    await refused(t, proveEntry(store, world.county.auditor, bookId, second.size), 'not_covered');
    await refused(
      t,
      proveEntry(store, world.neighbour.auditor, bookId, 0),
      'not_found',
      'not for a neighbour',
    );

    const { proof } = await proveConsistency(store, world.county.auditor, bookId, first.size, second.size);
    t.doesNotThrow(() =>
      verifyConsistency({
        firstSize: first.size,
        firstRoot: first.root,
        secondSize: second.size,
        secondRoot: second.root,
        proof: proof.map((hash) => Buffer.from(hash, 'base64').toString('hex')),
      }),
    );
    const result = await verifyBook(store.read, store.keys, world.packs, bookId, {
      outside: OutsideFile.open(file),
    });
    t.equal(result.difference, null);
  },
);

forEachEngine('blocks of 256 leaves are kept and proofs come out the same from them', async (t, store) => {
  const { world, fundId, bookId } = await busyWorld(store, 0);
  const { checkpoints, open, file } = signing(t, store);
  const drafts = (count: number) =>
    Promise.all(Array.from({ length: count }, () => openClaim(world, 'draft', [{ fundId, amount: '0.01' }])));
  await drafts(200);
  await checkpoints.sign(bookId, NOW);
  await drafts(200);
  await checkpoints.sign(bookId, NOW);
  await drafts(200);
  const { size } = await open().sign(bookId, NOW);
  const blocks = await store.read.selectFrom('logBlock').selectAll().where('bookId', '=', bookId).execute();
  t.equal(blocks.length, Math.floor(size / 256));
  const keys = await keysOf(store, world);
  for (const index of [0, 255, 256, 300, 511, 512, size - 1]) {
    const row = await store.read
      .selectFrom('logEntry')
      .select('leafHash')
      .where('bookId', '=', bookId)
      .where('logIndex', '=', index)
      .executeTakeFirstOrThrow();
    const proof = await proveEntry(store, world.county.auditor, bookId, index);
    t.doesNotThrow(() => verifyTlogProof(proof, row.leafHash, keys), `entry ${index}`);
  }
  const outside = OutsideFile.open(file);
  t.equal((await verifyBook(store.read, store.keys, world.packs, bookId, { outside })).difference, null);
  await store.admin
    .updateTable('logBlock')
    .set({ root: '0'.repeat(64) })
    .where('blockIndex', '=', 1)
    .execute();
  const { difference } = await verifyBook(store.read, store.keys, world.packs, bookId, { outside });
  t.equal(difference?.place, 'logBlock 1 root', 'a wrong block is found');
  await refused(t, proveEntry(store, world.county.auditor, bookId, 3), 'log_damaged', 'and proves nothing');
});

/** Writes past every guard, as somebody with the database would. */
async function forge(
  store: Store,
  bookId: string,
  rows: readonly Row<'logEntry'>[],
  bodies: readonly string[],
): Promise<void> {
  const { sql } = await import('kysely');
  if (store.engine === 'postgres')
    await sql`alter table "logEntry" disable trigger user`.execute(store.admin);
  else
    for (const event of ['update', 'delete', 'replace'])
      await sql.raw(`drop trigger if exists "logEntry_append_only_${event}"`).execute(store.admin);
  await store.admin.deleteFrom('logEntry').where('bookId', '=', bookId).execute();
  let frontier: Frontier = [];
  for (const [logIndex, body] of bodies.entries()) {
    const leaf = leafHash(body);
    frontier = appendLeaf(frontier, logIndex, leaf);
    const row = rows[logIndex] ?? rows[0];
    await store.admin
      .insertInto('logEntry')
      .values({ ...(row as NonNullable<typeof row>), logIndex, body, leafHash: leaf })
      .execute();
  }
  await store.admin
    .updateTable('book')
    .set({ logSize: bodies.length, logFrontier: frontierToText(frontier) })
    .where('id', '=', bookId)
    .execute();
}

forEachEngine('a log that was cut or rewritten is not signed and not started on', async (t, store) => {
  const { bookId } = await busyWorld(store);
  const { checkpoints, open } = signing(t, store);
  await checkpoints.sign(bookId, NOW);
  const rows = await store.admin
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('logIndex')
    .execute();
  const whole = rows.map((row) => row.body);
  const cases: readonly [string, (bodies: string[]) => string[]][] = [
    ['the last entry cut', (bodies) => bodies.slice(0, -1)],
    ['all entries cut', () => []],
    ['the first entry cut', (bodies) => bodies.slice(1)],
    ['one amount changed everywhere', (bodies) => bodies.map((body) => body.replaceAll('"1000"', '"1001"'))],
    ['cut and grown again', (bodies) => [...bodies.slice(0, -1), bodies[0] as string, bodies[1] as string]],
  ];
  for (const [name, change] of cases) {
    await forge(store, bookId, rows, change([...whole]));
    await refused(t, open().demandExtended(), 'log_not_extended', `${name}: not started`);
    await refused(t, open().sign(bookId, NOW), 'log_not_extended', `${name}: not signed`);
  }
  await forge(store, bookId, rows, whole);
  await open().demandExtended();
  t.pass('the true log is taken');
});

void test('yesterday’s backup is refused, and accepting it is on record for ever (sqlite)', async (t) => {
  const url = await testDatabaseUrl(t, 'sqlite');
  const file = url.slice('sqlite:'.length);
  const backup = join(temporaryFolder(t), 'backup.db');
  let store = await openAt(url);
  await migrate(store);
  await settleTestKey(store);
  const { world, fundId, bookId } = await busyWorld(store);
  const admin = await seedActor(store, world.county, 'admin');
  const outside = signing(t, store);
  await signGrown(store, outside.checkpoints, NOW);
  const { sql } = await import('kysely');
  await sql.raw(`vacuum into '${backup}'`).execute(store.admin);
  await openClaim(world, 'paid', [{ fundId, amount: '5.00' }]);
  await signGrown(store, outside.checkpoints, NOW);
  const lost = outside.checkpoints.known(bookId);
  await store.close();

  for (const suffix of ['-wal', '-shm']) writeFileSync(`${file}${suffix}`, '');
  copyFileSync(backup, file);
  store = await openAt(url);
  t.teardown(() => store.close());
  const error = await refused(t, outside.open(store).demandExtended(), 'log_not_extended');
  t.match(error?.message, /旧备份/);
  t.match(error?.message, /funds checkpoint accept/, 'says how to go on');
  const again = { ...world, store };
  await openClaim(again, 'paid', [{ fundId, amount: '7.00' }]);
  await openClaim(again, 'paid', [{ fundId, amount: '7.00' }]);
  await refused(
    t,
    outside.open(store).demandExtended(),
    'log_not_extended',
    'new entries on an old backup are no continuation',
  );

  await refused(
    t,
    recordAcceptedHead(store, outside.open(store), by(world.county.finance), bookId, '磁盘损坏'),
    'forbidden',
  );
  const accepted = await recordAcceptedHead(store, outside.open(store), by(admin), bookId, '磁盘损坏');
  t.equal(accepted.size, lost?.size);
  await outside.open(store).demandExtended();
  const signed = await outside.open(store).sign(bookId, NOW);
  const entry = await store.read
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', bookId)
    .where('action', '=', 'checkpoint.accept')
    .where('outcome', 'is', null)
    .executeTakeFirstOrThrow();
  t.equal(JSON.parse(entry.body).data.lostCheckpoint, lost?.note, 'the log itself says what was lost');
  t.ok(signed.size > 0);
  await refused(t, recordAcceptedHead(store, outside.open(store), by(admin), bookId, '再来'), 'wrong_status');
  await verifyClean(t, again);
});

void test('the file outside: a torn last line is dropped, a damaged one stops the start', async (t) => {
  const file = join(temporaryFolder(t), 'checkpoints.log');
  const head = { bookId: 'b', size: 1, frontier: 'a'.repeat(64), note: 'n' };
  OutsideFile.open(file).append(head);
  appendFileSync(file, '{"bookId":"b","si');
  const torn = OutsideFile.open(file);
  t.same(torn.head('b'), head);
  torn.append({ ...head, size: 2 });
  t.equal(OutsideFile.open(file).head('b')?.size, 2);
  t.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 2);
  appendFileSync(file, '{"bookId":"b"}\n');
  t.throws(() => OutsideFile.open(file), { code: 'checkpoints_file_damaged', message: /第 3 行/ });
});

forEachEngine('keys rotate with two signatures, retire, and are revoked by name', async (t, store) => {
  const { world, fundId, bookId } = await busyWorld(store, 1);
  const { checkpoints } = signing(t, store);
  const admin = await seedActor(store, world.county, 'admin');
  const actor = world.county.auditor;
  const grow = async () => {
    await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
    return checkpoints.sign(bookId, NOW);
  };
  const first = await checkpoints.sign(bookId, NOW);
  await refused(t, rotateKey(store, by(actor), bookId), 'forbidden');
  const { items } = await rotateKey(store, by(admin), bookId);
  t.equal(items.length, 2);
  const [old, fresh] = items.map((key) => parseVerifierKey(key.verifierKey));
  const both = await grow();
  t.equal(
    verifyCheckpoint(both.note, [old, fresh] as never).signedBy.length,
    2,
    'two signatures while rotating',
  );
  await retireKey(store, by(admin), bookId, items[0]?.id as string);
  const alone = await grow();
  t.throws(() => verifyCheckpoint(alone.note, [old as never]), 'the old key signs no more');
  t.equal(verifyCheckpoint(alone.note, [fresh as never]).size, alone.size);
  t.equal(verifyCheckpoint(first.note, [old as never]).size, first.size, 'what it signed stays valid');
  await refused(
    t,
    retireKey(store, by(admin), bookId, items[1]?.id as string),
    'wrong_status',
    'never without a key',
  );
  const revoked = await revokeKey(store, by(admin), bookId, items[1]?.id as string, '主机失窃');
  t.match(
    revoked.items.map((key) => [key.retiredAt !== null, key.revokedAt !== null]),
    [
      [true, false],
      [false, true],
      [false, false],
    ],
    'the last key was revoked, so a new one took its place',
  );
  const after = await grow();
  t.throws(() => verifyCheckpoint(after.note, [fresh as never]));
  await refused(t, revokeKey(store, by(admin), bookId, items[1]?.id as string, 'x'), 'not_found');
  await verifyClean(t, world);
});

forEachEngine('the upper level records the checkpoints of the books below it', async (t, store) => {
  const { world } = await busyWorld(store, 1);
  const { checkpoints } = signing(t, store);
  const caller = by(world.province.finance);
  await refused(t, recordLowerCheckpoints(store, caller, world.province.bookId), 'nothing_to_record');
  await signGrown(store, checkpoints, NOW);
  const { items, logIndex } = await recordLowerCheckpoints(store, caller, world.province.bookId);
  t.same(
    items.map(({ bookId }) => bookId).sort(),
    [world.county.bookId].sort(),
    'books that have something to sign',
  );
  const entry = await store.read
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', world.province.bookId)
    .where('logIndex', '=', logIndex)
    .executeTakeFirstOrThrow();
  t.same(JSON.parse(entry.body).data.checkpoints, items);
  await refused(
    t,
    recordLowerCheckpoints(store, by(world.county.finance), world.county.bookId),
    'nothing_to_record',
  );
});

forEachEngine(
  'the service records them by itself, once a day and only when something is new',
  async (t, store) => {
    const { world, fundId } = await busyWorld(store, 1);
    const { checkpoints } = signing(t, store);
    await signGrown(store, checkpoints, NOW);
    const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
    const records = async () =>
      (
        await store.read
          .selectFrom('logEntry')
          .select('bookId')
          .where('action', '=', 'checkpoint.record_lower')
          .execute()
      ).length;
    await recordLowerDaily(store, at(0));
    t.equal(await records(), 1, 'the province, of its county');
    await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
    await signGrown(store, checkpoints, NOW);
    await recordLowerDaily(store, at(1));
    t.equal(await records(), 1, 'not twice a day');
    await recordLowerDaily(store, at(25));
    t.equal(await records(), 2);
    await recordLowerDaily(store, at(50));
    t.equal(await records(), 2, 'nothing new below');
    await verifyClean(t, world);
  },
);

void test('two processes on one PostgreSQL sign the same book without disagreeing', async (t: Test) => {
  const url = await testDatabaseUrl(t, 'postgres');
  const [one, two] = [await openAt(url), await openAt(url)];
  t.teardown(() => one.close());
  t.teardown(() => two.close());
  const { world, fundId, bookId } = await busyWorld(one, 1);
  const signers = [signing(t, one).checkpoints, signing(t, two).checkpoints];
  for (let round = 0; round < 5; round += 1) {
    await openClaim(world, 'draft', [{ fundId, amount: '1.00' }]);
    const [a, b] = await Promise.all(signers.map((each) => each.sign(bookId, NOW)));
    t.equal(a?.root === b?.root || a?.size !== b?.size, true);
  }
  for (const each of signers) await each.demandExtended();
  await verifyClean(t, world);
  t.equal(engines.length, 2);
});
