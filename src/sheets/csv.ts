import { bufferedText } from '../archive/index.js';
import { type Table, TableReader, type TableTotals } from './table.js';

export interface CsvOptions {
  /** Written into an extra last column 水印 of every row. */
  readonly watermark?: string;
  /** Told once, after the last row. */
  readonly onTotals?: (totals: TableTotals) => void;
}

/**
 * A table as CSV: RFC 4180 with CRLF, UTF-8 with BOM (without it Excel takes the bytes for GBK), amounts as plain yuan
 * with two decimals, no totals row. Text is as `cellText` says. Constant memory.
 * @throws TypeError for a value that its column cannot hold
 */
export function csvOf<Row>(table: Table<Row>, options: CsvOptions = {}): AsyncGenerator<Uint8Array> {
  return bufferedText(lines(new TableReader(table, options.watermark), options));
}

async function* lines<Row>(reader: TableReader<Row>, { onTotals }: CsvOptions): AsyncGenerator<string> {
  yield `\ufeff${reader.titles.map(quoted).join(',')}\r\n`;
  for await (const cells of reader.rows()) {
    yield `${cells.map(({ text }) => quoted(text)).join(',')}\r\n`;
  }
  onTotals?.(reader.totals());
}

/** RFC 4180 §2.5–2.7. */
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
