import type { Db } from '../db/store.js';

export interface ContractTitle {
  readonly id: string;
  readonly contractNo: string;
  /** Sealed, so it is a text of its own. */
  readonly title: string;
}

/** What contracts are called, by id. Ask only for contracts of things that may be seen. */
export async function contractTitles(
  db: Db,
  ids: Iterable<string | null>,
): Promise<Readonly<Record<string, ContractTitle>>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null);
  if (wanted.length === 0) return {};
  const rows = await db
    .selectFrom('contract')
    .select(['id', 'contractNo', 'title'])
    .where('id', 'in', wanted)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, row]));
}
