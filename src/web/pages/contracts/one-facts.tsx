import { CONTRACT_STATUS_LABELS } from '../../../contracts/index.js';
import { economicCodeName } from '../../../core/economic-codes.js';
import { formatYuan, parseYuan, sumFen } from '../../../core/money.js';
import { END_USER_LABELS, PRICING_LABELS, SOURCE_LABELS } from '../../../core/vocabulary.js';
import { MiniBar } from '../../charts/index.js';
import { Amount } from '../../components/amount.js';
import { Badge, Facts, Figure, Figures, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { AMOUNT_BASIS, PAID_BASIS } from './columns.js';
import type { ContractData } from './one-load.js';
import { beneficiaryLabels, ROSTER_LABELS, STATUS_TONES, serviceItemLabel } from './words.js';

const CLAIMED_BASIS = '在途和已办的报账占用合同的金额，退款已扣除；草稿、退回和否决的不算。';
const sumOf = (amounts: readonly string[]) => formatYuan(sumFen(amounts.map(parseYuan)));
const less = (whole: string, part: string) => formatYuan(parseYuan(whole) - parseYuan(part));

export function Money({ contract: { amount, paid, status }, progress }: ContractData) {
  const claimed = sumOf(progress.map((one) => one.claimed));
  return (
    <Figures>
      <Figure label="合同金额" basis={AMOUNT_BASIS}>
        <Amount yuan={amount} />
      </Figure>
      <Figure label="已报账" basis={CLAIMED_BASIS}>
        <Amount yuan={claimed} />
      </Figure>
      <Figure label="已付" basis={PAID_BASIS}>
        <Amount yuan={paid} /> <MiniBar label="已付占合同金额" part={paid} whole={amount} />
      </Figure>
      {status !== 'signed' ? null : (
        <Figure label="尚可报账" basis="合同金额减已报账。">
          <Amount yuan={less(amount, claimed)} />
        </Figure>
      )}
    </Figures>
  );
}

export function ContractFacts({ contract, organisations, makerName, renewed, allowed }: ContractData) {
  const { bookId, status, providerId, providerName } = contract;
  return (
    <Section title="合同内容">
      <Facts
        items={[
          [
            '状态',
            <Badge key="status" tone={STATUS_TONES[status]}>
              {CONTRACT_STATUS_LABELS[status]}
            </Badge>,
          ],
          ['购买主体', organisations[contract.buyerId] ?? ''],
          [
            '承接机构',
            allowed.isReader ? (
              <a key="provider" href={`/books/${bookId}/providers/${providerId}`}>
                {providerName}
              </a>
            ) : (
              providerName
            ),
          ],
          ['签订日期', contract.signedDate],
          ['期限', `${contract.startDate} 至 ${contract.endDate}`],
          ['计价方式', contract.pricing && PRICING_LABELS[contract.pricing]],
          ['预算项目编码', contract.budgetCode],
          [
            '续签自',
            renewed && (
              <a key="renewed" href={`/books/${bookId}/contracts/${renewed.id}`}>
                {renewed.contractNo} {renewed.title}
              </a>
            ),
          ],
          [
            '每岗每年人工成本',
            contract.unitLabourCost && <Amount key="labour" yuan={contract.unitLabourCost} />,
          ],
          ['每站持证社工', people(contract.certifiedWorkersPerStation)],
          ['每站专职社工', people(contract.fulltimeWorkersPerStation)],
          ['起草人', makerName],
        ]}
      />
    </Section>
  );
}

const people = (count: number | null) => (count === null ? null : `${count} 人`);

type Line = ContractData['contract']['lines'][number];

export function Lines({ contract, funds, organisations, progress, allowed }: ContractData) {
  const { bookId, lines } = contract;
  const fundName = (fundId: string) => {
    const fund = funds[fundId];
    return fund ? `${fund.documentNo} ${fund.name}` : '';
  };
  const showFund = (fundId: string) =>
    allowed.funds ? <a href={`/books/${bookId}/funds/${fundId}`}>{fundName(fundId)}</a> : fundName(fundId);
  const stationOf = ({ stationId }: Line) =>
    stationId === null ? '不分站点' : (organisations[stationId] ?? '');
  const byFund = [...new Set(lines.map(({ fundId }) => fundId))].map((fundId) => {
    const own = progress.find((one) => one.fundId === fundId);
    const amount = sumOf(lines.filter((line) => line.fundId === fundId).map((line) => line.amount));
    return { fundId, amount, claimed: own?.claimed ?? '0.00', paid: own?.paid ?? '0.00' };
  });
  return (
    <Section title="资金与明细">
      <DataTable
        caption="按资金"
        rows={byFund}
        idOf={({ fundId }) => fundId}
        empty=""
        columns={[
          {
            key: 'fundName',
            label: '资金',
            isWide: true,
            value: ({ fundId }) => fundName(fundId),
            show: ({ fundId }) => showFund(fundId),
          },
          { key: 'source', label: '来源', value: ({ fundId }) => sourceOf(funds[fundId]) },
          {
            key: 'whole',
            label: '合同金额',
            kind: 'amount',
            basis: '由这笔资金支付的各行之和。',
            value: ({ amount }) => amount,
            isTotalled: true,
          },
          {
            key: 'claimed',
            label: '已报账',
            kind: 'amount',
            basis: CLAIMED_BASIS,
            value: ({ claimed }) => claimed,
            isTotalled: true,
          },
          {
            key: 'paid',
            label: '已付',
            kind: 'amount',
            basis: PAID_BASIS,
            value: ({ paid }) => paid,
            isTotalled: true,
          },
          {
            key: 'share',
            label: '付款进度',
            isFixed: true,
            basis: '已付占合同金额的比例。',
            value: () => null,
            show: ({ amount, paid }) => <MiniBar label="已付占合同金额" part={paid} whole={amount} />,
          },
        ]}
      />
      <DataTable
        caption="合同明细"
        rows={lines}
        idOf={({ id }) => id}
        empty=""
        pageSize={200}
        columns={columnsOf(stationOf, (fundId) => funds[fundId]?.documentNo ?? '').filter(({ value }) =>
          lines.some((line) => value(line) !== null),
        )}
      />
    </Section>
  );
}

/** What lines say; what none of them says is not shown. */
const columnsOf = (
  stationOf: (line: Line) => string,
  documentOf: (fundId: string) => string,
): readonly Column<Line>[] => [
  { key: 'description', label: '内容', isWide: true, value: ({ description }) => description },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '合同该行的金额。',
    value: ({ amount }) => amount,
    isTotalled: true,
  },
  { key: 'document', label: '资金', isWide: true, value: ({ fundId }) => documentOf(fundId) },
  {
    key: 'economicCode',
    label: '支出经济分类',
    value: ({ economicCode }) => economicCode && `${economicCode} ${economicCodeName(economicCode) ?? ''}`,
  },
  { key: 'serviceItem', label: '服务项目', value: ({ serviceItem }) => serviceItemLabel(serviceItem) },
  { key: 'station', label: '服务的站点', value: stationOf },
  {
    key: 'beneficiaries',
    label: '受益群体',
    value: ({ beneficiaryGroups }) => beneficiaryLabels(beneficiaryGroups),
  },
  { key: 'endUser', label: '最终使用方', value: ({ endUser }) => endUser && END_USER_LABELS[endUser] },
  {
    key: 'roster',
    label: '救助名册',
    value: ({ rosterCoverage }) => rosterCoverage && ROSTER_LABELS[rosterCoverage],
  },
];

const sourceOf = (fund: ContractData['funds'][string] | undefined) => (fund ? SOURCE_LABELS[fund.type] : '');

export function Schedule({ contract: { schedule } }: ContractData) {
  if (schedule.length === 0) return null;
  return (
    <Section title="付款计划">
      <DataTable
        caption="约定的付款"
        rows={schedule}
        idOf={({ dueDate, amount, condition }) => `${dueDate} ${amount} ${condition}`}
        empty=""
        columns={[
          { key: 'dueDate', label: '应付日期', kind: 'date', value: ({ dueDate }) => dueDate },
          {
            key: 'instalment',
            label: '金额',
            kind: 'amount',
            basis: '合同约定的这一期应付数。',
            value: ({ amount }) => amount,
            isTotalled: true,
          },
          { key: 'condition', label: '付款条件', isWide: true, value: ({ condition }) => condition },
        ]}
      />
    </Section>
  );
}
