import {
  type ClaimDossier,
  claimDossier,
  explainClaim,
  type SpendingPreview,
} from '../../../claims/index.js';
import { DomainError } from '../../../core/errors.js';
import { callerOf } from '../../../http/context.js';
import { listWaivers, type WaiverView } from '../../../waivers/index.js';
import { Decision, WaysOut } from '../../components/decision.js';
import { Badge, Notice, Section } from '../../components/notice.js';
import { type PageContext, usePage } from '../../context.js';
import { definePage, ofOne } from '../../page.js';
import { rowsAt, type Tree } from '../../tree.js';
import { Obstacles } from '../claims/way-button.js';
import { StepForms } from './claim-forms.js';
import { ClaimFacts, Sentence, StepLine } from './dossier.js';
import { ClaimHistory, ClaimPayments } from './history.js';
import { ClaimLines } from './lines.js';
import { type StepName, stepAction } from './steps.js';
import { Unsaid } from './unsaid.js';

/** What would be decided of a claim that is still with its maker; a sentence where nothing can be decided yet. */
async function foreseen(page: PageContext, { claim, decision }: ClaimDossier) {
  if (decision !== null || (claim.status !== 'draft' && claim.status !== 'returned')) return null;
  const { deps, request } = page;
  try {
    const caller = callerOf(deps, request);
    return await explainClaim(deps.store, deps.policy.current, caller, claim.bookId, claim.id);
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

/** Exceptions that the claim could pass under. */
async function usableWaivers(
  { deps, actor, today }: PageContext,
  { claim, steps }: ClaimDossier,
): Promise<WaiverView[]> {
  if (!steps.includes('edit')) return [];
  const { items } = await listWaivers(deps.store, actor, claim.bookId, {
    status: 'approved',
    validOn: today,
    limit: 100,
  });
  return items.filter(
    ({ fundId, subject }) =>
      (fundId === null || claim.lines.some((line) => line.fundId === fundId)) &&
      (subject === null || subject.id === claim.id || subject.id === claim.contractId),
  );
}

function Links({ dossier: { claim, steps, readsBook } }: { dossier: ClaimDossier }) {
  const { pages, actor } = usePage();
  const makesClaims = actor.grants.some(({ role }) => role === 'operator');
  const base = `/books/${claim.bookId}`;
  const links: readonly (readonly [path: string, href: string, label: string, isShown?: boolean])[] = [
    ['/books/:bookId/claims/:id/edit', `${base}/claims/${claim.id}/edit`, '修改', steps.includes('edit')],
    ['/books/:bookId/claims/new', `${base}/claims/new?copy=${claim.id}`, '复制为新报账单', makesClaims],
    ['/books/:bookId/claims/:id/sheet', `${base}/claims/${claim.id}/sheet`, '打印费用报销单'],
    ['/books/:bookId/claims/:id/trace', `${base}/claims/${claim.id}/trace`, '追溯', readsBook],
    ['/books/:bookId/evidence', `${base}/evidence?scope=claim&id=${claim.id}`, '证据包', readsBook],
  ];
  return (
    <nav class="tools claim-links" aria-label="本单的其他页面">
      {links
        .filter(([path, , , isShown = true]) => isShown && pages.has(path))
        .map(([path, href, label]) => (
          <a key={path} class="button plain" href={href}>
            {label}
          </a>
        ))}
    </nav>
  );
}

function Judged({ dossier, seen }: { dossier: ClaimDossier; seen: SpendingPreview | string | null }) {
  const lineIds = dossier.claim.lines.map(({ id }) => id);
  if (dossier.decision) return <Decision decision={dossier.decision} lineIds={lineIds} />;
  if (seen === null) return <p>还没有判断。</p>;
  if (typeof seen === 'string') return <Notice tone="warning" title={`现在还不能判断：${seen}`} />;
  return (
    <>
      <p class="hint">还没有提交；如果现在提交，判断如下。</p>
      <Obstacles preview={seen} form={null} />
      <Decision decision={seen} lineIds={lineIds} />
      <WaysOut explanation={seen.explanation} />
    </>
  );
}

function Waivers({ dossier: { claim, readsBook } }: { dossier: ClaimDossier }) {
  if (claim.waivers.length === 0) return null;
  return (
    <Section title="适用的例外批准">
      <ul>
        {claim.waivers.map(({ id, documentNo, clause, from, until, isRevoked }) => (
          <li key={id}>
            <a href={`/books/${claim.bookId}/waivers/${id}`}>{documentNo}</a>，条款 {clause}，{from} 至{' '}
            {until} {isRevoked ? <Badge tone="danger">已撤销</Badge> : null}
          </li>
        ))}
      </ul>
      {readsBook ? <p class="hint">例外只放宽所列条款，其余规定照常判断。</p> : null}
    </Section>
  );
}

/** Names of the forms that the page offers. */
const formsOf = ({ steps }: ClaimDossier): string[] =>
  steps.map((step) => (step === 'co_sign' ? 'review' : step === 'edit' ? 'waivers' : step));

const here = (step: StepName) => stepAction(step, ({ path }) => path);

/** One claim: what it is, how far it has come, why it may or may not go on, and the steps that one may take. */
export const claimPage = definePage({
  path: '/books/:bookId/claims/:id',
  params: ofOne,
  load: async (page) => {
    const { deps, actor, params } = page;
    const dossier = await claimDossier(deps.store, actor, params.bookId, params.id);
    return {
      dossier,
      seen: await foreseen(page, dossier),
      waivers: await usableWaivers(page, dossier),
    };
  },
  title: ({ dossier: { claim } }) => `报账单：${claim.title}`,
  view: ({ dossier, seen, waivers }) => (
    <div class="claim">
      <Links dossier={dossier} />
      <Unsaid forms={formsOf(dossier)} />
      <StepLine dossier={dossier} />
      <Sentence dossier={dossier} />
      <Section title="基本情况">
        <ClaimFacts dossier={dossier} />
      </Section>
      <ClaimLines dossier={dossier} />
      <Section title="规则判断">
        <Judged dossier={dossier} seen={seen} />
      </Section>
      <Waivers dossier={dossier} />
      <StepForms dossier={dossier} waivers={waivers} />
      {dossier.claim.payments.length > 0 ? <ClaimPayments dossier={dossier} /> : null}
      <Section title="办理经过">
        <ClaimHistory dossier={dossier} />
      </Section>
    </div>
  ),
  actions: {
    submit: here('submit'),
    withdraw: here('withdraw'),
    review: here('review'),
    coSign: here('co-sign'),
    return: here('return'),
    reject: here('reject'),
    approve: here('approve'),
    pay: here('pay'),
    refund: here('refund'),
    reverse: here('reverse'),
    close: here('close'),
    waivers: {
      ...here('waivers'),
      // No box ticked is a choice too.
      prepare: (typed: Tree): Tree => ({
        ...typed,
        waiverIds: rowsAt(typed, 'waiverIds').map(String),
      }),
    },
  },
});
