import { z } from 'zod';
import {
  type ClaimDossier,
  type ClaimView,
  claimDossier,
  claimsWaiting,
  listClaims,
} from '../../../claims/index.js';
import { identifier, pageQuery } from '../../../core/fields.js';
import { type Names, organisationNames } from '../../../organisations/index.js';
import { MAX_WORK } from '../../../workload/index.js';
import type { PageContext } from '../../context.js';
import { showCount } from './words.js';

/** What waits here, in the order of a claim's life; what is done in another's place last. */
export const TASKS = ['review', 'approve', 'pay', 'co_sign'] as const;
export type Task = (typeof TASKS)[number];
const PAGE_SIZE = 30;

export const queueQuery = z.object({
  tab: z.enum(TASKS).optional(),
  at: identifier('Claim that is looked at').optional(),
  cursor: pageQuery.cursor,
});
export type QueuePage = PageContext<{ bookId: string }, z.output<typeof queueQuery>>;

export interface Queue {
  readonly tabs: readonly { readonly task: Task; readonly count: string }[];
  readonly task: Task | null;
  readonly items: readonly ClaimView[];
  readonly names: Names;
  readonly current: ClaimDossier | null;
  readonly prevCursor: string | null;
  readonly nextCursor: string | null;
}

/** The tabs of the person's duties, the chosen one's claims, and the one that is looked at. */
export async function loadQueue({
  deps,
  actor,
  params: { bookId },
  query: asked,
}: QueuePage): Promise<Queue> {
  const { store } = deps;
  const tabs: { task: Task; count: string; isEmpty: boolean }[] = [];
  for (const task of TASKS) {
    const waiting = await claimsWaiting(store, actor, bookId, { task }, MAX_WORK);
    if (waiting) tabs.push({ task, count: showCount(waiting.count), isEmpty: waiting.count.count === 0 });
  }
  const chosen =
    tabs.find(({ task }) => task === asked.tab) ?? tabs.find(({ isEmpty }) => !isEmpty) ?? tabs[0];
  if (!chosen) {
    const nothing = { items: [], names: {}, current: null, prevCursor: null, nextCursor: null };
    return { tabs, task: null, ...nothing };
  }
  // The oldest first, so that nothing is left lying.
  const { items, nextCursor, prevCursor } = await listClaims(store, actor, bookId, {
    task: chosen.task,
    sort: 'createdAt',
    order: 'asc',
    limit: PAGE_SIZE,
    cursor: asked.cursor,
  });
  const current = items.find(({ id }) => id === asked.at) ?? items[0];
  return {
    tabs,
    task: chosen.task,
    items,
    names: await organisationNames(
      store.read,
      items.map(({ organisationId }) => organisationId),
    ),
    current: current ? await claimDossier(store, actor, bookId, current.id) : null,
    prevCursor,
    nextCursor,
  };
}
