import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import { reveal } from '../../audit/index.js';
import type { Table } from '../../sheets/index.js';
import { sheetOf } from '../columns.js';
import { type PageContext, usePage } from '../context.js';
import { FilterBar, TextFilter } from './filter.js';
import { arranged, type Column, DataTable, orderOf } from './table.js';

/** Query of a page whose lists are all at hand: words that have to stand in what a row shows. */
export const textQuery = z.object({ text: z.string().trim().max(100).optional() });

const plain = (text: string) => text.normalize('NFKC').toLowerCase();

/** The rows in whose columns every word of `text` stands somewhere; amounts with or without separators. */
export function matching<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  text: string | null | undefined,
): readonly Row[] {
  const words = plain(text ?? '')
    .split(/\s+/)
    .filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const values = columns.map(({ value }) => plain(String(value(row) ?? '')));
    return words.every((word) => {
      const digits = /^[\d,.]+$/.test(word) ? word.replaceAll(',', '') : word;
      return values.some((value) => value.includes(word) || value.includes(digits));
    });
  });
}

/** The bar over lists that are all at hand; `children` are further filters, which the page itself applies. */
export const TextFilterBar = ({
  label = '查找',
  children,
}: {
  label?: string;
  children?: ComponentChildren;
}) => (
  <FilterBar>
    <TextFilter name="text" label={label} />
    {children}
  </FilterBar>
);

/** A table of rows that are all at hand: found by the words of the bar, sorted, paged and exported from its columns. */
export function ListTable<Row>({
  empty,
  ...table
}: Omit<Parameters<typeof DataTable<Row>>[0], 'cursors' | 'sortable' | 'canExport'>) {
  const { search } = usePage();
  const text = search.get('text')?.trim();
  const nothing = text ? `没有含“${text}”的记录。请换一个词，或点“重置”看全部。` : empty;
  return <DataTable {...table} rows={matching(table.rows, table.columns, text)} empty={nothing} canExport />;
}

/** The same rows as a file, in the order that is shown. */
export async function listSheet<Row>(
  { deps, search }: Pick<PageContext, 'deps' | 'search'>,
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  part?: string,
): Promise<Table<never>> {
  const { store } = deps;
  const opened = await reveal(store.read, store.keys, rows);
  const { sort, order } = orderOf(search, part);
  return sheetOf(name, columns, () =>
    arranged(matching(opened, columns, search.get('text')), columns, sort, order),
  );
}
