import { sql } from 'kysely';
import { canonicalJson } from '../../src/core/canonical-json.js';
import type { Trx } from '../../src/db/store.js';
import type { Column, Table } from './tamper-guards.js';

export type Values = Readonly<Record<string, unknown>>;

/** A table's rows in the order of their keys. */
export async function rowsOf(trx: Trx, { name, key }: Table): Promise<Values[]> {
  let query = trx.selectFrom(name as 'person').selectAll();
  for (const column of key) query = query.orderBy(column as 'id');
  return query.execute();
}

const isRow = ({ key }: Table, row: Values) =>
  sql.join(
    key.map((column) => sql`${sql.id(column)} = ${row[column]}`),
    sql` and `,
  );

/** Changes one row; anything but one row changed is a fault of the test. */
export async function change(trx: Trx, table: Table, row: Values, changes: Values): Promise<void> {
  const set = sql.join(Object.entries(changes).map(([column, value]) => sql`${sql.id(column)} = ${value}`));
  const { numAffectedRows } =
    await sql`update ${sql.table(table.name)} set ${set} where ${isRow(table, row)}`.execute(trx);
  if (numAffectedRows !== 1n) throw new Error(`${table.name}: ${numAffectedRows} rows changed`);
}

export async function remove(trx: Trx, table: Table, rows: readonly Values[]): Promise<void> {
  for (const row of rows)
    await sql`delete from ${sql.table(table.name)} where ${isRow(table, row)}`.execute(trx);
}

export async function add(trx: Trx, table: Table, row: Values): Promise<void> {
  const columns = Object.keys(row);
  await sql`insert into ${sql.table(table.name)} (${sql.join(columns.map((column) => sql.id(column)))})
    values (${sql.join(columns.map((column) => row[column]))})`.execute(trx);
}

/** First, middle and last row, and others up to `most` that are NULL in other columns than those. */
export function sample(rows: readonly Values[], most: number): Values[] {
  const shapeOf = (row: Values) =>
    Object.keys(row)
      .filter((column) => row[column] === null)
      .join();
  const chosen = new Set([rows[0], rows[rows.length >> 1], rows.at(-1)].filter((row) => row !== undefined));
  const shapes = new Set([...chosen].map(shapeOf));
  for (const row of rows) {
    if (chosen.size >= most) break;
    if (shapes.has(shapeOf(row))) continue;
    shapes.add(shapeOf(row));
    chosen.add(row);
  }
  return [...chosen].slice(0, most);
}

/** Two rows that differ in what is not their key. */
export function pairOf({ key }: Table, rows: readonly Values[]): [Values, Values] | null {
  const payload = (row: Values) =>
    canonicalJson(Object.fromEntries(Object.entries(row).filter(([column]) => !key.includes(column))));
  for (const [index, one] of rows.entries())
    for (const other of rows.slice(index + 1)) if (payload(one) !== payload(other)) return [one, other];
  return null;
}

/** The row, of a book that is not there. */
export const homeless = (row: Values, home: string): Values => ({ ...row, [home]: 'nowhere' });

/** The row under another key. */
export const rekeyed = ({ key, columns }: Table, row: Values): Values => {
  const last = key.at(-1) as string;
  const isText = columns.some((column) => column.name === last && column.isText);
  return { ...row, [last]: isText ? `forged-${row[last]}` : 1_000_000 };
};

/** `one` with all of `other` that is not its key. */
export const withPayloadOf = ({ key }: Table, one: Values, other: Values): Values => ({
  ...other,
  ...Object.fromEntries(key.map((column) => [column, one[column]])),
});

/**
 * Values that a column might be changed to, each another than it has and of its type: the `turn`s differ in how
 * subtle they are, so that over the rows of a table every kind is met.
 */
export function otherValues(column: Column, row: Values, rows: readonly Values[], turn: number): unknown[] {
  const value = row[column.name];
  const others = rows.map((each) => each[column.name]).filter((other) => other !== null && other !== value);
  const given = [
    column.isText
      ? otherText(value as string | null, others as string[], turn)
      : otherNumber(value as number | bigint | null, column, others, turn),
  ];
  return value !== null && column.isNullable ? [...given, null] : given;
}

function otherNumber(
  value: number | bigint | null,
  column: Column,
  others: readonly unknown[],
  turn: number,
): unknown {
  if (turn % 2 === 1 && others.length > 0) return others[0];
  const isFen = column.name.endsWith('Fen');
  if (value === null) return isFen ? 1n : 1;
  return typeof value === 'bigint' ? value + 1n : value + 1;
}

function otherText(value: string | null, others: readonly string[], turn: number): string {
  if (value === null) return others[0] ?? 'x';
  const isSealed = value.startsWith('sealed:');
  if ((isSealed || turn % 4 === 1) && turn % 4 !== 2 && others[0] !== undefined) return others[0];
  if (turn % 4 === 2) return `${value} `;
  if (turn % 4 === 3 && value !== '') return '';
  return otherJson(value) ?? otherEnd(value);
}

/** A text that differs in its last character, of the same kind where that is plain. */
function otherEnd(value: string): string {
  const last = value.at(-1) ?? '';
  if (/[0-8a-yA-Y]/.test(last)) return value.slice(0, -1) + String.fromCharCode(last.charCodeAt(0) + 1);
  return `${value.slice(0, -1)}${last === '0' ? '1' : '0'}`;
}

/** JSON text of the same shape with one innermost value changed; null for other text. */
function otherJson(value: string): string | null {
  if (!/^[[{]/.test(value)) return null;
  const places = placesOf(JSON.parse(value));
  const place = places.at(-1);
  return place === undefined
    ? `${value.slice(0, -1)} ${value.slice(-1)}`
    : canonicalJson(edited(JSON.parse(value), place));
}

export type Place = readonly (string | number)[];

/** The places of all values of a JSON document that are no array or object. */
export function placesOf(node: unknown, at: Place = []): Place[] {
  if (typeof node !== 'object' || node === null) return at.length === 0 ? [] : [at];
  return Array.isArray(node)
    ? node.flatMap((member, index) => placesOf(member, [...at, index]))
    : Object.entries(node).flatMap(([name, member]) => placesOf(member, [...at, name]));
}

/** The document with the value at `place` changed to another of its type, or taken out. */
export function edited(document: unknown, place: Place, how: 'change' | 'remove' = 'change'): unknown {
  const [first, ...rest] = place;
  if (first === undefined) return otherLeaf(document);
  if (Array.isArray(document)) {
    if (how === 'remove' && rest.length === 0) return document.filter((_, index) => index !== first);
    return document.map((member, index) => (index === first ? edited(member, rest, how) : member));
  }
  const object = document as Record<string, unknown>;
  const { [first]: member, ...others } = object;
  if (how === 'remove' && rest.length === 0) return others;
  return { ...others, [first]: edited(member, rest, how) };
}

function otherLeaf(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? 'x' : otherEnd(value);
  if (typeof value === 'number') return value + 1;
  return value === null ? 'x' : !value;
}
