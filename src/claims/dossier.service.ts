import { attachmentFiles, type FileName } from '../attachments/index.js';
import type { LogBody } from '../audit/index.js';
import { type DecisionView, decisionView } from '../contracts/index.js';
import { formatYuan } from '../core/money.js';
import type { SourceType } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import { bureauOfBook, fundAmounts, layerTotals } from '../ledger/index.js';
import { type Actor, may, type Names, organisationNames, personNames } from '../organisations/index.js';
import { reviveDecision } from '../policy/index.js';
import { standingOf, subjectOfView } from './claims.repository.js';
import type { ClaimView } from './claims.schema.js';
import { getClaim } from './drafts.service.js';
import { type ClaimStep, stepsOf } from './steps.js';

/** Something that was done to a claim, or tried. */
export interface ClaimEvent {
  readonly logIndex: number;
  readonly recordedAt: string;
  /** Such as `claim.submit`. */
  readonly action: string;
  readonly actorId: string;
  /** Outcome of the decision, `refused:<code>` of an attempt that came to nothing, else null. */
  readonly outcome: string | null;
  /** Opinion or reason, sealed. */
  readonly note: string | null;
}

export interface ClaimFund {
  readonly documentNo: string;
  readonly name: string;
  readonly type: SourceType;
  /** What may still be spent of it, in yuan; null for a provider, whom it does not concern. */
  readonly available: string | null;
}

/** A claim with everything that is said beside it. */
export interface ClaimDossier {
  readonly claim: ClaimView;
  /** What the person who asks may do with it now. */
  readonly steps: readonly ClaimStep[];
  /** Oldest first; the last 200. */
  readonly history: readonly ClaimEvent[];
  /** The decision that stands; null for what is to be submitted (again), which is judged anew. */
  readonly decision: DecisionView | null;
  readonly people: Names;
  readonly organisations: Names;
  readonly funds: Readonly<Record<string, ClaimFund>>;
  readonly contract: {
    readonly id: string;
    readonly contractNo: string;
    readonly title: string;
    readonly amount: string;
    readonly paid: string;
  } | null;
  readonly files: Readonly<Record<string, FileName>>;
  /** Whether the log, funds and reports of the book are open to the person. */
  readonly readsBook: boolean;
}

const MOST_EVENTS = 200;

/** A claim with its history, names and the steps that the actor may take. @throws DomainError `not_found` */
export async function claimDossier(
  store: Store,
  actor: Actor,
  bookId: string,
  id: string,
): Promise<ClaimDossier> {
  const { read } = store;
  const claim = await getClaim(store, actor, bookId, id);
  const bureau = await bureauOfBook(read, bookId);
  const subject = await subjectOfView(read, claim, bureau);
  const history = await eventsOf(read, bookId, id);
  const isUnit = (await standingOf(read, claim.organisationId, bureau)) === 'unit';
  const readsBook = may(actor, 'book.read', subject).allowed;
  const isOpen = claim.status === 'draft' || claim.status === 'returned';
  const files = claim.lines.flatMap(({ evidence }) => evidence.map(({ attachmentId }) => attachmentId));
  return {
    claim,
    steps: await stepsOf(read, actor, claim, subject),
    history,
    decision:
      isOpen || claim.decisionIndex === null
        ? null
        : await recordedDecision(read, bookId, claim.decisionIndex),
    people: await personNames(read, [
      claim.makerId,
      claim.reviewerId,
      claim.approverId,
      ...history.map(({ actorId }) => actorId),
    ]),
    organisations: await organisationNames(read, [
      claim.organisationId,
      claim.payeeId,
      ...claim.lines.map(({ stationId }) => stationId),
    ]),
    funds: await fundsOfClaim(read, claim, readsBook || isUnit),
    contract: claim.contractId === null ? null : await contractOfClaim(read, claim.contractId),
    files: await attachmentFiles(read, bookId, files),
    readsBook,
  };
}

async function eventsOf(db: Db, bookId: string, id: string): Promise<ClaimEvent[]> {
  const rows = await db
    .selectFrom('logEntry')
    .select(['logIndex', 'recordedAt', 'action', 'actorId', 'outcome', 'body'])
    .where('subjectId', '=', id)
    .where('bookId', '=', bookId)
    .orderBy('logIndex', 'desc')
    .limit(MOST_EVENTS)
    .execute();
  return rows.reverse().map(({ body, ...row }) => {
    const note = (JSON.parse(body) as LogBody).data?.['note'];
    return { ...row, note: typeof note === 'string' ? note : null };
  });
}

async function recordedDecision(db: Db, bookId: string, logIndex: number): Promise<DecisionView> {
  const { body } = await db
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .executeTakeFirstOrThrow();
  return decisionView(reviveDecision((JSON.parse(body) as LogBody).decision));
}

async function fundsOfClaim(
  db: Db,
  { lines }: ClaimView,
  showsRoom: boolean,
): Promise<Record<string, ClaimFund>> {
  const ids = [...new Set(lines.map(({ fundId }) => fundId))];
  const rows = await db
    .selectFrom('fund')
    .select(['id', 'documentNo', 'name', 'type'])
    .where('id', 'in', ids)
    .execute();
  const totals = showsRoom ? await layerTotals(db, ids) : null;
  return Object.fromEntries(
    rows.map(({ id, type, ...fund }) => [
      id,
      {
        ...fund,
        type: type as SourceType,
        available: totals && fundAmounts(totals.get(id) ?? {}).available,
      },
    ]),
  );
}

async function contractOfClaim(db: Db, id: string): Promise<ClaimDossier['contract']> {
  const { amountFen, paidFen, ...contract } = await db
    .selectFrom('contract')
    .select(['id', 'contractNo', 'title', 'amountFen', 'paidFen'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { ...contract, amount: formatYuan(amountFen), paid: formatYuan(paidFen) };
}
