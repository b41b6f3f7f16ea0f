import type { Unit } from '../audit/index.js';
import { notFound } from '../core/errors.js';
import type { OrganisationKind } from '../core/vocabulary.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';
import { type Actor, idsOf } from '../organisations/index.js';

/** The bureau that owns a book, as far as it never changes. */
export interface BookBureau {
  readonly bookId: string;
  readonly bureauId: string;
  readonly bureauPath: string;
  readonly bureauKind: OrganisationKind;
  readonly divisionCode: string;
}

const bureauRow = prepared<{ bookId: string }, Omit<BookBureau, 'bureauKind'> & { bureauKind: string }>(
  (db, value) =>
    db
      .selectFrom('book')
      .innerJoin('organisation', 'organisation.id', 'book.bureauId')
      .select([
        'book.id as bookId',
        'organisation.id as bureauId',
        'organisation.path as bureauPath',
        'organisation.kind as bureauKind',
        'organisation.divisionCode as divisionCode',
      ])
      .where('book.id', '=', value('bookId')),
);

/** @throws DomainError `not_found` */
export async function bureauOfBook(db: Db | Trx, bookId: string): Promise<BookBureau> {
  const [row] = await bureauRow(db, { bookId });
  if (!row) throw notFound('账套');
  return { ...row, bureauKind: row.bureauKind as OrganisationKind };
}

/** A unit where the actor holds a role, and the book that its affairs are kept in. */
export interface UnitBook {
  readonly bookId: string;
  readonly bureauPath: string;
  readonly organisationPath: string;
}

/**
 * The actor's units, each with the book of the nearest bureau at or above it. A provider is nobody's unit, wherever it
 * is registered: contracts alone bring it into a book.
 */
export async function unitBooksOf(db: Db, actor: Actor): Promise<UnitBook[]> {
  const units = new Set(
    actor.grants
      .filter((grant) => grant.organisationKind !== 'provider')
      .map((grant) => grant.organisationPath),
  );
  if (units.size === 0) return [];
  const books = await db
    .selectFrom('book')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .select(['book.id', 'book.bureauId', 'organisation.path'])
    .where('book.bureauId', 'in', [...new Set([...units].flatMap(idsOf))])
    .execute();
  return [...units].flatMap((organisationPath) => {
    const nearest = idsOf(organisationPath).findLast((id) => books.some((book) => book.bureauId === id));
    const book = books.find((candidate) => candidate.bureauId === nearest);
    return book ? [{ bookId: book.id, bureauPath: book.path, organisationPath }] : [];
  });
}

/** A fund's row, if it is in the unit's book. @throws DomainError `not_found` */
export async function fundOfBook(unit: Unit, fundId: string) {
  const fund = await unit.trx.selectFrom('fund').selectAll().where('id', '=', fundId).executeTakeFirst();
  if (!fund || fund.bookId !== unit.book.id) throw notFound('资金批次');
  return fund;
}
