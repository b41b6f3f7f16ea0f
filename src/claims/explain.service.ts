import { rehearse, type Unit } from '../audit/index.js';
import { decisionView, type ExplainedDecision, explainedCase } from '../contracts/index.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Store, Trx } from '../db/store.js';
import type { Caller } from '../organisations/index.js';
import { explainDecision, type PackSet, reviveDecision, reviveFacts } from '../policy/index.js';
import { type Case, loadCase } from './claims.repository.js';
import type { NewClaim } from './claims.schema.js';
import { getClaim, writeDraft } from './drafts.service.js';
import { claimSpending, judgeClaim } from './judge.js';

/** 预检: the full decision on a claim as typed with its explanation, nothing written. */
export async function previewClaim(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewClaim,
): Promise<ExplainedDecision> {
  return rehearse(store, bookId, caller.context, async (unit) =>
    explainAsNew(unit, packs, await writeDraft(unit, caller.actor, newId(), input)),
  );
}

/**
 * Why a claim passes or not: a draft as it would be judged today with what would let it pass, a submitted one as it was
 * judged last, from the log.
 * @throws DomainError `not_found`; `wrong_status` for a claim that was never judged.
 */
export async function explainClaim(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  id: string,
): Promise<ExplainedDecision> {
  await getClaim(store, caller.actor, bookId, id);
  return rehearse(store, bookId, caller.context, async (unit) => {
    const current = await loadCase(unit, id, null);
    const { status, decisionIndex } = current.claim;
    if (status === 'draft' || status === 'returned') return explainAsNew(unit, packs, current);
    if (decisionIndex === null) throw refuse('wrong_status', '这张报账单还没有判断');
    return explainRecorded(unit.trx, packs, bookId, decisionIndex);
  });
}

async function explainAsNew(unit: Unit, packs: PackSet, draft: Case): Promise<ExplainedDecision> {
  const { businessDate } = draft.claim;
  const spending = await claimSpending(unit, draft, 'submission', businessDate);
  const judged = await judgeClaim(unit, packs, draft, 'submission', businessDate);
  return explainedCase(unit, packs, spending, judged);
}

async function explainRecorded(
  trx: Trx,
  packs: PackSet,
  bookId: string,
  logIndex: number,
): Promise<ExplainedDecision> {
  const entry = await trx
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .executeTakeFirstOrThrow();
  const { decision: recorded, facts } = JSON.parse(entry.body) as { decision: unknown; facts: unknown };
  const decision = reviveDecision(recorded);
  const revived = reviveFacts(facts);
  const paragraphs = explainDecision(packs, revived, decision);
  const lineIds = revived.lines.map(({ lineId }) => lineId);
  return { ...decisionView(decision), explanation: { paragraphs, waysOut: [] }, lineIds };
}
