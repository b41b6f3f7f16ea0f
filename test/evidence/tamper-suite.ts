import { t as root, type Test } from 'tap';
import { SEALED_TABLES } from '../../src/audit/index.js';
import type { Engine } from '../../src/db/store.js';
import { verifyAll, verifyInstallation } from '../../src/evidence/index.js';
import { type Installation, populated } from './tamper-clone.js';
import { type Table, tablesOf, unguarded } from './tamper-guards.js';
import { booksOf, placeOf } from './tamper-places.js';
import { forgeEntries, rewriteEverything } from './tamper-rewrites.js';
import {
  add,
  change,
  homeless,
  otherValues,
  pairOf,
  rekeyed,
  remove,
  rowsOf,
  sample,
  type Values,
  withPayloadOf,
} from './tamper-rows.js';
import { surroundingsOf, Tally, Trial } from './tamper-trial.js';
import { rollBack, splitView } from './tamper-views.js';

/** `table.column` whose change verification cannot notice, and why. */
const UNNOTICED: Readonly<Record<string, string>> = {};

/** Rows of a table whose every column is tried; on PostgreSQL fewer, where each verification takes three times as long. */
const ROWS: Readonly<Record<Engine, number>> = { sqlite: 5, postgres: 2 };

/** These rows end by themselves (a session that expires, a link that is used); only what they say is claimed. */
const MAY_VANISH: readonly string[] = SEALED_TABLES;

/** Tables that hold one row by their nature, so there are no two to swap. */
const ONE_ROW: readonly string[] = ['installation'];

/** What a row hangs on: verifying begins there. */
const HOMES: readonly string[] = ['bookId', 'registeredIn', 'entryId', 'fundId'];

async function changeColumns(trial: Trial, table: Table, rows: readonly Values[]): Promise<void> {
  const { trx, surroundings } = trial;
  const columns = table.columns.filter(({ name }) => !(`${table.name}.${name}` in UNNOTICED));
  for (const [turn, row] of sample(rows, ROWS[trial.store.engine]).entries()) {
    const key = table.key.map((column) => row[column]).join('/');
    for (const column of columns) {
      for (const value of otherValues(column, row, rows, turn)) {
        const after = { ...row, [column.name]: value };
        await trial.try(
          `${table.name} ${key} ${column.name}: ${row[column.name]} → ${value}`,
          booksOf(table.name, row, surroundings),
          () => change(trx, table, row, { [column.name]: value }),
          placeOf(table, [row, after], surroundings, column.name),
        );
      }
    }
  }
}

async function changeRows(trial: Trial, table: Table, rows: readonly Values[]): Promise<void> {
  const { trx, surroundings } = trial;
  const { name } = table;
  const [first, last] = [rows[0] as Values, rows.at(-1) as Values];
  const tryRows = (what: string, given: readonly Values[], work: () => Promise<unknown>) => {
    const books = given.flatMap((row) => booksOf(name, row, surroundings));
    return trial.try(`${name}: ${what}`, books, work, placeOf(table, given, surroundings));
  };
  if (!MAY_VANISH.includes(name)) {
    const middle = rows[rows.length >> 1] as Values;
    const deletions: readonly [string, readonly Values[]][] = [
      ['first deleted', [first]],
      ['middle deleted', [middle]],
      ['last deleted', [last]],
      ['last 3 deleted', rows.slice(-3)],
      ['all deleted', rows],
    ];
    for (const [what, gone] of deletions) await tryRows(what, gone, () => remove(trx, table, gone));
  }
  for (const row of [first, last]) {
    const copy = rekeyed(table, row);
    await tryRows('duplicated under a new key', [copy], () => add(trx, table, copy));
    await tryRows('duplicated as it is', [row], () => add(trx, table, row));
  }
  const home = HOMES.find((column) => table.columns.some((each) => each.name === column));
  if (home) {
    const stray = rekeyed(table, homeless(first, home));
    await tryRows('duplicated where no book is', [stray], () => add(trx, table, stray));
  }
  const pair = pairOf(table, rows);
  if (!pair) return;
  const [one, other] = pair;
  await tryRows('one put in the place of another', pair, async () => {
    await remove(trx, table, [one]);
    await add(trx, table, other);
  });
  await tryRows('two swapped', pair, async () => {
    await remove(trx, table, pair);
    await add(trx, table, withPayloadOf(table, one, other));
    await add(trx, table, withPayloadOf(table, other, one));
  });
}

async function changeTables(t: Test, { store, world, outside }: Installation, tally: Tally): Promise<void> {
  const tables = await tablesOf(store);
  await unguarded(store, tables, async (trx) => {
    const trial = new Trial(trx, store, world, outside, await surroundingsOf(trx), tally);
    for (const table of tables) {
      const rows = await rowsOf(trx, table);
      const isOne = ONE_ROW.includes(table.name);
      t.ok(isOne ? rows.length === 1 : pairOf(table, rows), `${table.name} has rows that differ`);
      const before = tally.tried;
      await changeColumns(trial, table, rows);
      await changeRows(trial, table, rows);
      t.strictSame(tally.takeFaults(), [], `${table.name}: ${tally.tried - before} found and named`);
    }
  });
}

async function demandClean(t: Test, { store, world, outside }: Installation): Promise<void> {
  const books = await verifyAll(store.read, store.keys, world.packs, { outside });
  t.strictSame(
    books.map(({ difference, decisionsUnchecked }) => [difference, decisionsUnchecked]),
    [world.province, world.county, world.neighbour].map(() => [null, 0]),
    'every book verifies, every decision was made again',
  );
  t.equal(await verifyInstallation(store.read, store.keys), null, 'and so does what belongs to none');
}

/** All of it on one engine: a file of each runs them, so that both run at once and neither waits for the other. */
export function tamperWith(engine: Engine): void {
  root.setTimeout(900_000);
  void root.test(`whatever is changed is found, and the place named (${engine})`, async (t) => {
    const tally = new Tally();
    const { base, copies } = await populated(t, engine, 4);
    const [one, other, regrown, mended] = copies as [Installation, Installation, Installation, Installation];
    await demandClean(t, base);
    await t.test('every column of every row; rows deleted, duplicated, swapped', (t) =>
      changeTables(t, base, tally),
    );
    await t.test('members of the log, with all hashes made to fit', (t) => forgeEntries(t, base, tally));
    await t.test('everything rewritten, without the key and with it', (t) =>
      rewriteEverything(t, base, tally),
    );
    await demandClean(t, base);
    await t.test('a split view', (t) => splitView(t, one, other, tally));
    await t.test('a rollback', (t) => rollBack(t, base, [regrown, mended], tally));
    await demandClean(t, base);
    t.equal(tally.found, tally.tried);
    t.comment(`${tally.tried} tamperings, ${tally.found} found`);
  });
}
