import type { PaidView, TakenView } from '../../../allotments/index.js';
import { type BusinessDate, daysBetween } from '../../../core/dates.js';
import type { Page } from '../../../core/page.js';
import { Badge } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { LogLink } from '../audit/links.js';

export const PAID_LABELS = {
  in_transit: '在途',
  arrived: '下级已到账，待确认',
  acknowledged: '已确认到账',
} as const;
export const TAKEN_LABELS = { allotment: '指标收文', disbursement: '资金到账' } as const;

/** Every row of a list that is read page by page. */
export async function* everyRow<Row>(
  read: (at: { limit: number; cursor?: string | undefined }) => Promise<Page<Row>>,
): AsyncGenerator<Row> {
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 200, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}

type Funds = Readonly<Record<string, string>>;
const fund = <Row extends { fundId: string }>(bookId: string, funds: Funds): Column<Row> => ({
  key: 'fund',
  label: '资金',
  isWide: true,
  value: ({ fundId }) => funds[fundId] ?? '',
  show: ({ fundId }) => <a href={`/books/${bookId}/funds/${fundId}`}>{funds[fundId] ?? '资金批次'}</a>,
});
const log = <Row extends { logIndex: number }>(bookId: string): Column<Row> => ({
  key: 'log',
  label: '日志',
  value: ({ logIndex }) => logIndex + 1,
  show: ({ logIndex }) => <LogLink bookId={bookId} index={logIndex} />,
});

const transitDays = ({ state, effectiveDate }: PaidView, today: BusinessDate) =>
  state === 'in_transit' ? daysBetween(effectiveDate, today) : null;

export const paidColumns = (bookId: string, funds: Funds, today: BusinessDate): Column<PaidView>[] => [
  { key: 'voucherNo', label: '付款凭证号', value: ({ voucherNo }) => voucherNo },
  { key: 'recipient', label: '接收单位', isWide: true, value: ({ recipientName }) => recipientName },
  {
    key: 'documentNo',
    label: '下达文号',
    isWide: true,
    value: ({ documentNo }) => documentNo,
    show: ({ documentNo }) => (
      <a href={`/books/${bookId}/allotments?documentNo=${encodeURIComponent(documentNo)}`}>{documentNo}</a>
    ),
  },
  fund(bookId, funds),
  { key: 'effectiveDate', label: '拨付日期', kind: 'date', value: ({ effectiveDate }) => effectiveDate },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '随下达拨付给下级账套的资金，不论是否已到账',
    value: ({ amount }) => amount,
  },
  {
    key: 'state',
    label: '状态',
    value: ({ state }) => PAID_LABELS[state],
    show: ({ state }) => (
      <Badge tone={state === 'in_transit' ? 'warning' : state === 'arrived' ? 'info' : 'ok'}>
        {PAID_LABELS[state]}
      </Badge>
    ),
  },
  {
    key: 'age',
    label: '在途天数',
    kind: 'count',
    basis: '尚在途的，自拨付的业务日期到今天',
    value: (row) => transitDays(row, today),
  },
  { key: 'takenDate', label: '到账日期', kind: 'date', value: ({ takenDate }) => takenDate },
  log(bookId),
];

export const takenColumns = (bookId: string, funds: Funds): Column<TakenView>[] => [
  { key: 'kind', label: '种类', value: ({ kind }) => TAKEN_LABELS[kind] },
  { key: 'documentNo', label: '收文号或凭证号', value: ({ documentNo }) => documentNo },
  { key: 'from', label: '上级', value: ({ fromName }) => fromName },
  {
    key: 'issueDocumentNo',
    label: '上级文号或凭证号',
    isWide: true,
    value: ({ issueDocumentNo }) => issueDocumentNo,
  },
  fund(bookId, funds),
  { key: 'issueDate', label: '上级办理日期', kind: 'date', value: ({ issueDate }) => issueDate },
  { key: 'effectiveDate', label: '业务日期', kind: 'date', value: ({ effectiveDate }) => effectiveDate },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '从上级收下的：指标收文是下达数，资金到账是拨付数，两者不相加',
    value: ({ amount }) => amount,
  },
  log(bookId),
];
