import type { Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { booksSeen } from './scope.js';

/**
 * Years of the funds in one book, or in all that the actor may read whole; newest first.
 * @throws DomainError `not_found`
 */
export async function fundYears(store: Store, actor: Actor, bookId: string | null): Promise<number[]> {
  if (bookId !== null) await demandBookRead(store.read, actor, bookId);
  const bookIds = bookId === null ? (await booksSeen(store, actor)).map(({ id }) => id) : [bookId];
  if (bookIds.length === 0) return [];
  const rows = await store.read
    .selectFrom('fund')
    .select('year')
    .distinct()
    .where('bookId', 'in', bookIds)
    .orderBy('year', 'desc')
    .execute();
  return rows.map(({ year }) => year);
}
