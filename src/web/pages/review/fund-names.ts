import type { Db } from '../../../db/store.js';
import type { Names } from '../../../organisations/index.js';

/** 文号 of funds of a book by id: ask only for ids out of things that the visitor may see. */
export async function fundNames(db: Db, bookId: string, ids: readonly string[]): Promise<Names> {
  if (ids.length === 0) return {};
  const rows = await db
    .selectFrom('fund')
    .select(['id', 'documentNo'])
    .where('bookId', '=', bookId)
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return Object.fromEntries(rows.map(({ id, documentNo }) => [id, documentNo]));
}
