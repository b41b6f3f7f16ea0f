import { t as root, test } from 'tap';
import { verifyAll, verifyInstallation, OutsideFile } from '../../src/evidence/index.js';
import { engines, testDatabaseUrl, prepare } from '../helper.js';
import { openAt } from '../keys.js';
import { signing } from './outside.js';
import { populate } from './tamper-world.js';
root.setTimeout(240_000);
for (const engine of engines) void test(engine, async (t) => {
  const url = await testDatabaseUrl(t, engine);
  const store = await openAt(url);
  t.teardown(() => store.close());
  await prepare(store);
  const { checkpoints, file } = signing(t, store);
  let at = Date.now();
  const world = await populate(t, store, checkpoints);
  t.comment(`populated ${Date.now() - at} ms`);
  const outside = OutsideFile.open(file);
  const r = await verifyAll(store.read, store.keys, world.packs, { outside });
  for (const b of r) {
    at = Date.now();
    for (let i = 0; i < 60; i++) await verifyAll(store.read, store.keys, world.packs, { outside, bookId: b.bookId });
    t.comment(`${(Date.now() - at) / 60} ms`, b);
  }
  at = Date.now();
  t.equal(await verifyInstallation(store.read, store.keys), null);
  t.comment(`inst ${Date.now() - at} ms`);
  const all = await store.admin.introspection.getTables({ withInternalKyselyTables: true });
  for (const { name, columns } of all) {
    const n = await store.admin.selectFrom(name as 'person').select((c) => c.fn.countAll().as('n')).executeTakeFirst();
    t.comment(name, Number(n?.n), columns.length);
  }
});
