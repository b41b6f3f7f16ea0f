import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SqliteAdapter, SqliteDialect } from 'kysely';

/**
 * The SQLite half of the two engines. Durability and integrity settings stand here and nowhere else:
 * WAL with synchronous=FULL (an acknowledged commit is on disk), foreign keys on, recursive triggers on (so
 * that INSERT OR REPLACE meets the delete guards of append-only tables).
 */
export function openSqlite(file: string, options: { readonly: boolean; cacheKib?: number }): SqliteDialect {
  if (!options.readonly) mkdirSync(dirname(file), { recursive: true });
  const database = new Sqlite(file, { readonly: options.readonly });
  database.pragma('busy_timeout = 5000');
  if (!options.readonly) {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    // A checkpoint writes and syncs the main file: seldom and large costs less than often and small.
    database.pragma('wal_autocheckpoint = 8000');
    database.pragma('recursive_triggers = ON');
    database.pragma('foreign_keys = ON');
    // What is erased is overwritten, not only unlinked (personal data, docs/evidence.zh-CN.md).
    database.pragma('secure_delete = ON');
  }
  database.pragma(`cache_size = -${options.cacheKib ?? 65_536}`);
  // Savepoints copy the pages they touch; without this those copies go to a file.
  database.pragma('temp_store = MEMORY');
  return new TransactionalSqliteDialect({ database: new StatementCache(database) });
}

/** SQLite's DDL is transactional, though Kysely does not say so: a migration that is cut short leaves nothing. */
class TransactionalSqliteDialect extends SqliteDialect {
  override createAdapter() {
    return new TransactionalSqliteAdapter();
  }
}
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl() {
    return true;
  }
}

/** Statements kept prepared; ours are few and fixed in shape, so the bound is only a safety net. */
const MAX_STATEMENTS = 1000;

/**
 * What SqliteDialect needs of a database, with two changes: statements are prepared once, because preparing
 * costs more than running them, and integers come back exact: a column whose name ends in `Fen` as bigint,
 * every other one as a number that is checked to be safe.
 */
class StatementCache {
  readonly #statements = new Map<string, ReturnType<typeof exactStatement>>();
  constructor(readonly database: Sqlite.Database) {}

  prepare(sql: string) {
    const known = this.#statements.get(sql);
    if (known) return known;
    // A writer takes its lock at once: a deferred transaction could read, lose the race and fail late.
    const isWriteBegin = sql === 'begin' && !this.database.readonly;
    const statement = exactStatement(this.database.prepare(isWriteBegin ? 'begin immediate' : sql));
    if (this.#statements.size >= MAX_STATEMENTS) {
      this.#statements.delete(this.#statements.keys().next().value as string);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  close() {
    this.database.close();
  }
}

function exactStatement(statement: Sqlite.Statement) {
  if (!statement.reader) {
    return {
      reader: false as const,
      run: (parameters: readonly unknown[]) => statement.run(parameters as unknown[]),
      all: () => [],
      iterate: () => [][Symbol.iterator](),
    };
  }
  const plainColumns = statement
    .columns()
    .map((column) => column.name)
    .filter((name) => !name.endsWith('Fen'));
  if (plainColumns.length < statement.columns().length) statement.safeIntegers(true);
  const exact = (row: Record<string, unknown>) => {
    for (const column of plainColumns) {
      const value = row[column];
      if (typeof value === 'bigint') row[column] = safeNumber(column, value);
    }
    return row;
  };
  return {
    reader: true as const,
    run: (parameters: readonly unknown[]) => statement.run(parameters as unknown[]),
    all: (parameters: readonly unknown[]) =>
      (statement.all(parameters as unknown[]) as Record<string, unknown>[]).map(exact),
    *iterate(parameters: readonly unknown[]) {
      for (const row of statement.iterate(parameters as unknown[]))
        yield exact(row as Record<string, unknown>);
    },
  };
}

function safeNumber(column: string, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`column ${column} holds an unsafe integer`);
  return number;
}
