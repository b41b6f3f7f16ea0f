import type { ClaimDossier } from '../../../claims/index.js';
import { OutcomeBadge } from '../../components/decision.js';
import { Badge } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { usePage } from '../../context.js';
import { eventLabel, isRefused, PAYMENT_LABELS, showTime } from './words.js';

/** Payments, refunds and reversals with their vouchers. */
export function ClaimPayments({ dossier: { claim, history, people, readsBook } }: { dossier: ClaimDossier }) {
  const byIndex = new Map(history.map(({ logIndex, actorId }) => [logIndex, people[actorId]]));
  return (
    <DataTable
      caption="支付、退款和冲红"
      rows={claim.payments}
      idOf={({ id }) => id}
      empty="还没有支付。批准之后由出纳支付。"
      columns={[
        { key: 'kind', label: '种类', isFixed: true, value: ({ kind }) => PAYMENT_LABELS[kind] },
        { key: 'voucherNo', label: '凭证号', isFixed: true, value: ({ voucherNo }) => voucherNo },
        {
          key: 'effectiveDate',
          label: '业务日期',
          kind: 'date',
          isFixed: true,
          value: ({ effectiveDate }) => effectiveDate,
        },
        {
          key: 'amount',
          label: '金额',
          kind: 'amount',
          basis: '凭证上的金额；退款和冲红是减项',
          isFixed: true,
          value: ({ amount }) => amount,
        },
        {
          key: 'person',
          label: '办理人',
          isFixed: true,
          value: ({ logIndex }) => byIndex.get(logIndex) ?? null,
        },
        {
          key: 'log',
          label: '日志',
          isFixed: true,
          value: ({ logIndex }) => logIndex + 1,
          show: ({ logIndex }) => <LogLink bookId={claim.bookId} logIndex={logIndex} isOpen={readsBook} />,
        },
      ]}
    />
  );
}

function LogLink({ bookId, logIndex, isOpen }: { bookId: string; logIndex: number; isOpen: boolean }) {
  const text = `第 ${logIndex + 1} 条`;
  return isOpen && usePage().pages.has('/books/:bookId/log/:index') ? (
    <a href={`/books/${bookId}/log/${logIndex}`}>{text}</a>
  ) : (
    <span>{text}</span>
  );
}

/** Who did what and when, attempts that were refused among it. */
export function ClaimHistory({ dossier: { claim, history, people, readsBook } }: { dossier: ClaimDossier }) {
  return (
    <ol class="history">
      {history.map(({ logIndex, recordedAt, action, actorId, outcome, note }) => (
        <li key={logIndex}>
          <span class="history-when">{showTime(recordedAt)}</span>
          <span class="history-what">
            {people[actorId]} <strong>{eventLabel(action)}</strong>{' '}
            {isRefused(outcome) ? <Badge tone="danger">未成，被拒绝</Badge> : null}
            {outcome !== null && !isRefused(outcome) ? <OutcomeBadge outcome={outcome} /> : null}
            {note === null ? null : <span class="beneath">意见：{note}</span>}
          </span>
          <span class="history-log">
            <LogLink bookId={claim.bookId} logIndex={logIndex} isOpen={readsBook} />
          </span>
        </li>
      ))}
    </ol>
  );
}
