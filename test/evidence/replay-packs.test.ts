import { withSeal } from '../../src/audit/index.js';
import { sha256Hex } from '../../src/core/ids.js';
import { keepPacks, verifyBook, verifyInstallation } from '../../src/evidence/index.js';
import { loadPacks, type PackSet, parsePacks } from '../../src/policy/index.js';
import { NO_PACKS, openClaim, openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';

const NOW = new Date('2022-07-01T00:00:00.000Z');
const packs = loadPacks();
/** The same packs after an edit: other hashes. */
const edited: PackSet = parsePacks(
  packs.packs.map(({ file, text }) => ({ file, bytes: Buffer.from(`${text}\n# edited\n`, 'utf8') })),
);

forEachEngine('packs are kept once, and never changed or removed', async (t, store) => {
  await keepPacks(store, packs, NOW);
  await keepPacks(store, packs, new Date('2023-01-01T00:00:00.000Z'));
  const rows = await store.read.selectFrom('policyPack').selectAll().orderBy('packId').execute();
  t.equal(rows.length, packs.packs.length);
  for (const row of rows) {
    t.equal(sha256Hex(row.body), row.sha256);
    t.equal(row.firstLoadedAt, NOW.toISOString());
  }
  await keepPacks(store, edited, NOW);
  const sets = await store.read.selectFrom('policyPackSet').selectAll().execute();
  t.equal(sets.length, 2);
  t.equal(
    (await store.read.selectFrom('policyPack').select('sha256').execute()).length,
    2 * packs.packs.length,
  );
  t.equal(await verifyInstallation(store.read, store.keys), null);
  const [row] = rows as [(typeof rows)[number]];
  const change = store.admin.updateTable('policyPack').set({ body: '' }).where('sha256', '=', row.sha256);
  await t.rejects(change.execute(), /append_only/);
  const removal = store.admin.deleteFrom('policyPack').where('sha256', '=', row.sha256);
  await t.rejects(removal.execute(), /append_only/);
});

forEachEngine('decisions under packs that are loaded no more are made again', async (t, store) => {
  const world = await seedWorld(store, { packs });
  const fundId = await openFund(world, { granted: '1000.00' });
  await openClaim(world, 'submitted', [{ fundId, amount: '20.00' }]);
  const verify = () => verifyBook(store.read, store.keys, edited, world.county.bookId);
  const unkept = await verify();
  t.ok(unkept.decisions > 0);
  t.equal(unkept.decisionsUnchecked, unkept.decisions);
  t.ok(
    unkept.unchecked.every(
      ({ reason, what }) => reason === 'pack_missing' && packs.packs.some(({ sha256 }) => sha256 === what),
    ),
    'each missing pack by its hash',
  );
  await keepPacks(store, packs, NOW);
  const kept = await verify();
  t.match(kept, { difference: null, decisionsUnchecked: 0, decisions: unkept.decisions });
  t.same(kept.unchecked, []);
});

forEachEngine('another text under the hash of a pack is found', async (t, store) => {
  const world = await seedWorld(store, { packs });
  const fundId = await openFund(world, { granted: '1000.00' });
  await openClaim(world, 'submitted', [{ fundId, amount: '20.00' }]);
  for (const { document, sha256, text } of packs.packs) {
    const row = {
      sha256,
      packId: document.id,
      documentNo: document.documentNo,
      body: document.id === 'cn-national' ? text.replace('block', 'warn') : text,
      engine: 'policy/2',
      firstLoadedAt: NOW.toISOString(),
    };
    await store.admin
      .insertInto('policyPack')
      .values(withSeal(store.keys, 'policyPack', row))
      .execute();
  }
  const { difference } = await verifyBook(store.read, store.keys, edited, world.county.bookId);
  t.match(difference, { place: /^policyPack [0-9a-f]{64}$/ });
  const damaged = packs.packs.find(({ document }) => document.id === 'cn-national');
  t.equal(difference?.place, `policyPack ${damaged?.sha256}`);
});

forEachEngine('what was decided under no pack stays so when packs come', async (t, store) => {
  const world = await seedWorld(store, { packs: NO_PACKS });
  await keepPacks(store, NO_PACKS, NOW);
  const fundId = await openFund(world, { granted: '1000.00' });
  await openClaim(world, 'submitted', [{ fundId, amount: '20.00' }]);
  const { difference, decisions, decisionsUnchecked } = await verifyBook(
    store.read,
    store.keys,
    packs,
    world.county.bookId,
  );
  t.same([difference, decisionsUnchecked], [null, 0]);
  t.ok(decisions > 0);
});
