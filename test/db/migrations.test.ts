import { test } from 'tap';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrate.js';
import { openStore } from '../../src/db/store.js';
import { seedWorld } from '../fixture.js';
import { engines, forEachEngine, testDatabaseUrl } from '../helper.js';

forEachEngine('migrating again changes nothing', async (t, store) => {
  await seedWorld(store);
  t.strictSame(await migrate(store), []);
  t.strictSame(await migrate(store), []);
  t.equal((await store.read.selectFrom('book').select('id').execute()).length, 3);
});

test('a new file gets every step once, in order', async (t) => {
  const store = await openStore(await testDatabaseUrl(t, 'sqlite'));
  t.teardown(() => store.close());
  const names = migrations.map((step) => step.name);
  t.strictSame(await migrate(store), names);
  t.strictSame(names, [...names].sort());
});

for (const engine of engines) {
  test(`two services that start together both come up (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const stores = [await openStore(url), await openStore(url)];
    t.teardown(() => Promise.all(stores.map((store) => store.close())));
    const ran = await Promise.all(stores.map((store) => migrate(store)));
    t.equal(ran.flat().length, engine === 'sqlite' ? migrations.length : 0);
  });
}
