import type { ComponentChildren } from 'preact';
import { formatYuan, parseYuan, sumFen } from '../../core/money.js';
import { hrefWith, usePage } from '../context.js';
import { Amount, UNIT_LABELS } from './amount.js';
import { Empty } from './notice.js';
import { arranged, named, orderOf } from './order.js';

export type Kind = 'text' | 'amount' | 'count' | 'date';

export interface Column<Row> {
  /** Name in `?sort=`. */
  readonly key: string;
  readonly label: string;
  readonly kind?: Kind;
  /** 口径 of the column. */
  readonly basis?: string;
  /** The bare value: what sorting compares and, unless `show` says otherwise, what is shown. Amounts as yuan text. */
  readonly value: (row: Row) => string | number | null;
  readonly show?: (row: Row) => ComponentChildren;
  readonly isTotalled?: boolean;
  /** A name or sentence that needs room. */
  readonly isWide?: boolean;
  /** Not offered for sorting. */
  readonly isFixed?: boolean;
}

interface Common<Row> {
  /** Says what the table lists; read out, and shown above it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** What stands there without rows: why, and what to do next. */
  readonly empty: ComponentChildren;
  /** Buttons over the table. */
  readonly tools?: ComponentChildren;
  /** True where `?export=` is answered by the page. */
  readonly canExport?: boolean;
  readonly rowClass?: (row: Row) => string | undefined;
  /** Tells a further table of a page from the first: its order and page are asked for as `other.sort`, its file by `part=other`. */
  readonly part?: string;
}

export interface Cursors {
  readonly next: string | null;
  readonly prev?: string | null;
  /** Such as "1,234 条" or "10000+ 条". */
  readonly count?: string;
}

/**
 * A table that is shown as cards on a phone. Without `cursors` all rows are at hand: they are sorted and paged here by
 * `?sort=`, `?order=` and `?page=`; with them the use case has done so, and `sortable` says by which columns it can.
 */
export function DataTable<Row>({
  cursors,
  sortable,
  pageSize = 50,
  ...table
}: Common<Row> & { cursors?: Cursors; sortable?: readonly string[]; pageSize?: number }) {
  const { search } = usePage();
  const { part } = table;
  const { sort, order } = orderOf(search, part);
  const sorted = cursors ? table.rows : arranged(table.rows, table.columns, sort, order);
  const pages = cursors ? 1 : Math.max(1, Math.ceil(sorted.length / pageSize));
  const current = Math.min(Math.max(1, Math.trunc(Number(search.get(named(part, 'page')))) || 1), pages);
  const shown = cursors ? sorted : sorted.slice((current - 1) * pageSize, current * pageSize);
  const canSort = (column: Column<Row>) =>
    cursors ? (sortable ?? []).includes(column.key) : !column.isFixed;
  return (
    <div class="table-box">
      <TableTools {...table} count={cursors ? cursors.count : `${sorted.length} 条`} />
      {shown.length === 0 ? (
        <Empty>{table.empty}</Empty>
      ) : (
        <section class="table-scroll" tabIndex={0} aria-label={table.caption}>
          <table class="data">
            <caption class="sr-only">{table.caption}</caption>
            <thead>
              <tr>
                {table.columns.map((column) => (
                  <Heading
                    key={column.key}
                    column={column}
                    sort={canSort(column) ? sort : false}
                    order={order}
                    part={part}
                  />
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <tr key={table.idOf(row)} class={table.rowClass?.(row)}>
                  {table.columns.map((column) => (
                    <td key={column.key} class={classOf(column)} data-label={column.label}>
                      {cell(column, row)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
            <Totals columns={table.columns} rows={cursors ? [] : sorted} />
          </table>
        </section>
      )}
      <Pager part={part} {...(cursors ? { cursors } : { current, pages })} />
      <Bases columns={table.columns} />
    </div>
  );
}

export const classOf = <Row,>({ kind = 'text', isWide }: Column<Row>) => (isWide ? `${kind} roomy` : kind);

export function cell<Row>(column: Column<Row>, row: Row): ComponentChildren {
  if (column.show) return column.show(row);
  const value = column.value(row);
  if (column.kind === 'amount') return <Amount yuan={value as string | null} isPlain />;
  return value ?? <span class="none">—</span>;
}

function TableTools<Row>({
  caption,
  columns,
  tools,
  canExport,
  count,
  part,
}: Common<Row> & { count?: string }) {
  const page = usePage();
  const of: Readonly<Record<string, string>> = part === undefined ? {} : { part };
  const hasAmounts = columns.some(({ kind }) => kind === 'amount');
  return (
    <div class="table-tools">
      <p class="table-caption">
        {caption}
        {count ? <span class="aside">{count}</span> : null}
        {hasAmounts ? <span class="aside">单位：{UNIT_LABELS[page.unit]}</span> : null}
      </p>
      <div class="tools">
        {tools}
        {canExport ? (
          <>
            <a class="button plain" href={hrefWith(page, { export: 'xlsx', ...of })}>
              导出 Excel
            </a>
            <a class="button plain" href={hrefWith(page, { export: 'csv', ...of })}>
              导出 CSV
            </a>
          </>
        ) : null}
      </div>
    </div>
  );
}

export function Heading<Row>({
  column,
  sort,
  order,
  part,
}: {
  column: Column<Row>;
  part?: string | undefined;
  /** False: not sortable; null: sorted by nothing yet. */
  sort: string | null | false;
  order: 'asc' | 'desc';
}) {
  const page = usePage();
  const isSorted = sort === column.key;
  const next = isSorted && order === 'desc' ? 'asc' : 'desc';
  return (
    <th
      scope="col"
      class={column.kind ?? 'text'}
      aria-sort={isSorted ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      {sort === false ? (
        column.label
      ) : (
        <a
          href={hrefWith(page, { [named(part, 'sort')]: column.key, [named(part, 'order')]: next })}
          title={`按${column.label}排序`}
        >
          {column.label}
          <span class="sort-mark" aria-hidden="true">
            {isSorted ? (order === 'asc' ? '▲' : '▼') : '↕'}
          </span>
        </a>
      )}
    </th>
  );
}

function Totals<Row>({ columns, rows }: { columns: readonly Column<Row>[]; rows: readonly Row[] }) {
  if (rows.length === 0 || !columns.some(({ isTotalled }) => isTotalled)) return null;
  return (
    <tfoot>
      <tr>
        {columns.map((column, index) => (
          <td key={column.key} class={column.kind ?? 'text'} data-label={column.label}>
            {column.isTotalled ? <Amount yuan={totalOf(column, rows)} isPlain /> : index === 0 ? '合计' : ''}
          </td>
        ))}
      </tr>
    </tfoot>
  );
}

const totalOf = <Row,>(column: Column<Row>, rows: readonly Row[]): string =>
  formatYuan(sumFen(rows.map((row) => parseYuan((column.value(row) as string | null) ?? '0'))));

function Pager(
  paging: { part: string | undefined } & ({ cursors: Cursors } | { current: number; pages: number }),
) {
  const page = usePage();
  const at = (place: number) => hrefWith(page, { [named(paging.part, 'page')]: String(place) });
  const [previous, next, place] =
    'cursors' in paging
      ? [
          paging.cursors.prev ? hrefWith(page, { cursor: paging.cursors.prev }) : null,
          paging.cursors.next ? hrefWith(page, { cursor: paging.cursors.next }) : null,
          null,
        ]
      : [
          paging.current > 1 ? at(paging.current - 1) : null,
          paging.current < paging.pages ? at(paging.current + 1) : null,
          `第 ${paging.current} / ${paging.pages} 页`,
        ];
  const isFirst = 'cursors' in paging ? !page.search.has('cursor') : true;
  if (!previous && !next && isFirst) return null;
  return (
    <nav class="pager" aria-label="翻页">
      {isFirst ? null : <a href={hrefWith(page, {})}>首页</a>}
      {previous ? (
        <a href={previous} rel="prev">
          上一页
        </a>
      ) : null}
      {place ? <span>{place}</span> : null}
      {next ? (
        <a href={next} rel="next">
          下一页
        </a>
      ) : null}
    </nav>
  );
}

export function Bases<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  const stated = columns.filter(({ basis }) => basis);
  if (stated.length === 0) return null;
  return (
    <details class="bases">
      <summary>各列口径</summary>
      <dl>
        {stated.map(({ key, label, basis }) => (
          <div key={key}>
            <dt>{label}</dt>
            <dd>{basis}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
