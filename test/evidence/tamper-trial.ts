import type { Store, Trx } from '../../src/db/store.js';
import {
  type Difference,
  type OutsideFile,
  verifyAll,
  verifyInstallation,
} from '../../src/evidence/index.js';
import { undone } from './tamper-guards.js';
import type { Surroundings } from './tamper-places.js';
import type { TamperWorld } from './tamper-world.js';

/** How many times the database was tampered with, and how many of them were found. */
export class Tally {
  tried = 0;
  found = 0;
  /** What was not found, or not where it was. */
  readonly #faults: string[] = [];

  count(name: string, places: readonly string[], place: RegExp): void {
    this.tried += 1;
    if (places.length === 0) this.#faults.push(`${name}: not found`);
    else this.found += 1;
    if (places.length > 0 && !places.some((found) => place.test(found)))
      this.#faults.push(`${name}: found as ${places.join(', ')}`);
  }

  /** The faults since the last time. */
  takeFaults(): string[] {
    return this.#faults.splice(0);
  }
}

/** Tries things on a database that is open to everything, inside a transaction that is never committed. */
export class Trial {
  constructor(
    readonly trx: Trx,
    readonly store: Store,
    readonly world: TamperWorld,
    readonly outside: OutsideFile,
    readonly surroundings: Surroundings,
    readonly tally: Tally,
  ) {}

  /** Does one thing to the database, verifies it, and undoes it: first what should find it, then all that there is. */
  async try(
    name: string,
    books: readonly string[],
    work: () => Promise<unknown>,
    place: RegExp,
  ): Promise<void> {
    const places = await undone(this.trx, async () => {
      await work();
      return this.#places(books, place);
    });
    this.tally.count(name, places, place);
  }

  async #places(books: readonly string[], place: RegExp): Promise<string[]> {
    const { trx, store, world, outside } = this;
    for (const bookId of new Set(books)) {
      const [result] = await verifyAll(trx, store.keys, world.packs, { bookId, outside });
      if (result?.difference && place.test(result.difference.place)) return [result.difference.place];
    }
    const shared = await verifyInstallation(trx, store.keys);
    if (shared && place.test(shared.place)) return [shared.place];
    const all = await verifyAll(trx, store.keys, world.packs, { outside });
    return placesOf([...all.map((book) => book.difference), shared]);
  }
}

const placesOf = (differences: readonly (Difference | null)[]): string[] =>
  differences.filter((difference) => difference !== null).map((difference) => difference.place);

/** Where the whole installation differs, with or without what is known outside the database. */
export async function differencesOf(
  db: Store['read'] | Trx,
  { keys }: Store,
  world: TamperWorld,
  outside?: OutsideFile,
): Promise<string[]> {
  const books = await verifyAll(db, keys, world.packs, outside ? { outside } : {});
  return placesOf([...books.map((book) => book.difference), await verifyInstallation(db, keys)]);
}

export async function surroundingsOf(trx: Trx): Promise<Surroundings> {
  const bookOf = new Map<string, string>();
  for (const table of ['fund', 'ledgerEntry'] as const) {
    const rows = await trx.selectFrom(table).select(['id', 'bookId']).execute();
    for (const { id, bookId } of rows) bookOf.set(id, bookId);
  }
  const digestsOf = new Map<string, string[]>();
  for (const { bookId, subject, digest } of await trx.selectFrom('vaultValue').selectAll().execute()) {
    const key = `${bookId} ${subject}`;
    digestsOf.set(key, [...(digestsOf.get(key) ?? []), digest]);
  }
  return { bookOf, digestsOf };
}
