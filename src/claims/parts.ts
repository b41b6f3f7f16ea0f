import { expressionBuilder, sql } from 'kysely';
import type { Database } from '../db/database.js';
import type { Db } from '../db/store.js';
import { type ClaimStatus, STATUSES } from './claims.schema.js';

/** What a claim comes to rest in, as the indexes of done claims say it (migration 0020). */
const DONE: readonly ClaimStatus[] = ['rejected', 'paid', 'closed'];
const UNDER_WAY = STATUSES.filter((status) => !DONE.includes(status));

/** In the words of the indexes of done claims, so that engines see that these answer. */
export const isDone = expressionBuilder<Database, 'claim'>()(
  'claim.status',
  'in',
  sql<ClaimStatus>`(${sql.join(DONE.map((status) => sql.lit(status)))})`,
);
export const isDoneStatus = (status: ClaimStatus): boolean => DONE.includes(status);

/**
 * Ids of a book's claims in some statuses (null: any), those under way apart from those that are done: few claims are
 * under way and one index sorts them all, while done ones have an index for each order. Empty where `statuses` is.
 */
export function claimParts(db: Db, bookId: string, statuses: readonly ClaimStatus[] | null) {
  return [UNDER_WAY, DONE].flatMap((part) => {
    const some = part.filter((status) => statuses === null || statuses.includes(status));
    if (some.length === 0) return [];
    const rows = db.selectFrom('claim').select('claim.id as id').where('claim.bookId', '=', bookId);
    if (part === UNDER_WAY) return [rows.where('claim.status', 'in', some)];
    const done = rows.where(isDone);
    return [some.length === DONE.length ? done : done.where('claim.status', 'in', some)];
  });
}
