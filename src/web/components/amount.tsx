import { parseYuan, showYuan } from '../../core/money.js';
import { type Unit, usePage } from '../context.js';

export const UNIT_LABELS: Readonly<Record<Unit, string>> = { yuan: '元', wan: '万元' };

/** Yuan text as people read it: "4,680,000.00" 元, or exactly the same in 万元 without zeros at its end: "468". */
export function showAmount(yuan: string, unit: Unit): string {
  const plain = showYuan(parseYuan(yuan));
  if (unit === 'yuan') return plain;
  const [whole = '', cents = ''] = plain.replaceAll(',', '').split('.');
  const sign = whole.startsWith('-') ? '-' : '';
  const digits = whole.slice(sign.length).padStart(5, '0');
  const fraction = `${digits.slice(-4)}${cents}`.replace(/0+$/, '');
  const grouped = digits.slice(0, -4).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${sign}${grouped}${fraction ? `.${fraction}` : ''}`;
}

/** An amount in the unit that the reader chose; `null` is unknown, never zero. */
export function Amount({ yuan, isPlain }: { yuan: string | null | undefined; isPlain?: boolean }) {
  const { unit } = usePage();
  if (yuan === null || yuan === undefined) return <span class="none">—</span>;
  const isNegative = yuan.startsWith('-');
  return (
    <span class={isNegative ? 'amount negative' : 'amount'}>
      {showAmount(yuan, unit)}
      {isPlain ? null : <span class="unit"> {UNIT_LABELS[unit]}</span>}
    </span>
  );
}
