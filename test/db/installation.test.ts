import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Migrator, sql } from 'kysely';
import { type Test, test } from 'tap';
import { migrations } from '../../migrations/index.js';
import { openInstallation } from '../../src/db/installation.js';
import type { Engine, Store } from '../../src/db/store.js';
import { verifyAll, verifyInstallation } from '../../src/evidence/index.js';
import { getPerson } from '../../src/organisations/index.js';
import { NO_PACKS } from '../fixture.js';
import { engines, seedTree, shown, testDatabaseUrl } from '../helper.js';
import { openAt, TEST_KEYS, TEST_MASTER } from '../keys.js';

const OTHER_KEY = '8'.repeat(64);

/** An empty database, without any table, and a place for its key file. */
async function newPlace(t: Test, engine: Engine) {
  const folder = mkdtempSync(join(tmpdir(), 'station-installation-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const databaseUrl = await testDatabaseUrl(t, engine);
  await within(databaseUrl, async (store) => {
    if (engine === 'sqlite') return;
    await sql`drop schema public cascade`.execute(store.admin);
    await sql`create schema public`.execute(store.admin);
  });
  const masterKeyFile = join(folder, 'keys', 'master.key');
  return { databaseUrl, databasePoolSize: 2, masterKeyFile };
}

async function within<T>(databaseUrl: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openAt(databaseUrl);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const masterKeyIds = (databaseUrl: string) =>
  within(databaseUrl, async (store) =>
    (await store.read.selectFrom('installation').selectAll().execute()).map((row) => row.masterKeyId),
  );

for (const engine of engines) {
  test(`the first start makes the master key, and later ones need it (${engine})`, async (t) => {
    const place = await newPlace(t, engine);
    const first = await openInstallation(place);
    t.same(
      first.migrated,
      migrations.map((step) => step.name),
    );
    t.equal(statSync(place.masterKeyFile).mode & 0o777, 0o600, 'for its owner alone');
    const text = readFileSync(place.masterKeyFile, 'utf8');
    t.match(text, /^[0-9a-f]{64}\n$/);
    const { county, actors } = await seedTree(first.store);
    const { personId } = actors.finance;
    await first.store.close();

    const again = await openInstallation(place);
    t.same(again.migrated, []);
    t.equal(again.store.keys.id, first.store.keys.id);
    t.equal(readFileSync(place.masterKeyFile, 'utf8'), text, 'the key stays as it is');
    const person = await getPerson(again.store, actors.admin, personId);
    t.match(await shown(again.store, person), { displayName: 'finance', organisationId: county.id });
    const books = await verifyAll(again.store.read, again.store.keys, NO_PACKS);
    t.ok(books.length > 0 && books.every((book) => book.difference === null));
    t.equal(await verifyInstallation(again.store.read, again.store.keys), null);
    await again.store.close();
    t.same(await masterKeyIds(place.databaseUrl), [first.store.keys.id]);

    rmSync(place.masterKeyFile);
    await t.rejects(openInstallation(place), { code: 'master_key_missing' });
    t.notOk(existsSync(place.masterKeyFile), 'and no new one is put in its place');
    writeFileSync(place.masterKeyFile, OTHER_KEY);
    await t.rejects(openInstallation(place), { code: 'master_key_wrong' });
    t.equal(readFileSync(place.masterKeyFile, 'utf8'), OTHER_KEY);
    for (const [name, content] of [
      ['empty', ''],
      ['a digit short', text.slice(1)],
      ['a digit more', `0${text}`],
      ['no digit', text.replace(/./, 'g')],
      ['upper case', `A${text.slice(1)}`],
      ['bytes', Buffer.alloc(32, 7)],
      ['two keys', `${text}${text}`],
    ] as const) {
      writeFileSync(place.masterKeyFile, content);
      await t.rejects(openInstallation(place), { code: 'master_key_invalid' }, name);
    }
    t.same(
      await masterKeyIds(place.databaseUrl),
      [first.store.keys.id],
      'the database did not change its mind',
    );
    writeFileSync(place.masterKeyFile, text.trim());
    const back = await openInstallation(place);
    t.match(
      await shown(back.store, person),
      { displayName: 'finance' },
      'with its own key all is there again',
    );
    await back.store.close();
  });

  test(`a key that is there before the database is taken up (${engine})`, async (t) => {
    const place = await newPlace(t, engine);
    mkdirSync(dirname(place.masterKeyFile));
    writeFileSync(place.masterKeyFile, TEST_MASTER.toString('hex'));
    const { store } = await openInstallation(place);
    await store.close();
    t.same(await masterKeyIds(place.databaseUrl), [store.keys.id]);
    t.equal(store.keys.id, TEST_KEYS.id);
  });

  test(`a database of before 0005 is taken over only while it holds no book (${engine})`, async (t) => {
    const place = await newPlace(t, engine);
    const old = migrations.filter(({ name }) => name < '0005');
    t.equal(old.length, 4);
    await within(place.databaseUrl, async (store) => {
      const history = Object.fromEntries(
        old.map(({ name, statements }) => [
          name,
          {
            async up(db: Store['admin']) {
              for (const statement of statements(store.engine)) await sql.raw(statement).execute(db);
            },
          },
        ]),
      );
      const migrator = new Migrator({ db: store.admin, provider: { getMigrations: async () => history } });
      t.equal((await migrator.migrateToLatest()).error, undefined);
      await sql`insert into "organisation" ("id", "kind", "name", "path", "divisionCode", "openedDate", "createdAt")
        values ('o', 'bureau_county', '泸县民政局', 'o/', '510521', '2020-01-01', '2022-01-01T00:00:00.000Z')`.execute(
        store.admin,
      );
      await sql`insert into "book" ("id", "bureauId", "name", "createdAt")
        values ('b', 'o', '泸县民政局', '2022-01-01T00:00:00.000Z')`.execute(store.admin);
    });
    await t.rejects(openInstallation(place), { code: 'upgrade_unsupported' });
    t.notOk(existsSync(place.masterKeyFile), 'no key was made for it');
    await within(place.databaseUrl, async (store) => {
      const tables = (await store.admin.introspection.getTables()).map((table) => table.name);
      t.ok(tables.includes('commitment') && !tables.includes('vaultValue'), 'it stays as it was');
      const { rows } = await sql`select * from "book"`.execute(store.admin);
      t.equal(rows.length, 1);
      await sql`delete from "book"`.execute(store.admin);
      await sql`delete from "organisation"`.execute(store.admin);
    });
    const { store, migrated } = await openInstallation(place);
    t.same(
      migrated,
      migrations.slice(4).map((step) => step.name),
      'an empty one is',
    );
    await seedTree(store);
    t.equal(await verifyInstallation(store.read, store.keys), null);
    await store.close();
  });
}

// Two writers of one SQLite file in one process would wait for each other: one holds the thread that the other needs.
test('two first starts at once agree on one key; with files of their own, one is refused (postgres)', async (t) => {
  const place = await newPlace(t, 'postgres');
  const both = await Promise.all([openInstallation(place), openInstallation(place)]);
  t.equal(both[0].store.keys.id, both[1].store.keys.id);
  for (const { store } of both) await store.close();

  const shared = await newPlace(t, 'postgres');
  const apart = [shared, { ...shared, masterKeyFile: `${shared.masterKeyFile}.other` }];
  const opened = await Promise.allSettled(apart.map((each) => openInstallation(each)));
  const won = opened.filter((result) => result.status === 'fulfilled');
  const lost = opened.filter((result) => result.status === 'rejected');
  t.match([won.length, lost.length], [1, 1]);
  t.match(lost[0]?.reason, { code: 'master_key_missing' });
  t.equal(apart.filter((each) => existsSync(each.masterKeyFile)).length, 1, 'its key does not stay behind');
  for (const { value } of won) await value.store.close();
});
