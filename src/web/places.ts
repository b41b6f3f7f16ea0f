import { PROVINCE_NAMES } from '../core/divisions.js';
import type { BookView } from '../ledger/index.js';

/** A place by its division code, the name first and the code as an aside. */
export type PlaceOf = (divisionCode: string) => string;

/** By the bureaus whose books are at hand; of other places the province is known. */
export function placeOfBooks(books: readonly Pick<BookView, 'divisionCode' | 'bureauName'>[]): PlaceOf {
  const names = new Map(books.map(({ divisionCode, bureauName }) => [divisionCode, bureauName]));
  return (code) => {
    const name = names.get(code);
    return name === undefined ? placeText(code) : `${name}（${code}）`;
  };
}

/** A division, or all whose codes begin with the prefix: "四川省", "湖北省（区划 4201××）", "湖北省（区划 420106）". */
export function placeText(prefix: string): string {
  if (prefix === '') return '其他地区';
  const code = `区划 ${prefix.padEnd(6, '×')}`;
  const province = PROVINCE_NAMES[prefix.slice(0, 2)];
  if (province === undefined) return code;
  return prefix.length === 2 || prefix.endsWith('0000') ? province : `${province}（${code}）`;
}

/** Prefixes of division codes as places. */
export const placesText = (prefixes: readonly string[]): string =>
  prefixes.length === 0 ? '全国' : prefixes.map(placeText).join('、');
