import { formatYuan } from '../core/money.js';

/**
 * A JSON value as the log and refusals hold it, with amounts as the API gives them: `balanceFen: "500"` becomes
 * `balance: "5.00"`. Amounts that are not integer text are left as they are.
 */
export function inYuan(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inYuan);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (!key.endsWith('Fen')) return [key, inYuan(member)];
      const isFen = typeof member === 'string' && /^-?\d+$/.test(member);
      return [key.slice(0, -'Fen'.length), isFen ? formatYuan(BigInt(member)) : member];
    }),
  );
}
