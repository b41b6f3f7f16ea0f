/** XML of the shared kind: ECMA-376 Part 1 §18 (SpreadsheetML) and Part 2 (packages) say the elements. */

export const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
export const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
export const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
export const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escaped for content and for attributes in double quotes. The text has no character that XML forbids. */
export const xmlText = (text: string): string =>
  /[&<>"]/.test(text) ? text.replace(/[&<>"]/g, (character) => ESCAPES[character]!) : text;

/** The same where Excel reads `_x0041_` as a character (ST_Xstring, ECMA-376 Part 1 §22.9.2.19). */
export const xstring = (text: string): string =>
  xmlText(text.includes('_x') ? text.replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x') : text);

/** 0 → A, 25 → Z, 26 → AA. */
export function columnName(index: number): string {
  let name = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1)
    name = String.fromCharCode(65 + (rest % 26)) + name;
  return name;
}
