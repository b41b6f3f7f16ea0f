import { isSealed } from '../audit/index.js';
import { columnName } from '../sheets/index.js';
import { COLUMN_KEYS, type ColumnKey, column, columnOfTitle } from './columns.js';
import { openWorkbook, type SheetCell, sheetUnreadable, type WorkbookSheet } from './read-workbook.js';
import { plain } from './values.js';

export const SHEET_NAME = '报账明细';
/** Lines of spending in one sheet. */
export const MAX_LINES = 2000;
const MAX_HEADER_ROW = 30;

/** One thing wrong, where it is, and what to do about it. */
export interface CellFault {
  readonly sheet: string;
  /** Such as "D7". */
  readonly cell: string;
  readonly row: number;
  /** Title of the column. */
  readonly column: string;
  /** What stands there. */
  readonly value: string;
  readonly message: string;
  readonly gravity: 'error' | 'warning';
}

export interface ClaimRow {
  readonly number: number;
  readonly cells: ReadonlyMap<ColumnKey, SheetCell>;
}

/** The rows of a sheet of claims, each cell with its address. */
export class ClaimSheet {
  readonly faults: CellFault[] = [];

  constructor(
    readonly name: string,
    readonly is1904: boolean,
    readonly headerRow: number,
    readonly titles: ReadonlyMap<ColumnKey, { readonly index: number; readonly title: string }>,
    readonly rows: readonly ClaimRow[],
    /** Titles of columns that mean nothing here. */
    readonly ignored: readonly string[],
  ) {}

  /** Notes what is wrong with a cell. A column that is not there is told of the row. */
  fault(row: number, key: ColumnKey, message: string, gravity: CellFault['gravity'] = 'error'): void {
    const place = this.titles.get(key);
    const cell = this.rows.find((each) => each.number === row)?.cells.get(key);
    this.faults.push({
      sheet: this.name,
      cell: `${columnName(place?.index ?? 0)}${row}`,
      row,
      column: place?.title ?? column(key).title,
      value: (cell?.text ?? '').trim().slice(0, 100),
      message,
      gravity,
    });
  }
}

/**
 * Finds the sheet, its header (in any order, among other columns) and its rows.
 * @throws DomainError `sheet_unreadable`, `archive_unreadable`, `xml_unreadable`, `too_large`
 */
export function readClaimSheet(bytes: Buffer): ClaimSheet {
  const workbook = openWorkbook(bytes);
  const visible = workbook.sheets.filter((sheet) => sheet.isVisible);
  const named = visible.find((sheet) => plain(sheet.name) === SHEET_NAME);
  const candidates = (named ? [named] : visible.slice(0, 10)).map((sheet) => sheet.read());
  for (const sheet of candidates) {
    const header = headerOf(sheet);
    if (header) return claimSheet(sheet, header, workbook.is1904);
  }
  throw sheetUnreadable(
    `没有找到“${SHEET_NAME}”工作表的表头：表头应含有事由、申报单位、资金批次、金额等栏目，请使用下载的模板`,
  );
}

/** The row with most titles that are known. */
function headerOf(sheet: WorkbookSheet): number | null {
  let best: number | null = null;
  let most = 2;
  for (const [number, cells] of sheet.rows) {
    if (number > MAX_HEADER_ROW) continue;
    const known = new Set([...cells.values()].map((cell) => columnOfTitle(cell.text)).filter(Boolean)).size;
    if (known > most) [best, most] = [number, known];
  }
  return best;
}

function claimSheet(sheet: WorkbookSheet, headerRow: number, is1904: boolean): ClaimSheet {
  demandNoCommitments(sheet);
  const titles = new Map<ColumnKey, { index: number; title: string }>();
  const doubled: [number, ColumnKey, string][] = [];
  const ignored: string[] = [];
  for (const [index, { text }] of sheet.rows.get(headerRow) ?? []) {
    const title = text.trim().slice(0, 40);
    const key = columnOfTitle(text);
    if (key === null) ignored.push(title);
    else if (titles.has(key)) doubled.push([index, key, title]);
    else titles.set(key, { index, title });
  }
  const rows: ClaimRow[] = [];
  const numbers = [...sheet.rows.keys()].filter((number) => number > headerRow).sort((a, b) => a - b);
  const merges = mergesByCell(sheet);
  const mergedLines: [number, ColumnKey][] = [];
  for (const number of numbers) {
    const cells = new Map<ColumnKey, SheetCell>();
    for (const [key, { index }] of titles) {
      const top = merges.get(`${number} ${index}`);
      const source = top === undefined ? number : top;
      const cell = sheet.rows.get(source)?.get(index);
      if (!cell) continue;
      // What a merged cell says counts for a whole claim, but an amount must not count twice.
      if (top !== undefined && column(key).level === 'line') mergedLines.push([number, key]);
      else cells.set(key, cell);
    }
    const hasOwn = [...titles.values()].some(({ index }) => sheet.rows.get(number)?.has(index));
    if (hasOwn) rows.push({ number, cells });
  }
  if (rows.length > MAX_LINES) throw sheetUnreadable(`表格超过 ${MAX_LINES} 行，请分成几份导入`);
  if (rows.length === 0) throw sheetUnreadable('表格里没有填写任何内容');
  const found = new ClaimSheet(sheet.name, is1904, headerRow, titles, rows, ignored);
  for (const [index, key, title] of doubled) {
    found.fault(headerRow, key, `有两栏都是“${title}”，请只留一栏`);
    found.faults.push({
      sheet: sheet.name,
      cell: `${columnName(index)}${headerRow}`,
      row: headerRow,
      column: title,
      value: title,
      message: `有两栏都是“${title}”，请只留一栏`,
      gravity: 'error',
    });
  }
  for (const key of COLUMN_KEYS)
    if (column(key).isRequired && !titles.has(key))
      found.fault(headerRow, key, `缺少“${column(key).title}”栏`);
  for (const { number } of rows)
    if (sheet.hidden.has(number))
      found.fault(number, 'title', '这一行是隐藏的（或被筛选掉的），也会导入；不要的请删除整行', 'warning');
  for (const [number, key] of mergedLines) found.fault(number, key, '这一栏不能合并单元格，请拆分后逐行填写');
  return found;
}

/** The top row of the merged range, for each of its further cells of the first column. */
function mergesByCell({ merged }: WorkbookSheet): ReadonlyMap<string, number> {
  const tops = new Map<string, number>();
  const covered = merged.reduce((sum, { top, bottom }) => sum + bottom - top, 0);
  // Whole columns, or very many: a map of them would take more than the sheet is worth.
  if (covered > MAX_LINES * 20) throw sheetUnreadable('合并的单元格过多，请拆分后再导入');
  for (const { top, bottom, left } of merged)
    for (let row = top + 1; row <= Math.min(bottom, top + MAX_LINES); row += 1)
      tops.set(`${row} ${left}`, top);
  return tops;
}

/** Text that stands for a sealed value would be opened in the answer (`http/validation.ts` sees no cells). */
function demandNoCommitments(sheet: WorkbookSheet): void {
  const isCommitment = (text: string) => isSealed(text.trim()) || isSealed(plain(text));
  const texts = [...sheet.rows.values()].flatMap((cells) => [...cells.values()].map((cell) => cell.text));
  if ([sheet.name, ...texts].some(isCommitment)) throw sheetUnreadable('表格里有密封值的编号，不能导入');
}
