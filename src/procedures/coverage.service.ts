import type { z } from 'zod';
import { today } from '../core/dates.js';
import { notFound } from '../core/errors.js';
import { pageOf } from '../core/page.js';
import type { Store } from '../db/store.js';
import { bureauOfBook, demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { type CoverageRow, clauseCoverage, type PackSet, packsWithin } from '../policy/index.js';
import type { BookCoverage, ClauseCoverage, ClauseState, clauseQuery } from './coverage.schema.js';
import { countDecisions, logRange, type RuleCounts } from './decisions.js';
import type { YearScope } from './live.js';
import { countShown, showSubjects, subjectsPage } from './shown.js';
import { labelOf, perOf, type ShownKind } from './sources.js';
import { showYear } from './year.js';

export interface CoverageOf {
  readonly store: Store;
  readonly packs: PackSet;
  readonly actor: Actor;
  readonly bookId: string;
  readonly year: number;
  readonly now: Date;
}

/**
 * What a book shows of each clause in force at its place within a year: decisions that named it, and for how many funds
 * or contracts its procedure has something to show. Costs two grouped queries a kind of evidence and the reading of at
 * most 5,000 decisions, whatever the number of rows.
 * @throws DomainError `not_found` (book, or the one clause asked for).
 */
export async function bookCoverage(of: CoverageOf, clause?: string): Promise<BookCoverage> {
  const { scope, rows, packIds } = await open(of, clause);
  const counts = await countDecisions(of.store.read, scope, scope.range);
  const states = await statesOf(scope, counts, rows);
  return {
    year: of.year,
    asOf: scope.asOf,
    packs: packIds,
    decisionsCounted: counts.counted,
    isCountComplete: counts.isComplete,
    items: states,
  };
}

/** One clause: the funds, contracts or the year that it is due for, a page of them, with what shows it for each. */
export async function clauseOfBook(
  of: CoverageOf,
  clause: string,
  query: Omit<z.infer<typeof clauseQuery>, 'year'>,
): Promise<ClauseCoverage> {
  const { scope, rows } = await open(of, clause);
  const counts = await countDecisions(of.store.read, scope, scope.range);
  const [state] = (await statesOf(scope, counts, rows)) as [ClauseState];
  const head = { year: of.year, asOf: scope.asOf, clause: state };
  const kind = state.evidenceKind as ShownKind | null;
  if (kind === null) return { ...head, items: [], nextCursor: null };
  if (perOf(kind) === 'year') {
    const item = await showYear(kind, scope);
    const isAsked = query.show === 'all' || item.isShown === (query.show === 'shown');
    return { ...head, items: isAsked && !query.cursor ? [item] : [], nextCursor: null };
  }
  const subjects = await subjectsPage(of.store.read, kind, scope, query);
  const page = await pageOf(subjects, query.limit, (shown) =>
    showSubjects(of.store.read, kind, scope, shown),
  );
  return { ...head, ...page };
}

async function open({ store, packs, actor, bookId, year, now }: CoverageOf, clause?: string) {
  await demandBookRead(store.read, actor, bookId);
  const { divisionCode } = await bureauOfBook(store.read, bookId);
  const [from, until] = [`${year}-01-01`, `${year}-12-31`];
  const day = today(now);
  const span = { bookId, year, from, until, asOf: day < until ? day : until };
  const inForce = packsWithin(packs, divisionCode, from, until);
  const rows = clauseCoverage({ packs: inForce }).filter(
    (row) =>
      (clause === undefined || row.clause === clause) &&
      row.effectiveFrom <= until &&
      (row.effectiveUntil === null || row.effectiveUntil >= from),
  );
  if (clause !== undefined && rows.length === 0) throw notFound(`${year} 年在本地有效的条款 ${clause}`);
  const scope: YearScope = { ...span, store, packs, actor, range: await logRange(store.read, span) };
  return { scope, rows, packIds: inForce.map(({ document }) => document.id) };
}

async function statesOf(
  scope: YearScope,
  counts: RuleCounts,
  rows: readonly CoverageRow[],
): Promise<ClauseState[]> {
  // Many clauses are shown by the same evidence: each kind is counted once.
  const kinds = new Map<ShownKind, { due: number; shown: number }>();
  const states: ClauseState[] = [];
  for (const { effectiveFrom: _from, effectiveUntil: _until, where, ...row } of rows) {
    const kind = row.evidenceKind;
    if (kind !== null && !kinds.has(kind)) kinds.set(kind, await countOf(scope, kind));
    const found = kind === null ? undefined : kinds.get(kind);
    states.push({
      ...row,
      by: [...row.by],
      decisions: row.status === 'enforced' ? counts.of(row.by) : null,
      evidence:
        kind !== null && found
          ? {
              kind,
              label: labelOf(kind),
              per: perOf(kind),
              where: where ?? '',
              ...found,
              state: stateOf(found),
            }
          : null,
    });
  }
  return states;
}

async function countOf(scope: YearScope, kind: ShownKind) {
  if (perOf(kind) !== 'year') return countShown(scope.store.read, kind, scope);
  return { due: 1, shown: (await showYear(kind, scope)).isShown ? 1 : 0 };
}

function stateOf({ due, shown }: { due: number; shown: number }) {
  if (due === 0) return 'nothing_due';
  if (shown === due) return 'shown';
  return shown === 0 ? 'missing' : 'partly';
}
