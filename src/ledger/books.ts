import type { Unit } from '../audit/index.js';
import { notFound } from '../core/errors.js';
import type { OrganisationKind } from '../core/vocabulary.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';

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

/** A fund's row, if it is in the unit's book. @throws DomainError `not_found` */
export async function fundOfBook(unit: Unit, fundId: string) {
  const fund = await unit.trx.selectFrom('fund').selectAll().where('id', '=', fundId).executeTakeFirst();
  if (!fund || fund.bookId !== unit.book.id) throw notFound('资金批次');
  return fund;
}
