import { Decision, OutcomeBadge } from '../../components/decision.js';
import { Empty, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { LogLink, Outcome, PageLink } from '../audit/links.js';
import { actionLabel, showInstant } from '../audit/words.js';
import type { ContractData } from './one-load.js';

/** The newest decision with its clauses, for those who may read the log. */
export function DecisionOn({ contract: { bookId, lines }, history }: ContractData) {
  if (!history?.decision) return null;
  const { index, action, view } = history.decision;
  return (
    <Section
      title={`规则判断（${actionLabel(action)}时）`}
      aside={
        <a class="button plain" href={`/books/${bookId}/decisions/${index}`}>
          所依据的事实
        </a>
      }
    >
      <Decision decision={view} lineIds={lines.map(({ id }) => id)} />
    </Section>
  );
}

export function ClaimsOn({ contract: { bookId, id }, claims, organisations }: ContractData) {
  const { items, total } = claims;
  const isMore = claims.nextCursor !== null;
  return (
    <Section
      title="合同项下的报账"
      aside={
        isMore ? (
          <PageLink pattern="/books/:bookId/claims" of={{ bookId }} query={`contractId=${id}`}>
            全部 {total?.count}
            {total?.isCapped ? '+' : ''} 笔
          </PageLink>
        ) : null
      }
    >
      <DataTable
        caption={isMore ? `最近 ${items.length} 笔报账` : '报账'}
        rows={items}
        idOf={(claim) => claim.id}
        empty="还没有报账。签订之后，站点或承接机构填报账单时选择这份合同。"
        columns={[
          { key: 'businessDate', label: '业务日期', kind: 'date', value: ({ businessDate }) => businessDate },
          {
            key: 'claim',
            label: '事项',
            isWide: true,
            value: ({ title }) => title,
            show: ({ id: claimId, title }) => (
              <PageLink pattern="/books/:bookId/claims/:id" of={{ bookId, id: claimId }}>
                {title}
              </PageLink>
            ),
          },
          {
            key: 'unit',
            label: '报账单位',
            value: ({ organisationId }) => organisations[organisationId] ?? null,
          },
          {
            key: 'claimAmount',
            label: '金额',
            kind: 'amount',
            basis: '报账单各行金额之和。',
            value: ({ amount }) => amount,
          },
          {
            key: 'claimPaid',
            label: '已付',
            kind: 'amount',
            basis: '已支付的累计数，退款没有扣除。',
            value: ({ paid }) => paid,
          },
          { key: 'claimStatus', label: '状态', value: ({ statusLabel }) => statusLabel },
        ]}
      />
    </Section>
  );
}

export function ReportsOn({ contract: { bookId }, reports, allowed }: ContractData) {
  if (reports.length === 0 && !allowed.isReader) return null;
  return (
    <Section title="承接机构使用明细">
      <DataTable
        caption="承接机构报送的二级支出"
        rows={reports}
        idOf={({ id }) => id}
        empty="承接机构还没有报送使用明细。收到款项后，请承接机构在“使用明细报送”中填报。"
        columns={[
          { key: 'spentOn', label: '业务日期', kind: 'date', value: ({ businessDate }) => businessDate },
          { key: 'lineCount', label: '明细行数', kind: 'count', value: ({ lines }) => lines.length },
          {
            key: 'reported',
            label: '金额',
            kind: 'amount',
            basis: '这次报送的各行之和，由承接机构填报，不另外占用资金。',
            value: ({ amount }) => amount,
            isTotalled: true,
          },
          {
            key: 'outcome',
            label: '规则判断',
            value: ({ outcome }) => outcome,
            show: ({ outcome, decisionIndex }) =>
              allowed.isReader && decisionIndex !== null ? (
                <a href={`/books/${bookId}/decisions/${decisionIndex}`}>
                  <OutcomeBadge outcome={outcome} />
                </a>
              ) : (
                <OutcomeBadge outcome={outcome} />
              ),
          },
        ]}
      />
    </Section>
  );
}

/** Who did what to it, from the log. */
export function History({ contract: { bookId }, history }: ContractData) {
  if (!history) return null;
  return (
    <Section title="办理记录">
      {history.entries.length === 0 ? (
        <Empty>日志里还没有这份合同的记录。</Empty>
      ) : (
        <DataTable
          caption="审计日志中关于这份合同的记录，最近的在前"
          rows={history.entries}
          idOf={({ logIndex }) => String(logIndex)}
          empty=""
          columns={[
            {
              key: 'recordedAt',
              label: '时间',
              kind: 'date',
              value: (entry) => showInstant(entry.recordedAt),
            },
            { key: 'action', label: '办理事项', value: ({ action }) => actionLabel(action) },
            {
              key: 'result',
              label: '结果',
              value: ({ outcome }) => outcome,
              show: ({ outcome }) => <Outcome outcome={outcome} />,
            },
            {
              key: 'entry',
              label: '日志',
              isFixed: true,
              value: ({ logIndex }) => logIndex + 1,
              show: ({ logIndex }) => <LogLink bookId={bookId} index={logIndex} />,
            },
          ]}
        />
      )}
    </Section>
  );
}
