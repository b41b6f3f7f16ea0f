import { type AliasedExpression, expressionBuilder, type RawBuilder, sql } from 'kysely';
import type { BoundedCount, ListPage } from '../core/page.js';
import type { Database } from '../db/database.js';
import { aside, countUpTo, type Keyset, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { CLAIM_SORTS, ClaimQuery } from './claims.query.js';
import { type ClaimRow, claimViews } from './claims.repository.js';
import { type ClaimStatus, type ClaimView, STATUSES } from './claims.schema.js';
import { claimParts, isDone, isDoneStatus } from './parts.js';
import { type Search, searchOf } from './search.js';
import { type Few, type Filters, sortOf } from './search-filters.js';

const SORTS: Readonly<Record<(typeof CLAIM_SORTS)[number], SortKey>> = {
  createdAt: { column: 'claim.createdAt' },
  businessDate: { column: 'claim.businessDate' },
  amount: { column: 'claim.amountFen', isInteger: true },
};

/** Up to so many claims are looked at one by one and sorted; of more, the order is read and what does not fit passed over. */
const FEW_CLAIMS = 5_000;
const eb = expressionBuilder<Database, 'claim'>();
const NOTHING: BoundedCount = { count: 0, isCapped: false };

/**
 * Claims that the actor may see: all of a book, or those of the units where the actor is 经办 or 审核. Newest first
 * unless asked otherwise. How a search goes about it, and not what it finds, depends on `fewClaims`.
 * @throws DomainError `not_found`, `cursor_invalid`.
 */
export async function listClaims(
  store: Store,
  actor: Actor,
  bookId: string,
  query: ClaimQuery,
  fewClaims = FEW_CLAIMS,
): Promise<ListPage<ClaimView>> {
  const set = keyset(SORTS, { ...query, sort: sortOf(query) }, { column: 'claim.id' });
  const search = await searchOf(store, actor, bookId, query, set.after && (set.isAscending ? 'low' : 'high'));
  if (!search) return listPage([], set, query.count ? NOTHING : null, async () => []);
  const plan = await planOf(store.read, search, fewClaims);
  const ids = (await idsOf(store.read, plan, set)).map(({ id }) => id);
  const total = query.count ? await countOf(store.read, plan) : null;
  return listPage(await rowsOf(store.read, ids), set, total, (shown) => claimViews(store.read, shown));
}

/** How many claims `listClaims` would list, up to a bound. @throws DomainError `not_found` */
export async function countClaims(
  store: Store,
  actor: Actor,
  bookId: string,
  query: Filters,
  bound?: number,
): Promise<BoundedCount> {
  const search = await searchOf(store, actor, bookId, query);
  return search ? countOf(store.read, await planOf(store.read, search), bound) : NOTHING;
}

/**
 * How many claims wait, and since when the oldest of them was drafted; null where the query asks for what the actor has
 * no part in. @throws DomainError `not_found`
 */
export async function claimsWaiting(
  store: Store,
  actor: Actor,
  bookId: string,
  query: Filters,
  bound?: number,
): Promise<{ readonly count: BoundedCount; readonly oldest: string | null } | null> {
  const search = await searchOf(store, actor, bookId, query);
  if (!search) return null;
  const plan = await planOf(store.read, search);
  const set = keyset(SORTS, { sort: 'createdAt', order: 'asc', limit: 1 }, { column: 'claim.id' });
  const [first] = await idsOf(store.read, plan, set);
  const [row] = await rowsOf(store.read, first ? [first.id] : []);
  return { count: await countOf(store.read, plan, bound), oldest: row?.createdAt ?? null };
}

async function rowsOf(db: Db, ids: readonly string[]): Promise<ClaimRow[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom('claim').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

interface Plan {
  readonly search: Search;
  readonly few: Few | null;
}

async function planOf(db: Db, search: Search, fewClaims = FEW_CLAIMS): Promise<Plan> {
  const few = await fewest(db, search, fewClaims);
  return { search: few ? search : await ofTheRarer(db, search, fewClaims), few };
}

/**
 * Of a fund and units the rarer is read, and the other looked up for each of its claims: as a condition on claims where
 * the units are. Both have an index of the same order, so that a look-up is one step in the other's and no claim is opened.
 */
async function ofTheRarer(db: Db, search: Search, fewClaims: number): Promise<Search> {
  const { bookId, statuses, organisationIds, fundId } = search;
  if (fundId === null || organisationIds === null) return search;
  let ofUnits = db
    .selectFrom('claim')
    .select('claim.id')
    .where('claim.bookId', '=', bookId)
    .where('claim.organisationId', 'in', organisationIds);
  let drawn = db.selectFrom('claimFund').select('claimFund.claimId').where('claimFund.fundId', '=', fundId);
  if (statuses) {
    ofUnits = ofUnits.where('claim.status', 'in', statuses);
    drawn = drawn.where('claimFund.status', 'in', statuses);
  }
  for (const bound of [Math.floor(fewClaims / 10), fewClaims, fewClaims * 10]) {
    const units = await countUpTo(db, ofUnits, bound);
    if (!units.isCapped)
      return { ...search, fundId: null, conditions: [drawsOn(fundId), ...search.conditions] };
    const fund = await countUpTo(db, drawn, bound);
    if (!fund.isCapped) return search;
  }
  return search;
}

const drawsOn = (fundId: string) =>
  eb.exists(
    eb
      .selectFrom('claimFund')
      .select('claimFund.claimId')
      .where('claimFund.fundId', '=', fundId)
      .whereRef('claimFund.status', '=', 'claim.status')
      .whereRef('claimFund.createdAt', '=', 'claim.createdAt')
      .whereRef('claimFund.claimId', '=', 'claim.id'),
  );

/** The first filter that leaves few claims, if there is one. */
async function fewest(db: Db, { few }: Search, bound: number): Promise<Few | null> {
  for (const candidate of few) {
    const { isCapped } = await countUpTo(db, db.selectFrom(candidate).select('few.id'), bound);
    if (!isCapped) return candidate;
  }
  return null;
}

/** One equal start of an index in the wanted order: of all together, the first rows are the first rows of the list. */
interface Branch {
  readonly status: ClaimStatus | null;
  readonly organisationId: string | null;
}

function branchesOf({ statuses, organisationIds, fundId }: Search): Branch[] {
  const isSplit = organisationIds !== null || fundId !== null;
  const each: readonly (ClaimStatus | null)[] = statuses ?? (isSplit ? STATUSES : [null]);
  // A fund's claims have no index by unit: there the units are a condition.
  const units: readonly (string | null)[] = fundId === null && organisationIds ? organisationIds : [null];
  return units.flatMap((organisationId) => each.map((status) => ({ status, organisationId })));
}

async function idsOf(db: Db, { search, few }: Plan, set: Keyset): Promise<{ id: string }[]> {
  if (few) return within(amongFew(db, search, few), set).execute();
  const [first, ...rest] = branchesOf(search).map((branch) =>
    db.selectFrom(branchIds(db, search, branch, set)).select(['branch.id', 'branch.key']),
  );
  if (!first) return [];
  const all = rest.reduce((union, next) => union.unionAll(next), first);
  const merged = { ...set, key: { ...set.key, column: 'key' }, id: { column: 'id' } };
  return within(db.selectFrom(all.as('branches')).select('id'), merged).execute();
}

type BranchIds = AliasedExpression<{ id: string; key: unknown }, 'branch'>;

function branchIds(db: Db, search: Search, { status, organisationId }: Branch, set: Keyset): BranchIds {
  const column = set.key.column as 'claim.createdAt';
  if (search.fundId !== null) {
    const own = column.replace('claim.', 'claimFund.') as 'claimFund.createdAt';
    let rows = ofFund(db, search, search.fundId).select(['claimFund.claimId as id', `${own} as key`]);
    if (status) rows = rows.where('claimFund.status', '=', status);
    const order = { ...set, key: { ...set.key, column: own }, id: { column: 'claimFund.claimId' } };
    return within(rows, order).as('branch');
  }
  let rows = db.selectFrom('claim').select('claim.id as id').where('claim.bookId', '=', search.bookId);
  if (status) rows = rows.where('claim.status', '=', status);
  if (organisationId) rows = rows.where('claim.organisationId', '=', organisationId);
  else if (status && isDoneStatus(status)) rows = rows.where(isDone);
  for (const condition of search.conditions) rows = rows.where(condition);
  const isSorted = column !== 'claim.createdAt' && status && (organisationId || !isDoneStatus(status));
  if (!isSorted) return within(rows.select(`${column} as key`), set).as('branch');
  // Read from the index of its equalities and sorted: SQLite would go through the whole order to save a sort.
  const key: RawBuilder<unknown> = set.key.isInteger ? aside.fen(column) : aside.text(column);
  const keyed = db.selectFrom(rows.select(key.as('key')).as('keyed')).select(['keyed.id', 'keyed.key']);
  const order = { ...set, key: { ...set.key, column: 'keyed.key' }, id: { column: 'keyed.id' } };
  return within(keyed, order).as('branch');
}

/** The claims of a fund; the claim itself is looked at only where a filter asks for it. */
function ofFund(db: Db, search: Search, fundId: string) {
  let rows = db
    .selectFrom('claimFund')
    .where('claimFund.bookId', '=', search.bookId)
    .where('claimFund.fundId', '=', fundId);
  const { organisationIds, conditions } = search;
  if (organisationIds === null && conditions.length === 0) return rows;
  rows = rows.where(({ exists, selectFrom }) => {
    let claim = selectFrom('claim').select('claim.id');
    if (organisationIds === null) claim = claim.whereRef('claim.id', '=', 'claimFund.claimId');
    else
      claim = claim
        .where('claim.bookId', '=', search.bookId)
        .where('claim.organisationId', 'in', organisationIds)
        .whereRef('claim.status', '=', 'claimFund.status')
        .whereRef('claim.createdAt', '=', 'claimFund.createdAt')
        // Aside: by its id alone a claim would be found, and then opened.
        .where(aside.text('claim.id'), '=', sql.ref<string>('claimFund.claimId'));
    for (const condition of conditions) claim = claim.where(condition);
    return exists(claim);
  });
  return rows;
}

function amongFew(db: Db, search: Search, few: Few) {
  const { bookId, statuses, organisationIds, fundId, conditions } = search;
  let rows = db
    .selectFrom(few)
    // In this order: SQLite keeps a cross join as it is written, and would else read the whole order of claims.
    .crossJoin('claim')
    .select(['claim.id as id'])
    .whereRef('claim.id', '=', 'few.id')
    .where('claim.bookId', '=', bookId);
  if (statuses) rows = rows.where('claim.status', 'in', statuses);
  if (organisationIds) rows = rows.where('claim.organisationId', 'in', organisationIds);
  if (fundId !== null)
    rows = rows.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('spendingLine')
          .select('spendingLine.ownerId')
          .whereRef('spendingLine.ownerId', '=', 'claim.id')
          .where(aside.text('spendingLine.fundId'), '=', fundId),
      ),
    );
  for (const condition of conditions) rows = rows.where(condition);
  return rows;
}

async function countOf(db: Db, { search, few }: Plan, bound?: number): Promise<BoundedCount> {
  // Also where it leaves many: what has an index of its own is counted from it.
  const narrow = few ?? search.few[0];
  if (narrow) return countUpTo(db, amongFew(db, search, narrow), bound);
  const { bookId, statuses, organisationIds, fundId, conditions } = search;
  if (fundId !== null) {
    let rows = ofFund(db, search, fundId).select('claimFund.claimId');
    if (statuses) rows = rows.where('claimFund.status', 'in', statuses);
    return countUpTo(db, rows, bound);
  }
  const [first, ...rest] = claimParts(db, bookId, statuses).map((part) => {
    let rows = part;
    if (organisationIds) rows = rows.where('claim.organisationId', 'in', organisationIds);
    for (const condition of conditions) rows = rows.where(condition);
    return rows;
  });
  if (!first) return NOTHING;
  const all = rest.reduce((union, next) => union.unionAll(next), first);
  return countUpTo(db, all, bound);
}
