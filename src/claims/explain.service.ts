import { rehearse, type Unit } from '../audit/index.js';
import {
  decisionView,
  explainedCase,
  type Judged,
  type LineRow,
  type SpendingCase,
} from '../contracts/index.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Store, Trx } from '../db/store.js';
import type { Caller } from '../organisations/index.js';
import { explainDecision, type Facts, type PackSet, reviveDecision, reviveFacts } from '../policy/index.js';
import { type Case, loadCase } from './claims.repository.js';
import type { NewClaim } from './claims.schema.js';
import { getClaim, writeDraft } from './drafts.service.js';
import { holdOf, type PoolOf, poolIn } from './hold.js';
import { claimSpending, judgeClaim } from './judge.js';
import { type Obstacle, objectionOf, obstaclesOf, obstacleView } from './obstacles.js';
import type { SpendingPreview } from './preview.schema.js';
import { contractFault } from './submit.service.js';

/** 预检: everything that submitting a claim as typed would be refused for, and what would pass; nothing is written. */
export async function previewClaim(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewClaim,
): Promise<SpendingPreview> {
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
): Promise<SpendingPreview> {
  await getClaim(store, caller.actor, bookId, id);
  return rehearse(store, bookId, caller.context, async (unit) => {
    const current = await loadCase(unit, id, null);
    const { status, decisionIndex } = current.claim;
    if (status === 'draft' || status === 'returned') return explainAsNew(unit, packs, current);
    if (decisionIndex === null) throw refuse('wrong_status', '这张报账单还没有判断');
    return explainRecorded(unit.trx, packs, bookId, decisionIndex);
  });
}

async function explainAsNew(unit: Unit, packs: PackSet, draft: Case): Promise<SpendingPreview> {
  const { claim } = draft;
  const spending = await claimSpending(unit, draft, 'submission', claim.businessDate);
  const judged = await judgeClaim(unit, packs, draft, 'submission', claim.businessDate);
  const unsigned = await contractFault(unit, claim);
  const before: Obstacle[] = unsigned
    ? [{ error: unsigned, lines: [], path: '/contractId', fundId: null, room: null }]
    : [];
  const subjectOf = remembered(poolIn(unit.trx));
  return previewed(unit, packs, spending, judged, async (changed, facts) => {
    const { postings } = await holdOf(claim, changed, facts.funds, subjectOf);
    const { businessDate } = claim;
    return [...before, ...(await obstaclesOf(unit, { businessDate, lines: changed, postings }))];
  });
}

/** Every trial asks for the pools of the same few lines. */
function remembered(subjectOf: PoolOf): PoolOf {
  const known = new Map<string, Promise<string>>();
  return (line) => {
    const key = `${line.fundId} ${line.stationId}`;
    const found = known.get(key) ?? subjectOf(line);
    known.set(key, found);
    return found;
  };
}

/** A judged case with all that would be refused of it, and what would pass; `obstacles` are asked of changed cases too. */
export async function previewed(
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  judged: Judged,
  obstacles: (lines: readonly LineRow[], facts: Facts) => Promise<readonly Obstacle[]>,
): Promise<SpendingPreview> {
  const found = await obstacles(spending.lines, judged.facts);
  const explained = await explainedCase(unit, packs, spending, judged, async (lines, facts) =>
    (lines === spending.lines ? found : await obstacles(lines, facts)).map((obstacle) =>
      objectionOf(obstacle, lines),
    ),
  );
  return {
    ...explained,
    obstacles: found.map((obstacle) => obstacleView(obstacle, spending.lines)),
    wouldPass: explained.outcome !== 'block' && found.length === 0,
  };
}

async function explainRecorded(
  trx: Trx,
  packs: PackSet,
  bookId: string,
  logIndex: number,
): Promise<SpendingPreview> {
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
  const explanation = { paragraphs, waysOut: [] };
  // What was judged and recorded met no obstacle.
  const wouldPass = decision.outcome !== 'block';
  return { ...decisionView(decision), explanation, lineIds, obstacles: [], wouldPass };
}
