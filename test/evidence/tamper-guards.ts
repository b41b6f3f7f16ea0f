import { sql } from 'kysely';
import type { Store, Trx } from '../../src/db/store.js';

/** Tables that are Kysely's own bookkeeping of migrations and hold nothing of the installation. */
export const NOT_OURS: readonly string[] = ['kysely_migration', 'kysely_migration_lock'];

export interface Column {
  readonly name: string;
  readonly isNullable: boolean;
  readonly isText: boolean;
}

export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** Every table as the database itself has it, whatever `Database` says. */
export async function tablesOf(store: Store): Promise<Table[]> {
  const found = await store.admin.introspection.getTables({ withInternalKyselyTables: true });
  const tables: Table[] = [];
  for (const { name, columns } of found.filter((table) => !NOT_OURS.includes(table.name))) {
    tables.push({
      name,
      columns: columns.map((column) => ({
        name: column.name,
        isNullable: column.isNullable,
        isText: column.dataType.toLowerCase() === 'text',
      })),
      key: await keyColumns(store, name),
    });
  }
  return tables;
}

async function keyColumns({ engine, admin }: Store, table: string): Promise<string[]> {
  const { rows } =
    engine === 'sqlite'
      ? await sql<{
          name: string;
        }>`select name from pragma_table_info(${table}) where pk > 0 order by pk`.execute(admin)
      : await sql<{ name: string }>`
          select a.attname as name from pg_index i, unnest(i.indkey) with ordinality k(number, place), pg_attribute a
          where i.indrelid = ${`"${table}"`}::regclass and i.indisprimary
            and a.attrelid = i.indrelid and a.attnum = k.number
          order by k.place`.execute(admin);
  return rows.map((row) => row.name);
}

class Undo extends Error {}

/**
 * Runs `work` as somebody who owns the database: no trigger, no foreign key, no check, no unique key stands in the way,
 * not even a primary one. All of it is undone at the end.
 */
export async function unguarded(
  store: Store,
  tables: readonly Table[],
  work: (trx: Trx) => Promise<void>,
): Promise<void> {
  const { engine, admin } = store;
  // Has no effect inside a transaction.
  if (engine === 'sqlite') await sql`pragma foreign_keys = off`.execute(admin);
  try {
    await admin.transaction().execute(async (trx) => {
      await (engine === 'sqlite' ? rebuildTables(trx, tables) : dropConstraints(trx, tables));
      await work(trx);
      throw new Undo();
    });
  } catch (thrown) {
    if (!(thrown instanceof Undo)) throw thrown;
  } finally {
    if (engine === 'sqlite') await sql`pragma foreign_keys = on`.execute(admin);
  }
}

/** In SQLite a table gets rid of its constraints only by being made anew. */
async function rebuildTables(trx: Trx, tables: readonly Table[]): Promise<void> {
  const { rows: indexes } = await sql<{ sql: string }>`
    select sql from sqlite_master where type = 'index' and sql is not null and sql not like 'create unique%'`.execute(
    trx,
  );
  const { rows: triggers } = await sql<{
    name: string;
  }>`select name from sqlite_master where type = 'trigger'`.execute(trx);
  for (const { name } of triggers) await sql`drop trigger ${sql.id(name)}`.execute(trx);
  for (const { name } of tables) {
    await sql`create table unguarded as select * from ${sql.table(name)}`.execute(trx);
    await sql`drop table ${sql.table(name)}`.execute(trx);
    await sql`alter table unguarded rename to ${sql.table(name)}`.execute(trx);
  }
  for (const index of indexes) await sql.raw(index.sql).execute(trx);
  await indexKeys(trx, tables);
}

async function dropConstraints(trx: Trx, tables: readonly Table[]): Promise<void> {
  await sql`set local session_replication_role = replica`.execute(trx);
  for (const kinds of ['f', 'cpu']) {
    const { rows } = await sql<{ table: string; name: string }>`
      select r.relname as table, c.conname as name from pg_constraint c join pg_class r on r.oid = c.conrelid
      where c.connamespace = 'public'::regnamespace and position(c.contype in ${kinds}) > 0`.execute(trx);
    for (const { table, name } of rows.filter((row) => !NOT_OURS.includes(row.table)))
      await sql`alter table ${sql.table(table)} drop constraint ${sql.id(name)}`.execute(trx);
  }
  const { rows } = await sql<{ name: string }>`
    select indexname as name from pg_indexes where schemaname = 'public' and indexdef like 'CREATE UNIQUE%'
      and not tablename like 'kysely%'`.execute(trx);
  for (const { name } of rows) await sql`drop index ${sql.id(name)}`.execute(trx);
  await indexKeys(trx, tables);
}

/** What was a key stays an index, so that nothing is slower without it. */
async function indexKeys(trx: Trx, tables: readonly Table[]): Promise<void> {
  for (const { name, key } of tables) {
    const columns = sql.join(key.map((column) => sql.id(column)));
    await sql`create index ${sql.id(`unguarded_${name}`)} on ${sql.table(name)} (${columns})`.execute(trx);
  }
}

/** Runs `work` and undoes what it changed, inside `trx`. */
export async function undone<T>(trx: Trx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint tampering`.execute(trx);
  try {
    return await work();
  } finally {
    await sql`rollback to savepoint tampering`.execute(trx);
    await sql`release savepoint tampering`.execute(trx);
  }
}
