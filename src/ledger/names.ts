import type { SourceType } from '../core/vocabulary.js';
import type { Db } from '../db/store.js';

export interface FundTitle {
  readonly id: string;
  readonly documentNo: string;
  readonly name: string;
  readonly type: SourceType;
}

/** What funds are called, by id. Ask only for funds of things that may be seen. */
export async function fundTitles(
  db: Db,
  ids: Iterable<string>,
): Promise<Readonly<Record<string, FundTitle>>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return {};
  const rows = await db
    .selectFrom('fund')
    .select(['id', 'documentNo', 'name', 'type'])
    .where('id', 'in', wanted)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, { ...row, type: row.type as SourceType }]));
}
