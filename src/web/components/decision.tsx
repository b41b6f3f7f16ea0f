import type { ComponentChildren } from 'preact';
import type { DecisionView, ExplanationView, WayOut } from '../../contracts/index.js';
import { EFFECT_LABELS } from '../../policy/index.js';
import { Amount } from './amount.js';
import { Badge, Notice, type Tone } from './notice.js';

export const OUTCOMES: Readonly<Record<string, readonly [tone: Tone, label: string]>> = {
  allow: ['ok', '可以通过'],
  review: ['warning', '须人工复核'],
  block: ['danger', '不能通过'],
};
const TONES: Readonly<Record<string, Tone>> = {
  block: 'danger',
  review: 'warning',
  warn: 'info',
  pass: 'ok',
};

export function OutcomeBadge({ outcome }: { outcome: string | null }) {
  const [tone, label] = OUTCOMES[outcome ?? ''] ?? (['info', '尚未判断'] as const);
  return <Badge tone={tone}>{label}</Badge>;
}

type Reason = DecisionView['reasons'][number];

/** A decision with every reason: clause and its operative words, figures compared, room left. Passed rules are folded. */
export function Decision({
  decision,
  lineIds = [],
}: {
  decision: DecisionView;
  /** Ids of the case's lines in their order, so that a reason names the line by its number. */
  lineIds?: readonly string[];
}) {
  const said = decision.reasons.filter(({ effect }) => effect !== 'pass');
  const passed = decision.reasons.filter(({ effect }) => effect === 'pass');
  return (
    <div class="decision">
      <p class="decision-head">
        规则判断：
        <OutcomeBadge outcome={decision.outcome} />
      </p>
      {said.length === 0 ? <p>现行条款中没有限制本次用款的规定。</p> : null}
      <ReasonList reasons={said} lineIds={lineIds} />
      {passed.length > 0 ? (
        <details>
          <summary>已核对并通过的规定（{passed.length} 项）</summary>
          <ReasonList reasons={passed} lineIds={lineIds} />
        </details>
      ) : null}
    </div>
  );
}

function ReasonList({ reasons, lineIds }: { reasons: readonly Reason[]; lineIds: readonly string[] }) {
  return (
    <ul class="reasons">
      {reasons.map((reason) => (
        <li key={`${reason.rule} ${reason.lineId} ${reason.fundId}`} class={TONES[reason.effect]}>
          <p class="reason-head">
            <Badge tone={TONES[reason.effect] ?? 'info'}>
              {EFFECT_LABELS[reason.effect as keyof typeof EFFECT_LABELS]}
            </Badge>{' '}
            {reason.lineId !== null && lineIds.includes(reason.lineId)
              ? `第 ${lineIds.indexOf(reason.lineId) + 1} 行：`
              : ''}
            {reason.message}
          </p>
          <p class="clause">
            {reason.documentNo}　条款 {reason.clause}：“{reason.quotation}”
            {reason.isSourceVerified ? '' : '（依据待核）'}
          </p>
          {reason.figures.length > 0 ? (
            <dl class="compared">
              {reason.figures.map(([label, value]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
              {reason.headroom === null ? null : (
                <div>
                  <dt>本次之前的余地</dt>
                  <dd>
                    <Amount yuan={reason.headroom} />
                  </dd>
                </div>
              )}
            </dl>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** What would pass, each tried on the case and judged again; then what solves a part. `buttonOf` does it. */
export function WaysOut({
  explanation,
  buttonOf = () => null,
}: {
  explanation: ExplanationView;
  buttonOf?: (way: WayOut) => ComponentChildren;
}) {
  const parts = [
    ['这样办可以通过（每条都已试算）', explanation.waysOut.filter(({ outcome }) => outcome !== 'block')],
    ['这样办可以先解决其中一项', explanation.waysOut.filter(({ outcome }) => outcome === 'block')],
  ] as const;
  return (
    <>
      {parts.map(([title, ways]) =>
        ways.length === 0 ? null : (
          <Notice key={title} tone="info" title={title}>
            <ol class="ways-out">
              {ways.map((way) => (
                <li key={way.text}>
                  {way.text}
                  {buttonOf(way)}
                </li>
              ))}
            </ol>
          </Notice>
        ),
      )}
    </>
  );
}
