import type { Fen } from '../core/money.js';
import type { Column } from './table.js';

/** Columns of the workpapers, by what they hold. */

export const text = <Row>(title: string, of: (row: Row) => string | null): Column<Row> => ({
  title,
  kind: 'text',
  of,
});
export const date = <Row>(title: string, of: (row: Row) => string | null): Column<Row> => ({
  title,
  kind: 'date',
  of,
});
export const integer = <Row>(title: string, of: (row: Row) => number | null): Column<Row> => ({
  title,
  kind: 'integer',
  of,
});
export const amount = <Row>(
  title: string,
  of: (row: Row) => Fen | null,
  isTotalled = false,
): Column<Row> => ({
  title,
  kind: 'amount',
  of,
  isTotalled,
});
