import type { z } from 'zod';
import { notFound } from '../core/errors.js';
import { formatYuan, sumFen } from '../core/money.js';
import { type ListPage, MAX_COUNT } from '../core/page.js';
import { countUpTo, keyset, listPage, type SortKey, within } from '../db/keyset.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject, demandFundRead } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';
import { usesOf, type WaiverRow } from './waivers.repository.js';
import {
  type WAIVER_SORTS,
  WAIVER_STATUS_LABELS,
  type WaiverView,
  type waiverQuery,
} from './waivers.schema.js';

export async function waiverViews(db: Db | Trx, rows: readonly WaiverRow[]): Promise<WaiverView[]> {
  const uses = await usesOf(db, rows);
  return rows.map(({ subjectType, subjectId, limitFen, evidence, fromDate, untilDate, ...row }) => {
    const own = uses.get(row.id) ?? [];
    return {
      ...row,
      subject: subjectType && subjectId ? { type: subjectType, id: subjectId } : null,
      limit: limitFen === null ? null : formatYuan(limitFen),
      evidence: JSON.parse(evidence) as string[],
      from: fromDate,
      until: untilDate,
      statusLabel: WAIVER_STATUS_LABELS[row.status],
      used: formatYuan(sumFen(own.map(({ amountFen }) => amountFen))),
      uses: own.map(({ subjectType: type, subjectId: id, amountFen, appliedBy, appliedAt }) => ({
        type,
        id,
        amount: formatYuan(amountFen),
        appliedBy,
        appliedAt,
      })),
    };
  });
}

/**
 * The exceptions that the actor may see: all of a book, or, for a unit that spends from it, those for a fund and those
 * for its own claims. @throws DomainError `not_found`
 */
async function visibleWaivers(store: Store, actor: Actor, bookId: string) {
  const { read } = store;
  const rows = read.selectFrom('waiver').selectAll('waiver').where('waiver.bookId', '=', bookId);
  const bureau = await bureauSubject(read, bookId);
  if (may(actor, 'waiver.read', bureau).allowed) return rows;
  await demandFundRead(read, actor, bookId);
  const { bureauPath } = bureau;
  const units = actor.grants
    .map(({ organisationPath }) => organisationPath)
    .filter(
      (path) =>
        path.startsWith(bureauPath) &&
        may(actor, 'waiver.read', { bureauPath, organisationPath: path }).allowed,
    );
  return rows.where((where) =>
    where.or([
      where('waiver.subjectId', 'is', null),
      ...units.map((path) =>
        where(
          'waiver.subjectId',
          'in',
          where
            .selectFrom('claim')
            .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
            .select('claim.id')
            .where('organisation.path', 'like', `${path}%`),
        ),
      ),
    ]),
  );
}

const SORTS: Readonly<Record<(typeof WAIVER_SORTS)[number], SortKey>> = {
  requestedAt: { column: 'waiver.requestedAt' },
  until: { column: 'waiver.untilDate' },
};

/** Newest first unless asked otherwise. @throws DomainError `not_found` */
export async function listWaivers(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof waiverQuery>,
): Promise<ListPage<WaiverView>> {
  let rows = await visibleWaivers(store, actor, bookId);
  if (query.clause) rows = rows.where('waiver.clause', '=', query.clause);
  if (query.status) rows = rows.where('waiver.status', '=', query.status);
  if (query.fundId) rows = rows.where('waiver.fundId', '=', query.fundId);
  if (query.validOn)
    rows = rows
      .where('waiver.status', '=', 'approved')
      .where('waiver.fromDate', '<=', query.validOn)
      .where('waiver.untilDate', '>=', query.validOn);
  const set = keyset(SORTS, query, { column: 'waiver.id' });
  if (query.toDecide) {
    const isDecider = may(actor, 'waiver.approve', await bureauSubject(store.read, bookId)).allowed;
    if (!isDecider)
      return listPage([], set, query.count ? { count: 0, isCapped: false } : null, async () => []);
    rows = rows.where('waiver.status', '=', 'requested').where('waiver.requestedBy', '<>', actor.personId);
  }
  const total = query.count ? await countUpTo(store.read, rows) : null;
  return listPage(await within(rows, set).execute(), set, total, (shown) => waiverViews(store.read, shown));
}

/** When each request was made that the actor may decide, oldest first, one more than are counted; null without the duty. */
export async function waiversToDecide(store: Store, actor: Actor, bookId: string): Promise<string[] | null> {
  if (!may(actor, 'waiver.approve', await bureauSubject(store.read, bookId)).allowed) return null;
  const rows = await store.read
    .selectFrom('waiver')
    .select('requestedAt')
    .where('bookId', '=', bookId)
    .where('status', '=', 'requested')
    .where('requestedBy', '<>', actor.personId)
    .orderBy('requestedAt')
    .limit(MAX_COUNT + 1)
    .execute();
  return rows.map(({ requestedAt }) => requestedAt);
}

/** @throws DomainError `not_found` also for what the actor may not see. */
export async function getWaiver(store: Store, actor: Actor, bookId: string, id: string): Promise<WaiverView> {
  const rows = await visibleWaivers(store, actor, bookId);
  const row = await rows.where('waiver.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('例外批准');
  const [view] = await waiverViews(store.read, [row]);
  return view as WaiverView;
}
