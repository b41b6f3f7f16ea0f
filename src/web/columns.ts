import { parseYuan } from '../core/money.js';
import type { Table } from '../sheets/index.js';
import type { Column, Kind } from './components/table.js';

const KINDS = { text: 'text', amount: 'amount', count: 'integer', date: 'date' } as const satisfies Record<
  Kind,
  string
>;

/** A list of a page as a sheet: the same columns, bare values, the same 口径. */
export const sheetOf = <Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: () => AsyncIterable<Row> | Iterable<Row>,
): Table<never> =>
  ({
    file: `${name}.csv`,
    sheet: name,
    basis: columns
      .filter(({ basis }) => basis)
      .map(({ label, basis }) => `${label}：${basis}`)
      .join('；'),
    columns: columns.map(({ label, kind = 'text', value, isTotalled }) => ({
      title: kind === 'amount' ? `${label}（元）` : label,
      kind: KINDS[kind],
      of: (row: Row) => {
        const found = value(row);
        if (found === null) return null;
        return kind === 'amount'
          ? parseYuan(String(found))
          : kind === 'count'
            ? Number(found)
            : String(found);
      },
      ...(isTotalled ? { isTotalled } : {}),
    })),
    rows,
  }) as unknown as Table<never>;
