import type { Db } from '../db/store.js';

/** What contracts are called, `number title`, by id. Ask only for contracts of things that may be seen. */
export async function contractTitles(
  db: Db,
  ids: Iterable<string | null>,
): Promise<Readonly<Record<string, string>>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return {};
  const rows = await db
    .selectFrom('contract')
    .select(['id', 'contractNo', 'title'])
    .where('id', 'in', wanted)
    .execute();
  return Object.fromEntries(rows.map(({ id, contractNo, title }) => [id, `${contractNo} ${title}`]));
}
