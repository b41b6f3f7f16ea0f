import { PostgresAdapter, type RawBuilder, sql } from 'kysely';
import type { Db } from './store.js';

/**
 * A table `name` for `from`: a row for each member of the JSON array in `column` (`table.column`), with the member itself,
 * as JSON, in "value", where `->> 0` takes a text out of it on both engines.
 */
export function membersOf(db: Db, column: string, name: string): RawBuilder<unknown> {
  const [array, table] = [sql.ref(column), sql.id(name)];
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? sql`jsonb_array_elements(${array}::jsonb) ${table}("value")`
    : sql`json_each(${array}) ${table}`;
}
