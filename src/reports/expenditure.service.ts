import type { BusinessDate } from '../core/dates.js';
import { ECONOMIC_CODES } from '../core/economic-codes.js';
import { type Fen, formatYuan, showPercent, sumFen } from '../core/money.js';
import { SERVICE_ITEMS, type ServiceItem } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import { type SpendingKey, spentByMonth, spentLines, spentLinesBetween } from './expenditure.repository.js';
import {
  checkOf,
  contractNames,
  type FundFilter,
  fundIn,
  fundsOf,
  type Names,
  organisationNames,
  readableBook,
} from './reports.repository.js';
import { sheetOf, timeNote } from './sheets.js';
import {
  EXPENDITURE_LABELS,
  type Expenditure,
  type ExpenditureDimension,
  expenditureColumns,
} from './spending-reports.schema.js';

export interface ExpenditureQuery extends FundFilter {
  readonly by: ExpenditureDimension;
  readonly from?: BusinessDate | undefined;
  readonly until?: BusinessDate | undefined;
}

/**
 * 支出 of a book's funds by what it was for, who used it, whom it went to, or when. Without dates it reads the sums
 * that are kept of the lines; with dates, those of months and the payments of the days beside them. The total is compared with the ledger.
 * @throws DomainError `not_found`
 */
export const expenditureBy = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: ExpenditureQuery,
): Promise<Expenditure> =>
  store.snapshot(async (db) => {
    const book = await readableBook(db, actor, bookId);
    const { by, from, until, fundId } = query;
    const funds = fundId ? [await fundIn(db, bookId, fundId)] : await fundsOf(db, [bookId], query);
    const fundIds = funds.map((fund) => fund.id);
    const months = await spentByMonth(db, fundIds, query);
    const amounts = by === 'month' ? months : await amountsBy(db, bookId, fundIds, query);
    const labels = await labelsOf(db, by, [...amounts.keys()]);
    const totalFen = sumFen(amounts.values());
    const rows = [...amounts]
      .filter(([, fen]) => fen !== 0n)
      .map(([key, fen]) => ({
        fen,
        row: {
          key,
          label: labels.get(key) ?? UNKNOWN[by],
          amount: formatYuan(fen),
          share: showPercent(fen, totalFen),
        },
      }))
      .sort((a, b) =>
        by === 'month' || a.fen === b.fen ? (a.row.key < b.row.key ? -1 : 1) : a.fen > b.fen ? -1 : 1,
      );
    return {
      title: '支出构成',
      bookId,
      bookName: book.bookName,
      bureauName: book.bureauName,
      asOf: until ?? null,
      recordedUntil: null,
      columns: expenditureColumns(by),
      checks: [checkOf('明细支出合计 ＝ 账上支出', [totalFen - sumFen(months.values())])],
      by,
      byLabel: EXPENDITURE_LABELS[by],
      from: from ?? null,
      rows: rows.map(({ row }) => row),
      total: formatYuan(totalFen),
    };
  });

async function amountsBy(
  db: Db,
  bookId: string,
  fundIds: readonly string[],
  { by, from, until }: ExpenditureQuery,
): Promise<Map<string, Fen>> {
  const lines =
    from || until
      ? await spentLinesBetween(db, bookId, fundIds, keysOf[by], { from, until })
      : await spentLines(db, fundIds, keysOf[by]);
  const amounts = new Map<string, Fen>();
  const providers =
    by === 'provider'
      ? await contractNames(
          db,
          lines.map((line) => line.contractId),
        )
      : null;
  for (const line of lines) {
    const key = keyOf[by](line, (id) => providers?.get(id)?.providerId ?? null) ?? '';
    amounts.set(key, (amounts.get(key) ?? 0n) + line.amountFen);
  }
  return amounts;
}

type SpentLine = Awaited<ReturnType<typeof spentLines>>[number];
type KeyOf = (line: SpentLine, providerOf: (contractId: string) => string | null) => string | null;

const keyOf: Readonly<Record<ExpenditureDimension, KeyOf>> = {
  economic_class: ({ economicCode }) => economicCode?.slice(0, 3) ?? null,
  economic_item: ({ economicCode }) => economicCode,
  station: ({ stationId }) => stationId,
  unit: ({ organisationId }) => organisationId,
  provider: ({ contractId, payeeType, payeeId }, providerOf) =>
    contractId ? providerOf(contractId) : payeeType === 'provider' ? payeeId : null,
  service_item: ({ serviceItem }) => serviceItem,
  month: () => null,
};

const keysOf: Readonly<Record<ExpenditureDimension, readonly SpendingKey[]>> = {
  economic_class: ['economicCode'],
  economic_item: ['economicCode'],
  station: ['stationId'],
  unit: ['organisationId'],
  provider: ['contractId', 'payeeType', 'payeeId'],
  service_item: ['serviceItem'],
  month: [],
};

const UNKNOWN: Readonly<Record<ExpenditureDimension, string>> = {
  economic_class: '未填经济分类',
  economic_item: '未填经济分类',
  station: '未指明站点',
  unit: '未知单位',
  provider: '非承接机构或未登记',
  service_item: '未填服务项目',
  month: '',
};

async function labelsOf(db: Db, by: ExpenditureDimension, keys: readonly string[]): Promise<Names> {
  switch (by) {
    case 'month':
      return new Map(keys.map((key) => [key, key]));
    case 'service_item':
      return new Map(
        keys.filter((key) => key !== '').map((key) => [key, SERVICE_ITEMS[key as ServiceItem].label]),
      );
    case 'economic_class':
    case 'economic_item':
      return new Map(keys.filter((key) => key !== '').map((key) => [key, economicLabel(key)]));
    default:
      return organisationNames(db, keys);
  }
}

/** A code with its name; 待核 where the name awaits an official text. */
export function economicLabel(code: string): string {
  const known = Object.hasOwn(ECONOMIC_CODES, code) ? ECONOMIC_CODES[code] : undefined;
  return known ? `${code} ${known.name}${known.status === 'remembered' ? '（待核）' : ''}` : code;
}

export const expenditureSheets = (report: Expenditure) =>
  [
    sheetOf({
      sheet: '支出构成',
      columns: report.columns,
      note: `${timeNote(report)}；期间起始：${report.from ?? '最早'}；按${report.byLabel}`,
      rows: () => report.rows,
    }),
  ] as const;
