import { DomainError } from '../core/errors.js';
import { Archive } from '../core/unzip.js';
import { decodeXml, parseXml, scanXml, type XmlElement } from '../core/xml.js';

/*
 * SpreadsheetML as people hand it in (ECMA-376 Part 1 §18): written by Excel, WPS, LibreOffice or a program. Numbers stay
 * the decimal text that the file holds; formulas count as the value they had when they were saved.
 */

export interface SheetCell {
  readonly kind: 'text' | 'number' | 'boolean' | 'error';
  /** Text as typed; a number as the file holds it; "1" or "0"; an error as shown. */
  readonly text: string;
}

export interface WorkbookSheet {
  readonly name: string;
  /** By row number and column index, blank cells left out. */
  readonly rows: ReadonlyMap<number, ReadonlyMap<number, SheetCell>>;
  readonly merged: readonly MergedRange[];
  /** Rows that nobody sees: hidden, or left out by a filter. */
  readonly hidden: ReadonlySet<number>;
}

export interface MergedRange {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface Workbook {
  readonly sheets: readonly { readonly name: string; readonly isVisible: boolean; read(): WorkbookSheet }[];
  /** Days are counted from 1904 (old Excel for Mac). */
  readonly is1904: boolean;
}

/** 5 MiB: 2,000 rows are far below. */
export const MAX_SHEET_BYTES = 5 * 1024 * 1024;
const ARCHIVE = { entries: 500, sizeBytes: 32 * 1024 * 1024 };
const MAX_ELEMENTS = 500_000;
const MAX_COLUMNS = 200;
/** Rows with something in them, headings included. */
const MAX_ROWS = 2100;

export const sheetUnreadable = (why: string) => new DomainError('sheet_unreadable', why);

/** @throws DomainError `sheet_unreadable`, `archive_unreadable`, `xml_unreadable`, `too_large` */
export function openWorkbook(bytes: Buffer): Workbook {
  if (bytes.length > MAX_SHEET_BYTES) throw new DomainError('too_large', '文件超过 5 MB');
  if (bytes.length === 0) throw sheetUnreadable('文件是空的');
  if (bytes.readUIntBE(0, Math.min(4, bytes.length)) === 0xd0cf11e0)
    throw sheetUnreadable('这是旧版 Excel（.xls）文件，或设有打开密码：请取消密码，另存为 .xlsx 后再导入');
  if (bytes.toString('latin1', 0, 2) !== 'PK')
    throw sheetUnreadable('只能导入 .xlsx 文件；CSV 等其他格式请在表格程序里另存为 .xlsx');
  const archive = new Archive(bytes, ARCHIVE);
  const part = (path: string): XmlElement | null => {
    const content = archive.read(path);
    return content && parseXml(decodeXml(content), MAX_ELEMENTS);
  };
  const target = [...(part('_rels/.rels')?.children ?? [])].find((each) =>
    each.attributes['Type']?.endsWith('/officeDocument'),
  )?.attributes['Target'];
  const main = (target ?? 'xl/workbook.xml').replace(/^\//, '');
  const workbook = part(main);
  if (workbook?.name !== 'workbook') throw sheetUnreadable('文件里没有工作簿：请用 .xlsx 格式的表格');
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const relations = part(`${folder}_rels/${main.slice(folder.length)}.rels`)?.children ?? [];
  const pathOf = (target: string) => (target.startsWith('/') ? target.slice(1) : folder + target);
  const strings = relations.find((each) => each.attributes['Type']?.endsWith('/sharedStrings'));
  const shared = strings
    ? (part(pathOf(strings.attributes['Target'] ?? ''))?.children ?? []).map(stringOf)
    : [];
  const list = workbook.children.find((each) => each.name === 'sheets')?.children ?? [];
  const settings = workbook.children.find((each) => each.name === 'workbookPr')?.attributes ?? {};
  return {
    is1904: ['1', 'true'].includes(settings['date1904'] ?? ''),
    sheets: list.map(({ attributes }) => {
      const name = attributes['name'] ?? '';
      return {
        name,
        isVisible: (attributes['state'] ?? 'visible') === 'visible',
        read() {
          const relation = relations.find((each) => each.attributes['Id'] === attributes['id']);
          const content = relation && archive.read(pathOf(relation.attributes['Target'] ?? ''));
          if (!content) throw sheetUnreadable(`工作表“${name.slice(0, 31)}”打不开`);
          return { name, ...readSheet(decodeXml(content), shared) };
        },
      };
    }),
  };
}

/** The text of a string item without its phonetic guides (§18.4.8), `_x000A_` read as Excel does. */
function stringOf(item: XmlElement): string {
  const texts = (element: XmlElement): string =>
    element.children
      .filter((child) => child.name !== 'rPh')
      .map((child) => (child.name === 't' ? child.text : texts(child)))
      .join('');
  return unescaped(texts(item));
}

const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;

/** "AB12" → row 12, column 27. */
function placeOf(reference: string): { row: number; column: number } | null {
  const [, letters, digits] = /^\$?([A-Z]{1,3})\$?(\d{1,7})$/.exec(reference) ?? [];
  if (letters === undefined || digits === undefined) return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return { row: Number.parseInt(digits, 10), column: column - 1 };
}

function readSheet(xml: string, shared: readonly string[]): Omit<WorkbookSheet, 'name'> {
  const rows = new Map<number, Map<number, SheetCell>>();
  const merged: MergedRange[] = [];
  const hidden = new Set<number>();
  let row = 0;
  let column = -1;
  let cell: { type: string; value: string; inline: string; isFormula: boolean } | null = null;
  let within: 'v' | 't' | null = null;
  let phonetic = 0;
  scanXml(xml, {
    open(name, attributes) {
      if (name === 'row') {
        row = Number.parseInt(attributes['r'] ?? '', 10) || row + 1;
        column = -1;
        if (['1', 'true'].includes(attributes['hidden'] ?? '') && hidden.size < MAX_ROWS) hidden.add(row);
      } else if (name === 'c') {
        const place = placeOf(attributes['r'] ?? '');
        column = place?.column ?? column + 1;
        cell = { type: attributes['t'] ?? 'n', value: '', inline: '', isFormula: false };
      } else if (name === 'f' && cell) cell.isFormula = true;
      else if (name === 'rPh') phonetic += 1;
      else if (name === 'v') within = 'v';
      else if (name === 't' && phonetic === 0) within = 't';
      else if (name === 'mergeCell') {
        const [from, until] = (attributes['ref'] ?? '').split(':').map(placeOf);
        if (from && until && merged.length < MAX_ROWS * 10)
          merged.push({ top: from.row, bottom: until.row, left: from.column, right: until.column });
      }
    },
    text(text) {
      if (!cell || !within) return;
      if (within === 'v') cell.value += text;
      else cell.inline += text;
    },
    close(name) {
      if (name === 'v' || name === 't') within = null;
      else if (name === 'rPh') phonetic -= 1;
      else if (name === 'c' && cell) {
        const found = cellOf(cell, shared);
        cell = null;
        if (!found || column >= MAX_COLUMNS) return;
        const own = rows.get(row) ?? new Map<number, SheetCell>();
        own.set(column, found);
        rows.set(row, own);
        if (rows.size > MAX_ROWS) throw new DomainError('too_large', '表格超过 2000 行，请分成几份导入');
      }
    },
  });
  return { rows, merged, hidden };
}

/** What stands for a formula that no spreadsheet has reckoned yet. */
export const NO_RESULT = '公式没有结果';

function cellOf(
  { type, value, inline, isFormula }: { type: string; value: string; inline: string; isFormula: boolean },
  shared: readonly string[],
): SheetCell | null {
  const text = (said: string): SheetCell | null => (said.trim() === '' ? null : { kind: 'text', text: said });
  if (type === 's') return text(shared[Number.parseInt(value, 10)] ?? '');
  if (type === 'inlineStr') return text(unescaped(inline));
  if (type === 'str') return text(unescaped(value));
  if (type === 'd') return text(value);
  if (type === 'e') return { kind: 'error', text: value.slice(0, 20) };
  if (value.trim() === '') return isFormula ? { kind: 'error', text: NO_RESULT } : null;
  return { kind: type === 'b' ? 'boolean' : 'number', text: value.trim() };
}
