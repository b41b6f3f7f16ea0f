import { Breather } from '../../core/breather.js';
import type { Row } from '../../db/database.js';
import type { Db } from '../../db/store.js';
import type { Bits } from './scope.js';

const PAGE = 100;

/** The first `size` entries of a book's log, a page at a time; others have their turn in between. */
export async function* logPages(
  db: Db,
  bookId: string,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<Pick<Row<'logEntry'>, 'logIndex' | 'body'>[]> {
  const breather = new Breather(signal);
  for (let from = 0; from < size; from += PAGE) {
    if (breather.isDue) await breather.rest();
    yield await db
      .selectFrom('logEntry')
      .select(['logIndex', 'body'])
      .where('bookId', '=', bookId)
      .where('logIndex', '>=', from)
      .where('logIndex', '<', Math.min(from + PAGE, size))
      .orderBy('logIndex')
      .execute();
  }
}

/** The opened entries in order. */
export async function* openedEntries(
  db: Db,
  bookId: string,
  opened: Bits,
): AsyncGenerator<Pick<Row<'logEntry'>, 'logIndex' | 'body'>> {
  for await (const rows of logPages(db, bookId, opened.size))
    for (const row of rows) if (opened.has(row.logIndex)) yield row;
}

/** All leaf hashes, 32 bytes each. */
export async function* leafBytes(db: Db, bookId: string, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < size; from += 2_000) {
    const rows = await db
      .selectFrom('logEntry')
      .select('leafHash')
      .where('bookId', '=', bookId)
      .where('logIndex', '>=', from)
      .where('logIndex', '<', Math.min(from + 2_000, size))
      .orderBy('logIndex')
      .execute();
    yield Buffer.from(rows.map((row) => row.leafHash).join(''), 'hex');
  }
}
