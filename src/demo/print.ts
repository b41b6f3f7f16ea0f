/** Printing for a terminal where Chinese characters take two columns. */

/** Ranges of code points that take two columns (East Asian Width W and F, and emoji). */
const WIDE: readonly (readonly [from: number, until: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

const isWide = (codePoint: number) => WIDE.some(([from, until]) => codePoint >= from && codePoint <= until);

/** Columns that a text takes. */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += isWide(character.codePointAt(0) as number) ? 2 : 1;
  return columns;
}

/** The text in exactly `columns` columns, cut with … where it is longer. */
export function fit(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  let fitted = text;
  if (displayWidth(text) > columns) {
    const characters = [...text];
    while (displayWidth(characters.join('')) > columns - 1) characters.pop();
    fitted = `${characters.join('')}…`;
  }
  const padding = ' '.repeat(columns - displayWidth(fitted));
  return align === 'left' ? fitted + padding : padding + fitted;
}

/** One column of a table: heading, width, alignment. */
export type Column = readonly [heading: string, columns: number, align?: 'left' | 'right'];

/** The cells under their columns; what stands behind the last column is printed as it is. */
export function tableRow(columns: readonly Column[], cells: readonly string[]): string {
  const fitted = cells.map((cell, index) => {
    const column = columns[index];
    return column && column[1] > 0 ? fit(cell, column[1], column[2]) : cell;
  });
  return fitted.join('  ').trimEnd();
}

export const tableHead = (columns: readonly Column[]): string =>
  tableRow(
    columns,
    columns.map(([heading]) => heading),
  );

export const rule = (columns = 118): string => '─'.repeat(columns);
