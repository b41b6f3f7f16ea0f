import type { SheetPart, StyleName } from './parts.js';
import { STYLES, TEXT_MARK } from './parts.js';
import type { Cell, ColumnKind } from './table.js';
import { columnName, DECLARATION, MAIN, xmlText, xstring } from './xml.js';

/** Excel keeps numbers as IEEE doubles and shows 15 significant digits of them. */
const MAX_DIGITS = 15;
/** Before it Excel's calendar has a day too many (1900-02-29), so serial numbers differ between programs. */
const FIRST_DATE = '1900-03-01';
const EPOCH_DAY = 25_569;

/** The rows of a table with a view of those that come. */
export class RowFeed {
  readonly #rows: AsyncGenerator<Cell[]>;
  readonly #ahead: Cell[][] = [];

  constructor(rows: AsyncGenerator<Cell[]>) {
    this.#rows = rows;
  }

  /** Up to `count` rows that come next; fewer only at the end. */
  async look(count: number): Promise<readonly Cell[][]> {
    while (this.#ahead.length < count) {
      const { value, done } = await this.#rows.next();
      if (done) break;
      this.#ahead.push(value);
    }
    return this.#ahead;
  }

  async take(): Promise<Cell[] | undefined> {
    if (this.#ahead.length > 0) return this.#ahead.shift();
    const { value, done } = await this.#rows.next();
    return done ? undefined : value;
  }

  async close(): Promise<void> {
    await this.#rows.return(undefined);
  }
}

export interface SheetPlan {
  readonly name: string;
  /** Lines above the header: title, 口径, watermark. */
  readonly heading: readonly string[];
  readonly titles: readonly string[];
  /** In characters of the plain font. */
  readonly widths: readonly number[];
  readonly watermark: string;
  readonly isFirst: boolean;
  /** The row 合计, when the feed is at its end. */
  readonly totals: () => readonly Cell[];
  /** The sheet ends before it has more rows, or when its XML has this many characters. */
  readonly maxRows: number;
  readonly maxLength: number;
}

/**
 * xl/worksheets/sheetN.xml (ECMA-376 Part 1 §18.3.1.99): heading, header row (frozen, with filter), rows of the feed as
 * far as they fit and, behind the last one, 合计. Gives what the workbook must know of it.
 */
export async function* sheetXml(plan: SheetPlan, feed: RowFeed): AsyncGenerator<string, SheetPart> {
  const { heading, titles, widths } = plan;
  const letters = titles.map((_, index) => columnName(index));
  const headerRow = heading.length + 1;
  const widthsXml = widths.map(
    (width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`,
  );
  yield `${DECLARATION}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>` +
    `<sheetViews><sheetView${plan.isFirst ? ' tabSelected="1"' : ''} workbookViewId="0">` +
    `<pane ySplit="${headerRow}" topLeftCell="A${headerRow + 1}" activePane="bottomLeft" state="frozen"/>` +
    `<selection pane="bottomLeft" activeCell="A${headerRow + 1}" sqref="A${headerRow + 1}"/>` +
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>' +
    `<cols>${widthsXml.join('')}</cols><sheetData>`;
  for (const [index, line] of heading.entries())
    yield `<row r="${index + 1}"${index === 0 ? ' ht="24"' : ''}>` +
      `${textXml(`A${index + 1}`, line, index === 0 ? 'title' : 'note')}</row>`;
  const header = titles.map((title, index) => textXml(`${letters[index]}${headerRow}`, title, 'header'));
  yield `<row r="${headerRow}">${header.join('')}</row>`;

  let number = headerRow;
  let length = 0;
  while (number < plan.maxRows - 1 && length < plan.maxLength) {
    const cells = await feed.take();
    if (!cells) break;
    number += 1;
    const row = rowXml(number, cells, letters, widths, false);
    length += row.length;
    yield row;
  }
  const isWhole = (await feed.look(1)).length === 0;
  if (isWhole) yield rowXml(number + 1, plan.totals(), letters, widths, true);

  yield `</sheetData><autoFilter ref="A${headerRow}:${letters.at(-1)}${number}"/>` +
    '<printOptions gridLines="1"/><pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>' +
    '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>' +
    `<headerFooter><oddFooter>${xmlText(footer(plan.watermark))}</oddFooter></headerFooter></worksheet>`;
  return { name: plan.name, columnCount: titles.length, headerRow, lastDataRow: number };
}

/** Watermark, sheet, page of pages (§18.3.1.46); the whole may have 255 characters. */
const footer = (watermark: string): string =>
  `&L${Array.from(watermark).slice(0, 100).join('').replaceAll('&', '&&')}&C&A&R&P / &N`;

function rowXml(
  number: number,
  cells: readonly Cell[],
  letters: readonly string[],
  widths: readonly number[],
  isTotal: boolean,
): string {
  let xml = '';
  let lines = 1;
  for (let index = 0; index < cells.length; index += 1) {
    const cell = cells[index]!;
    xml += cellXml(`${letters[index]}${number}`, cell, isTotal);
    if (cell.kind === 'text') lines = Math.max(lines, linesOf(cell.text, widths[index]! - PADDING));
  }
  // Said only where it is not the default: not every program measures wrapped text when it opens a file.
  const height = lines > 1 ? ` ht="${Math.min(lines * LINE_HEIGHT, MAX_HEIGHT)}"` : '';
  return `<row r="${number}"${height}>${xml}</row>`;
}

/** Lines that a text takes when it is wrapped at a width. */
function linesOf(text: string, width: number): number {
  if (text.length * 2 <= width && !text.includes('\n')) return 1;
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / width)), 0);
}

const fits = (digits: string): boolean => digits.replace(/\D/g, '').length <= MAX_DIGITS;
const numberXml = (ref: string, value: string, style: StyleName): string =>
  `<c r="${ref}" s="${STYLES[style]}"><v>${value}</v></c>`;

/** A number of more digits than Excel keeps is a text: exact, to the right, and its format says that it is one. */
function cellXml(ref: string, { text, kind }: Cell, isTotal: boolean): string {
  if (text === '') return isTotal ? `<c r="${ref}" s="${STYLES.totalText}"/>` : '';
  if (kind === 'amount') {
    if (fits(text)) return numberXml(ref, text, isTotal ? 'totalAmount' : 'amount');
    return textXml(ref, text, isTotal ? 'totalLongAmount' : 'longAmount');
  }
  if (kind === 'integer' && fits(text)) return numberXml(ref, text, 'integer');
  if (kind === 'date' && text >= FIRST_DATE) {
    const serial = Date.parse(`${text}T00:00:00Z`) / 86_400_000 + EPOCH_DAY;
    return numberXml(ref, String(serial), 'date');
  }
  return textXml(ref, text, isTotal ? 'totalText' : 'text');
}

/** Text within the cell (§18.3.1.53): a table of shared strings would have to be held until the end. */
export function textXml(ref: string, text: string, style: StyleName): string {
  const space = /^\s|\s$|[\n\t]| {2}/.test(text) ? ' xml:space="preserve"' : '';
  return `<c r="${ref}" s="${STYLES[style]}" t="inlineStr"><is><t${space}>${xstring(text)}</t></is></c>`;
}

/** In characters; amounts up to −99,999,999,999.99, which also a total may need that is not known yet. */
const MIN_WIDTH: Readonly<Record<ColumnKind, number>> = { text: 10, amount: 20, date: 12, integer: 10 };
const MAX_WIDTH = 50;
/** Kept free beside a text, in characters. */
const PADDING = 3;
/** In points; fonts that stand in for 宋体 need more than it does. Excel has rows up to 409. */
const LINE_HEIGHT = 17;
const MAX_HEIGHT = 405;

/** Widths that show the titles with their filter buttons and the given rows; longer text is wrapped. */
export function widthsFor(
  titles: readonly string[],
  kinds: readonly ColumnKind[],
  rows: readonly (readonly Cell[])[],
): number[] {
  return titles.map((title, index) => {
    let width = Math.max(MIN_WIDTH[kinds[index]!], widthOf(title) + 4);
    for (const cells of rows) {
      const { text, kind } = cells[index]!;
      const added = kind !== 'amount' ? 0 : fits(text) ? text.length / 3 : widthOf(TEXT_MARK);
      width = Math.max(width, widthOf(text) + Math.ceil(added) + PADDING);
    }
    return Math.min(width, MAX_WIDTH);
  });
}

/** Of the longest line; a Chinese character is as wide as two digits. */
function widthOf(text: string): number {
  let width = 0;
  for (const line of text.split('\n'))
    width = Math.max(width, line.length + (line.match(/[\u2e80-\uffef]/g)?.length ?? 0));
  return width;
}
