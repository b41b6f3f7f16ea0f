import type { Fen } from './money.js';

const DIGITS = '零壹贰叁肆伍陆柒捌玖';
/** From the largest down; 亿 may stand behind a number that has 万 and 亿 itself (壹万亿). */
const UNITS = [
  ['亿', 100_000_000n],
  ['万', 10_000n],
  ['仟', 1_000n],
  ['佰', 100n],
  ['拾', 10n],
] as const;

/**
 * 人民币大写 by 《支付结算办法》附一: 12345n → "壹佰贰拾叁元肆角伍分". One 零 stands for every gap; where it may be left out
 * (元位 or 万位 zero, but what follows is not) it is. 整 follows 元 and 角, so that nothing can be added behind them.
 */
export function chineseAmount(fen: Fen): string {
  if (fen < 0n) return `负${chineseAmount(-fen)}`;
  const [yuan, jiao, cents] = [fen / 100n, (fen / 10n) % 10n, fen % 10n];
  if (fen === 0n) return '零元整';
  let text = yuan > 0n ? `${spoken(yuan)}元` : '';
  if (jiao > 0n) text += `${digit(jiao)}角`;
  else if (yuan > 0n && cents > 0n) text += '零';
  return text + (cents > 0n ? `${digit(cents)}分` : '整');
}

const digit = (value: bigint): string => DIGITS[Number(value)] as string;

/** A number above zero. */
function spoken(value: bigint): string {
  const unit = UNITS.find(([, size]) => value >= size);
  if (!unit) return digit(value);
  const [word, size] = unit;
  const low = value % size;
  const gap = low * 10n < size ? '零' : '';
  return `${spoken(value / size)}${word}${low === 0n ? '' : gap + spoken(low)}`;
}
