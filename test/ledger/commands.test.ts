import { test } from 'tap';
import { isSealed, keptValues, openKept, runCommand, type Unit } from '../../src/audit/index.js';
import { createClaim, submitClaim } from '../../src/claims/index.js';
import { DomainError, refuse } from '../../src/core/errors.js';
import { leafHash } from '../../src/core/merkle.js';
import { createFund, pool, post, reverseEntry } from '../../src/ledger/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { declareBase } from '../../src/relief/index.js';
import {
  accountsOf,
  baseInput,
  by,
  claimInput,
  fundInput,
  openFund,
  outcomesOf,
  RELIEF,
  refused,
  seedWorld,
  TODAY,
  verifyClean,
  type World,
} from '../fixture.js';
import { engines, forEachEngine, prepare, testContext, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';

const fundsOf = (world: World) => world.store.read.selectFrom('fund').select('id').execute();

forEachEngine('the same request under the same key has one effect and one answer', async (t, store) => {
  const world = await seedWorld(store);
  const { finance, bookId } = world.county;
  const input = fundInput();
  const create = (given: object) =>
    createFund(store, by(finance, { key: 'k1', request: 'one', ...given }), bookId, input);
  const first = await create({});
  t.strictSame(await create({}), JSON.parse(JSON.stringify(first)), 'the kept answer');
  t.equal((await fundsOf(world)).length, 1);
  t.equal((await outcomesOf(world, bookId)).length, 1, 'and one log entry');
  await refused(t, create({ request: 'another' }), 'idempotency_conflict');
  t.equal((await outcomesOf(world, bookId)).length, 1);
  const other = createFund(
    store,
    by(world.county.finance2, { key: 'k1', request: 'another' }),
    bookId,
    fundInput(),
  );
  t.ok((await other).id, "somebody else's key is somebody else's");
  await verifyClean(t, world);
});

forEachEngine('a refusal is an answer too: kept, replayed, and logged once', async (t, store) => {
  const world = await seedWorld(store);
  const { finance, payer, bookId } = world.county;
  const input = fundInput();
  const create = (actor = finance) =>
    createFund(store, by(actor, { key: 'k2', request: 'one' }), bookId, input);
  const first = await refused(t, create(payer), 'forbidden');
  const second = await refused(t, create(payer), 'forbidden');
  t.equal(second?.message, first?.message);
  t.ok(second?.options.refusal);
  t.strictSame(await outcomesOf(world, bookId), ['fund.create refused:forbidden']);
  await createFund(store, by(finance), bookId, input);
  const doubled = () => createFund(store, by(finance, { key: 'k3' }), bookId, input);
  await refused(t, doubled(), 'already_exists');
  await refused(t, doubled(), 'already_exists');
  t.equal((await outcomesOf(world, bookId)).length, 3);
  const wrong = () => createFund(store, by(finance, { key: 'k4' }), 'no-such-book', input);
  await refused(t, wrong(), 'not_found');
  await refused(t, wrong(), 'not_found', 'a mistake of form is not kept');
  await verifyClean(t, world);
});

forEachEngine('a refusal by the rules keeps its figures under its key', async (t, store) => {
  const world = await seedWorld(store, { packs: loadPacks(), province: '53' });
  const { county, packs } = world;
  const fundId = await openFund(world, { granted: '1000.00', fund: { terms: RELIEF } });
  await declareBase(store, by(county.finance), county.bookId, baseInput({ amount: '1000.00' }));
  const line = { fundId, amount: '50.01', serviceItem: 'relief_training' as const };
  const claim = await createClaim(
    store,
    by(world.stationOperator),
    county.bookId,
    claimInput(world.station.id, [line]),
  );
  const submit = () =>
    submitClaim(store, packs, by(world.stationOperator, { key: 'cap' }), county.bookId, claim.id, null);
  const first = await refused(t, submit(), 'policy_blocked', 'one 分 above 5%');
  const second = await refused(t, submit(), 'policy_blocked', 'replayed');
  t.match(first?.message, /50\.01/);
  const reasonOf = (error: DomainError | null) =>
    (
      error?.options.details as
        | { decision: { reasons: { rule: string; headroomFen: unknown }[] } }
        | undefined
    )?.decision.reasons.find(({ rule }) => rule === 'YN-22.cap');
  t.equal(String(reasonOf(first)?.headroomFen), '5000');
  t.strictSame(
    JSON.parse(JSON.stringify(reasonOf(first) ?? null)),
    reasonOf(second),
    'details are plain JSON and replay as they were',
  );
  t.equal(
    (await outcomesOf(world, county.bookId)).filter((entry) => entry.includes('policy_blocked')).length,
    1,
  );
  await verifyClean(t, world);
});

for (const engine of engines) {
  test(`concurrent commands under one key have one effect (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const one = await openAt(url);
    t.teardown(() => one.close());
    await prepare(one);
    const two = await openAt(url);
    t.teardown(() => two.close());
    const world = await seedWorld(one);
    const { finance, bookId } = world.county;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        createFund(
          i % 2 ? one : two,
          by(finance, { key: 'once' }),
          bookId,
          fundInput({ documentNo: '川财社〔2022〕1号' }),
        ),
      ),
    );
    t.equal(new Set(answers.map((answer) => answer.id)).size, 1, 'all get the same answer');
    t.equal((await fundsOf(world)).length, 1);
    t.equal((await outcomesOf(world, bookId)).length, 1);
    await verifyClean(t, world);
  });
}

forEachEngine('a command that writes no log entry, or two, leaves nothing', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  const target = { bookId, action: 'test', subject: { type: 'test', id: 'x' } };
  const run = (work: (unit: Unit) => Promise<unknown>) => runCommand(store, target, testContext(), work);
  const touch = (unit: Unit) =>
    unit.trx.updateTable('book').set({ name: '改过' }).where('id', '=', bookId).execute();
  await t.rejects(run(touch), /wrote no log entry/);
  await t.rejects(
    run(async (unit) => {
      await touch(unit);
      await unit.append(target);
      await unit.append(target);
    }),
    /exactly one log entry/,
  );
  await t.rejects(
    run(async (unit) => {
      await touch(unit);
      throw new TypeError('a bug');
    }),
    TypeError,
  );
  await refused(
    t,
    run(async (unit) => {
      await touch(unit);
      await unit.seal('某人', 'party/somebody');
      throw refuse('made_up', '不行');
    }),
    'made_up',
  );
  await refused(
    t,
    run(() => Promise.reject(new DomainError('form', '格式有误'))),
    'form',
  );
  const book = await store.read
    .selectFrom('book')
    .selectAll()
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  t.equal(book.name, '泸县民政局');
  t.strictSame(await outcomesOf(world, bookId), ['test refused:made_up'], 'only the refusal is logged');
  for (const table of ['vaultValue', 'vaultKey'] as const) {
    const kept = await store.read.selectFrom(table).selectAll().where('bookId', '=', bookId).execute();
    t.strictSame(kept, [], `nothing in ${table}`);
  }
  await verifyClean(t, world);
});

forEachEngine('an entry is reversed once, by its exact opposite', async (t, store) => {
  const world = await seedWorld(store);
  const { bookId } = world.county;
  const fundId = await openFund(world, { granted: '100.00' });
  const before = await accountsOf(world, fundId);
  const subject = { type: 'test', id: 'x' };
  const target = { bookId, action: 'test', subject };
  const run = <T>(work: (unit: Unit) => Promise<T>) =>
    runCommand(store, target, testContext(), async (unit) => {
      const result = await work(unit);
      await unit.append(target);
      return result;
    });
  const entry = { kind: 'test', effectiveDate: TODAY, subject };
  const move = { fundId, from: pool('available'), to: pool('reserved', 'x'), amountFen: 10_000n };
  const spend = { ...move, from: pool('reserved', 'x'), to: pool('spent') };
  const id = await run((unit) => post(unit, { ...entry, postings: [move, spend] }));
  t.equal(
    (await accountsOf(world, fundId)).spent,
    '100.00',
    'money may pass through an account within one entry',
  );
  const reversal = await run((unit) => reverseEntry(unit, id, entry));
  t.strictSame(await accountsOf(world, fundId), before);
  await refused(
    t,
    run((unit) => reverseEntry(unit, id, entry)),
    'already_reversed',
  );
  const again = await run((unit) => reverseEntry(unit, reversal, entry));
  t.equal((await accountsOf(world, fundId)).spent, '100.00', 'a reversal can itself be reversed');
  await refused(
    t,
    run((unit) => reverseEntry(unit, reversal, entry)),
    'already_reversed',
  );
  const row = await store.read
    .selectFrom('ledgerEntry')
    .selectAll()
    .where('id', '=', again)
    .executeTakeFirstOrThrow();
  t.equal(row.reversesId, reversal);
  await refused(
    t,
    run((unit) => post(unit, { ...entry, postings: [move] })),
    'insufficient_balance',
    'nothing left',
  );
  await refused(
    t,
    run((unit) => post(unit, { ...entry, postings: [spend, move] })),
    'insufficient_balance',
    'order matters',
  );
  await refused(
    t,
    run((unit) => post(unit, { ...entry, effectiveDate: '2022-08-01', postings: [move] })),
    'date_in_future',
  );
  await t.rejects(
    run((unit) => post(unit, { ...entry, postings: [] })),
    /moves nothing/,
  );
  await verifyClean(t, world);
});

forEachEngine('a log entry holds no personal data, and its hash is of its bytes', async (t, store) => {
  const world = await seedWorld(store);
  await openFund(world);
  const rows = await store.read.selectFrom('logEntry').selectAll().orderBy('logIndex').execute();
  for (const row of rows) {
    t.equal(leafHash(row.body), row.leafHash);
    t.notMatch(row.body, '县财政局', 'the counterparty is a commitment');
  }
  const documents = await store.read.selectFrom('fundDocument').select('counterparty').execute();
  t.equal(documents.length, 2);
  const [first, second] = documents.map((document) => document.counterparty) as [string, string];
  t.ok(isSealed(first) && isSealed(second));
  t.not(first, second, 'the same name is not recognisable');
  const kept = await keptValues(
    store.read,
    [first, second].map((sealed) => sealed.slice('sealed:'.length)),
  );
  const opened = [...kept.values()].map((row) => JSON.parse(openKept(store.keys, row)) as [string, string]);
  t.strictSame(
    opened.map(([, value]) => value),
    ['县财政局', '县财政局'],
    'the vault holds it',
  );
  t.not(opened[0]?.[0], opened[1]?.[0], 'each under a salt of its own');
  const ciphertexts = [...kept.values()].map((row) => row.ciphertext);
  t.not(ciphertexts[0], ciphertexts[1]);
});
