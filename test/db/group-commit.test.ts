import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { runCommand } from '../../src/audit/index.js';
import { refuse } from '../../src/core/errors.js';
import { isRetryable, RetryCommand, translateDatabaseError } from '../../src/db/errors.js';
import { dryRun, type Store, type Trx } from '../../src/db/store.js';
import { refused, seedWorld } from '../fixture.js';
import { engines, forEachEngine, prepare, testContext, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';

const token = (id: string) => ({
  tokenHash: id,
  createdAt: '2022-07-31',
  expiresAt: '2022-08-01',
  usedAt: null,
  seal: 'none',
});
const insert = (trx: Trx, id: string) => trx.insertInto('setupLink').values(token(id)).execute();
const tokens = async (store: Store) =>
  (await store.read.selectFrom('setupLink').select('tokenHash').orderBy('tokenHash').execute()).map(
    (row) => row.tokenHash,
  );

forEachEngine('a failing command undoes only itself', async (t, store) => {
  const results = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) =>
      store.write('lane', async (trx) => {
        await insert(trx, `t${String(i).padStart(2, '0')}`);
        if (i % 3 === 1) throw new Error(`thrown by ${i}`);
        if (i % 3 === 2) await insert(trx, 't00');
        return i;
      }),
    ),
  );
  const kept = Array.from({ length: 10 }, (_, i) => `t${String(i * 3).padStart(2, '0')}`);
  t.strictSame(await tokens(store), kept);
  results.forEach((result, i) => {
    if (i % 3 === 0) t.match(result, { status: 'fulfilled', value: i });
    else if (i % 3 === 1) t.match(result, { status: 'rejected', reason: { message: `thrown by ${i}` } });
    else t.match(result, { status: 'rejected', reason: { code: 'already_exists' } }, `${i}: translated`);
  });
});

for (const engine of engines) {
  test(`nobody is told of success before it is committed (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const store = await openAt(url);
    t.teardown(() => store.close());
    await prepare(store);
    const other = await openAt(url);
    t.teardown(() => other.close());
    let unseen = 0;
    let early = 0;
    let isOpen = true;
    const slow = store.write('lane', async (trx) => {
      await insert(trx, 'slow');
      await sleep(60);
      if ((await tokens(other)).includes('slow')) early += 1;
      isOpen = false;
    });
    await Promise.all([
      slow,
      ...Array.from({ length: 40 }, async (_, i) => {
        await store.write('lane', (trx) => insert(trx, `n${i}`));
        if (isOpen) early += 1;
        if (!(await tokens(other)).includes(`n${i}`)) unseen += 1;
      }),
    ]);
    t.equal(unseen, 0, 'a second connection sees each row as soon as its promise resolves');
    t.equal(early, 0, 'and none before the shared commit');
  });
}

forEachEngine('200 concurrent commands keep their order within a lane', async (t, store) => {
  const started: number[] = [];
  const settled: number[] = [];
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      await store
        .write('lane', async (trx) => {
          started.push(i);
          await insert(trx, `o${i}`);
          if (i % 50 === 49) throw new Error('one of four fails');
        })
        .catch(() => {});
      settled.push(i);
    }),
  );
  const order = Array.from({ length: 200 }, (_, i) => i);
  t.strictSame(started, order);
  t.strictSame(settled, order);
  t.equal((await tokens(store)).length, 196);
});

forEachEngine(
  'a command that lost a race runs again, and so does all that shared its commit',
  async (t, store) => {
    const runs = new Map<string, number>();
    const work = (id: string, failures: number) => async (trx: Trx) => {
      const run = (runs.get(id) ?? 0) + 1;
      runs.set(id, run);
      await insert(trx, id);
      if (run <= failures) throw new RetryCommand();
      return run;
    };
    const results = await Promise.all(
      ['a', 'b', 'c'].map((id) => store.write('lane', work(id, id === 'b' ? 3 : 0))),
    );
    t.equal(runs.get('b'), 4);
    t.equal(results[1], 4);
    t.strictSame(await tokens(store), ['a', 'b', 'c'], 'each exactly once');
    runs.clear();
    const hopeless = await Promise.allSettled([store.write('lane', work('z', Number.POSITIVE_INFINITY))]);
    t.equal(hopeless[0]?.status, 'rejected', 'the number of tries is bounded');
    t.notOk((await tokens(store)).includes('z'));
    await store.write('lane', (trx) => insert(trx, 'after'));
    t.ok((await tokens(store)).includes('after'), 'and the lane goes on');
  },
);

test('two services on one PostgreSQL: serialization failures and deadlocks are retried', async (t) => {
  const url = await testDatabaseUrl(t, 'postgres');
  const stores = [await openAt(url), await openAt(url)];
  t.teardown(() => Promise.all(stores.map((store) => store.close())));
  await stores[0]?.write('lane', (trx) =>
    trx
      .insertInto('setupLink')
      .values([token('x'), token('y')])
      .execute(),
  );
  let attempts = 0;
  const touch = (store: Store, first: string, second: string, mark: string) =>
    store.write('lane', async (trx) => {
      attempts += 1;
      await trx.updateTable('setupLink').set({ usedAt: mark }).where('tokenHash', '=', first).execute();
      await sleep(100);
      await trx.updateTable('setupLink').set({ usedAt: mark }).where('tokenHash', '=', second).execute();
    });
  await Promise.all([touch(stores[0] as Store, 'x', 'y', 'one'), touch(stores[1] as Store, 'y', 'x', 'two')]);
  t.ok(attempts > 2, `the loser of the deadlock ran again (${attempts} runs)`);
  const marks = await stores[0]?.read.selectFrom('setupLink').select('usedAt').execute();
  t.equal(new Set(marks?.map((row) => row.usedAt)).size, 1, 'one after the other, never mixed');
});

for (const engine of engines) {
  test(`two services on one book lose no log entry (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const one = await openAt(url);
    t.teardown(() => one.close());
    await prepare(one);
    const two = await openAt(url);
    t.teardown(() => two.close());
    const { county } = await seedWorld(one);
    const target = { bookId: county.bookId, action: 'test.note', subject: { type: 'note', id: 'n' } };
    const append = (store: Store, i: number) =>
      runCommand(store, target, testContext({ actorId: `p${i}` }), async (unit) => {
        await unit.append({ action: target.action, subject: target.subject, data: { i } });
        return { logIndex: unit.logIndex };
      });
    const results = await Promise.all(Array.from({ length: 80 }, (_, i) => append(i % 2 ? one : two, i)));
    t.equal(new Set(results.map((result) => result.logIndex)).size, 80);
    const book = await one.read
      .selectFrom('book')
      .selectAll()
      .where('id', '=', county.bookId)
      .executeTakeFirstOrThrow();
    t.equal(book.logSize, 80);
  });

  test(`closing waits for what was accepted (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const store = await openAt(url);
    await prepare(store);
    const writes = Array.from({ length: 20 }, (_, i) =>
      store.write(`lane${i % 3}`, async (trx) => {
        await insert(trx, `c${i}`);
        await sleep(5);
      }),
    );
    await store.close();
    await Promise.all(writes);
    const again = await openAt(url);
    t.teardown(() => again.close());
    t.equal((await tokens(again)).length, 20);
  });
}

forEachEngine('a dry run says what would happen and leaves nothing', async (t, store) => {
  t.equal(await dryRun(store, 'lane', async (trx) => (await insert(trx, 'dry')).length), 1);
  await t.rejects(
    dryRun(store, 'lane', () => Promise.reject(new Error('no'))),
    { message: 'no' },
  );
  await refused(
    t,
    dryRun(store, 'lane', () => Promise.reject(refuse('x', 'x'))),
    'x',
  );
  t.strictSame(await tokens(store), []);
});

test('errors of the engines in words of the field', async (t) => {
  const said = (error: object) => (translateDatabaseError(error) as { code?: string }).code;
  t.equal(said({ code: '23514', constraint: 'account_sign' }), 'insufficient_balance');
  t.equal(
    said({ code: 'SQLITE_CONSTRAINT_CHECK', message: 'CHECK constraint failed: account_sign' }),
    'insufficient_balance',
  );
  t.equal(said({ code: '23514', constraint: 'invoice_within_face' }), 'invoice_overused');
  t.equal(said({ code: '23001', message: 'append_only: posting' }), 'append_only');
  t.equal(said({ code: 'SQLITE_CONSTRAINT_TRIGGER', message: 'period_closed' }), 'period_closed');
  t.equal(said({ code: '23505', constraint: 'fund_key' }), 'already_exists');
  t.equal(said({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY', message: 'UNIQUE' }), 'already_exists');
  t.equal(said({ code: '23503' }), '23503', 'anything else comes back as it was');
  const plain = new Error('account_sign');
  t.equal(translateDatabaseError(plain), plain, 'a message alone is no engine error');
  t.equal(translateDatabaseError(undefined), undefined);
  for (const code of ['40001', '40P01', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT'])
    t.ok(isRetryable({ code }), code);
  for (const code of ['23505', 'SQLITE_CONSTRAINT', undefined]) t.notOk(isRetryable({ code }), String(code));
});
