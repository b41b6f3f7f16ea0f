/*
 * How a table is exported. Describe it once as `Table<Row>` (its columns by `text`, `date`, `integer`, `amount`), then
 * stream it: `csvOf(table)` for one table as CSV, `workbookOf([table, …], { title, createdAt })` for an XLSX with a sheet
 * for each. Both give pieces of bytes as an async generator, in constant memory; `Readable.from(pieces)` is what an HTTP
 * reply sends (http/sheets.ts). A `sheet` has 1 to 26 characters, the first column takes the word 合计, and the rows give
 * amounts as Fen.
 */
export { amount, date, integer, text } from './columns.js';
export { type CsvOptions, csvOf } from './csv.js';
// Parts of sheets that are no tables (a form to fill in).
export {
  contentTypesXml,
  coreXml,
  packageRelationsXml,
  STYLES,
  type StyleName,
  stylesXml,
  workbookRelationsXml,
  workbookXml,
} from './parts.js';
export { textXml } from './sheet.js';
export { type Column, type ColumnKind, cellText, type Table, type TableTotals } from './table.js';
export { type WorkbookOptions, workbookOf } from './workbook.js';
export { columnName, DECLARATION, MAIN, xmlText } from './xml.js';
