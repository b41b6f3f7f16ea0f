import { parseYuan } from '../core/money.js';
import { type Column, amount as fenColumn, type Table } from '../sheets/index.js';
import type { ReportColumn } from './reports.schema.js';

export interface ReportSheet {
  /** 1 to 26 characters. */
  readonly sheet: string;
  readonly columns: readonly ReportColumn[];
  /** Rows as the report shows them: amounts in yuan text. */
  rows(): Iterable<object> | AsyncIterable<object>;
  /** Said before the bases of the columns, such as the point in time. */
  readonly note: string;
}

/** A report's rows as a table for `csvOf` and `workbookOf`, with the 口径 of every column above it. */
export const sheetOf = ({ sheet, columns, rows, note }: ReportSheet): Table<never> =>
  ({
    file: `${sheet}.csv`,
    sheet,
    basis: [note, ...columns.map(({ title, basis }) => `${title}：${basis}`), '单位：元'].join('；'),
    columns: columns.map(columnOf),
    rows,
  }) as Table<object> as Table<never>;

type Cell = string | number | null;

function columnOf({ key, title, kind, isTotalled }: ReportColumn): Column<object> {
  const of = (row: object): Cell => (row as Record<string, Cell>)[key] ?? null;
  if (kind !== 'amount') return { title, kind: kind === 'percent' ? 'text' : kind, of };
  const fenOf = (row: object) => {
    const value = of(row);
    return value === null ? null : parseYuan(String(value));
  };
  return fenColumn(title, fenOf, isTotalled);
}

/** 时点 in words, the first thing that stands above a table. */
export function timeNote({ asOf, recordedUntil }: { asOf: string | null; recordedUntil: string | null }) {
  const parts = [
    asOf === null ? null : `业务日期截至 ${asOf}`,
    recordedUntil === null ? null : `登记时间截至 ${recordedUntil}`,
  ].filter((part) => part !== null);
  return `时点：${parts.length > 0 ? parts.join('，') : '当前'}`;
}
