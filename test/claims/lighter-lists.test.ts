import { sql } from 'kysely';
import { t as root, test } from 'tap';
import { migrations } from '../../migrations/index.js';
import { listClaims, STATUSES } from '../../src/claims/index.js';
import type { Store } from '../../src/db/store.js';
import { verifyClean } from '../fixture.js';
import { engines, testDatabaseUrl } from '../helper.js';
import { openAt, settleTestKey } from '../keys.js';
import { claimScene } from './list-scene.js';

root.setTimeout(900_000);
const AT = migrations.findIndex(({ name }) => name === '0020_lighter_lists');

async function run(store: Store, steps: typeof migrations): Promise<void> {
  for (const { statements } of steps)
    for (const statement of statements(store.engine)) await sql.raw(statement).execute(store.admin);
}

const fundRows = async ({ read }: Store) =>
  (
    await read
      .selectFrom('claimFund')
      .select(['fundId', 'claimId', 'bookId', 'status', 'createdAt', 'businessDate', 'amountFen'])
      .orderBy('fundId')
      .orderBy('claimId')
      .execute()
  ).map((row) => ({ ...row, amountFen: row.amountFen.toString() }));

for (const engine of engines)
  void test(`claims of before 0020 are listed by fund as they were, and followed from then on (${engine})`, async (t) => {
    const store = await openAt(await testDatabaseUrl(t, engine));
    t.teardown(() => store.close());
    if (engine === 'postgres') {
      await sql`drop schema public cascade`.execute(store.admin);
      await sql`create schema public`.execute(store.admin);
    }
    await run(store, migrations.slice(0, AT));
    await settleTestKey(store);
    const { world, funds, claims } = await claimScene(store, 40);
    const before = await fundRows(store);
    t.ok(before.length > 40, 'some claims have lines of two funds');
    await run(store, migrations.slice(AT));
    t.strictSame(await fundRows(store), before);
    await verifyClean(t, world);

    const { county } = world;
    const [fundId = ''] = funds;
    const [moved] = claims.filter((claim) => claim.fundIds.includes(fundId));
    const { id, status } = moved as (typeof claims)[number];
    const listed = async (of: (typeof STATUSES)[number]) => {
      const query = { fundId, status: of, limit: 100 };
      return (await listClaims(store, county.auditor, county.bookId, query)).items.map((claim) => claim.id);
    };
    t.ok((await listed(status)).includes(id));
    for (const next of STATUSES.filter((each) => each !== status)) {
      await store.admin.updateTable('claim').set({ status: next }).where('id', '=', id).execute();
      t.ok((await listed(next)).includes(id), next);
      t.notOk((await listed(status)).includes(id), 'and no longer where it was');
    }
    const rowsOfClaim = async () => (await fundRows(store)).filter((row) => row.claimId === id);
    const lines = store.admin.deleteFrom('spendingLine').where('ownerId', '=', id);
    t.equal((await rowsOfClaim()).length, moved?.fundIds.length);
    await lines.where('fundId', '=', fundId).execute();
    t.notOk(
      (await rowsOfClaim()).some((row) => row.fundId === fundId),
      'a fund without a line of it leaves',
    );
    await lines.execute();
    t.same(await rowsOfClaim(), []);
  });
