import { sql } from 'kysely';
import type { ListPage } from '../core/page.js';
import type { Row } from '../db/database.js';
import { aside, countUpTo, type Keyset, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { LogQuery, LogSummary } from './log.schema.js';
import { summaryOf } from './log.service.js';

/** The place in the log; within a span of time the time, which clocks keep nearly in the same order. */
const PLACE = { column: 'logIndex', isInteger: true };
const NOTHING = { count: 0, isCapped: false };
const TIME = { column: 'recordedAt' };

/**
 * Entries of a book's audit log in their order, or newest first.
 * @throws DomainError `not_found`, `cursor_invalid`.
 */
export async function listLog(
  store: Store,
  actor: Actor,
  bookId: string,
  query: LogQuery,
): Promise<ListPage<LogSummary>> {
  const { read } = store;
  await demandBookRead(read, actor, bookId);
  const isOfTime = query.recordedFrom !== undefined || query.recordedUntil !== undefined;
  const sorts: Record<string, SortKey> = isOfTime ? { time: TIME } : { place: PLACE };
  const set = keyset(sorts, { ...query, order: query.order ?? 'asc' }, PLACE);
  const actions = query.action === undefined ? null : await actionsOf(read, bookId, query.action);
  const found = actions?.length === 0 ? [] : await placesOf(read, bookId, query, actions, set);
  const rows = await rowsAt(read, bookId, found);
  const matching = entriesOf(read, bookId, query, actions).select('logIndex');
  const total = !query.count ? null : actions?.length === 0 ? NOTHING : await countUpTo(read, matching);
  return listPage(rows, set, total, async (shown) => shown.map(summaryOf));
}

/** The entries at these places, in this order. */
async function rowsAt(db: Db, bookId: string, places: readonly number[]): Promise<Row<'logEntry'>[]> {
  if (places.length === 0) return [];
  const rows = await db
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('logIndex', 'in', places)
    .execute();
  const byPlace = new Map(rows.map((row) => [row.logIndex, row]));
  return places.flatMap((place) => byPlace.get(place) ?? []);
}

/** Places of the entries of a page: each action has an index in the order of the log, of which the first are taken. */
async function placesOf(
  db: Db,
  bookId: string,
  query: LogQuery,
  actions: readonly string[] | null,
  set: Keyset,
): Promise<number[]> {
  const each = actions && set.key === PLACE ? actions.map((action) => [action]) : [actions];
  const [first, ...rest] = each.map((some) =>
    db
      .selectFrom(
        within(entriesOf(db, bookId, query, some).select(['logIndex', 'recordedAt']), set).as('branch'),
      )
      .selectAll(),
  );
  if (!first) return [];
  const all = rest.reduce((union, next) => union.unionAll(next), first);
  const rows = await within(db.selectFrom(all.as('branches')).select('logIndex'), set).execute();
  return rows.map(({ logIndex }) => logIndex);
}

function entriesOf(db: Db, bookId: string, query: LogQuery, actions: readonly string[] | null) {
  const { subjectId } = query;
  // One thing has few entries: where it is known, its index is the one to read.
  const named = <Name extends 'bookId' | 'action' | 'outcome' | 'subjectType' | 'actorId'>(column: Name) =>
    subjectId === undefined ? sql.ref<string>(column) : aside.text(column);
  let rows = db.selectFrom('logEntry').where(named('bookId'), '=', bookId);
  if (subjectId !== undefined) rows = rows.where('subjectId', '=', subjectId);
  const [only] = actions ?? [];
  if (actions && only !== undefined)
    rows =
      actions.length === 1
        ? rows.where(named('action'), '=', only)
        : rows.where(named('action'), 'in', actions);
  for (const column of ['outcome', 'subjectType', 'actorId'] as const)
    if (query[column] !== undefined) rows = rows.where(named(column), '=', query[column]);
  if (query.recordedFrom !== undefined) rows = rows.where('recordedAt', '>=', query.recordedFrom);
  if (query.recordedUntil !== undefined) rows = rows.where('recordedAt', '<', query.recordedUntil);
  return rows;
}

/** The actions in a book's log that begin with a text: each is found by one step in the index, however long the log. */
async function actionsOf(db: Db, bookId: string, prefix: string): Promise<string[]> {
  const { rows } = await sql<{ action: string }>`
    with recursive step("action") as (
      select min("action") from "logEntry" where "bookId" = ${bookId}
      union all
      select (select min("action") from "logEntry" e where e."bookId" = ${bookId} and e."action" > step."action")
        from step where step."action" is not null)
    select "action" from step where "action" is not null`.execute(db);
  return rows.map(({ action }) => action).filter((action) => action.startsWith(prefix));
}
