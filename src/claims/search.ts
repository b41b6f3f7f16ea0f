import { type Expression, expressionBuilder, type SqlBool } from 'kysely';
import { notFound } from '../core/errors.js';
import type { Database } from '../db/database.js';
import { aside } from '../db/keyset.js';
import type { Store } from '../db/store.js';
import { bureauSubject, getBook } from '../ledger/index.js';
import { type Action, type Actor, may } from '../organisations/index.js';
import type { ClaimTask } from './claims.query.js';
import type { ClaimStatus } from './claims.schema.js';
import { type Begin, conditionsOf, type Few, type Filters, fewOf } from './search-filters.js';

/** A search in a book, in the terms of its indexes. All of it must hold. */
export interface Search {
  readonly bookId: string;
  readonly statuses: readonly ClaimStatus[] | null;
  /** The units searched, where they are few. */
  readonly organisationIds: readonly string[] | null;
  readonly fundId: string | null;
  /** What the indexes of statuses, units and funds do not answer. */
  readonly conditions: readonly Expression<SqlBool>[];
  readonly few: readonly Few[];
}

const eb = expressionBuilder<Database, 'claim'>();

const TASKS: Readonly<Record<ClaimTask, { statuses: readonly ClaimStatus[]; action: Action }>> = {
  draft: { statuses: ['draft'], action: 'claim.edit' },
  correct: { statuses: ['returned'], action: 'claim.edit' },
  review: { statuses: ['submitted'], action: 'claim.review' },
  co_sign: { statuses: ['submitted'], action: 'claim.co_sign' },
  approve: { statuses: ['reviewed'], action: 'claim.approve' },
  pay: { statuses: ['approved', 'partly_paid'], action: 'claim.pay' },
};

/** Who may review the claim at its unit, besides its maker. */
const otherReviewers = eb
  .selectFrom('roleGrant')
  .innerJoin('person', 'person.id', 'roleGrant.personId')
  .select('roleGrant.id')
  .whereRef('roleGrant.organisationId', '=', 'claim.organisationId')
  .where('roleGrant.role', '=', 'reviewer')
  .where('roleGrant.revokedAt', 'is', null)
  .where('person.isActive', '=', 1)
  .whereRef('roleGrant.personId', '<>', 'claim.makerId');

/** The hands that `may` wants to differ, as a condition on the claim. */
function dutyOf(task: ClaimTask, personId: string): Expression<SqlBool> {
  const isOther = (column: 'reviewerId' | 'approverId') =>
    eb.or([eb(`claim.${column}`, 'is', null), eb(`claim.${column}`, '<>', personId)]);
  const isNotMaker = eb('claim.makerId', '<>', personId);
  // The county signs only where the unit has nobody besides the maker, as `hasOtherReviewer` has it.
  if (task === 'co_sign') return eb.and([isNotMaker, eb.not(eb.exists(otherReviewers))]);
  if (task === 'draft' || task === 'correct') return eb(aside.text('claim.makerId'), '=', personId);
  if (task === 'approve') return eb.and([isNotMaker, isOther('reviewerId')]);
  return task === 'pay' ? eb.and([isNotMaker, isOther('approverId')]) : isNotMaker;
}

/** Units are told one by one up to this number; beyond it they are most of a book. */
const FEW_UNITS = 8;

/**
 * What the actor asks for among the claims that the actor may see; null where that is nothing.
 * `begin`: the end of the sorted column where a later page begins.
 * @throws DomainError `not_found` for a book that the actor may not see.
 */
export async function searchOf(
  store: Store,
  actor: Actor,
  bookId: string,
  query: Filters,
  begin: Begin = null,
): Promise<Search | null> {
  const { bureauPath } = await bureauSubject(store.read, bookId);
  const visible = await visiblePaths(store, actor, bookId, bureauPath);
  // Whoever may review everywhere has no need to co-sign, as `stepsOf` has it.
  if (
    query.task === 'co_sign' &&
    may(actor, 'claim.review', { bureauPath, organisationPath: bureauPath }).allowed
  )
    return null;
  const reached = query.task ? taskPaths(actor, bureauPath, visible, query.task) : visible;
  const statuses = statusesOf(query);
  const conditions = conditionsOf(store, actor, bookId, query, begin);
  if (query.task) conditions.push(dutyOf(query.task, actor.personId));
  let organisationIds = query.organisationId === undefined ? null : [query.organisationId];
  if (reached) {
    const units = await fewUnits(store, bureauPath, reached);
    if (units) organisationIds = organisationIds?.filter((id) => units.includes(id)) ?? units;
    else
      conditions.push(eb(aside.text('claim.organisationId'), 'in', unitsBelow(store, bureauPath, reached)));
  }
  if (statuses?.length === 0 || organisationIds?.length === 0) return null;
  return {
    bookId,
    statuses,
    organisationIds,
    fundId: query.fundId ?? null,
    conditions,
    few: fewOf(store, actor, bookId, query),
  };
}

function statusesOf({ status, task }: Filters): ClaimStatus[] | null {
  const asked = status === undefined ? null : [...new Set([status].flat())];
  if (!task) return asked;
  const { statuses } = TASKS[task];
  return asked?.filter((each) => statuses.includes(each)) ?? [...statuses];
}

/** Where the actor may do what the task says: a duty at the bureau reaches all of the book, others their units. */
function taskPaths(
  actor: Actor,
  bureauPath: string,
  visible: readonly string[] | null,
  task: ClaimTask,
): readonly string[] | null {
  const { action } = TASKS[task];
  const mayAt = (organisationPath: string) =>
    may(actor, action, {
      bureauPath,
      organisationPath,
      ...(task === 'draft' || task === 'correct' ? { makerId: actor.personId } : {}),
    }).allowed;
  return mayAt('') ? visible : pathsOf(actor, mayAt);
}

/** Paths of the units whose claims the actor may see; null: all of the book. */
async function visiblePaths(
  store: Store,
  actor: Actor,
  bookId: string,
  bureauPath: string,
): Promise<string[] | null> {
  if (may(actor, 'book.read', { bureauPath, organisationPath: bureauPath }).allowed) return null;
  await getBook(store, actor, bookId);
  const paths = pathsOf(
    actor,
    (organisationPath) => may(actor, 'unit.read', { bureauPath, organisationPath }).allowed,
  );
  if (paths.length === 0) throw notFound('账套');
  return paths;
}

const pathsOf = (actor: Actor, isReached: (path: string) => boolean): string[] => [
  ...new Set(actor.grants.map((grant) => grant.organisationPath).filter(isReached)),
];

/** As `unit.read` reaches: what is below a unit of this book too, of another organisation only its own. */
const unitsBelow = ({ read }: Store, bureauPath: string, paths: readonly string[]) =>
  read
    .selectFrom('organisation')
    .select('organisation.id')
    .where((where) =>
      where.or(
        paths.map((path) =>
          path.startsWith(bureauPath)
            ? where('organisation.path', 'like', `${path}%`)
            : where('organisation.path', '=', path),
        ),
      ),
    );

async function fewUnits(
  store: Store,
  bureauPath: string,
  paths: readonly string[],
): Promise<string[] | null> {
  if (paths.length === 0) return [];
  const rows = await unitsBelow(store, bureauPath, paths)
    .limit(FEW_UNITS + 1)
    .execute();
  return rows.length > FEW_UNITS ? null : rows.map(({ id }) => id);
}
