import { keyOf, type LoggedTable, shapeOf } from '../audit/index.js';
import type { Breather } from '../core/breather.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';
import type { Replay, ToldRow } from './replay.js';
import { rowsInOrder } from './rows-in-order.js';

/** Every row of the logged tables, column by column, against what the book's log says has become of it. */
export async function compareRows(db: Db, bookId: string, replay: Replay, breather: Breather): Promise<void> {
  for (const [table, told] of replay.rows) await compareTable(db, bookId, table, told, breather);
}

async function compareTable(
  db: Db,
  bookId: string,
  table: LoggedTable,
  told: ReadonlyMap<string, ToldRow>,
  breather: Breather,
): Promise<void> {
  const seen = new Set<string>();
  const { home, key: columns } = shapeOf(table);
  const others = columns.filter((column) => column !== home);
  for await (const row of rowsInOrder(db, table, [home, bookId], others)) {
    if (breather.isDue) await breather.rest();
    const key = keyOf(table, row);
    const place = `${table} ${key}`;
    once(seen, place);
    const expected = told.get(key);
    if (expected) compareRow(table, place, expected, row);
    else same(place, 'nothing in the log', 'a row');
  }
  if (seen.size === told.size) return;
  for (const key of told.keys())
    if (!seen.has(`${table} ${key}`)) same(`${table} ${key}`, 'a row', 'missing');
}

function compareRow(table: LoggedTable, place: string, expected: ToldRow, row: ToldRow): void {
  const { unlogged = [] } = shapeOf(table);
  for (const [column, value] of Object.entries(row)) {
    if (unlogged.includes(column)) continue;
    const got = typeof value === 'bigint' ? value.toString() : value;
    // A column that came after the row was told is empty in it.
    if ((expected[column] ?? null) !== got) same(`${place} ${column}`, expected[column] ?? null, got);
  }
}
