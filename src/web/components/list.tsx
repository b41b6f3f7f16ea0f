import type { ComponentChildren } from 'preact';
import { z } from 'zod';
import { reveal } from '../../audit/index.js';
import type { Page } from '../../core/page.js';
import type { Table } from '../../sheets/index.js';
import { sheetOf } from '../columns.js';
import { type PageContext, usePage } from '../context.js';
import { FilterBar, TextFilter } from './filter.js';
import { arranged, orderOf } from './order.js';
import { type Column, DataTable } from './table.js';

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

/** As many rows as are sorted on the page itself, and as many as a page of a longer list shows. */
const AT_HAND = 1_000;
const SHOWN = 50;

/** A list that is at hand as a whole, or a page of a longer one. */
export interface Whole<Row> {
  readonly items: readonly Row[];
  readonly isWhole: boolean;
  readonly nextCursor: string | null;
}

/** The whole list up to `most` rows, so that it can be sorted by what lies sealed; of a longer one a page in its own order. */
export async function wholeOrPage<Row>(
  read: (limit: number) => Promise<Page<Row>>,
  cursor: string | undefined,
  most = AT_HAND,
): Promise<Whole<Row>> {
  if (cursor === undefined) {
    const { items, nextCursor } = await read(most);
    if (nextCursor === null) return { items, nextCursor, isWhole: true };
  }
  const { items, nextCursor } = await read(SHOWN);
  return { items, nextCursor, isWhole: false };
}

/** What `DataTable` wants of it. */
export const cursorsOf = ({ isWhole, nextCursor }: Whole<unknown>) =>
  isWhole ? {} : { cursors: { next: nextCursor } };

/** Says why a longer list cannot be sorted. */
export const TooLong = ({
  list,
  order,
  most = AT_HAND,
}: {
  list: Whole<unknown>;
  order: string;
  most?: number;
}) =>
  list.isWhole ? null : (
    <p class="hint">
      符合条件的超过 {most} 条，{order}。用上面的条件缩小到 {most} 条以内，就可以按各列排序。
    </p>
  );
