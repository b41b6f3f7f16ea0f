import { STATUS_LABELS } from '../../../claims/index.js';
import { LAYER_LABELS, type Layer } from '../../../ledger/index.js';
import { type TraceView, traceOf } from '../../../supervision/index.js';
import { Amount } from '../../components/amount.js';
import { Decision } from '../../components/decision.js';
import { Empty, Facts, Notice } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { definePage, ofOne } from '../../page.js';
import { Hash, LogLink, Outcome, SubjectLink } from './links.js';
import { FundStep } from './trace-fund.js';
import { TraceLines } from './trace-lines.js';
import { actionLabel, showInstant } from './words.js';

const PAYMENTS = { payment: '支付', refund: '退款', reversal: '冲红' } as const;
const CONTRACTS = { pending: '待签订', signed: '已签订', closed: '已关闭' } as const;

/** From the 文号 that granted the money down to whoever was paid, and to the proof of every record on the way. */
export const tracePage = definePage({
  path: '/books/:bookId/claims/:id/trace',
  params: ofOne,
  load: async ({ deps: { store }, actor, params: { bookId, id } }) =>
    traceOf(store, actor, bookId, { claimId: id }),
  title: ({ claim }) => `全程追溯：${claim?.title ?? '报账单'}`,
  view: (trace, { params: { bookId } }) => {
    const { funds, contract, claim, decisions, payments, entries } = trace;
    const uncovered = entries.filter(({ checkpoint }) => checkpoint === null).length;
    return (
      <>
        <p class="hint">
          从下达文号到收款人，自上而下逐步列出；每一步都有日志为证。金额为各步原始登记数，不作汇总。
        </p>
        <ol class="chain">
          {funds.map((fund) => (
            <li key={fund.fundId} class="card">
              <FundStep fund={fund} here={bookId} />
            </li>
          ))}
          {contract ? (
            <li class="card">
              <h2>
                合同：
                <SubjectLink bookId={bookId} type="contract" id={contract.id}>
                  {contract.contractNo} {contract.title}
                </SubjectLink>
              </h2>
              <Facts
                items={[
                  ['承接机构', contract.providerName],
                  ['签订日期', contract.signedDate],
                  ['状态', CONTRACTS[contract.status]],
                  ['合同金额', <Amount key="amount" yuan={contract.amount} />],
                ]}
              />
            </li>
          ) : null}
          {claim ? <ClaimStep claim={claim} bookId={bookId} funds={funds} /> : null}
          {decisions.map(({ logIndex, action, decision }) => (
            <li key={logIndex} class="card">
              <h2>裁定：{actionLabel(action)}</h2>
              <Decision decision={decision} lineIds={claim?.lines.map(({ id }) => id) ?? []} />
              <p class="tools">
                <a href={`/books/${bookId}/decisions/${logIndex}`}>裁定所依据的事实和重算结果</a>
                <LogLink bookId={bookId} index={logIndex} />
              </p>
            </li>
          ))}
          {payments.length === 0 ? (
            <li class="card">
              <h2>支付</h2>
              <p>还没有支付。</p>
            </li>
          ) : (
            payments.map((payment) => <PaymentStep key={payment.id} payment={payment} trace={trace} />)
          )}
        </ol>
        <h2>日志与检查点</h2>
        {uncovered > 0 ? (
          <Notice
            tone="info"
            title={`有 ${uncovered} 条还没有被检查点覆盖，检查点定时自动签署，稍后刷新即可。`}
          />
        ) : null}
        <DataTable
          caption="这一切在审计日志中的记录"
          rows={entries}
          idOf={({ logIndex }) => String(logIndex)}
          empty="没有日志。"
          columns={[
            {
              key: 'logIndex',
              label: '日志',
              kind: 'count',
              value: ({ logIndex }) => logIndex + 1,
              show: ({ logIndex }) => <LogLink bookId={bookId} index={logIndex} />,
            },
            { key: 'at', label: '时间', kind: 'date', value: ({ recordedAt }) => showInstant(recordedAt) },
            { key: 'action', label: '事项', value: ({ action }) => actionLabel(action) },
            {
              key: 'outcome',
              label: '结果',
              value: ({ outcome }) => outcome,
              show: ({ outcome }) => <Outcome outcome={outcome} />,
            },
            {
              key: 'leaf',
              label: '叶子值',
              isFixed: true,
              value: ({ leafHash }) => leafHash,
              show: ({ leafHash }) => <Hash>{leafHash}</Hash>,
            },
            {
              key: 'checkpoint',
              label: '覆盖它的检查点',
              value: ({ checkpoint }) => checkpoint?.size ?? null,
              show: ({ checkpoint }) => (checkpoint ? `前 ${checkpoint.size} 条` : '尚未覆盖'),
            },
          ]}
        />
      </>
    );
  },
});

function ClaimStep({
  claim,
  bookId,
  funds,
}: {
  claim: NonNullable<TraceView['claim']>;
  bookId: string;
  funds: TraceView['funds'];
}) {
  return (
    <li class="card">
      <h2>
        报账单：
        <SubjectLink bookId={bookId} type="claim" id={claim.id}>
          {claim.title}
        </SubjectLink>
      </h2>
      <Facts
        items={[
          ['申报单位', claim.organisationName],
          ['业务日期', claim.businessDate],
          ['状态', STATUS_LABELS[claim.status as keyof typeof STATUS_LABELS]],
          ['报账金额', <Amount key="amount" yuan={claim.amount} />],
          ['已支付', <Amount key="paid" yuan={claim.paid} />],
          ['已退款', claim.refunded === '0.00' ? null : <Amount key="refunded" yuan={claim.refunded} />],
        ]}
      />
      <TraceLines lines={claim.lines} bookId={bookId} funds={funds} />
    </li>
  );
}

function PaymentStep({ payment, trace }: { payment: TraceView['payments'][number]; trace: TraceView }) {
  const { bookId, funds } = trace;
  const layer = (code: string) => LAYER_LABELS[code as Layer] ?? code;
  return (
    <li class="card">
      <h2>
        {PAYMENTS[payment.kind]}：{payment.voucherNo}
      </h2>
      <Facts
        items={[
          ['业务日期', payment.effectiveDate],
          ['金额', <Amount key="amount" yuan={payment.amount} />],
          ['日志', <LogLink key="log" bookId={bookId} index={payment.logIndex} />],
        ]}
      />
      {payment.postings.length === 0 ? (
        <Empty>没有分录。</Empty>
      ) : (
        <ul>
          {payment.postings.map(({ fundId, from, to, amount }, index) => (
            <li key={index}>
              {funds.find((fund) => fund.fundId === fundId)?.documentNo ?? '资金'}：{layer(from)} →{' '}
              {layer(to)} <Amount yuan={amount} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
