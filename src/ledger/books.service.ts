import { notFound } from '../core/errors.js';
import type { OrganisationKind } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import { type Actor, may } from '../organisations/index.js';
import { unitBooksOf } from './books.js';
import type { BookView } from './books.schema.js';

/**
 * The books that an actor has to do with, from the top level down: those it may read whole, and those that its own
 * units or, for a provider, its contracts belong to.
 */
export async function listBooks(store: Store, actor: Actor): Promise<{ items: BookView[] }> {
  return { items: await visibleBooks(store.read, actor, null) };
}

/** @throws DomainError `not_found` also for what the actor may not see. */
export async function getBook(store: Store, actor: Actor, bookId: string): Promise<BookView> {
  const [view] = await visibleBooks(store.read, actor, bookId);
  if (!view) throw notFound('账套');
  return view;
}

async function visibleBooks(db: Db, actor: Actor, bookId: string | null): Promise<BookView[]> {
  if (actor.grants.length === 0) return [];
  const own = await ownBookIds(db, actor);
  const paths = [...new Set(actor.grants.map((grant) => grant.organisationPath))];
  let rows = db
    .selectFrom('book')
    .innerJoin('organisation as bureau', 'bureau.id', 'book.bureauId')
    .select([
      'book.id',
      'book.name',
      'book.bureauId',
      'book.logSize',
      'bureau.name as bureauName',
      'bureau.kind as bureauKind',
      'bureau.divisionCode',
      'bureau.path as bureauPath',
    ])
    // Paths hold ids and "/" only, so LIKE meets no wildcard in them.
    .where((where) =>
      where.or([
        ...paths.map((path) => where('bureau.path', 'like', `${path}%`)),
        ...(own.size > 0 ? [where('book.id', 'in', [...own])] : []),
      ]),
    );
  if (bookId !== null) rows = rows.where('book.id', '=', bookId);
  const found = await rows.orderBy('bureau.path').execute();
  return found.flatMap(({ bureauPath, bureauKind, ...book }) => {
    const isReader = may(actor, 'book.read', { bureauPath, organisationPath: bureauPath }).allowed;
    if (!isReader && !own.has(book.id)) return [];
    const access = isReader ? ('book' as const) : ('unit' as const);
    return [{ ...book, bureauKind: bureauKind as OrganisationKind, access }];
  });
}

/** Books where the actor's units make claims: of the nearest bureau above them, and of contracts as provider. */
async function ownBookIds(db: Db, actor: Actor): Promise<ReadonlySet<string>> {
  const isOwn = (bureauPath: string, organisationPath: string) =>
    may(actor, 'unit.read', { bureauPath, organisationPath }).allowed;
  const ids = new Set<string>();
  for (const { bookId, bureauPath, organisationPath } of await unitBooksOf(db, actor))
    if (isOwn(bureauPath, organisationPath)) ids.add(bookId);
  const contracts = await db
    .selectFrom('contract')
    .innerJoin('book', 'book.id', 'contract.bookId')
    .innerJoin('organisation as bureau', 'bureau.id', 'book.bureauId')
    .innerJoin('organisation as provider', 'provider.id', 'contract.providerId')
    .select(['contract.bookId', 'bureau.path as bureauPath', 'provider.path as providerPath'])
    .distinct()
    .where('contract.providerId', 'in', [...new Set(actor.grants.map((grant) => grant.organisationId))])
    .execute();
  for (const { bookId, bureauPath, providerPath } of contracts)
    if (isOwn(bureauPath, providerPath)) ids.add(bookId);
  return ids;
}
