import { groupBy } from '../core/collections.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { OVERVIEW_BASES } from './bases.js';
import { figuresOf, showProgress } from './figures.js';
import type { OverviewView } from './overview.schema.js';
import { type Asked, booksSeen, measureOf, partsOf, type SeenBook } from './scope.js';

/**
 * The year of every book that the actor may read whole, by prefecture. Amounts are what the ledger holds now; progress,
 * ages and the base of the cap are told of `asOf`. Costs a fixed number of queries over balances and indexes.
 * @throws DomainError `date_in_future`
 */
export async function supervisionOverview(
  store: Store,
  packs: PackSet,
  actor: Actor,
  asked: Asked,
): Promise<OverviewView> {
  const measure = measureOf(asked);
  const { asOf, elapsed, idleDays } = measure;
  const books = await booksSeen(store, actor);
  const parts = await partsOf(store.read, packs, books, { year: asked.year, asOf });
  const byCode = [...books].sort((a, b) => (a.divisionCode < b.divisionCode ? -1 : 1));
  const groups = [...groupBy(byCode, (book) => prefectureOf(book).id)].map(([bureauId, members]) => ({
    bureauId,
    bureauName: prefectureOf(members[0] as SeenBook).name,
    subtotal: figuresOf(parts(members), measure),
    books: members.map((book) => ({
      ...bookHeadOf(book),
      figures: figuresOf(parts([book]), measure),
    })),
  }));
  return {
    year: asked.year,
    asOf,
    idleDays,
    timeProgress: showProgress(elapsed),
    bases: OVERVIEW_BASES,
    books: books.length,
    total: figuresOf(parts(books), measure),
    groups,
  };
}

export const bookHeadOf = ({ id, name, bureauId, bureauName, bureauKind, divisionCode }: SeenBook) => ({
  bookId: id,
  bookName: name,
  bureauId,
  bureauName,
  bureauKind,
  divisionCode,
});

/** The prefecture at or above a book; where there is none, as in a county right under its province, the topmost bureau. */
function prefectureOf({ above, bureauId, bureauName }: SeenBook): { id: string; name: string } {
  const prefecture = above.find(({ kind }) => kind === 'bureau_prefecture');
  return prefecture ?? above[0] ?? { id: bureauId, name: bureauName };
}
