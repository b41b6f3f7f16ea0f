import { CONTRACT_STATUS_LABELS, type ContractView } from '../../../contracts/index.js';
import { MiniBar } from '../../charts/index.js';
import { Amount } from '../../components/amount.js';
import { Badge } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { STATUS_TONES } from './words.js';

export const AMOUNT_BASIS = '合同各行金额之和，即签订后的合同占用总数。';
export const PAID_BASIS = '合同项下报账实际支付的累计数，退款和冲红已扣除。';

export const contractColumns = (bookId: string): readonly Column<ContractView>[] => [
  {
    key: 'contractNo',
    label: '合同号',
    isWide: true,
    value: ({ contractNo }) => contractNo,
    show: ({ id, contractNo }) => <a href={`/books/${bookId}/contracts/${id}`}>{contractNo}</a>,
  },
  { key: 'title', label: '名称', isWide: true, value: ({ title }) => title },
  { key: 'provider', label: '承接机构', value: ({ providerName }) => providerName },
  { key: 'amount', label: '金额', kind: 'amount', basis: AMOUNT_BASIS, value: ({ amount }) => amount },
  {
    key: 'paid',
    label: '已付',
    kind: 'amount',
    basis: `${PAID_BASIS}横条是它占合同金额的比例。`,
    value: ({ paid }) => paid,
    show: ({ amount, paid }) => (
      <div>
        <Amount yuan={paid} isPlain />
        <div class="beneath">
          <MiniBar label="已付占合同金额" part={paid} whole={amount} />
        </div>
      </div>
    ),
  },
  {
    key: 'status',
    label: '状态',
    value: ({ status }) => CONTRACT_STATUS_LABELS[status],
    show: ({ status }) => <Badge tone={STATUS_TONES[status]}>{CONTRACT_STATUS_LABELS[status]}</Badge>,
  },
  { key: 'signedDate', label: '签订日期', kind: 'date', value: ({ signedDate }) => signedDate },
  {
    key: 'endDate',
    label: '期限',
    value: ({ startDate, endDate }) => `${startDate} 至 ${endDate}`,
    show: ({ startDate, endDate }) => (
      <span class="term">
        {startDate}
        <br />至 {endDate}
      </span>
    ),
  },
];
