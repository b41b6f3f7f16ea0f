import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { test } from 'tap';
import { uploadAttachment } from '../../src/attachments/index.js';
import type { Store } from '../../src/db/store.js';
import {
  recordLowerCheckpoints,
  signGrown,
  verifyInstallation,
  verifyStoredFiles,
} from '../../src/evidence/index.js';
import { by, openClaim, openFund, seedWorld } from '../fixture.js';
import { openTestStore } from '../helper.js';
import { signing, temporaryFolder } from './outside.js';

const NOW = new Date('2022-07-31T02:00:00.000Z');

const placeOf = async (store: Store) => (await verifyInstallation(store.read, store.keys))?.place ?? null;

void test('a lower book that was signed anew contradicts what the upper one recorded of it', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const world = await seedWorld(store);
  const fundId = await openFund(world);
  await openClaim(world, 'paid', [{ fundId, amount: '10.00' }]);
  const { checkpoints } = signing(t, store);
  await signGrown(store, checkpoints, NOW);
  const { logIndex } = await recordLowerCheckpoints(store, by(world.province.finance), world.province.bookId);
  t.equal(await placeOf(store), null);
  await sql`drop trigger "checkpoint_append_only_update"`.execute(store.admin);
  await store.admin
    .updateTable('checkpoint')
    .set({ root: '0'.repeat(64) })
    .where('bookId', '=', world.county.bookId)
    .execute();
  t.match(
    await placeOf(store),
    `logEntry ${logIndex} of book ${world.province.bookId} checkpoint of book ${world.county.bookId}`,
  );
  await sql`drop trigger "checkpoint_append_only_delete"`.execute(store.admin);
  await store.admin.deleteFrom('checkpoint').where('bookId', '=', world.county.bookId).execute();
  t.match(await placeOf(store), `logEntry ${logIndex} of book ${world.province.bookId}`);
});

void test('an attachment’s file that is gone or changed is found and named', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const world = await seedWorld(store);
  const folder = temporaryFolder(t);
  const upload = {
    fileName: '发票.pdf',
    mediaType: 'application/pdf' as const,
    bytes: Buffer.from('%PDF-1.4 one'),
  };
  const { contentSha256, id } = await uploadAttachment(
    store,
    folder,
    by(world.stationOperator),
    world.county.bookId,
    upload,
  );
  t.equal(await verifyStoredFiles(store.read, folder), null);
  const file = join(folder, contentSha256.slice(0, 2), contentSha256);
  writeFileSync(file, 'something else');
  t.match(await verifyStoredFiles(store.read, folder), { place: `attachment ${id} file ${contentSha256}` });
  rmSync(file);
  t.match(await verifyStoredFiles(store.read, folder), { expected: 'intact', got: 'missing or changed' });
});
