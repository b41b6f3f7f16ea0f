import type { ClaimDossier, ClaimEvent } from '../../../claims/index.js';
import { PAYEE_LABELS } from '../../../core/vocabulary.js';
import { Amount } from '../../components/amount.js';
import { OutcomeBadge } from '../../components/decision.js';
import { Badge, Facts, Notice } from '../../components/notice.js';
import { isRefused, STATUS_TONES, showTime } from './words.js';

interface Given {
  readonly dossier: ClaimDossier;
}

export const StatusBadge = ({ status, label }: { status: string; label: string }) => (
  <Badge tone={STATUS_TONES[status] ?? 'info'}>{label}</Badge>
);

/** Who claims what, for whom, on which ground. */
export function ClaimFacts({ dossier: { claim, people, organisations, contract, readsBook } }: Given) {
  const { bookId } = claim;
  return (
    <Facts
      items={[
        ['状态', <StatusBadge key="status" status={claim.status} label={claim.statusLabel} />],
        ['金额', <Amount key="amount" yuan={claim.amount} />],
        ['已付', claim.paid === '0.00' ? null : <Amount key="paid" yuan={claim.paid} />],
        ['已退回', claim.refunded === '0.00' ? null : <Amount key="refunded" yuan={claim.refunded} />],
        ['申报单位', organisations[claim.organisationId]],
        ['经办人', people[claim.makerId]],
        ['审核人', claim.reviewerId && `${people[claim.reviewerId]}${claim.isCoSigned ? '（会签）' : ''}`],
        ['审批人', claim.approverId && people[claim.approverId]],
        ['收款人', `${claim.payeeName}（${PAYEE_LABELS[claim.payeeType]}）`],
        ['业务日期', claim.businessDate],
        [
          '合同',
          contract === null ? null : (
            <>
              {readsBook ? (
                <a href={`/books/${bookId}/contracts/${contract.id}`}>{contract.contractNo}</a>
              ) : (
                contract.contractNo
              )}
              {claim.isFinalPayment ? '（尾款）' : ''}，已付 <Amount yuan={contract.paid} /> ／ 合同价{' '}
              <Amount yuan={contract.amount} />
            </>
          ),
        ],
        ['规则判断', claim.outcome && <OutcomeBadge key="outcome" outcome={claim.outcome} />],
      ]}
    />
  );
}

const STAGES = [
  ['claim.create', '草稿'],
  ['claim.submit', '提交'],
  ['claim.review', '审核'],
  ['claim.approve', '批准'],
  ['claim.pay', '支付'],
  ['claim.close', '办结'],
] as const;
/** How many of the stages lie behind a claim. */
const BEHIND: Readonly<Record<ClaimDossier['claim']['status'], number>> = {
  draft: 1,
  returned: 1,
  rejected: 1,
  submitted: 2,
  reviewed: 3,
  approved: 4,
  partly_paid: 4,
  paid: 6,
  closed: 6,
};

/** The events that still count: a claim that came back to its maker has only been drafted. */
function standing(history: readonly ClaimEvent[]): Map<string, ClaimEvent> {
  const found = new Map<string, ClaimEvent>();
  for (const event of history) {
    if (isRefused(event.outcome)) continue;
    if (['claim.submit', 'claim.withdraw', 'claim.return', 'claim.reject'].includes(event.action))
      for (const [action] of STAGES.slice(1)) found.delete(action);
    found.set(event.action === 'claim.co_sign' ? 'claim.review' : event.action, event);
  }
  return found;
}

/** The way of a claim as a line: what was done by whom and when, and what comes next. */
export function StepLine({ dossier: { claim, history, people } }: Given) {
  const done = standing(history);
  const behind = BEHIND[claim.status];
  return (
    <ol class="step-line" aria-label="办理进度">
      {STAGES.map(([action, label], index) => {
        const event = done.get(action);
        const isDone = index < behind;
        const isCurrent = index === behind && claim.status !== 'rejected';
        return (
          <li
            key={action}
            class={isDone ? 'done' : isCurrent ? 'current' : ''}
            aria-current={isCurrent ? 'step' : undefined}
          >
            <span class="step-name">
              <span aria-hidden="true">{isDone ? '✓ ' : `${index + 1} `}</span>
              {label}
              <span class="sr-only">{isDone ? '（已办）' : isCurrent ? '（下一步）' : '（未到）'}</span>
            </span>
            {event && (isDone || action === 'claim.pay') ? (
              <span class="step-by">
                {people[event.actorId]}
                <br />
                {showTime(event.recordedAt)}
              </span>
            ) : null}
            {action === 'claim.pay' && claim.status === 'partly_paid' ? (
              <span class="step-by">部分支付</span>
            ) : null}
            {action === 'claim.close' && claim.status === 'paid' ? <span class="step-by">付清</span> : null}
          </li>
        );
      })}
    </ol>
  );
}

/** Why a claim came back, or came to nothing. */
export function Sentence({ dossier: { claim, history, people } }: Given) {
  const isReturned = claim.status === 'returned';
  if (!isReturned && claim.status !== 'rejected') return null;
  const event = history.findLast(
    ({ action, outcome }) => action === (isReturned ? 'claim.return' : 'claim.reject') && !isRefused(outcome),
  );
  if (!event) return null;
  return (
    <Notice
      tone={isReturned ? 'warning' : 'danger'}
      title={`${people[event.actorId]} ${showTime(event.recordedAt)} ${isReturned ? '退回' : '否决'}：${event.note ?? ''}`}
    >
      <p>
        {isReturned
          ? '请经办人按上述原因修改后再次提交；占用的指标和发票已经放开。'
          : '否决后不能再提交；占用的指标和发票已经放开。'}
      </p>
    </Notice>
  );
}
