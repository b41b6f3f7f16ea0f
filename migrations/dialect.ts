import type { Engine } from '../src/db/store.js';

/** Amounts in 分: 64-bit and exact on both engines. SQLite's tables are STRICT, so that 12.5 is refused. */
export const fen = (engine: Engine) => (engine === 'sqlite' ? 'INTEGER' : 'BIGINT');

/**
 * `CREATE TABLE` in the words that both engines share: TEXT, INTEGER and FEN. `isByKey`: SQLite keeps the rows in the
 * order of the primary key, so that a range of it is read in one go.
 */
export function table(
  engine: Engine,
  name: string,
  body: string,
  options: { isByKey?: boolean } = {},
): string {
  const columns = body.replaceAll(/\bFEN\b/g, fen(engine));
  if (engine === 'postgres') return `create table "${name}" (${columns})`;
  return `create table "${name}" (${columns}) strict${options.isByKey ? ', without rowid' : ''}`;
}

/**
 * Refuses every way to change or remove a row: UPDATE, DELETE, INSERT OR REPLACE (guarded on its own, as SQLite
 * runs delete triggers for it only with recursive_triggers) and TRUNCATE. `keys`: every unique key of the table,
 * as a replacing row removes what it meets by any of them, SQLite's hidden rowid included.
 */
export function appendOnly(engine: Engine, name: string, ...keys: readonly (readonly string[])[]): string[] {
  if (engine === 'postgres') {
    return [
      `create trigger "${name}_append_only" before update or delete on "${name}"
         for each row execute function refuse_append_only()`,
      `create trigger "${name}_append_only_truncate" before truncate on "${name}"
         for each statement execute function refuse_append_only()`,
    ];
  }
  const sameKey = [...keys, ['rowid']]
    .map((key) => `(${key.map((column) => `"${column}" = new."${column}"`).join(' and ')})`)
    .join(' or ');
  const refuse = `select raise(abort, 'append_only: ${name}')`;
  return [
    `create trigger "${name}_append_only_update" before update on "${name}" begin ${refuse}; end`,
    `create trigger "${name}_append_only_delete" before delete on "${name}" begin ${refuse}; end`,
    `create trigger "${name}_append_only_replace" before insert on "${name}"
       when exists (select 1 from "${name}" where ${sameKey})
       begin select raise(abort, 'already_exists: ${name}'); end`,
  ];
}

/** The function behind PostgreSQL's append-only triggers. */
export const refuseFunction = (engine: Engine): string[] =>
  engine === 'postgres'
    ? [
        `create function refuse_append_only() returns trigger language plpgsql as $$
           begin raise exception 'append_only: %', tg_table_name using errcode = '23001'; end $$`,
      ]
    : [];
