import { Archive } from '../../src/core/unzip.js';
import { zipOf } from '../invoices/files.js';

/** A cell as a file holds it: a text, or the raw XML of what is in `<c …>…</c>` after its address. */
export type Typed = string | { readonly type?: string; readonly raw: string } | null;

export const number = (raw: string): Typed => ({ raw: `<v>${raw}</v>` });
export const formula = (written: string, value: string): Typed => ({
  type: 'str',
  raw: `<f>${written}</f><v>${value}</v>`,
});

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Column letters of the first 26 columns. */
export const letter = (index: number): string => String.fromCharCode(65 + index);

function cellXml(place: string, cell: Typed): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return `<c r="${place}" t="inlineStr"><is><t>${escaped(cell)}</t></is></c>`;
  return `<c r="${place}"${cell.type ? ` t="${cell.type}"` : ''}>${cell.raw}</c>`;
}

export const rowXml = (row: number, cells: readonly Typed[]): string =>
  `<row r="${row}">${cells.map((cell, index) => cellXml(`${letter(index)}${row}`, cell)).join('')}</row>`;

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A workbook of one sheet, written as a program of somebody else’s would. */
export function workbook(
  rows: readonly (readonly Typed[])[],
  given: {
    name?: string;
    merged?: readonly string[];
    is1904?: boolean;
    more?: readonly [string, string][];
  } = {},
): Buffer {
  const merges = given.merged
    ? `<mergeCells>${given.merged.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
    : '';
  const sheet = rows.map((cells, index) => rowXml(index + 1, cells)).join('');
  return zipOf([
    [
      'xl/workbook.xml',
      `<x:workbook xmlns:x="${MAIN}" xmlns:r="${RELATIONS}"><x:workbookPr date1904="${given.is1904 ? 1 : 0}"/><x:sheets><x:sheet name="${given.name ?? '报账明细'}" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `<Relationships><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/one.xml"/></Relationships>`,
    ],
    [
      'xl/worksheets/one.xml',
      `<worksheet xmlns="${MAIN}"><sheetData>${sheet}</sheetData>${merges}</worksheet>`,
    ],
    ...(given.more ?? []),
  ]);
}

/** The template with rows written into it from row 3 on, everything else as it came. */
export function filled(template: Buffer, rows: readonly (readonly Typed[])[]): Buffer {
  const archive = new Archive(template, { entries: 100, sizeBytes: 1e7 });
  const written = rows.map((cells, index) => rowXml(index + 3, cells)).join('');
  return zipOf(
    archive.names.map((name) => {
      const text = (archive.read(name) as Buffer).toString('utf8');
      return [
        name,
        name.endsWith('sheet1.xml') ? text.replace('</sheetData>', `${written}</sheetData>`) : text,
      ] as const;
    }),
  );
}
