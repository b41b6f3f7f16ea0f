import { notFound } from '../core/errors.js';
import { prepared } from '../db/prepared.js';
import type { Db } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, type Grant, may } from '../organisations/index.js';

const contractOfProvider = prepared<{ bookId: string; providerId: string }, { id: string }>((db, value) =>
  db
    .selectFrom('contract')
    .select('id')
    .where('providerId', '=', value('providerId'))
    .where('bookId', '=', value('bookId'))
    .limit(1),
);

/** The providers (承接机构) of these grants that have a contract in the book, whatever became of it. */
export async function contractedProviders(
  db: Db,
  grants: readonly Grant[],
  bookId: string,
): Promise<string[]> {
  const providers = grants.filter((grant) => grant.organisationKind === 'provider');
  const found: string[] = [];
  for (const providerId of new Set(providers.map((grant) => grant.organisationId)))
    if ((await contractOfProvider(db, { bookId, providerId })).length > 0) found.push(providerId);
  return found;
}

/**
 * Lets pass who has anything to do with a book: a role above or below its bureau, or at a provider with a contract in
 * it. For others the book does not exist, so that they learn nothing of it and leave no entry in its log.
 * @throws DomainError `not_found`
 */
export async function demandRelated(db: Db, actor: Actor, bookId: string): Promise<void> {
  if (may(actor, 'book.enter', await bureauSubject(db, bookId)).allowed) return;
  if ((await contractedProviders(db, actor.grants, bookId)).length === 0) throw notFound('账套');
}
