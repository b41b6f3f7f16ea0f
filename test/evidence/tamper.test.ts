import { t as root, test } from 'tap';
import { SEALED_TABLES } from '../../src/audit/index.js';
import type { Store, Trx } from '../../src/db/store.js';
import { type Difference, OutsideFile, verifyAll, verifyInstallation } from '../../src/evidence/index.js';
import { engines, prepare, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';
import { signing } from './outside.js';
import { type Table, tablesOf, undone, unguarded } from './tamper-guards.js';
import { booksOf, placeOf, type Surroundings } from './tamper-places.js';
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
import { populate, type TamperWorld } from './tamper-world.js';

root.setTimeout(240_000);

/** Columns whose change verification cannot notice, and why. */
const UNNOTICED: Readonly<Record<string, string>> = {};

/** These rows end by themselves (a session that expires, a link that is used); only what they say is claimed. */
const MAY_VANISH: readonly string[] = SEALED_TABLES;

/** Tables that hold one row by their nature, so there are no two to swap. */
const ONE_ROW: readonly string[] = ['installation'];

/** What a row hangs on, so that verifying finds it. */
const HOMES: readonly string[] = ['bookId', 'registeredIn', 'entryId', 'fundId'];

class Tampering {
  tried = 0;
  found = 0;
  faults: string[] = [];

  constructor(
    readonly trx: Trx,
    readonly store: Store,
    readonly world: TamperWorld,
    readonly outside: OutsideFile,
    readonly surroundings: Surroundings,
  ) {}

  /** Does one thing to the database, verifies it, and undoes it. */
  async try(name: string, books: readonly string[], work: () => Promise<unknown>, place: RegExp): Promise<void> {
    this.tried += 1;
    const differences = await undone(this.trx, async () => {
      await work();
      return this.#differences(books, place);
    });
    if (differences.length === 0) this.faults.push(`${name}: not found`);
    else {
      this.found += 1;
      if (!differences.some((difference) => place.test(difference.place)))
        this.faults.push(`${name}: found as ${differences.map((difference) => difference.place).join(', ')}`);
    }
  }

  async #differences(books: readonly string[], place: RegExp): Promise<Difference[]> {
    const { trx, store, world, outside } = this;
    const own: Difference[] = [];
    for (const bookId of new Set(books)) {
      const [result] = await verifyAll(trx, store.keys, world.packs, { bookId, outside });
      if (result?.difference) own.push(result.difference);
      if (result?.difference && place.test(result.difference.place)) return own;
    }
    const shared = await verifyInstallation(trx, store.keys);
    if (shared && place.test(shared.place)) return [shared];
    const all = await verifyAll(trx, store.keys, world.packs, { outside });
    return [...all.map((book) => book.difference), shared].filter((each) => each !== null);
  }
}

async function surroundingsOf(trx: Trx): Promise<Surroundings> {
  const bookOf = new Map<string, string>();
  for (const table of ['fund', 'ledgerEntry'] as const)
    for (const row of await trx.selectFrom(table).select(['id', 'bookId']).execute()) bookOf.set(row.id, row.bookId);
  const digestsOf = new Map<string, string[]>();
  for (const row of await trx.selectFrom('vaultValue').selectAll().execute()) {
    const subject = `${row.bookId} ${row.subject}`;
    digestsOf.set(subject, [...(digestsOf.get(subject) ?? []), row.digest]);
  }
  return { bookOf, digestsOf };
}

async function changeColumns(tampering: Tampering, table: Table): Promise<void> {
  const { trx, surroundings } = tampering;
  const rows = await rowsOf(trx, table);
  for (const [turn, row] of sample(rows).entries()) {
    for (const column of table.columns.filter(({ name }) => !(`${table.name}.${name}` in UNNOTICED))) {
      for (const value of otherValues(column, row, rows, turn)) {
        const after = { ...row, [column.name]: value };
        await tampering.try(
          `${table.name} ${table.key.map((each) => row[each]).join('/')}: ${column.name} ${row[column.name]} → ${value}`,
          booksOf(table.name, row, surroundings),
          () => change(trx, table, row, { [column.name]: value }),
          placeOf(table, [row, after], surroundings, column.name),
        );
      }
    }
  }
}

async function changeRows(tampering: Tampering, table: Table): Promise<void> {
  const { trx, surroundings } = tampering;
  const { name } = table;
  const rows = await rowsOf(trx, table);
  const middle = rows[rows.length >> 1];
  const tryRows = (what: string, given: readonly Values[], work: () => Promise<unknown>) =>
    tampering.try(
      `${name} ${what}`,
      given.slice(0, 10).flatMap((row) => booksOf(name, row, surroundings)),
      work,
      placeOf(table, given, surroundings),
    );
  if (!MAY_VANISH.includes(name)) {
    const deletions: readonly [string, readonly Values[]][] = [
      ['first deleted', rows.slice(0, 1)],
      ['middle deleted', rows.filter((row) => row === middle)],
      ['last deleted', rows.slice(-1)],
      ['last 3 deleted', rows.slice(-3)],
      ['all deleted', rows],
    ];
    for (const [what, gone] of deletions) await tryRows(what, gone, () => remove(trx, table, gone));
  }
  for (const row of [rows[0] as Values, rows.at(-1) as Values]) {
    const copy = rekeyed(table, row);
    await tryRows('duplicated under a new key', [copy], () => add(trx, table, copy));
    await tryRows('duplicated as it is', [row], () => add(trx, table, row));
  }
  const home = HOMES.find((column) => table.columns.some((each) => each.name === column));
  if (home) {
    const stray = rekeyed(table, homeless(rows[0] as Values, home));
    await tryRows('duplicated where nothing looks', [stray], () => add(trx, table, stray));
  }
  const pair = pairOf(table, rows);
  if (!pair) return;
  const [one, other] = pair;
  const swapped = [withPayloadOf(table, one, other), withPayloadOf(table, other, one)];
  await tryRows('one put in the place of another', [one, other], async () => {
    await remove(trx, table, [one]);
    await add(trx, table, other);
  });
  await tryRows('two rows swapped', [one, other], async () => {
    await remove(trx, table, pair);
    for (const row of swapped) await add(trx, table, row);
  });
}

for (const engine of engines) {
  void test(`every column of every row, and rows (${engine})`, async (t) => {
    const store = await openAt(await testDatabaseUrl(t, engine));
    t.teardown(() => store.close());
    await prepare(store);
    const { checkpoints, file } = signing(t, store);
    const world = await populate(t, store, checkpoints);
    const outside = OutsideFile.open(file);
    const isClean = async () => {
      const books = await verifyAll(store.read, store.keys, world.packs, { outside });
      t.strictSame(
        books.map((book) => [book.difference, book.decisionsUnchecked]),
        [1, 2, 3].map(() => [null, 0]),
        'three books verify, with every decision made again',
      );
      t.equal(await verifyInstallation(store.read, store.keys), null);
    };
    await isClean();
    const tables = await tablesOf(store);
    await unguarded(store, tables, async (trx) => {
      const tampering = new Tampering(trx, store, world, outside, await surroundingsOf(trx));
      for (const table of tables) {
        const rows = await rowsOf(trx, table);
        t.ok(rows.length > (ONE_ROW.includes(table.name) ? 0 : 1), `${table.name} has rows`);
        t.ok(ONE_ROW.includes(table.name) || pairOf(table, rows), `${table.name} has two that differ`);
        const at = Date.now();
        const before = tampering.tried;
        await changeColumns(tampering, table);
        await changeRows(tampering, table);
        t.strictSame(tampering.faults, [], `${table.name}: ${tampering.tried - before} tamperings found and named`);
        t.comment(table.name, Date.now() - at, 'ms');
        tampering.faults = [];
      }
      t.comment(`${tampering.tried} tamperings, ${tampering.found} found`);
    });
    await isClean();
  });
}
