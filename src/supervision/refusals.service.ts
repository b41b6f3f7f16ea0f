import { sql } from 'kysely';
import type { LogBody } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import { formatYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import { aside } from '../db/keyset.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { Decision } from '../policy/index.js';
import { type LogRange, logRange, MAX_DECISIONS } from '../procedures/index.js';
import { REFUSED, waivedCases } from './cases.repository.js';
import type { Refusal, RefusalPage, RefusalQuery } from './refusals.schema.js';

type Entry = Row<'logEntry'>;
type Waivers = Refusal['waivers'];
/** How many decisions are opened at a time; each is a few kilobytes. */
const BATCH = 200;

/**
 * Cases of the year that the rules turned down, each time, and those that passed under an exception, by their latest
 * decision; newest first. With `clause`, at most 5,000 decisions are opened for a page, which then may be short: its
 * cursor goes on from there.
 * @throws DomainError `not_found`
 */
export async function refusals(
  store: Store,
  actor: Actor,
  bookId: string,
  query: RefusalQuery,
): Promise<RefusalPage> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const range = await logRange(db, { bookId, year: query.year });
  const { first, end } = range;
  const waived = await waivedBy(db, bookId, query, range);
  let below = query.cursor === undefined ? end : Math.min(end, Number(query.cursor));
  const found: Found[] = [];
  for (let opened = 0; opened < MAX_DECISIONS; opened += BATCH) {
    const entries = await refusedEntries(db, bookId, { first, below });
    const isLast = entries.length < BATCH;
    const from = isLast ? first : (entries.at(-1) as Entry).logIndex;
    const passed = [...waived.values()].filter(({ logIndex }) => logIndex >= from && logIndex < below);
    found.push(...entries.map(refusedOf).filter(({ clauses }) => names(clauses, query.clause)), ...passed);
    below = from;
    if (isLast || found.length > query.limit) break;
  }
  found.sort((a, b) => b.logIndex - a.logIndex);
  const shown = found.slice(0, query.limit);
  const isMore = found.length > query.limit || below > first;
  const last = found.length > query.limit ? (shown.at(-1)?.logIndex ?? below) : below;
  return { items: await toViews(db, bookId, shown), nextCursor: isMore ? String(last) : null };
}

const names = (clauses: readonly string[], clause: string | undefined) =>
  clause === undefined || clauses.includes(clause);

interface Found {
  readonly kind: Refusal['kind'];
  readonly logIndex: number;
  readonly clauses: readonly string[];
  readonly waivers: Waivers;
  /** Null: not opened yet. */
  readonly entry: Entry | null;
}

function refusedOf(entry: Entry): Found {
  const { decision } = JSON.parse(entry.body) as { decision?: Decision };
  const clauses = blockingOf(decision).map(({ clause }) => clause);
  return { kind: 'refused', logIndex: entry.logIndex, clauses: [...new Set(clauses)], waivers: [], entry };
}
const blockingOf = (decision: Decision | undefined) =>
  (decision?.reasons ?? []).filter(({ effect }) => effect === 'block');

/** Entries of the book that turned something down, newest first, from the index of outcomes. */
async function refusedEntries(
  db: Db,
  bookId: string,
  { first, below }: { first: number; below: number },
): Promise<Entry[]> {
  const found: number[] = [];
  for (const outcome of REFUSED) {
    const rows = await db
      .selectFrom('logEntry')
      .select('logIndex')
      .where('bookId', '=', bookId)
      .where('outcome', '=', outcome)
      .where('logIndex', '>=', first)
      .where('logIndex', '<', below)
      .orderBy('logIndex', 'desc')
      .limit(BATCH)
      .execute();
    found.push(...rows.map(({ logIndex }) => logIndex));
  }
  return entriesAt(db, bookId, found.sort((a, b) => b - a).slice(0, BATCH));
}

async function entriesAt(db: Db, bookId: string, indexes: readonly number[]): Promise<Entry[]> {
  if (indexes.length === 0) return [];
  return db
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('logIndex', 'in', indexes)
    .orderBy('logIndex', 'desc')
    .execute();
}

/** Cases under an exception, with their latest decision that let them pass: few, as each exception was approved. */
async function waivedBy(
  db: Db,
  bookId: string,
  { year, clause }: RefusalQuery,
  range: LogRange,
): Promise<ReadonlyMap<string, Found>> {
  const uses = await waivedCases(db, [bookId], year, range)
    .select(['waiverUse.subjectId', 'waiver.id', 'waiver.documentNo', 'waiver.clause'])
    .orderBy('waiver.id')
    .execute();
  if (uses.length === 0) return new Map();
  const bySubject = groupBy(uses, ({ subjectId }) => subjectId);
  const latest = await db
    .selectFrom('logEntry')
    .select(['subjectId', sql<number>`max("logIndex")`.as('logIndex')])
    // Aside, as everything but the case itself: the entries of a case are few, those of the book are all.
    .where(aside.text('bookId'), '=', bookId)
    .where('subjectId', 'in', [...bySubject.keys()])
    .where(aside.text('outcome'), 'in', ['allow', 'review'])
    .where('logIndex', '>=', range.first)
    .where('logIndex', '<', range.end)
    .groupBy('subjectId')
    .execute();
  return new Map(
    latest.flatMap(({ subjectId, logIndex }) => {
      const waivers = (bySubject.get(subjectId) ?? []).map(({ subjectId: _subject, ...waiver }) => waiver);
      const clauses = [...new Set(waivers.map((waiver) => waiver.clause))];
      if (!names(clauses, clause)) return [];
      return [[subjectId, { kind: 'waived', logIndex, clauses, waivers, entry: null }] as const];
    }),
  );
}

async function toViews(db: Db, bookId: string, shown: readonly Found[]): Promise<Refusal[]> {
  const unopened = shown.filter(({ entry }) => entry === null).map(({ logIndex }) => logIndex);
  const opened = new Map((await entriesAt(db, bookId, unopened)).map((entry) => [entry.logIndex, entry]));
  const entries = shown.map((one) => ({ one, entry: one.entry ?? (opened.get(one.logIndex) as Entry) }));
  const subjects = await subjectsOf(
    db,
    entries.map(({ entry }) => entry.subjectId),
  );
  return entries.map(({ one, entry }) => {
    const body = JSON.parse(entry.body) as LogBody;
    const decision = body.decision as Decision | undefined;
    const reasons = (decision?.reasons ?? []).filter(({ effect, waiver }) =>
      one.kind === 'refused' ? effect === 'block' : waiver !== null,
    );
    const subject = subjects.get(entry.subjectId);
    return {
      kind: one.kind,
      logIndex: entry.logIndex,
      recordedAt: entry.recordedAt,
      action: entry.action,
      subjectType: entry.subjectType,
      subjectId: entry.subjectId,
      title: subject?.title ?? null,
      unitId: subject?.unitId ?? null,
      unitName: subject?.unitName ?? null,
      amount: amountOf(body.facts),
      clauses: [...one.clauses],
      messages: [...new Set(reasons.map(({ message }) => message))],
      waivers: [...one.waivers],
    };
  });
}

/** What was judged, by the facts on record; an allotment has its amounts elsewhere and none in lines. */
function amountOf(facts: unknown): string | null {
  const { lines = [] } = (facts ?? {}) as { lines?: readonly { amountFen: string }[] };
  return lines.length > 0 ? formatYuan(sumFen(lines.map(({ amountFen }) => BigInt(amountFen)))) : null;
}

async function subjectsOf(db: Db, ids: readonly string[]) {
  if (ids.length === 0) return new Map();
  const claims = await db
    .selectFrom('claim')
    .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
    .select(['claim.id', 'claim.title', 'organisation.id as unitId', 'organisation.name as unitName'])
    .where('claim.id', 'in', ids)
    .execute();
  const contracts = await db
    .selectFrom('contract')
    .innerJoin('organisation', 'organisation.id', 'contract.buyerId')
    .select(['contract.id', 'contract.title', 'organisation.id as unitId', 'organisation.name as unitName'])
    .where('contract.id', 'in', ids)
    .execute();
  return new Map([...claims, ...contracts].map((row) => [row.id, row]));
}
