import { Decimal } from 'decimal.js';
import { type BusinessDate, isBusinessDate } from '../core/dates.js';
import type { SheetCell } from './read-workbook.js';

/** What a cell says, or what is wrong with it in Chinese. */
export type Value<T> = { readonly value: T } | { readonly fault: string };

/** Full-width digits, letters and signs as their plain ones, all space removed. */
export const plain = (text: string): string => text.normalize('NFKC').replaceAll(/\s/gu, '');

/** Spreadsheets keep numbers as IEEE doubles: 15 significant digits are what a person typed. */
const MAX_DIGITS = 15;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/;

/** A number cell as plain decimal text; the digits behind the 15th are what the program added ("1.1000000000000001"). */
export function decimalOf(raw: string): string | null {
  if (!NUMBER.test(raw)) return null;
  const given = new Decimal(raw);
  if (given.e > 20 || given.e < -20) return null;
  const whole =
    given.precision() <= MAX_DIGITS ? given : given.toSignificantDigits(MAX_DIGITS, Decimal.ROUND_HALF_UP);
  return whole.toFixed();
}

const AMOUNT = '金额应为数字，以元为单位，最多两位小数，例如 1234.56';

/** Yuan text. Exact: never a float, and nothing is rounded. Range and sign are the schema's business. */
export function amountOf({ kind, text }: SheetCell): Value<string> {
  if (kind === 'number') {
    const decimal = decimalOf(text);
    // Above it, digits that count would be among those that a spreadsheet loses.
    if (decimal === null || new Decimal(decimal).abs().gte('1e13'))
      return { fault: '金额过大，应小于 10 万亿元' };
    return new Decimal(decimal).decimalPlaces() > 2
      ? { fault: '金额最多两位小数（到分）' }
      : { value: decimal };
  }
  if (kind !== 'text') return { fault: AMOUNT };
  const digits = plain(text)
    .replace(/^[¥$]/, (sign) => (sign === '¥' ? '' : sign))
    .replace(/元$/, '');
  if (!/^-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/.test(digits)) return { fault: AMOUNT };
  if (/\.\d{3}/.test(digits)) return { fault: '金额最多两位小数（到分）' };
  return { value: digits.replaceAll(',', '') };
}

const DATE = '日期应为真实存在的日期，例如 2022-07-31';
const FIRST_SERIAL = 36_526; // 2000-01-01
const LAST_SERIAL = 73_050; // 2099-12-31
const EPOCH_DAY = 25_569;
const DAYS_1904 = 1462;

/** A serial number of the spreadsheet, or a date written out. */
export function dateOf({ kind, text }: SheetCell, is1904: boolean): Value<BusinessDate> {
  const digits = plain(text);
  if (kind === 'number' && /^\d{5}(\.\d+)?$/.test(digits)) {
    const serial = Math.floor(Number.parseInt(digits, 10)) + (is1904 ? DAYS_1904 : 0);
    if (serial < FIRST_SERIAL || serial > LAST_SERIAL) return { fault: DATE };
    return { value: new Date((serial - EPOCH_DAY) * 86_400_000).toISOString().slice(0, 10) };
  }
  const [, year = '', month = '', day = ''] =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T?\d{1,2}:.*)?$/.exec(digits) ??
    /^(\d{4})年(\d{1,2})月(\d{1,2})日?$/.exec(digits) ??
    /^(\d{4})(\d\d)(\d\d)$/.exec(digits) ??
    [];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isBusinessDate(date) ? { value: date } : { fault: DATE };
}

/** Digits that are a name and no quantity: an invoice number. */
export function digitsOf({ kind, text }: SheetCell): Value<string> {
  if (kind !== 'number') return { value: plain(text) };
  if (/^\d{1,15}$/.test(text)) return { value: text };
  return { fault: '号码被表格当作数字保存，末几位可能已变成 0：请把单元格设为文本后重新填写' };
}

const YES = ['是', 'Y', 'YES', 'TRUE', '1', '√'];
const NO = ['否', 'N', 'NO', 'FALSE', '0', '×'];
export function flagOf({ text }: SheetCell): Value<boolean> {
  const said = plain(text).toUpperCase();
  if (YES.includes(said)) return { value: true };
  return NO.includes(said) ? { value: false } : { fault: '应填“是”或“否”' };
}

/** What a person typed; a number as its digits. */
export const textOf = ({ kind, text }: SheetCell): string =>
  (kind === 'number' ? (decimalOf(text) ?? text) : text).trim();
