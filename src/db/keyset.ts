import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Fen } from '../core/money.js';
import {
  type BoundedCount,
  cursorInvalid,
  cursorText,
  type ListPage,
  MAX_COUNT,
  readCursor,
} from '../core/page.js';
import type { Db } from './store.js';

/** A column that a list can be sorted by. Its last name (`claim.amountFen` → `amountFen`) is that of the row's member. */
export interface SortKey {
  readonly column: string;
  readonly isInteger?: boolean;
}

/** What a list is asked for, besides its filters. */
export interface ListQuery<Sort extends string> {
  readonly sort?: Sort | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Where reading begins, in which direction it goes and how far: rows are found by their key, never counted off. */
export interface Keyset {
  readonly order: string;
  readonly key: SortKey;
  readonly id: SortKey;
  /** Direction of reading, which is not that of showing when a page is read backwards. */
  readonly isAscending: boolean;
  readonly isBackwards: boolean;
  readonly after: readonly [key: string | bigint, id: string | bigint] | null;
  readonly limit: number;
}

/** The first of `sorts`, descending, is the order that a list has unless asked. @throws DomainError `cursor_invalid` */
export function keyset<Sort extends string>(
  sorts: Readonly<Record<Sort, SortKey>>,
  { sort, order = 'desc', cursor, limit }: ListQuery<Sort>,
  id: SortKey = { column: 'id' },
): Keyset {
  const name = sort ?? (Object.keys(sorts)[0] as Sort);
  const key = sorts[name];
  const place = `${name}.${order}`;
  const at = cursor === undefined ? null : readCursor(cursor, place);
  const isBackwards = at?.isBackwards ?? false;
  return {
    order: place,
    key,
    id,
    isAscending: (order === 'asc') !== isBackwards,
    isBackwards,
    after: at && [parsed(key, at.key), parsed(id, at.id)],
    limit,
  };
}

function parsed({ isInteger }: SortKey, text: string): string | bigint {
  if (!isInteger) return text;
  if (!/^\d{1,18}$/.test(text)) throw cursorInvalid();
  return BigInt(text);
}

/** The rows of a page and one more, in the direction of reading. */
export function within<DB, TB extends keyof DB, O>(
  rows: SelectQueryBuilder<DB, TB, O>,
  { key, id, after, isAscending, limit }: Keyset,
): SelectQueryBuilder<DB, TB, O> {
  const columns = [...new Set([key.column, id.column])];
  let found = rows;
  if (after) {
    const names = sql.join(columns.map((column) => sql.ref(column)));
    const values = sql.join(after.slice(0, columns.length));
    found = found.where(sql<SqlBool>`(${names}) ${sql.raw(isAscending ? '>' : '<')} (${values})`);
  }
  for (const column of columns) found = found.orderBy(sql.ref(column), isAscending ? 'asc' : 'desc');
  return found.limit(limit + 1);
}

/** The page of rows that were read `within` the keyset. */
export async function listPage<Row extends object, Item>(
  rows: readonly Row[],
  set: Keyset,
  total: BoundedCount | null,
  show: (shown: Row[]) => Promise<Item[]>,
): Promise<ListPage<Item>> {
  const shown = rows.slice(0, set.limit);
  if (set.isBackwards) shown.reverse();
  const isMore = rows.length > set.limit;
  const came = set.after !== null;
  const [isAfter, isBefore] = set.isBackwards ? [came, isMore] : [isMore, came];
  const cursor = (row: Row | undefined, isBackwards: boolean) => {
    const [key, id] = row ? [member(row, set.key), member(row, set.id)] : (set.after ?? []);
    return cursorText({ order: set.order, isBackwards, key: String(key), id: String(id) });
  };
  return {
    items: await show(shown),
    nextCursor: isAfter ? cursor(shown.at(-1), false) : null,
    prevCursor: isBefore ? cursor(shown[0], true) : null,
    total,
  };
}

const member = (row: object, { column }: SortKey): unknown =>
  (row as Record<string, unknown>)[column.split('.').at(-1) as string];

/** Counts rows up to a bound. */
export async function countUpTo<DB, TB extends keyof DB, O>(
  db: Db,
  rows: SelectQueryBuilder<DB, TB, O>,
  bound = MAX_COUNT,
): Promise<BoundedCount> {
  const counted = await sql<{
    found: number | bigint;
  }>`select count(*) as found from ${rows.limit(bound + 1)} as counted`.execute(db);
  const found = Number(counted.rows[0]?.found ?? 0);
  return { count: Math.min(found, bound), isCapped: found > bound };
}

/**
 * A column as no index has it. Without statistics SQLite counts equalities to choose an index; where the order of a list
 * is to be read, or a narrower index is known, a condition must not offer it another.
 */
export const aside = {
  text: (column: string) => sql<string>`(${sql.ref(column)} || '')`,
  fen: (column: string) => sql<Fen>`(${sql.ref(column)} + 0)`,
};

/** Whether a column holds a text anywhere in it; `%` and `_` in the text stand for themselves, letters for both cases. */
export const contains = (column: string, text: string) => {
  const pattern = `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql<SqlBool>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`;
};
