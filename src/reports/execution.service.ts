import { groupBy } from '../core/collections.js';
import { addDays, addMonths, type BusinessDate, daysBetween } from '../core/dates.js';
import { type Fen, formatYuan, showPercent, sumFen } from '../core/money.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import { movesByMonth } from './expenditure.repository.js';
import { checkOf, fundIn, fundLabels, fundsOf, readableBook, totalsAt } from './reports.repository.js';
import { sheetOf, timeNote } from './sheets.js';
import {
  EXECUTION_COLUMNS,
  EXECUTION_FUND_COLUMNS,
  type Execution,
  type ExecutionMonth,
} from './spending-reports.schema.js';

export interface ExecutionQuery {
  /** Budget year of the funds, and the calendar year that 序时进度 is counted in. */
  readonly year: number;
  readonly fundId?: string | undefined;
  readonly asOf: BusinessDate;
}

interface Growth {
  readonly month: string;
  readonly receivedFen: Fen;
  readonly spentFen: Fen;
}

/**
 * 执行进度 of the funds of a year: 到账 and 支出 cumulated by month, beside 序时进度. Money that came or went before the
 * year is in its first month, as the figures are cumulated.
 * @throws DomainError `not_found`
 */
export const executionOverTime = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: ExecutionQuery,
): Promise<Execution> =>
  store.snapshot(async (db) => {
    const book = await readableBook(db, actor, bookId);
    const { year, fundId, asOf } = query;
    const funds = fundId
      ? [await fundIn(db, bookId, fundId)]
      : await fundsOf(db, [bookId], { years: [year] });
    const ids = funds.map((fund) => fund.id);
    const until = asOf < `${year}-12-31` ? asOf : `${year}-12-31`;
    const received = await movesByMonth(db, ids, 'received', { until });
    const spent = await movesByMonth(db, ids, 'spent', { until });
    const growth = [
      ...received.map(({ amountFen, ...row }) => ({ ...row, receivedFen: amountFen, spentFen: 0n })),
      ...spent.map(({ amountFen, ...row }) => ({ ...row, receivedFen: 0n, spentFen: amountFen })),
    ];
    const byFund = groupBy(growth, (row) => row.fundId);
    const totals = await totalsAt(db, [bookId], ids, { asOf: until });
    const differences = ids.flatMap((id) => {
      const total = (of: (row: Growth) => Fen) => sumFen((byFund.get(id) ?? []).map(of));
      return [
        total((row) => row.receivedFen) - (totals.get(id)?.received ?? 0n),
        total((row) => row.spentFen) - (totals.get(id)?.spent ?? 0n),
      ];
    });
    const days = elapsedDays(year, until);
    return {
      title: '执行进度',
      bookId,
      bookName: book.bookName,
      bureauName: book.bureauName,
      asOf,
      recordedUntil: null,
      columns: EXECUTION_COLUMNS,
      checks: [checkOf('各月合计 ＝ 报表日的到账与支出', differences)],
      year,
      elapsed: elapsedOf(year, until),
      rows: cumulated(year, until, growth),
      funds: funds.map((fund) => {
        const grown = byFund.get(fund.id) ?? [];
        const receivedFen = sumFen(grown.map((row) => row.receivedFen));
        const spentFen = sumFen(grown.map((row) => row.spentFen));
        const { documentNo, fundName } = fundLabels(fund);
        return {
          fundId: fund.id,
          documentNo,
          fundName,
          ...progressOf(receivedFen, spentFen),
          isBehind: receivedFen > 0n && spentFen * BigInt(daysOf(year)) < receivedFen * BigInt(days),
          months: cumulated(year, until, grown),
        };
      }),
    };
  });

const progressOf = (receivedFen: Fen, spentFen: Fen) => ({
  received: formatYuan(receivedFen),
  spent: formatYuan(spentFen),
  executionRate: showPercent(spentFen, receivedFen),
});

const daysOf = (year: number) => daysBetween(`${year}-01-01`, `${year + 1}-01-01`);
/** Days of the year up to a day, that day included; none before the year. */
const elapsedDays = (year: number, until: BusinessDate) =>
  Math.max(0, daysBetween(`${year}-01-01`, until) + 1);
const elapsedOf = (year: number, until: BusinessDate) =>
  showPercent(BigInt(elapsedDays(year, until)), BigInt(daysOf(year)));

/** The months of the year that have begun by a day. */
function cumulated(year: number, until: BusinessDate, growth: readonly Growth[]): ExecutionMonth[] {
  const rows: ExecutionMonth[] = [];
  for (let start = `${year}-01-01`; start <= until; start = addMonths(start, 1)) {
    const month = start.slice(0, 7);
    const end = addDays(addMonths(start, 1), -1);
    const last = end < until ? end : until;
    const sofar = growth.filter((row) => row.month <= month);
    const receivedFen = sumFen(sofar.map((row) => row.receivedFen));
    const spentFen = sumFen(sofar.map((row) => row.spentFen));
    rows.push({ month, until: last, ...progressOf(receivedFen, spentFen), elapsed: elapsedOf(year, last) });
  }
  return rows;
}

export function executionSheets(report: Execution) {
  const note = `${timeNote(report)}；预算年度：${report.year}；序时进度：${report.elapsed}`;
  return [
    sheetOf({ sheet: '执行进度', columns: report.columns, note, rows: () => report.rows }),
    sheetOf({ sheet: '各资金批次', columns: EXECUTION_FUND_COLUMNS, note, rows: () => report.funds }),
  ] as const;
}
