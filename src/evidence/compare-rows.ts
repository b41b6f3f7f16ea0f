import { keyOf, type LoggedTable, shapeOf } from '../audit/index.js';
import type { Breather } from '../core/breather.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';
import type { Replay, ToldRow } from './replay.js';

const PAGE = 1000;

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
  for await (const row of rowsOfBook(db, bookId, table)) {
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

/** A table's rows of a book in the order of their keys, a page at a time. */
async function* rowsOfBook(db: Db, bookId: string, table: LoggedTable): AsyncGenerator<ToldRow> {
  const { home, key } = shapeOf(table);
  const columns = key.filter((column) => column !== home) as 'id'[];
  let last: ToldRow | undefined;
  do {
    // Kysely types a table by its literal name; here the name is a variable, so one table stands for all.
    let query = db
      .selectFrom(table as 'person')
      .selectAll()
      .where(home as 'bookId', '=', bookId);
    if (last) {
      const after = last;
      query = query.where((where) =>
        where.or(
          columns.map((column, depth) =>
            where.and([
              ...columns.slice(0, depth).map((earlier) => where(earlier, '=', after[earlier] as string)),
              where(column, '>', after[column] as string),
            ]),
          ),
        ),
      );
    }
    for (const column of columns) query = query.orderBy(column);
    const page = (await query.limit(PAGE + 1).execute()) as ToldRow[];
    const next = page.length > PAGE ? page.pop() : undefined;
    yield* page;
    last = next && page.at(-1);
    // The next page begins after the last key: a row that has it again would be passed over.
    if (last && next && keyOf(table, last) === keyOf(table, next)) yield next;
  } while (last);
}
