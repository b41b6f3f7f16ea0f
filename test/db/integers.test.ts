import { sql } from 'kysely';
import { MAX_FEN } from '../../src/core/money.js';
import { layerTotals } from '../../src/ledger/balances.js';
import { createFund } from '../../src/ledger/index.js';
import { by, fundInput, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';

const BEYOND_DOUBLE = 9_007_199_254_740_993n;

forEachEngine('amounts above 2^53 survive exactly', async (t, store) => {
  const { county } = await seedWorld(store);
  const { id: fundId } = await createFund(store, by(county.finance), county.bookId, fundInput());
  for (const [layer, balanceFen] of [
    ['available', BEYOND_DOUBLE],
    ['bank', MAX_FEN],
    ['allotted', -BEYOND_DOUBLE],
    ['received', -MAX_FEN],
  ] as const) {
    await store.write('l', (trx) =>
      trx.insertInto('account').values({ fundId, layer, subject: '', balanceFen }).execute(),
    );
    const row = await store.read
      .selectFrom('account')
      .select('balanceFen')
      .where('layer', '=', layer)
      .executeTakeFirstOrThrow();
    t.equal(row.balanceFen, balanceFen, layer);
    const { text } = await store.read
      .selectFrom('account')
      .select(sql<string>`cast("balanceFen" as text)`.as('text'))
      .where('layer', '=', layer)
      .executeTakeFirstOrThrow();
    t.equal(text, balanceFen.toString(), `${layer} as the engine holds it`);
  }
  const totals = (await layerTotals(store.read, [fundId])).get(fundId);
  t.equal(totals?.available, BEYOND_DOUBLE);
  t.equal(totals?.allotted, BEYOND_DOUBLE, 'a source counts positive');
  t.equal(totals?.bank, MAX_FEN);
  t.equal(totals?.spent, undefined);
});

forEachEngine('what is no 64-bit integer is refused', async (t, store) => {
  const { county } = await seedWorld(store);
  const { id: fundId } = await createFund(store, by(county.finance), county.bookId, fundInput());
  const put = (value: unknown) =>
    store.write('l', (trx) =>
      sql`insert into "account" ("fundId", "layer", "subject", "balanceFen") values (${fundId}, 'spent', '', ${value})`.execute(
        trx,
      ),
    );
  await t.rejects(put(12.5), '12.5');
  await t.rejects(put('12.5'), "'12.5'");
  await t.rejects(put('十二'), 'text');
  await t.rejects(put(MAX_FEN + 1n), 'one above BIGINT');
  await t.rejects(put(null), 'null');
  await t.rejects(put(-1n), 'below zero');
  t.strictSame(await store.read.selectFrom('account').selectAll().execute(), []);
});

forEachEngine('counts and ordinary integers are numbers', async (t, store) => {
  const { county } = await seedWorld(store);
  const { bookCount } = await store.read
    .selectFrom('book')
    .select(sql<number>`cast(count(*) as integer)`.as('bookCount'))
    .executeTakeFirstOrThrow();
  t.equal(bookCount, 3);
  const book = await store.read
    .selectFrom('book')
    .selectAll()
    .where('id', '=', county.bookId)
    .executeTakeFirstOrThrow();
  t.equal(book.logSize, 0);
  const { isActive, version } = await store.read.selectFrom('person').selectAll().executeTakeFirstOrThrow();
  t.strictSame([isActive, version], [1, 1]);
});
