import { CLAIM_TASK_LABELS, type ClaimDossier, type ClaimView } from '../../../claims/index.js';
import { today as dayOf, daysBetween } from '../../../core/dates.js';
import { LATE_AFTER_DAYS } from '../../../workload/index.js';
import { Amount } from '../../components/amount.js';
import { Decision, OutcomeBadge } from '../../components/decision.js';
import { HiddenField, TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { Badge, Empty, Tabs } from '../../components/notice.js';
import { hrefWith, type PageContext, usePage } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { type Tree, valueAt } from '../../tree.js';
import { ClaimFacts } from './dossier.js';
import { ClaimLines } from './lines.js';
import { loadQueue, type Queue, type QueuePage, queueQuery, type Task } from './queue-data.js';
import { type StepName, stepAction } from './steps.js';
import { Unsaid } from './unsaid.js';

const EMPTY: Readonly<Record<Task, string>> = {
  review: '没有等您审核的报账单。经办人提交之后会出现在这里。',
  co_sign: '没有等您会签的报账单。申报单位除经办人外没有审核人员时，提交的单据才由县级会签。',
  approve: '没有等您批准的报账单。您经办或审核过的单据须由另一位财务批准，不在这里。',
  pay: '没有等您支付的报账单。批准之后会出现在这里；您批准过的单据须由另一位出纳支付。',
};

function List({ queue }: { queue: Queue }) {
  const page = usePage();
  const { items, names, current, prevCursor, nextCursor } = queue;
  return (
    <nav class="queue-list" aria-label="等待办理的报账单，先来的在前">
      <ol>
        {items.map((claim) => {
          const days = daysBetween(dayOf(new Date(claim.createdAt)), page.today);
          return (
            <li key={claim.id}>
              <a
                href={atClaim(page, claim.id)}
                aria-current={claim.id === current?.claim.id ? 'true' : undefined}
              >
                <span class="queue-title">{claim.title}</span>
                <span class="queue-facts">
                  {names[claim.organisationId]} · <Amount yuan={claim.amount} />
                </span>
                <span class="queue-facts">
                  {claim.outcome === null ? null : <OutcomeBadge outcome={claim.outcome} />}{' '}
                  {days > LATE_AFTER_DAYS ? (
                    <Badge tone="danger">已起草 {days} 日，超时</Badge>
                  ) : (
                    <span>已起草 {days} 日</span>
                  )}
                </span>
              </a>
            </li>
          );
        })}
      </ol>
      {prevCursor || nextCursor ? (
        <p class="buttons">
          {prevCursor ? <a href={hrefWith(page, { cursor: prevCursor, at: null })}>前一页</a> : null}
          {nextCursor ? <a href={hrefWith(page, { cursor: nextCursor, at: null })}>后一页</a> : null}
        </p>
      ) : null}
    </nav>
  );
}

/** The claim of the same part of the queue. */
const atClaim = (page: Pick<PageContext, 'path' | 'search'>, id: string) =>
  hrefWith(page, { at: id, cursor: page.search.get('cursor') });

function Neighbours({ queue: { items, current, prevCursor, nextCursor } }: { queue: Queue }) {
  const page = usePage();
  const index = items.findIndex(({ id }) => id === current?.claim.id);
  const [before, after] = [items[index - 1], items[index + 1]];
  const previous = before
    ? atClaim(page, before.id)
    : prevCursor && hrefWith(page, { cursor: prevCursor, at: null });
  const next = after
    ? atClaim(page, after.id)
    : nextCursor && hrefWith(page, { cursor: nextCursor, at: null });
  const link = (href: string | null, key: string, label: string) =>
    href ? (
      <a class="button plain" href={href} data-key={key}>
        {label}
        <span class="key" aria-hidden="true">
          {key}
        </span>
      </a>
    ) : null;
  return (
    <>
      {link(previous, 'k', '上一条')}
      {link(next, 'j', '下一条')}
    </>
  );
}

/** Each claim has a form of its own: what was typed for one must not show up in another's. */
const formOf = ({ id }: ClaimView) => `decide-${id}`;

const MAIN = {
  review: { step: 'review', label: '审核' },
  co_sign: { step: 'co-sign', label: '会签' },
  approve: { step: 'approve', label: '批准' },
  pay: { step: 'pay', label: '支付' },
} as const satisfies Readonly<Record<Task, { step: StepName; label: string }>>;

function Decide({ queue, dossier, task }: { queue: Queue; dossier: ClaimDossier; task: Task }) {
  const { today } = usePage();
  const { claim, steps } = dossier;
  const { items, nextCursor } = queue;
  const after = items[items.findIndex(({ id }) => id === claim.id) + 1];
  const needsNote = task !== 'pay' && claim.outcome === 'review';
  const mayDo = steps.includes(task);
  const mayReturn = steps.includes('return');
  return (
    <Form
      name={formOf(claim)}
      values={{ effectiveDate: today }}
      version={task === 'pay' ? undefined : claim.version}
      className="form decide"
    >
      <HiddenField name=":id" value={claim.id} />
      <HiddenField name="_next" value={after?.id ?? ''} />
      <HiddenField name="_cursor" value={after === undefined ? (nextCursor ?? '') : ''} />
      {task === 'pay' && mayDo ? (
        <>
          <TextField name="voucherNo" label="凭证号" hint="例如：付字2022-001" isRequired />
          <TextField name="effectiveDate" label="业务日期" type="date" isRequired />
        </>
      ) : null}
      <TextArea
        name="note"
        label={mayReturn ? '意见，或退回原因' : '意见'}
        hint={
          needsNote
            ? `规则判断为“须人工复核”，${MAIN[task].label}须写明为什么可以继续`
            : mayReturn
              ? '退回须写原因；通过可不填'
              : '可不填'
        }
        isRequired={needsNote}
        isWide
        rows={2}
      />
      <Buttons>
        {mayDo ? (
          <Button
            action={MAIN[task].step}
            look="main"
            shortcut="a"
            needs={needsNote ? `${formOf(claim)}-note` : undefined}
          >
            {MAIN[task].label}
          </Button>
        ) : null}
        {mayReturn ? (
          <Button action="return" shortcut="r" needs={`${formOf(claim)}-note`}>
            退回
          </Button>
        ) : null}
        <Neighbours queue={queue} />
      </Buttons>
    </Form>
  );
}

function Current({ queue, dossier, task }: { queue: Queue; dossier: ClaimDossier; task: Task }) {
  const { claim, decision } = dossier;
  return (
    <section class="card queue-current" aria-labelledby="current-claim">
      <header class="card-head">
        <h2 id="current-claim">{claim.title}</h2>
        <a href={`/books/${claim.bookId}/claims/${claim.id}`}>打开整单</a>
      </header>
      <ClaimFacts dossier={dossier} />
      {decision ? <Decision decision={decision} lineIds={claim.lines.map(({ id }) => id)} /> : null}
      <Decide queue={queue} dossier={dossier} task={task} />
      <ClaimLines dossier={dossier} />
    </section>
  );
}

/** After a step the next claim is at hand at once. */
const onwards = ({ path, search }: PageContext, typed: Tree): string => {
  const next = new URLSearchParams(search);
  const [id, cursor] = [valueAt(typed, '_next'), valueAt(typed, '_cursor')];
  next.delete('at');
  if (id) next.set('at', String(id));
  else if (cursor) next.set('cursor', String(cursor));
  else next.delete('cursor');
  return next.size > 0 ? `${path}?${next}` : path;
};

/** What waits for the person to review, approve or pay, one claim after another. */
export const queuePage = definePage({
  path: '/books/:bookId/review',
  params: inBook,
  query: queueQuery,
  title: '审核队列',
  load: (page: QueuePage) => loadQueue(page),
  view: (queue, page) => {
    const { tabs, task, current } = queue;
    if (task === null)
      return (
        <Empty>
          您的岗位没有审核、审批或支付的职责，这里没有要办的事。全部报账单在
          <a href={`/books/${page.params.bookId}/claims`}>报账单</a>中查看。
        </Empty>
      );
    return (
      <>
        <Tabs
          items={tabs.map((tab) => ({
            label: `${CLAIM_TASK_LABELS[tab.task]}（${tab.count}）`,
            href: `${page.path}?tab=${tab.task}`,
            isCurrent: tab.task === task,
          }))}
        />
        {task === 'co_sign' ? (
          <p class="hint">
            县级会签代替申报单位的审核，会签之后由另一位财务批准。
            <a href={`/books/${page.params.bookId}/claims?reviewerId=me&isCoSigned=true`}>我会签过的报账单</a>
          </p>
        ) : null}
        <Unsaid forms={current ? [formOf(current.claim)] : []} />
        {current ? (
          <div class="queue">
            <List queue={queue} />
            <Current queue={queue} dossier={current} task={task} />
          </div>
        ) : (
          <Empty>{EMPTY[task]}</Empty>
        )}
      </>
    );
  },
  actions: {
    review: stepAction('review', onwards),
    'co-sign': stepAction('co-sign', onwards),
    approve: stepAction('approve', onwards),
    return: stepAction('return', onwards),
    pay: stepAction('pay', onwards),
  },
});
