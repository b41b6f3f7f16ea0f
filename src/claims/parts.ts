import { expressionBuilder, sql } from 'kysely';
import type { Database } from '../db/database.js';
import type { Db } from '../db/store.js';
import type { ClaimStatus } from './claims.schema.js';

/** What a claim comes to rest in, as the indexes of done claims say it (migration 0020). */
const DONE: readonly ClaimStatus[] = ['rejected', 'paid', 'closed'];

/** In the words of the indexes of done claims, so that engines see that these answer. */
export const isDone = expressionBuilder<Database, 'claim'>()(
  'claim.status',
  'in',
  sql<ClaimStatus>`(${sql.join(DONE.map((status) => sql.lit(status)))})`,
);
export const isDoneStatus = (status: ClaimStatus): boolean => DONE.includes(status);

/**
 * Ids of a book's claims in some statuses (null: in all), those under way apart from those that are done: one index sorts the
 * few that are under way, while done ones have an index for each order. Empty where `statuses` is.
 */
export function claimParts(db: Db, bookId: string, statuses: readonly ClaimStatus[] | null) {
  const rows = db.selectFrom('claim').select('claim.id as id').where('claim.bookId', '=', bookId);
  if (statuses === null) return [rows];
  const done = statuses.filter(isDoneStatus);
  const underWay = statuses.filter((status) => !isDoneStatus(status));
  return [
    ...(underWay.length > 0 ? [rows.where('claim.status', 'in', underWay)] : []),
    ...(done.length > 0 ? [rows.where('claim.status', 'in', done).where(isDone)] : []),
  ];
}
