import { Decimal } from 'decimal.js';
import { type Fen, showPercent, showYuan } from '../../core/money.js';

/** The unit in which a picture writes its amounts; its data table always writes 元. */
export type AmountUnit = '元' | '万元';

/**
 * The digits of an amount in a unit, exact to the 分 and grouped by thousands: (1234567890n, '万元') → "1,234.56789".
 * At least two decimals; 万元 needs up to six.
 */
export function showAmount(fen: Fen, unit: AmountUnit): string {
  if (unit === '元') return showYuan(fen);
  const digits = (fen < 0n ? -fen : fen).toString().padStart(7, '0');
  const whole = digits.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0n ? '-' : ''}${whole}.${digits.slice(-6).replace(/0{1,4}$/, '')}`;
}

export const showWithUnit = (fen: Fen, unit: AmountUnit): string => `${showAmount(fen, unit)} ${unit}`;

/** A percentage for people that rounding never turns into the limit itself: one 分 below is "<100%". */
export function showShare(part: Fen, whole: Fen): string {
  const text = showPercent(part, whole);
  if (text !== '100.00%' || part === whole) return text;
  return part < whole ? '<100%' : '>100%';
}

const RESOLUTION = 1_000_000_000n;

/** `length` × part ÷ whole for drawing, exact to a billionth of `length`; 0 where there is no whole. */
export function toPixels(part: Fen, whole: Fen, length: number): number {
  if (whole === 0n) return 0;
  return (Number((part * RESOLUTION) / whole) / Number(RESOLUTION)) * length;
}

/** A coordinate as it is written: two decimals are finer than any screen or printer. */
export const coordinate = (value: number): number => Math.round(value * 100) / 100;

const floorTo = (value: Fen, step: Fen): Fen => {
  const rest = value % step;
  return value - rest - (rest < 0n ? step : 0n);
};

/**
 * Axis ticks at 1, 2 or 5 × 10ⁿ that enclose low … high, ascending, at most `most` + 2 of them.
 * Precondition: low ≤ high. An axis without extent runs to one 元.
 */
export function niceTicks(low: Fen, high: Fen, most = 5n): readonly Fen[] {
  const top = high === low ? low + 100n : high;
  let power = 1n;
  let step = 1n;
  for (let index = 1; step * most < top - low; index++) {
    if (index % 3 === 0) power *= 10n;
    step = ([1n, 2n, 5n] as const)[index % 3]! * power;
  }
  const ticks: Fen[] = [];
  for (let tick = floorTo(low, step); ticks.length === 0 || ticks.at(-1)! < top; tick += step)
    ticks.push(tick);
  return ticks;
}

const SIZES = [
  { fen: 10_000_000_000n, name: '亿' },
  { fen: 1_000_000n, name: '万' },
  { fen: 100n, name: '元' },
] as const;

/** A tick such as "2,000万" or "1.5亿", in the one size that suits the axis whose largest tick is `largest`. */
export function showTick(tick: Fen, largest: Fen): string {
  if (tick === 0n) return '0';
  const size = SIZES.find(({ fen }) => fen <= largest) ?? SIZES[2];
  const [whole = '', decimals] = new Decimal(tick.toString()).div(size.fen.toString()).toFixed().split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${decimals ? `.${decimals}` : ''}${size.name}`;
}
