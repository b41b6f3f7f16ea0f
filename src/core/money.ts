import { Decimal } from 'decimal.js';
import { DomainError } from './errors.js';

/** An amount of money in 分, exact. Yuan exist only as text at the edges (D2). */
export type Fen = bigint;

/** The largest amount that both engines hold exactly: PostgreSQL BIGINT and SQLite INTEGER. */
export const MAX_FEN: Fen = 9_223_372_036_854_775_807n;

export const YUAN_PATTERN = /^-?(0|[1-9]\d{0,14})(\.\d{1,2})?$/;

/**
 * Yuan text such as "4680000.00", "-1.5" or "12" to Fen.
 * @throws DomainError `amount_malformed` for anything else: more than two decimals, separators, exponents.
 */
export function parseYuan(text: string): Fen {
  if (!YUAN_PATTERN.test(text)) {
    throw new DomainError('amount_malformed', `金额“${text}”不合规：请用元为单位的数字，最多两位小数`);
  }
  return BigInt(new Decimal(text).times(100).toFixed(0));
}

/** Fen to yuan text with two decimals: 468000000n → "4680000.00". */
export function formatYuan(fen: Fen): string {
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Fen to yuan text for people: "4,680,000.00". */
export function showYuan(fen: Fen): string {
  return formatYuan(fen).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** 万元 figures such as "345.5" or "4680" to Fen; up to six decimals are exact. */
export function parseWan(text: string): Fen {
  const fen = new Decimal(text).times(1_000_000);
  if (!fen.isInteger()) throw new DomainError('amount_malformed', `金额“${text}”万元不能精确到分`);
  return BigInt(fen.toFixed(0));
}

export const sumFen = (amounts: Iterable<Fen>): Fen => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/** A share such as "0.05" as the exact fraction [5, 100]; the only way a ratio enters a comparison. */
export function parseRatio(text: string): readonly [numerator: bigint, denominator: bigint] {
  const value = new Decimal(text);
  if (!value.isFinite() || value.isNegative())
    throw new DomainError('ratio_malformed', `比例“${text}”不合规`);
  const scale = 10n ** BigInt(value.decimalPlaces());
  return [BigInt(value.times(scale.toString()).toFixed(0)), scale];
}

/** The largest amount not above `ratio × whole`, in Fen: the headroom of a cap is this minus what is used. */
export function floorShare(whole: Fen, [numerator, denominator]: readonly [bigint, bigint]): Fen {
  return (whole * numerator) / denominator;
}

/** A percentage for people, two decimals, rounded half up: (1n, 3n) → "33.33%". */
export function showPercent(part: Fen, whole: Fen): string {
  if (whole === 0n) return '—';
  return `${new Decimal(part.toString()).div(whole.toString()).times(100).toFixed(2)}%`;
}
