import type { Db } from '../db/store.js';

/** A file as its link says it; the name is sealed. */
export interface FileName {
  readonly fileName: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** Files of a book by id. Whoever may see a thing may see what its files are called: ask only for ids out of such things. */
export async function attachmentFiles(
  db: Db,
  bookId: string,
  ids: Iterable<string>,
): Promise<Readonly<Record<string, FileName>>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return {};
  const rows = await db
    .selectFrom('attachment')
    .select(['id', 'fileName', 'mediaType', 'sizeBytes'])
    .where('bookId', '=', bookId)
    .where('id', 'in', wanted)
    .execute();
  return Object.fromEntries(rows.map(({ id, ...file }) => [id, file]));
}

/** The names alone. */
export const attachmentNames = async (
  db: Db,
  bookId: string,
  ids: Iterable<string>,
): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(
    Object.entries(await attachmentFiles(db, bookId, ids)).map(([id, { fileName }]) => [id, fileName]),
  );
