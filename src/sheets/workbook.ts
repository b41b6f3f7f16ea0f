import { bufferedText, ZipWriter } from '../archive/index.js';
import {
  contentTypesXml,
  coreXml,
  packageRelationsXml,
  type SheetPart,
  stylesXml,
  workbookRelationsXml,
  workbookXml,
} from './parts.js';
import { RowFeed, sheetXml, widthsFor } from './sheet.js';
import { cellText, type Table, TableReader, type TableTotals } from './table.js';

/*
 * SpreadsheetML by hand on our own zip writer. What was looked at instead: exceljs 4.4 (2023; its stream writer does not
 * hold its memory constant, exceljs#1894 and #2916, and it brings unzipper 0.10 and fast-csv 4), write-excel-file 4.1
 * (builds the XML of a whole sheet first), hucre 1.0 (streams, but takes amounts as floats only). None lets a caller
 * write the decimal text of an amount.
 */

/** Rows of a sheet, heading and 合计 included (ECMA-376 leaves it open; Excel and LibreOffice: 2^20). */
const MAX_ROWS = 1_048_576;
/** Characters of a sheet's XML; up to three bytes each, so that no entry needs ZIP64, which Excel may refuse. */
const MAX_LENGTH = 1_300_000_000;
const ROWS_MEASURED = 200;
/** Excel takes 31; room is left for the number of a further sheet. */
const MAX_NAME = 31 - '(999)'.length;

export interface WorkbookOptions {
  /** First line of every sheet. */
  readonly title: string;
  /** Written into a line above every table, a last column 水印 of every row, and the foot of every printed page. */
  readonly watermark?: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** Told once for each table, after its last row; equal to that of the CSV when the rows are. */
  readonly onTotals?: (table: Table<unknown>, totals: TableTotals) => void;
  /** Tests lower them. */
  readonly limits?: { readonly rows?: number; readonly length?: number };
}

/**
 * The tables as one XLSX (ECMA-376, transitional), a sheet for each: title, 口径, watermark, header, rows, 合计. A table
 * that does not fit goes on in 名称(2), each with the heading, and 合计 stands at the end of the last. Amounts and integers
 * are numbers, written as exact decimal text, up to 15 digits, and text beyond; dates are dates; text is as `cellText`
 * says; there are no formulas. The same input gives the same bytes with the same build of zlib. Constant memory.
 * @throws TypeError for a value that its column cannot hold, or names that Excel refuses
 */
export async function* workbookOf(
  tables: readonly Table<unknown>[],
  options: WorkbookOptions,
): AsyncGenerator<Uint8Array> {
  checkNames(tables);
  if (Number.isNaN(Date.parse(options.createdAt))) throw new TypeError(`${options.createdAt} is no instant`);
  const zip = new ZipWriter();
  const part = (path: string, xml: string) => zip.entry(path, [Buffer.from(xml)], { isDeflated: true });
  yield* part('_rels/.rels', packageRelationsXml());
  yield* part('docProps/core.xml', coreXml(cellText(options.title), options.createdAt));
  yield* part('xl/styles.xml', stylesXml());
  const sheets: SheetPart[] = [];
  for (const table of tables) yield* sheetsOf(table, options, zip, sheets);
  yield* part('xl/workbook.xml', workbookXml(sheets));
  yield* part('xl/_rels/workbook.xml.rels', workbookRelationsXml(sheets.length));
  yield* part('[Content_Types].xml', contentTypesXml(sheets.length));
  yield* zip.end();
}

/** Writes the sheets of one table and adds them to `sheets`. */
async function* sheetsOf(
  table: Table<unknown>,
  { title, watermark, onTotals, limits }: WorkbookOptions,
  zip: ZipWriter,
  sheets: SheetPart[],
): AsyncGenerator<Uint8Array> {
  const reader = new TableReader(table, watermark);
  const feed = new RowFeed(reader.rows());
  try {
    const widths = widthsFor(reader.titles, reader.kinds, await feed.look(ROWS_MEASURED));
    for (let number = 1; number === 1 || (await feed.look(1)).length > 0; number += 1) {
      const name = number === 1 ? table.sheet : `${table.sheet}(${number})`;
      const heading = [`${title}　${name}`, `口径：${table.basis}`];
      if (watermark !== undefined) heading.push(`水印：${watermark}`);
      const plan = {
        name,
        heading: heading.map(cellText),
        titles: reader.titles,
        widths,
        watermark: cellText(watermark ?? ''),
        isFirst: sheets.length === 0,
        totals: () => reader.totalCells(),
        maxRows: limits?.rows ?? MAX_ROWS,
        maxLength: limits?.length ?? MAX_LENGTH,
      };
      const pieces = async function* () {
        sheets.push(yield* sheetXml(plan, feed));
      };
      const path = `xl/worksheets/sheet${sheets.length + 1}.xml`;
      yield* zip.entry(path, bufferedText(pieces()), { isDeflated: true });
    }
  } finally {
    await feed.close();
  }
  onTotals?.(table, reader.totals());
}

/**
 * Names that every spreadsheet takes: 1 to 26 characters (Excel has 31, the rest is for "(2)"), none of []:*?/\, no
 * apostrophe at an end, not "History", no number in brackets at the end, and no two that differ only in case.
 */
function checkNames(tables: readonly Table<unknown>[]): void {
  const seen = new Set<string>();
  if (tables.length === 0) throw new TypeError('a workbook has at least one sheet');
  for (const { sheet } of tables) {
    const isRefused =
      sheet === '' ||
      sheet.length > MAX_NAME ||
      sheet !== cellText(sheet) ||
      /[[\]:*?/\\\n\t]|^'|'$|\(\d+\)$|^history$/i.test(sheet);
    if (isRefused) throw new TypeError(`"${sheet}" is no name for a sheet`);
    if (seen.has(sheet.toLowerCase())) throw new TypeError(`two sheets are named "${sheet}"`);
    seen.add(sheet.toLowerCase());
  }
}
