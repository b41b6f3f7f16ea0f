import { sql } from 'kysely';
import { test } from 'tap';
import { migrations } from '../../migrations/index.js';
import { migrate } from '../../src/db/migrate.js';
import type { Store } from '../../src/db/store.js';
import { seedWorld } from '../fixture.js';
import { forEachEngine, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';

forEachEngine('migrating again changes nothing', async (t, store) => {
  await seedWorld(store);
  t.strictSame(await migrate(store), []);
  t.strictSame(await migrate(store), []);
  t.equal((await store.read.selectFrom('book').select('id').execute()).length, 3);
});

test('a new file gets every step once, in order', async (t) => {
  const store = await openAt(await testDatabaseUrl(t, 'sqlite'));
  t.teardown(() => store.close());
  const names = migrations.map((step) => step.name);
  t.strictSame(await migrate(store), names);
  t.strictSame(names, [...names].sort());
});

test('a migration that is cut short leaves nothing behind', async (t) => {
  const store = await openAt(await testDatabaseUrl(t, 'sqlite'));
  t.teardown(() => store.close());
  await sql`create table "intake" ("x" TEXT)`.execute(store.admin);
  await t.rejects(migrate(store), 'the third step meets a table that is in its way');
  await sql`drop table "intake"`.execute(store.admin);
  t.equal((await migrate(store)).length, migrations.length, 'the next start does the whole');
});

test('two services that start together on a new PostgreSQL database both come up', async (t) => {
  const url = await testDatabaseUrl(t, 'postgres');
  const stores = [await openAt(url), await openAt(url)];
  t.teardown(() => Promise.all(stores.map((store) => store.close())));
  await sql`drop schema public cascade`.execute((stores[0] as Store).admin);
  await sql`create schema public`.execute((stores[0] as Store).admin);
  const ran = await Promise.all(stores.map((store) => migrate(store)));
  t.equal(ran.flat().length, migrations.length, 'each step once');
});

test('bases declared before 0009 are kept as they were', async (t) => {
  const store = await openAt(await testDatabaseUrl(t, 'sqlite'));
  t.teardown(() => store.close());
  const at = migrations.findIndex((step) => step.name === '0009_relief_base');
  const run = async (steps: typeof migrations) => {
    for (const { statements } of steps)
      for (const statement of statements('sqlite')) await sql.raw(statement).execute(store.admin);
  };
  await run(migrations.slice(0, at));
  await sql`pragma foreign_keys = off`.execute(store.admin);
  await sql`insert into "expenditureBase" ("id", "bookId", "year", "amountFen", "basis", "documentNo", "declaredDate", "logIndex")
    values ('b1', 'book', 2022, 31000000000, 'final', '决算', '2022-12-01', 7)`.execute(store.admin);
  await run(migrations.slice(at, at + 1));
  const rows = await store.read.selectFrom('expenditureBase').selectAll().execute();
  t.match(rows, [{ id: 'b1', amountFen: 31_000_000_000n, basis: 'final', logIndex: 7, centralFen: null }]);
  await t.rejects(sql`update "expenditureBase" set "year" = 2021`.execute(store.admin), /append_only/);
});
