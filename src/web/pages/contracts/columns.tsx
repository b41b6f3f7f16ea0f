import { CONTRACT_STATUS_LABELS, type ContractView } from '../../../contracts/index.js';
import { MiniBar } from '../../charts/index.js';
import { Badge } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { STATUS_TONES } from './words.js';

export const AMOUNT_BASIS = '合同各行金额之和，即签订后的合同占用总数。';
export const PAID_BASIS = '合同项下报账实际支付的累计数，退款和冲红已扣除。';

export function contractColumns(bookId: string): readonly Column<ContractView>[] {
  return [
    {
      key: 'contractNo',
      label: '合同号',
      value: ({ contractNo }) => contractNo,
      show: ({ id, contractNo }) => <a href={`/books/${bookId}/contracts/${id}`}>{contractNo}</a>,
    },
    { key: 'title', label: '名称', isWide: true, value: ({ title }) => title },
    { key: 'provider', label: '承接机构', isWide: true, value: ({ providerName }) => providerName },
    { key: 'amount', label: '金额', kind: 'amount', basis: AMOUNT_BASIS, value: ({ amount }) => amount },
    { key: 'paid', label: '已付', kind: 'amount', basis: PAID_BASIS, value: ({ paid }) => paid },
  ];
}

/** What follows the amounts, besides a picture of them that a sheet has no use for. */
const STANDING: readonly Column<ContractView>[] = [
  {
    key: 'status',
    label: '状态',
    value: ({ status }) => CONTRACT_STATUS_LABELS[status],
    show: ({ status }) => <Badge tone={STATUS_TONES[status]}>{CONTRACT_STATUS_LABELS[status]}</Badge>,
  },
  { key: 'signedDate', label: '签订日期', kind: 'date', value: ({ signedDate }) => signedDate },
  { key: 'startDate', label: '期限自', kind: 'date', value: ({ startDate }) => startDate },
  { key: 'endDate', label: '期限至', kind: 'date', value: ({ endDate }) => endDate },
];

export const sheetColumns = (bookId: string): readonly Column<ContractView>[] => [
  ...contractColumns(bookId),
  ...STANDING,
];

export const listColumns = (bookId: string): readonly Column<ContractView>[] => [
  ...contractColumns(bookId),
  {
    key: 'share',
    label: '付款进度',
    isFixed: true,
    basis: '已付占合同金额的比例。',
    value: () => null,
    show: ({ amount, paid }) => <MiniBar label="已付占合同金额" part={paid} whole={amount} />,
  },
  ...STANDING,
];
