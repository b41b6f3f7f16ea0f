import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';
import type { LoggedTable } from './tables.js';

/** Statements of the logged tables, compiled once for each table and set of columns. */

type Columns = Record<string, unknown>;
type Statement = (db: Db | Trx, values: Columns) => Promise<unknown[]>;
const compiled = new Map<string, Statement>();

function statement(name: string, build: () => Statement): Statement {
  let known = compiled.get(name);
  if (!known) {
    known = build();
    compiled.set(name, known);
  }
  return known;
}

/** Kysely types a table by its literal name; here the name is a variable, so one table stands for all. */
const anyTable = (table: LoggedTable) => table as 'person';

export async function insertRow(trx: Trx, table: LoggedTable, row: Columns): Promise<void> {
  const columns = Object.keys(row);
  await statement(`insert ${table} ${columns.join()}`, () =>
    prepared<Columns>((db, value) =>
      db
        .insertInto(anyTable(table))
        .values(Object.fromEntries(columns.map((column) => [column, value(column)])) as Row<'person'>),
    ),
  )(trx, row);
}

export async function updateRow(
  trx: Trx,
  table: LoggedTable,
  key: readonly string[],
  row: Columns,
  changes: Columns,
): Promise<void> {
  const columns = Object.keys(changes);
  const values = Object.fromEntries([
    ...columns.map((column) => [`new ${column}`, changes[column]]),
    ...key.map((column) => [column, row[column]]),
  ]);
  await statement(`update ${table} ${columns.join()}`, () =>
    prepared<Columns>((db, value) => {
      let update = db
        .updateTable(anyTable(table))
        .set(Object.fromEntries(columns.map((column) => [column, value(`new ${column}`)])));
      for (const column of key) update = update.where(column as 'id', '=', value(column) as string);
      return update;
    }),
  )(trx, values);
}

export async function deleteRow(
  trx: Trx,
  table: LoggedTable,
  key: readonly string[],
  row: Columns,
): Promise<void> {
  const values = Object.fromEntries(key.map((column) => [column, row[column]]));
  await statement(`delete ${table}`, () =>
    prepared<Columns>((db, value) => {
      let remove = db.deleteFrom(anyTable(table));
      for (const column of key) remove = remove.where(column as 'id', '=', value(column) as string);
      return remove;
    }),
  )(trx, values);
}
