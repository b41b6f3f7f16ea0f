import type { ComponentChildren } from 'preact';
import { UNIT_LABELS } from '../../components/amount.js';
import { Empty } from '../../components/notice.js';
import { arranged } from '../../components/order.js';
import { Bases, type Column, cell, classOf, Heading } from '../../components/table.js';
import { usePage } from '../../context.js';

export interface Group<Row> {
  readonly key: string;
  readonly label: string;
  readonly rows: readonly Row[];
  /** A row of sums: the same columns, of which the first few say what is summed. */
  readonly total: Row;
}

/** Rows in groups, each with its subtotal, and the total of all. Sorting keeps within the groups. */
export function GroupedTable<Row>({
  caption,
  columns,
  groups,
  total,
  idOf,
  tools,
  empty,
  isSheet,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  groups: readonly Group<Row>[];
  total: Row;
  idOf: (row: Row) => string;
  tools?: ComponentChildren;
  empty: ComponentChildren;
  /** On paper: nothing to press. */
  isSheet?: boolean;
}) {
  const { search, unit } = usePage();
  const sort = search.get('sort');
  const order = search.get('order') === 'asc' ? 'asc' : 'desc';
  const named = columns.findIndex(({ kind }) => kind === 'amount');
  const sum = (label: string, row: Row, look: string) => (
    <tr class={look}>
      <td class="text" colSpan={named}>
        {label}
      </td>
      {columns.slice(named).map((column) => (
        <td key={column.key} class={classOf(column)} data-label={column.label}>
          {cell(column, row)}
        </td>
      ))}
    </tr>
  );
  const table = (
    <table class={isSheet ? 'grouped' : 'data grouped'}>
      <caption class="sr-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) =>
            isSheet ? (
              <th key={column.key} scope="col" class={column.kind ?? 'text'}>
                {column.label}
              </th>
            ) : (
              <Heading key={column.key} column={column} sort={column.isFixed ? false : sort} order={order} />
            ),
          )}
        </tr>
      </thead>
      {groups.map((group) => (
        <tbody key={group.key}>
          <tr class="group-head">
            <th scope="rowgroup" colSpan={columns.length}>
              {group.label}
            </th>
          </tr>
          {arranged(group.rows, columns, sort, order).map((row) => (
            <tr key={idOf(row)}>
              {columns.map((column) => (
                <td key={column.key} class={classOf(column)} data-label={column.label}>
                  {cell(column, row)}
                </td>
              ))}
            </tr>
          ))}
          {sum(`${group.label}小计（${group.rows.length} 个批次）`, group.total, 'subtotal')}
        </tbody>
      ))}
      <tfoot>{sum('合计', total, 'total')}</tfoot>
    </table>
  );
  if (groups.length === 0) return <Empty>{empty}</Empty>;
  if (isSheet) return table;
  return (
    <div class="table-box">
      <div class="table-tools">
        <p class="table-caption">
          {caption}
          <span class="aside">{groups.reduce((count, { rows }) => count + rows.length, 0)} 个批次</span>
          <span class="aside">单位：{UNIT_LABELS[unit]}</span>
        </p>
        <div class="tools">{tools}</div>
      </div>
      <section class="table-scroll" tabIndex={0} aria-label={caption}>
        {table}
      </section>
      <Bases columns={columns} />
    </div>
  );
}
