import fc from 'fast-check';
import { sql } from 'kysely';
import { t as root } from 'tap';
import { migrations } from '../../migrations/index.js';
import { addDays } from '../../src/core/dates.js';
import type { Fen } from '../../src/core/money.js';
import type { Store } from '../../src/db/store.js';
import { verifyAll, verifyInstallation } from '../../src/evidence/index.js';
import { accountKey, layerMovesByMonth, movesIn, movesRecorded } from '../../src/ledger/account-moves.js';
import { accountMoves, layerTotals } from '../../src/ledger/index.js';
import { openFund, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { makeMoves, move, type Posted } from '../reports/postings.js';

root.setTimeout(900_000);

/** Around ends of months and years, and beyond what dates can be reckoned with. */
const DAY = fc.oneof(
  fc.nat(420).map((days) => addDays('2021-06-20', days)),
  fc.constantFrom(
    '0000-01-01',
    '0001-02-28',
    '9998-12-31',
    '9999-12-15',
    '2022-02-28',
    '2022-01-31',
    '2022-03-01',
  ),
);

/** What moved on each account in a span, posting by posting; only accounts that moved. */
function naiveMoves(posted: readonly Posted[], fundIds: readonly string[]) {
  const found = new Map<string, [Fen, Fen, Fen]>();
  for (const { fundId, from, to, amountFen } of posted) {
    if (!fundIds.includes(fundId)) continue;
    const add = (key: string, amounts: readonly [Fen, Fen, Fen]) => {
      const [into, out, within] = found.get(key) ?? [0n, 0n, 0n];
      found.set(key, [into + amounts[0], out + amounts[1], within + amounts[2]]);
    };
    add(accountKey({ fundId, ...from }), [0n, amountFen, 0n]);
    add(accountKey({ fundId, ...to }), [amountFen, 0n, from.layer === to.layer ? amountFen : 0n]);
  }
  return new Map([...found].sort());
}

async function scene(store: Store) {
  const world = await seedWorld(store);
  const { county, station, provider } = world;
  const funds = [await openFund(world, { granted: '1.00' }), await openFund(world, { granted: '1.00' })];
  const before = await store.read.selectFrom('posting').selectAll().execute();
  const opening = [0, 1].flatMap((fund) =>
    [1, 3].map((kind) => ({ kind, fund, amount: 90_000, day: 0, subject: 0 })),
  );
  const moves = fc.sample(move, { numRuns: 120, seed: 7 });
  const posted = await makeMoves(
    store,
    county.bookId,
    funds,
    [station.id, provider.id],
    [...opening, ...moves],
  );
  const grants = await store.read
    .selectFrom('posting')
    .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
    .selectAll()
    .where(
      'entryId',
      'in',
      before.map((row) => row.entryId),
    )
    .execute();
  const all = [
    ...grants.map(
      (row) =>
        ({
          ...row,
          from: { layer: row.fromLayer, subject: row.fromSubject },
          to: { layer: row.toLayer, subject: row.toSubject },
        }) as unknown as Posted,
    ),
    ...posted,
  ];
  return { world, funds, posted: all };
}

forEachEngine('moves of any span are what the postings add up to', async (t, store) => {
  const { world, funds, posted } = await scene(store);
  const [first = ''] = funds;
  const shown = (moves: Awaited<ReturnType<typeof movesIn>>) =>
    new Map(
      moves.map((each) => [accountKey(each), [each.inFen, each.outFen, each.withinFen]] as const).sort(),
    );
  const instants = [...new Set(posted.map((each) => each.recordedAt))];
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.option(DAY),
      fc.option(DAY),
      fc.nat(instants.length - 1),
      fc.boolean(),
      async (from, until, instant, isOne) => {
        const ids = isOne ? [first] : funds;
        const inSpan = posted.filter(
          (each) => each.effectiveDate >= (from ?? '') && each.effectiveDate <= (until ?? '9999-99'),
        );
        const span = { from, until };
        t.strictSame(shown(await movesIn(store.read, ids, span)), naiveMoves(inSpan, ids));
        const recordedBy = instants[instant] as string;
        const known = inSpan.filter((each) => each.recordedAt <= recordedBy);
        const recorded = await movesRecorded(store.read, ids, span, recordedBy);
        t.strictSame(shown(recorded), naiveMoves(known, ids));
        const months = await layerMovesByMonth(store.read, ids, 'bank', span);
        t.strictSame(
          months.reduce((sum, { inFen, outFen }) => sum + inFen - outFen, 0n),
          [...naiveMoves(inSpan, ids)].reduce(
            (sum, [key, [into, out]]) => sum + (key.endsWith('/bank/') ? into - out : 0n),
            0n,
          ),
        );
        for (const { openingFen, ...account } of await accountMoves(store.read, ids, from, {
          effectiveBy: until ?? undefined,
        })) {
          const earlier = posted.filter(
            (each) =>
              from !== null && each.effectiveDate < from && each.effectiveDate <= (until ?? '9999-99'),
          );
          const [into = 0n, out = 0n] = naiveMoves(earlier, ids).get(accountKey(account)) ?? [];
          t.equal(openingFen, into - out, 'opening');
        }
        compared += recorded.length;
      },
    ),
    { numRuns: store.engine === 'sqlite' ? 60 : 30 },
  );
  t.ok(compared > 100, `${compared} accounts`);
  t.same(await movesIn(store.read, [], { from: null, until: null }), []);
  t.same(
    await layerTotals(store.read, [first]),
    await layerTotals(store.read, [first], { effectiveBy: '2022-12-31' }),
  );
  await verifyClean(t, world);
});

forEachEngine('moves are made of the postings that were there before', async (t, store) => {
  const { world } = await scene(store);
  const tables = ['accountDay', 'accountMonth'] as const;
  const all = async () =>
    Promise.all(
      tables.map(async (table) => {
        const rows = await store.read.selectFrom(table).selectAll().execute();
        return rows
          .map((row) =>
            JSON.stringify(Object.entries(row).sort(), (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
          )
          .sort();
      }),
    );
  const carried = await all();
  t.ok(carried.every((rows) => rows.length > 10));
  for (const table of tables) await sql`drop table ${sql.table(table)}`.execute(store.admin);
  const step = migrations.find(({ name }) => name === '0016_account_moves');
  for (const statement of step?.statements(store.engine) ?? []) await sql.raw(statement).execute(store.admin);
  t.strictSame(await all(), carried);
  await verifyClean(t, world);
});

forEachEngine('a day or month that was changed, removed or slipped in is found', async (t, store) => {
  const { world, funds } = await scene(store);
  const [fundId = ''] = funds;
  const { bookId } = world.county;
  for (const table of ['accountDay', 'accountMonth'] as const) {
    // One table stands for both in the types.
    const name = table as 'accountDay';
    const period = (table === 'accountDay' ? 'day' : 'month') as 'day';
    const row = await store.read
      .selectFrom(name)
      .selectAll()
      .where('fundId', '=', fundId)
      .where('layer', '=', 'bank')
      .orderBy(period)
      .limit(1)
      .executeTakeFirstOrThrow();
    const key = period === 'day' ? [fundId, row.day, 'bank', ''] : [fundId, 'bank', '', row[period]];
    const place = `${table} ${key.join('/')}`;
    const here = (query: 'update' | 'delete') => {
      const { admin } = store;
      const where = { fundId, layer: 'bank', subject: '', [period]: row[period] };
      return query === 'update'
        ? admin
            .updateTable(name)
            .set({ inFen: row.inFen + 1n })
            .where((each) => each.and(where as never))
            .execute()
        : admin
            .deleteFrom(name)
            .where((each) => each.and(where as never))
            .execute();
    };
    const again = async () => {
      await here('delete');
      await store.admin.insertInto(name).values(row).execute();
    };
    const found = async () => {
      const [result] = await verifyAll(store.read, store.keys, world.packs, { bookId });
      return result?.difference;
    };
    await here('update');
    t.strictSame(await found(), {
      place: `${place} inFen`,
      expected: `${row.inFen}`,
      got: `${row.inFen + 1n}`,
    });
    await here('delete');
    t.match(await found(), { place, got: 'missing' });
    await again();
    await store.admin
      .insertInto(name)
      .values({ ...row, subject: 'x' })
      .execute();
    t.match(await found(), { place: /\/bank\/x/, expected: 'nothing in the log' });
    await store.admin.deleteFrom(name).where('subject', '=', 'x').execute();
    t.equal(await found(), null);
  }
  t.equal(await verifyInstallation(store.read, store.keys), null);
});
