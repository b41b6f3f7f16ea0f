import { isBusinessDate } from '../core/dates.js';
import { type Fen, formatYuan } from '../core/money.js';

/** What a column holds: text of all kinds; an amount in Fen (bigint); a date "YYYY-MM-DD"; a whole number. */
export type ColumnKind = 'text' | 'amount' | 'date' | 'integer';

export interface Column<Row> {
  readonly title: string;
  readonly kind: ColumnKind;
  /** null is an empty cell. A text that is no value of the kind, such as 〔已脱敏〕, stands as it is. */
  of(row: Row): string | number | bigint | null;
  /** Amount columns only: added up for 合计. */
  readonly isTotalled?: boolean;
}

/** One workpaper, described once for CSV and workbook. */
export interface Table<Row> {
  /** Such as `ledger-details.csv`. */
  readonly file: string;
  /** Such as 明细账; 1 to 26 characters, see `workbookOf`. */
  readonly sheet: string;
  /** 口径: what is counted, in Chinese. */
  readonly basis: string;
  readonly columns: readonly Column<Row>[];
  /** May be asked for more than once and then gives the same rows. */
  rows(): AsyncIterable<Row> | Iterable<Row>;
}

/** What package.json says of a table. */
export interface TableTotals {
  readonly rows: number;
  /**
   * Yuan with two decimals by column title. A column in which a text stands in the place of an amount is left out: what
   * is seen of it is not its total.
   */
  readonly totals: Readonly<Record<string, string>>;
}

/** How a cell is shown. The CSV holds `text` as it is; in the workbook a number is the same decimal text. */
export interface Cell {
  readonly text: string;
  readonly kind: ColumnKind;
}

export const WATERMARK = '水印';
/** In the place of a total that cannot be told. */
export const NOT_TOTALLED = '〔未合计〕';

/** The most UTF-16 units that a cell of Excel takes. */
const MAX_CELL = 32_767;
const CUT = '…〔过长，已截断〕';

/**
 * Text for a cell of either form, the same in both.
 *
 * Formulas: a text that starts with = + - @, a tab or a line end, or the full-width ＝ ＋ － ＠, gets an apostrophe in
 * front, so that no spreadsheet reads it as a formula (OWASP "CSV Injection"; ASVS 5.0 1.2.10 asks the same of XLSX,
 * since sheets are saved as CSV again). Amounts are no text: −12.00 keeps its sign and stays a number.
 *
 * Characters that XML 1.0 §2.2 does not allow are left out, line ends become LF, and what a cell of Excel cannot hold
 * is cut off with a mark.
 */
export function cellText(text: string): string {
  let clean = text;
  if (/[^\t\n\u0020-\ud7ff\ue000-\ufffd]/.test(text))
    clean = text
      .replace(/\r\n?/g, '\n')
      .replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
  if (/^[=+\-@\t\n＝＋－＠]/.test(clean)) clean = `'${clean}`;
  if (clean.length <= MAX_CELL) return clean;
  return clean.slice(0, MAX_CELL - CUT.length).replace(/[\ud800-\udbff]$/, '') + CUT;
}

const fail = (title: string, problem: string) => new TypeError(`column ${title}: ${problem}`);

function cellOf(title: string, kind: ColumnKind, value: string | number | bigint | null): Cell {
  if (value === null) return { text: '', kind: 'text' };
  if (kind === 'amount') {
    if (typeof value === 'bigint') return { text: formatYuan(value), kind };
    if (typeof value === 'number') throw fail(title, 'an amount is a bigint');
  }
  if (kind === 'integer' && typeof value !== 'string') {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      throw fail(title, `${value} is no integer`);
    return { text: value.toString(), kind };
  }
  const text = value.toString();
  if (kind === 'date' && isBusinessDate(text)) return { text, kind };
  // Digits in quotes would be missing from the total without a word.
  if ((kind === 'amount' || kind === 'integer') && /^[-+\d.,]+$/.test(text))
    throw fail(title, `"${text}" is a text`);
  return { text: cellText(text), kind: 'text' };
}

/** Reads a table once, row by row, and adds up as it goes. */
export class TableReader<Row> {
  /** Titles, with 水印 last when there is a watermark. */
  readonly titles: readonly string[];
  readonly kinds: readonly ColumnKind[];
  readonly #sums: (Fen | null)[];
  #rows = 0;

  /** @throws TypeError when the columns of the table cannot make a workpaper */
  constructor(
    readonly table: Table<Row>,
    readonly watermark?: string,
  ) {
    const { columns } = table;
    const first = columns[0];
    if (!first) throw new TypeError(`${table.file} has no columns`);
    if (first.isTotalled) throw fail(first.title, 'the first column takes the word 合计');
    for (const { title, kind, isTotalled } of columns)
      if (isTotalled && kind !== 'amount') throw fail(title, 'only amounts are totalled');
    this.titles = [
      ...columns.map(({ title }) => cellText(title)),
      ...(watermark === undefined ? [] : [WATERMARK]),
    ];
    this.kinds = [...columns.map(({ kind }) => kind), ...(watermark === undefined ? [] : ['text' as const])];
    const twice = this.titles.find((title, index) => this.titles.indexOf(title) !== index);
    if (twice !== undefined) throw fail(twice, 'two columns have this title');
    this.#sums = columns.map(({ isTotalled }) => (isTotalled ? 0n : null));
  }

  /** The rows as cells. Numbers of columns and cells are equal. */
  async *rows(): AsyncGenerator<Cell[]> {
    const { columns } = this.table;
    const mark: Cell[] =
      this.watermark === undefined ? [] : [{ text: cellText(this.watermark), kind: 'text' }];
    const isOpen = this.#sums.map((sum) => sum !== null);
    for await (const row of this.table.rows()) {
      this.#rows += 1;
      const cells: Cell[] = [];
      for (let index = 0; index < columns.length; index += 1) {
        const column = columns[index]!;
        const value = column.of(row);
        cells.push(cellOf(column.title, column.kind, value));
        if (!isOpen[index] || value === null) continue;
        if (typeof value === 'bigint') this.#sums[index]! += value;
        else {
          isOpen[index] = false;
          this.#sums[index] = null;
        }
      }
      cells.push(...mark);
      yield cells;
    }
  }

  /** The totals of what has been read. */
  totals(): TableTotals {
    const totals: Record<string, string> = {};
    for (const [index, sum] of this.#sums.entries())
      if (sum !== null) totals[this.titles[index]!] = formatYuan(sum);
    return { rows: this.#rows, totals };
  }

  /** The row 合计 of a sheet. */
  totalCells(): Cell[] {
    const { totals } = this.totals();
    return this.titles.map((title, index): Cell => {
      if (index === 0) return { text: '合计', kind: 'text' };
      if (!this.table.columns[index]?.isTotalled) return { text: '', kind: 'text' };
      const total = totals[title];
      return total === undefined ? { text: NOT_TOTALLED, kind: 'text' } : { text: total, kind: 'amount' };
    });
  }
}
