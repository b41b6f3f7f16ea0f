import { notFound } from '../core/errors.js';
import type { Db } from '../db/store.js';
import { type Actor, may } from '../organisations/index.js';
import { bureauOfBook, unitBooksOf } from './books.js';

/** The subject of `may` for things that belong to the bureau itself. */
export async function bureauSubject(db: Db, bookId: string) {
  const bureau = await bureauOfBook(db, bookId);
  return { bureauPath: bureau.bureauPath, organisationPath: bureau.bureauPath };
}

/** @throws DomainError `not_found` unless the actor may read the book: what one may not see does not exist. */
export async function demandBookRead(db: Db, actor: Actor, bookId: string): Promise<void> {
  if (!may(actor, 'book.read', await bureauSubject(db, bookId)).allowed) throw notFound('账套');
}

/**
 * Funds are read by whoever reads the book, and by the units that spend from it: those whose own book it is.
 * @throws DomainError `not_found`
 */
export async function demandFundRead(db: Db, actor: Actor, bookId: string): Promise<void> {
  const bureau = await bureauSubject(db, bookId);
  if (may(actor, 'fund.read', bureau).allowed) return;
  const isOfUnit = (await unitBooksOf(db, actor)).some(
    (unit) => unit.bookId === bookId && may(actor, 'fund.read', unit).allowed,
  );
  if (!isOfUnit) throw notFound('账套');
}
