import type { DecisionView } from '../../../contracts/index.js';
import {
  getLogEntry,
  getLoggedDecision,
  logIndex,
  type ReplayView,
  replayBookFor,
} from '../../../evidence/index.js';
import { inYuan } from '../../../http/yuan.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { type Facts as CaseFacts, UNJUDGED_LABELS } from '../../../policy/index.js';
import { Decision } from '../../components/decision.js';
import { Facts, Notice, Section } from '../../components/notice.js';
import { definePage, inBook } from '../../page.js';
import { CaseFactsView } from './facts.js';
import { Hash, LogLink, Outcome, SubjectLink } from './links.js';
import { actionLabel, showInstant, subjectLabel } from './words.js';

/** Everything of one entry of the log that a rule decided; who made the case sees it without its facts. */
export const decisionPage = definePage({
  path: '/books/:bookId/decisions/:index',
  params: inBook.extend({ index: logIndex }),
  load: async ({ deps: { store, policy }, actor, params: { bookId, index } }) => {
    const logged = await getLoggedDecision(store, actor, bookId, index);
    const decision = inYuan(logged.decision) as DecisionView;
    const subject = await bureauSubject(store.read, bookId);
    if (!may(actor, 'book.read', subject).allowed)
      return { logged, decision, facts: null, rawFacts: null, replay: null };
    const { facts } = (await getLogEntry(store, actor, bookId, index)).body;
    const replay = may(actor, 'book.verify', subject).allowed
      ? await replayBookFor(store, policy.current, actor, bookId, { from: index, to: index })
      : null;
    const rawFacts = facts === undefined ? null : JSON.stringify(facts, null, 2);
    return { logged, decision, facts: (facts ?? null) as CaseFacts | null, rawFacts, replay };
  },
  title: ({ logged }) => `裁定：${actionLabel(logged.action)}`,
  view: ({ logged, decision, facts, rawFacts, replay }, { params: { bookId } }) => (
    <>
      <Section title="裁定">
        <Facts
          items={[
            ['办理事项', actionLabel(logged.action)],
            [
              '对象',
              <SubjectLink key="subject" bookId={bookId} type={logged.subjectType} id={logged.subjectId}>
                {subjectLabel(logged.subjectType)}
              </SubjectLink>,
            ],
            ['时间', showInstant(logged.recordedAt)],
            ['办理结果', <Outcome key="outcome" outcome={logged.outcome} />],
            ['日志', facts ? <LogLink key="log" bookId={bookId} index={logged.logIndex} /> : null],
          ]}
        />
        <Decision decision={decision} lineIds={facts?.lines?.map(({ lineId }) => lineId) ?? []} />
      </Section>
      {replay ? <Replayed replay={replay} /> : null}
      {facts ? (
        <Section title="裁定所依据的事实">
          <CaseFactsView recorded={facts} bookId={bookId} />
          <details>
            <summary>日志中的原始记录（金额为分）</summary>
            <pre>{rawFacts}</pre>
          </details>
        </Section>
      ) : null}
      <Section title="裁定引擎与政策包">
        <Facts items={[['裁定引擎版本', <code key="engine">{decision.engine}</code>]]} />
        <ul>
          {decision.packs.map(({ id, sha256 }) => (
            <li key={id}>
              {decision.reasons.find(({ pack }) => pack === id)?.documentNo ?? '政策包'} <code>{id}</code>
              ，校验值 <Hash>{sha256}</Hash>
            </li>
          ))}
        </ul>
        <p class="hint">校验值是政策包文件的 SHA-256。拿到同一文件，用任何工具重算即可核对。</p>
      </Section>
    </>
  ),
});

function Replayed({ replay }: { replay: ReplayView }) {
  if (replay.same === 1)
    return <Notice tone="ok" title="按当时的政策包和引擎重算：与记录一致，逐字节相同。" />;
  const [unjudged] = replay.unjudged;
  if (unjudged)
    return (
      <Notice tone="warning" title="未能重算，不能说明是否一致">
        <p>{UNJUDGED_LABELS[unjudged.reason]}。请向系统管理员索取当时的程序版本或政策包，再核验。</p>
      </Notice>
    );
  return (
    <Notice tone="danger" title="按当时的政策包和引擎重算：与记录不一致">
      <p>
        不同之处：{replay.differences.flatMap(({ paths }) => paths).join('、')}。请立即核验账套并保全证据。
      </p>
    </Notice>
  );
}
