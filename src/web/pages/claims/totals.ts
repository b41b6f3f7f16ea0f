import { type Fen, parseYuan, sumFen, YUAN_PATTERN } from '../../../core/money.js';
import { plainAmount } from '../../coerce.js';
import { rowsAt, type Tree } from '../../tree.js';
import { textAt } from './form-values.js';

export interface Totals {
  readonly totalFen: Fen;
  readonly byFund: readonly { readonly fundId: string; readonly amountFen: Fen }[];
  /** Lines of which the amount is missing or cannot be read. */
  readonly unread: number;
}

/** What the lines come to as far as they are typed. */
export function totalsOf(typed: Tree): Totals {
  const lines = rowsAt(typed, 'lines').map((line) => ({
    fundId: textAt(line, 'fundId'),
    amountFen: fenOf(textAt(line, 'amount')),
  }));
  const read = lines.flatMap(({ fundId, amountFen }) => (amountFen === null ? [] : [{ fundId, amountFen }]));
  const fundIds = [...new Set(read.map(({ fundId }) => fundId))].filter((id) => id !== '');
  return {
    totalFen: sumFen(read.map(({ amountFen }) => amountFen)),
    byFund: fundIds.map((fundId) => ({
      fundId,
      amountFen: sumFen(read.filter((line) => line.fundId === fundId).map(({ amountFen }) => amountFen)),
    })),
    unread: lines.length - read.length,
  };
}

/** Typed text as an amount; null where it is none. */
export function fenOf(text: string): Fen | null {
  const plain = plainAmount(text);
  return YUAN_PATTERN.test(plain) ? parseYuan(plain) : null;
}
