import { notFound } from '../core/errors.js';
import type { Row } from '../db/database.js';
import type { Db, Trx } from '../db/store.js';

export const findCheckpoint = (
  db: Db | Trx,
  bookId: string,
  size: number,
): Promise<Row<'checkpoint'> | undefined> =>
  db
    .selectFrom('checkpoint')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('size', '=', size)
    .executeTakeFirst();

/** The signed checkpoint of so many entries. @throws DomainError `not_found` */
export async function checkpointAt(db: Db | Trx, bookId: string, size: number): Promise<Row<'checkpoint'>> {
  const row = await findCheckpoint(db, bookId, size);
  if (!row) throw notFound(`${size} 条时的检查点`);
  return row;
}

/** The newest signed checkpoint of a book. @throws DomainError `not_found` */
export async function newestCheckpoint(db: Db, bookId: string): Promise<Row<'checkpoint'>> {
  const row = await db
    .selectFrom('checkpoint')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!row) throw notFound('检查点');
  return row;
}
