import { formatYuan, parseYuan } from '../../../core/money.js';
import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import {
  BASIS_LABELS,
  type DifferenceView,
  type LowerBookView,
  type UpperComparisonView,
} from '../../../reconciliation/index.js';
import { Badge } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { DUTY_LABELS, REMEDIES } from './words.js';

type Fund = UpperComparisonView['funds'][number];
type Totals = UpperComparisonView['authority'];
export type DifferenceOf = DifferenceView & { readonly bookId: string; readonly bureauName: string };

const amount = <Row,>(
  key: string,
  label: string,
  basis: string,
  value: (row: Row) => string,
  isTotalled = true,
): Column<Row> => ({ key, label, kind: 'amount', basis, value, isTotalled });

/** Both sides of every fund: what the upper level issued, and what became of it here. */
export const fundColumns = (bookId: string): Column<Fund>[] => [
  {
    key: 'documentNo',
    label: '文号',
    isWide: true,
    value: ({ documentNo }) => documentNo,
    show: ({ fundId, documentNo, name }) => (
      <div>
        {fundId === null ? documentNo : <a href={`/books/${bookId}/funds/${fundId}`}>{documentNo}</a>}
        <span class="beneath">{name}</span>
      </div>
    ),
  },
  { key: 'type', label: '来源', value: ({ type }) => SOURCE_LABELS[type] },
  amount('allotted', '上级下达', '上级账套当年下达给本级的指标', ({ upper }) => upper.allotted),
  amount('takenIn', '本级收文', '本级对这些下达的收文，及没有上级记录的下达', ({ own }) => own.takenIn),
  amount('allottedDifference', '指标差额', '上级下达 − 本级收文', (row) => row.allottedDifference),
  amount('disbursed', '上级拨付', '上级账套当年拨付给本级的资金', ({ upper }) => upper.disbursed),
  amount('received', '本级到账', '本级对这些拨付的到账，及没有上级记录的到账', ({ own }) => own.received),
  amount('receivedDifference', '资金差额', '上级拨付 − 本级到账', (row) => row.receivedDifference),
  amount('planned', '本级计划', '当年登记的计划，只作参考', ({ own }) => own.planned),
  amount('spent', '本级支出', '当年已支付减退款和冲红', ({ own }) => own.spent),
  amount('passedDown', '下达下级', '当年下达给下级的指标', ({ own }) => own.passedDown),
  amount('returned', '缴回', '当年缴回', ({ own }) => own.returned),
];

export interface TotalRow extends Totals {
  readonly label: string;
}

const TOTAL_BASES: readonly (readonly [keyof Totals, string, string])[] = [
  ['issued', '上级下发', '上级当年下达（指标）或拨付（资金）'],
  ['taken', '下级记账', '下级收文或到账，包括没有上级记录的'],
  ['agreed', '一致', '两边都有的金额'],
  ['short', '未记账', '上级已下发、下级没有记账的金额'],
  ['over', '多记账', '下级记账超过上级下发的金额'],
];
export const TOTAL_COLUMNS: Column<TotalRow>[] = [
  { key: 'label', label: '项目', isFixed: true, value: ({ label }) => label },
  ...TOTAL_BASES.map(
    ([key, label, basis]): Column<TotalRow> => amount(key, label, basis, (row) => row[key], false),
  ),
];

/** 一致 ＋ 未记账 ＝ 下发, 一致 ＋ 多记账 ＝ 记账: both hold, or the comparison itself is wrong. */
export function isTied({ issued, taken, agreed, short, over }: Totals): boolean {
  const fen = parseYuan;
  return fen(agreed) + fen(short) === fen(issued) && fen(agreed) + fen(over) === fen(taken);
}

const record = (one: DifferenceView['upper'] | DifferenceView['own']) =>
  one === null ? '没有记录' : `${one.documentNo}，${one.effectiveDate}`;

const kindOf = ({ kindLabel, basis }: DifferenceOf) => `${kindLabel}（${BASIS_LABELS[basis]}）`;
const todo = ({ duty, kind }: DifferenceOf) => `${DUTY_LABELS[duty]}：${REMEDIES[kind]}`;
const AGE_BASIS = '自上级或本级记录的业务日期到查询日；跨月入账为两边日期相隔的天数';

/** Differences, each with its two records and what was said of it. */
export const differenceColumns = (withBureau: boolean): Column<DifferenceOf>[] => [
  ...(withBureau
    ? [{ key: 'bureauName', label: '单位', isWide: true, value: (row: DifferenceOf) => row.bureauName }]
    : []),
  { key: 'kind', label: '差异', value: kindOf },
  { key: 'fundName', label: '资金', isWide: true, value: ({ fundName }) => fundName },
  amount('amount', '金额', '有差异的金额，不带正负', (row) => row.amount, false),
  amount('difference', '差额', '上级下发 − 下级记账；只有日期或勾连不符时为零', (row) => row.difference),
  { key: 'ageDays', label: '账龄（天）', kind: 'count', basis: AGE_BASIS, value: ({ ageDays }) => ageDays },
  { key: 'upper', label: '上级记录', isWide: true, value: ({ upper }) => record(upper) },
  { key: 'own', label: '下级记录', isWide: true, value: ({ own }) => record(own) },
  { key: 'duty', label: '应办', isWide: true, value: todo },
  { key: 'ownerName', label: '责任人', value: ({ ownerName }) => ownerName },
  { key: 'explanation', label: '说明', isWide: true, value: ({ explanation }) => explanation },
  { key: 'expectedDate', label: '预计解决', kind: 'date', value: ({ expectedDate }) => expectedDate },
];

/** The same on the page, where what belongs together stands together. `hrefOf` leads to the difference. */
export function shownColumns(
  hrefOf: (difference: DifferenceOf) => string,
  withBureau: boolean,
): Column<DifferenceOf>[] {
  const shows: Readonly<Record<string, NonNullable<Column<DifferenceOf>['show']>>> = {
    kind: (row) => (
      <div>
        <a href={hrefOf(row)}>{kindOf(row)}</a>
        <span class="beneath">{row.fundName}</span>
      </div>
    ),
    upper: ({ upper, own }) => (
      <div>
        <span class="beneath">上级：{record(upper)}</span>
        <span class="beneath">下级：{record(own)}</span>
      </div>
    ),
    ownerName: ({ ownerName, expectedDate, isOverdue }) => (
      <div>
        {ownerName ?? <Badge tone="warning">! 未指定</Badge>}
        {expectedDate === null ? null : (
          <span class="beneath">
            {isOverdue ? <Badge tone="danger">× {expectedDate} 已过</Badge> : `${expectedDate} 前解决`}
          </span>
        )}
      </div>
    ),
  };
  const labels: Readonly<Record<string, string>> = {
    kind: '差异与资金',
    upper: '两边的记录',
    ownerName: '责任人与期限',
  };
  return differenceColumns(withBureau)
    .filter(({ key }) => !['fundName', 'own', 'expectedDate'].includes(key))
    .map((column) => ({
      ...column,
      label: labels[column.key] ?? column.label,
      isWide: column.isWide === true || column.key === 'kind',
      ...(shows[column.key] ? { show: shows[column.key] } : {}),
    }));
}

/** One row for each lower book. */
export const lowerColumns = (year: number): Column<LowerBookView>[] => [
  {
    key: 'bureauName',
    label: '单位',
    isWide: true,
    value: ({ bureauName }) => bureauName,
    show: ({ bookId, bureauName }) => (
      <a href={`/books/${bookId}/upper-comparison?side=upper&year=${year}`}>{bureauName}</a>
    ),
  },
  amount('issued', '下达指标', '本级当年下达', ({ authority }) => authority.issued),
  amount('taken', '下级收文', '下级对这些下达的收文', ({ authority }) => authority.taken),
  amount('short', '未收文', '已下达、下级没有收文', ({ authority }) => authority.short),
  amount('paid', '拨付资金', '本级当年拨付', ({ cash }) => cash.issued),
  amount('received', '下级到账', '下级对这些拨付的到账', ({ cash }) => cash.taken),
  amount('transit', '在途', '已拨付、下级没有登记到账', ({ cash }) => cash.short),
  {
    key: 'oldestDays',
    label: '最长在途（天）',
    kind: 'count',
    basis: '未收文指标、在途资金中最早一笔的天数',
    value: ({ oldestDays }) => oldestDays,
  },
  {
    key: 'differences',
    label: '差异',
    kind: 'count',
    basis: '差异的项数',
    value: ({ differences }) => differences.length,
  },
  {
    key: 'unowned',
    label: '无责任人',
    kind: 'count',
    basis: '没有指定责任人的差异项数',
    value: ({ unowned }) => unowned,
  },
];

/** Several totals of the same kind as one. */
export const sumOf = (amounts: readonly string[]): string =>
  formatYuan(amounts.reduce((sum, one) => sum + parseYuan(one), 0n));
