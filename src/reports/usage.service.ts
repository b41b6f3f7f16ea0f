import { groupBy } from '../core/collections.js';
import { type Fen, showPercent, sumFen } from '../core/money.js';
import { ORGANISATION_LABELS, type OrganisationKind } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { fundAmounts, type Layer, type LayerTotals } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import {
  type BookHead,
  checkOf,
  type FundFilter,
  fundLabels,
  fundsOf,
  lowerBooks,
  type PointInTime,
  readableBook,
  totalsAt,
} from './reports.repository.js';
import { sheetOf, timeNote } from './sheets.js';
import {
  LOWER_COLUMNS,
  TOTAL_COLUMNS,
  USAGE_COLUMNS,
  type UsageReport,
  type UsageRow,
  type UsageTotal,
} from './usage.schema.js';

export interface UsageQuery extends PointInTime, Omit<FundFilter, 'fundId'> {
  readonly withLower?: boolean;
}

/** A fund with its totals by layer. */
interface Counted {
  readonly fund: Row<'fund'>;
  readonly book: BookHead;
  readonly totals: LayerTotals;
}

/**
 * 资金拨付使用情况表: where the money of every fund stands, at any point in time, with totals by source type. With
 * `withLower` also the books below. "Now" reads balances only.
 * @throws DomainError `not_found`
 */
export const usageReport = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: UsageQuery = {},
): Promise<UsageReport> =>
  store.snapshot(async (db) => {
    const book = await readableBook(db, actor, bookId);
    const own = await counted(db, [book], query);
    const lower = query.withLower ? await counted(db, await lowerBooks(db, book), query) : null;
    return {
      title: '资金拨付使用情况表',
      bookId,
      bookName: book.bookName,
      bureauName: book.bureauName,
      asOf: query.asOf ?? null,
      recordedUntil: query.recordedUntil ?? null,
      columns: USAGE_COLUMNS,
      checks: checksOf([...own, ...(lower ?? [])]),
      rows: own.map(rowOf),
      byType: totalsBy(own, ({ fund }) => [fund.type, fundLabels(fund).typeLabel]),
      total: totalOf('total', '合计', own),
      lower: lower && {
        rows: lower.map(rowOf),
        byBureau: totalsBy(lower, ({ book: { bookId: id, bureauName } }) => [id, bureauName]),
        byKind: totalsBy(lower, ({ book: { bureauKind } }) => [
          bureauKind as OrganisationKind,
          ORGANISATION_LABELS[bureauKind as OrganisationKind],
        ]),
      },
    };
  });

async function counted(db: Db, books: readonly BookHead[], query: UsageQuery): Promise<Counted[]> {
  const bookIds = books.map((book) => book.bookId);
  const funds = await fundsOf(db, bookIds, { years: query.years, type: query.type });
  const ids = funds.map((fund) => fund.id);
  const totals = await totalsAt(db, bookIds, ids, query);
  const byBook = groupBy(funds, (fund) => fund.bookId);
  return books.flatMap((book) =>
    (byBook.get(book.bookId) ?? []).map((fund) => ({ fund, book, totals: totals.get(fund.id) ?? {} })),
  );
}

/** What every sum of this report must hold; the ledger's postings cannot break it, a changed balance can. */
function checksOf(all: readonly Counted[]) {
  const difference = (whole: Layer, ...parts: Layer[]) =>
    all.map(({ totals }) => (totals[whole] ?? 0n) - sumFen(parts.map((part) => totals[part] ?? 0n)));
  return [
    checkOf(
      '下达 ＝ 合同占用 ＋ 待付 ＋ 支出 ＋ 下拨 ＋ 缴回 ＋ 可用余额',
      difference('allotted', 'encumbered', 'reserved', 'spent', 'passed_down', 'returned', 'available'),
    ),
    checkOf(
      '到账 ＝ 账面资金 ＋ 在途资金 ＋ 已付资金',
      difference('received', 'bank', 'in_transit', 'paid_out'),
    ),
    checkOf('计划 ＝ 计划（未下达口径）', difference('planned', 'expected')),
  ];
}

function amountsOf(totals: LayerTotals) {
  const { inTransit: _inTransit, bank: _bank, ...amounts } = fundAmounts(totals);
  return { ...amounts, executionRate: showPercent(totals.spent ?? 0n, totals.received ?? 0n) };
}

const rowOf = ({ fund, book, totals }: Counted): UsageRow => ({
  ...fundLabels(fund),
  bureauName: book.bureauName,
  ...amountsOf(totals),
});

function totalOf<Key extends string>(key: Key, label: string, all: readonly Counted[]) {
  const sum: Partial<Record<Layer, Fen>> = {};
  for (const { totals } of all)
    for (const [layer, fen] of Object.entries(totals) as [Layer, Fen][])
      sum[layer] = (sum[layer] ?? 0n) + fen;
  return { key, label, fundCount: all.length, ...amountsOf(sum) };
}

function totalsBy<Key extends string>(all: readonly Counted[], of: (each: Counted) => [Key, string]) {
  return [...groupBy(all, (each) => of(each)[0])].map(([key, group]) =>
    totalOf(key, of(group[0] as Counted)[1], group),
  );
}

/** The report as sheets: funds with 合计, by source type, and, when asked for, the books below. */
export function usageSheets(report: UsageReport) {
  const note = timeNote(report);
  const totals = (sheet: string, rows: readonly UsageTotal[]) =>
    sheetOf({ sheet, columns: TOTAL_COLUMNS, note, rows: () => rows });
  const own = sheetOf({
    sheet: '资金拨付使用情况表',
    columns: report.columns,
    note,
    rows: () => report.rows,
  });
  const { lower } = report;
  return [
    own,
    totals('按来源类型', report.byType),
    ...(lower
      ? [
          sheetOf({ sheet: '下级明细', columns: LOWER_COLUMNS, note, rows: () => lower.rows }),
          totals('下级各单位', lower.byBureau),
          totals('下级各层级', lower.byKind),
        ]
      : []),
  ] as const;
}
