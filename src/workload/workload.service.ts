import { allotmentsToDisburse, issuesToTakeIn } from '../allotments/index.js';
import { type ClaimQuery, claimsWaiting, countClaims } from '../claims/index.js';
import { contractsToSign } from '../contracts/index.js';
import { addDays, type BusinessDate, today as dayOf, daysBetween } from '../core/dates.js';
import type { BoundedCount } from '../core/page.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import { waiversToDecide } from '../waivers/index.js';
import {
  HANDLED_WITHIN_DAYS,
  LATE_AFTER_DAYS,
  MAX_WORK,
  WORK_LABELS,
  type WorkItem,
  type WorkKind,
  type WorkloadView,
} from './workload.schema.js';

type Query = WorkItem['query'];

const CLAIM_WORK = ['correct', 'review', 'co_sign', 'approve', 'pay'] as const;

/**
 * What waits for the actor in a book, by duty, with how much of it is late; and what the actor has begun and done. Every
 * count is bounded, and is that of a list under the parameters beside it.
 * @throws DomainError `not_found` for who may see no claims of the book.
 */
export async function workloadOf(
  store: Store,
  actor: Actor,
  bookId: string,
  today: BusinessDate,
): Promise<WorkloadView> {
  const todo: WorkItem[] = [];
  for (const task of CLAIM_WORK) {
    const item = await claimWork(store, actor, bookId, today, task);
    if (item) todo.push(item);
  }
  for (const [kind, list, query, read] of OTHER_WORK) {
    const since = await read(store, actor, bookId, today);
    if (since) todo.push(itemOf(kind, list, query, since.map(dayOfText), today));
  }
  const claims = async (query: Omit<ClaimQuery, 'limit'>) => ({
    count: await countClaims(store, actor, bookId, query, MAX_WORK),
    list: 'claims' as const,
    query: query as Query,
  });
  return {
    today,
    lateAfterDays: LATE_AFTER_DAYS,
    todo,
    drafts: await claims({ task: 'draft' }),
    handled: await claims({ handledSince: addDays(today, -HANDLED_WITHIN_DAYS) }),
    concluded: await claims({ status: ['paid', 'closed'] }),
  };
}

/** The last day of what is late. */
const lateUntil = (today: BusinessDate) => addDays(today, -LATE_AFTER_DAYS - 1);
const LATE_LABEL = `超过${LATE_AFTER_DAYS}日`;

async function claimWork(
  store: Store,
  actor: Actor,
  bookId: string,
  today: BusinessDate,
  task: (typeof CLAIM_WORK)[number],
): Promise<WorkItem | null> {
  const found = await claimsWaiting(store, actor, bookId, { task }, MAX_WORK);
  if (!found) return null;
  const lateQuery = { task, createdUntil: lateUntil(today) };
  return {
    kind: task,
    label: WORK_LABELS[task],
    count: found.count,
    oldestAgeDays: found.oldest === null ? null : ageOf(dayOf(new Date(found.oldest)), today),
    late: await countClaims(store, actor, bookId, lateQuery, MAX_WORK),
    lateLabel: LATE_LABEL,
    list: 'claims',
    query: { task },
    lateQuery,
  };
}

type Read = (store: Store, actor: Actor, bookId: string, today: BusinessDate) => Promise<string[] | null>;

/** What waits besides claims: since when, each of them. */
const OTHER_WORK: readonly (readonly [WorkKind, WorkItem['list'], Query, Read])[] = [
  ['sign', 'contracts', { toSign: 'true' }, contractsToSign],
  ['decide', 'waivers', { toDecide: 'true' }, waiversToDecide],
  [
    'take_in_authority',
    'transit',
    { kind: 'allotment', direction: 'in' },
    (store, actor, bookId) => issuesToTakeIn(store, actor, bookId, 'allotment'),
  ],
  [
    'take_in_cash',
    'transit',
    { kind: 'disbursement', direction: 'in' },
    (store, actor, bookId) => issuesToTakeIn(store, actor, bookId, 'disbursement'),
  ],
  ['disburse', 'allotments', { toDisburse: 'true' }, allotmentsToDisburse],
];

/** An instant's day in China; a business date is one. */
const dayOfText = (text: string): BusinessDate => (text.includes('T') ? dayOf(new Date(text)) : text);

/** Nothing waits for less than no time, whatever the clocks say. */
const ageOf = (since: BusinessDate, today: BusinessDate) => Math.max(0, daysBetween(since, today));

function itemOf(
  kind: WorkKind,
  list: WorkItem['list'],
  query: Query,
  since: readonly BusinessDate[],
  today: BusinessDate,
): WorkItem {
  const [oldest] = since;
  return {
    kind,
    label: WORK_LABELS[kind],
    count: bounded(since.length),
    oldestAgeDays: oldest === undefined ? null : ageOf(oldest, today),
    late: bounded(since.filter((day) => day <= lateUntil(today)).length),
    lateLabel: LATE_LABEL,
    list,
    query,
    lateQuery: null,
  };
}

const bounded = (found: number): BoundedCount => ({
  count: Math.min(found, MAX_WORK),
  isCapped: found > MAX_WORK,
});
