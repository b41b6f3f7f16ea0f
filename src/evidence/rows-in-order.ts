import type { Database } from '../db/database.js';
import type { Db } from '../db/store.js';
import type { ToldRow } from './replay.js';

const PAGE = 1000;

/**
 * A table's rows of one home (a book, a fund) in the order of the other columns of their key, a page at a time; also where
 * somebody took away the key and there are two of one.
 */
export async function* rowsInOrder(
  db: Db,
  table: keyof Database,
  [home, homeId]: readonly [column: string, id: string],
  key: readonly string[],
): AsyncGenerator<ToldRow> {
  // Kysely types a table by its literal name; here the name is a variable, so one table stands for all.
  const columns = key as readonly 'id'[];
  let last: ToldRow | undefined;
  do {
    let query = db
      .selectFrom(table as 'person')
      .selectAll()
      .where(home as 'bookId', '=', homeId);
    if (last) {
      const after = last;
      const [first] = columns;
      // Said apart, so that an index is entered here and not walked from its beginning.
      if (first) query = query.where(first, '>=', after[first] as string);
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
    if (last && next && columns.every((column) => last?.[column] === next[column])) yield next;
  } while (last);
}
