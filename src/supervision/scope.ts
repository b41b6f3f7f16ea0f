import { groupBy } from '../core/collections.js';
import { type BusinessDate, today } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import type { Db, Store } from '../db/store.js';
import { type BookView, listBooks } from '../ledger/index.js';
import { type Actor, idsOf } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { reliefCapsAt } from '../relief/index.js';
import { caseCounts } from './cases.repository.js';
import { elapsedOf, type Measure, type Parts } from './figures.js';
import { fundMoney, takenInBy, transitOf } from './money.repository.js';
import type { OverviewQuery } from './overview.schema.js';

/** What a use case of this domain is asked with; `now` is the clock of the request. */
export type Asked = OverviewQuery & { readonly now: Date };

/** @throws DomainError `date_in_future`: ages to a day that has not come would be made up. */
export function measureOf({ year, asOf, idleDays, now }: Asked): Measure {
  const day = today(now);
  if (asOf !== undefined && asOf > day)
    throw new DomainError('date_in_future', `截至日 ${asOf} 尚未到来，请选择 ${day} 或更早的日期`);
  return { asOf: asOf ?? day, elapsed: elapsedOf(year, asOf ?? day), idleDays };
}

/** A bureau above a book, or its own. */
interface Above {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly bookId: string | null;
}
export interface SeenBook extends BookView {
  /** From the top down; the book's own bureau last. */
  readonly above: readonly Above[];
}

/** Books that the actor may read whole: by a role at their bureau or above it. */
export async function booksSeen(store: Store, actor: Actor): Promise<SeenBook[]> {
  const { items } = await listBooks(store, actor);
  return withBureaus(
    store.read,
    items.filter(({ access }) => access === 'book'),
  );
}

export async function withBureaus(db: Db, books: readonly BookView[]): Promise<SeenBook[]> {
  if (books.length === 0) return [];
  const own = await db
    .selectFrom('organisation')
    .select(['id', 'path'])
    .where(
      'id',
      'in',
      books.map((book) => book.bureauId),
    )
    .execute();
  const paths = new Map(own.map(({ id, path }) => [id, idsOf(path)]));
  const rows = await db
    .selectFrom('organisation')
    .leftJoin('book', 'book.bureauId', 'organisation.id')
    .select(['organisation.id', 'organisation.name', 'organisation.kind', 'book.id as bookId'])
    .where('organisation.id', 'in', [...new Set([...paths.values()].flat())])
    .execute();
  const bureaus = new Map(rows.map((row) => [row.id, row]));
  return books.map((book) => ({
    ...book,
    above: (paths.get(book.bureauId) ?? []).flatMap((id) => bureaus.get(id) ?? []),
  }));
}

/** Everything that the figures of some books are made from: a fixed number of queries, however many books. */
export async function partsOf(
  db: Db,
  packs: PackSet,
  books: readonly SeenBook[],
  { year, asOf }: { readonly year: number; readonly asOf: BusinessDate },
): Promise<(some: readonly SeenBook[]) => Parts> {
  const scope = { bookIds: books.map(({ id }) => id), year, asOf };
  const upper = new Set(books.flatMap(({ above }) => above.flatMap(({ bookId }) => bookId ?? [])));
  const funds = groupBy(await fundMoney(db, scope), ({ bookId }) => bookId);
  const takenIn = await takenInBy(db, scope);
  const transit = await transitOf(db, scope, [...upper]);
  const places = books.map(({ id, divisionCode }) => ({ bookId: id, divisionCode }));
  const caps = await reliefCapsAt(db, packs, places, { year, on: asOf });
  const cases = await caseCounts(db, scope.bookIds, year);
  return (some) => {
    const bookIds = new Set(some.map(({ id }) => id));
    return {
      bookIds,
      funds: some.flatMap(({ id }) => funds.get(id) ?? []),
      takenIn,
      transit,
      caps: [...bookIds].flatMap((id) => caps.get(id) ?? []),
      cases: [...bookIds].map(cases),
    };
  };
}
