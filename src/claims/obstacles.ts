import type { Unit } from '../audit/index.js';
import type { LineRow, Objection } from '../contracts/index.js';
import type { DomainError } from '../core/errors.js';
import { type Fen, formatYuan, showYuan } from '../core/money.js';
import { entryFaults, type Posting } from '../ledger/index.js';
import { invoiceFaults } from './invoices.js';
import type { ObstacleView } from './preview.schema.js';

/** Something besides the rules for which a case would be refused. */
export interface Obstacle {
  readonly error: DomainError;
  /** Places of the lines concerned; none where it is about the case as such. */
  readonly lines: readonly number[];
  /** The field that it is told beside, as a JSON Pointer. */
  readonly path: string;
  readonly fundId: string | null;
  readonly room: { readonly availableFen: Fen; readonly neededFen: Fen } | null;
}

/** What is about to be recorded: the posting of each line first, in the order of the lines. */
export interface Intended {
  readonly businessDate: string;
  readonly lines: readonly LineRow[];
  readonly postings: readonly Posting[];
}

/** What taking the invoices and then posting the entry would be refused for, in that order; nothing is written. */
export async function obstaclesOf(
  unit: Unit,
  { businessDate, lines, postings }: Intended,
): Promise<Obstacle[]> {
  const invoices = await invoiceFaults(unit, lines, businessDate);
  const entry = await entryFaults(unit, { effectiveDate: businessDate, postings });
  return [
    ...invoices.map(({ error, number, room }): Obstacle => {
      const using = lines.flatMap(({ invoice }, at) =>
        invoice !== null && (JSON.parse(invoice) as { number: string }).number === number ? [at] : [],
      );
      const field = error.code === 'invoice_after_business' ? 'issuedDate' : 'number';
      return { error, lines: using, path: `/lines/${using[0]}/invoice/${field}`, fundId: null, room };
    }),
    ...entry.map(({ error, shortfall }): Obstacle => {
      if (!shortfall) return { error, lines: [], path: '/businessDate', fundId: null, room: null };
      const { postings: drawing, firstShort, fundId, availableFen, neededFen } = shortfall;
      const room = { availableFen, neededFen };
      return { error, lines: drawing, path: `/lines/${firstShort}/amount`, fundId, room };
    }),
  ];
}

/** For the trials of what would pass. */
export const objectionOf = (
  { lines: places, fundId, room }: Obstacle,
  lines: readonly LineRow[],
): Objection => ({
  lineIds: places.map((at) => (lines[at] as LineRow).id),
  limitFen: room?.availableFen ?? null,
  isOfFund: fundId !== null,
});

export function obstacleView(obstacle: Obstacle, lines: readonly LineRow[]): ObstacleView {
  const { error, path, fundId, room } = obstacle;
  return {
    code: error.code,
    message: error.message,
    advice: adviceOf(obstacle),
    path,
    lineIds: [...objectionOf(obstacle, lines).lineIds],
    fundId,
    available: room && formatYuan(room.availableFen),
    needed: room && formatYuan(room.neededFen),
    over: room && formatYuan(room.neededFen - room.availableFen),
  };
}

function adviceOf({ error, lines, fundId, room }: Obstacle): string {
  const named = `第 ${lines.map((at) => at + 1).join('、')} 行`;
  if (room) {
    const over = `超出 ${showYuan(room.neededFen - room.availableFen)} 元`;
    const together = lines.length > 1 ? '合计' : '';
    const smaller =
      room.availableFen > 0n
        ? `把${named}的金额${together}减到 ${showYuan(room.availableFen)} 元以内`
        : `去掉${named}`;
    return `${over}：可${smaller}，或${fundId === null ? '改用其他发票' : '改用其他有余额的经费'}`;
  }
  return ADVICE[error.code]?.(named) ?? '请更正后再提交';
}

const ADVICE: Readonly<Record<string, (named: string) => string>> = {
  invoice_mismatch: (named) => `请对照票面核对${named}的销售方、开票日期和价税合计；发票号码填错的，改正号码`,
  invoice_after_business: (named) => `请核对${named}的开票日期；没有错的，把业务日期改到开票当日或之后`,
  date_in_future: () => '请把业务日期改为今天或以前',
  period_closed: () => '请把业务日期改到还没有结账的月份；确属已结账月份的，请与财务联系',
  contract_not_signed: () => '请等合同签订后再报，或改选已签订的合同',
};
