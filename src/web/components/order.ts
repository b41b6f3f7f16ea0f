import { parseYuan } from '../../core/money.js';
import type { Column, Kind } from './table.js';

/** A name in the address, of the first table or of a further `part` of the page. */
export const named = (part: string | undefined, name: string) =>
  part === undefined ? name : `${part}.${name}`;

/** The order that the address asks for. */
export const orderOf = (
  search: URLSearchParams,
  part?: string,
): { readonly sort: string | null; readonly order: 'asc' | 'desc' } => ({
  sort: search.get(named(part, 'sort')),
  order: search.get(named(part, 'order')) === 'asc' ? 'asc' : 'desc',
});

/** Rows in the order that was asked for; rows without a value come last either way. */
export function arranged<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: string | null,
  order: 'asc' | 'desc',
): readonly Row[] {
  const column = columns.find(({ key, isFixed }) => key === sort && !isFixed);
  if (!column) return rows;
  const direction = order === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return direction * compared(column.kind ?? 'text', left, right);
  });
}

function compared(kind: Kind, left: string | number, right: string | number): number {
  if (kind === 'amount') {
    const difference = parseYuan(String(left)) - parseYuan(String(right));
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'zh-CN');
}
