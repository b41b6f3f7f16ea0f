import type { LogBody } from '../audit/index.js';
import { notFound } from '../core/errors.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';

/** One column of a row that a log entry wrote. */
export interface ColumnChange {
  readonly column: string;
  /** Undefined where the row is new, or where no earlier entry about the same subject tells it. */
  readonly before: unknown;
  readonly after: unknown;
}
export interface RowChange {
  readonly table: string;
  readonly key: string;
  readonly kind: 'new' | 'changed' | 'removed';
  readonly columns: readonly ColumnChange[];
}

/** Earlier entries about the subject that are looked through for what a column held before. */
const MOST_EARLIER = 200;

/**
 * The rows that an entry of the log wrote, each column with what it held before, as far as earlier entries about the same
 * subject tell it.
 * @throws DomainError `not_found`
 */
export async function rowChangesOf(
  store: Store,
  actor: Actor,
  bookId: string,
  logIndex: number,
): Promise<RowChange[]> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const entry = await db
    .selectFrom('logEntry')
    .select(['body', 'subjectId'])
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .executeTakeFirst();
  if (!entry) throw notFound('日志记录');
  const { rows = [] } = JSON.parse(entry.body) as LogBody;
  const isNew = (columns: Record<string, unknown> | null) => columns !== null && 'bookId' in columns;
  const isAllNew = rows.every(([, , columns]) => isNew(columns));
  const earlier = isAllNew ? new Map() : await valuesBefore(db, bookId, entry.subjectId, logIndex);
  return rows.map(([table, key, columns]) => {
    const known = earlier.get(`${table} ${key}`) as Record<string, unknown> | undefined;
    const names = Object.keys(columns ?? known ?? {});
    const kind = columns === null ? 'removed' : known === undefined && isNew(columns) ? 'new' : 'changed';
    return {
      table,
      key,
      kind,
      columns: names.map((column) => ({ column, before: known?.[column], after: columns?.[column] })),
    };
  });
}

/** What the rows held that the newest earlier entries about a subject wrote, by table and key. */
async function valuesBefore(
  db: Db,
  bookId: string,
  subjectId: string,
  logIndex: number,
): Promise<ReadonlyMap<string, Record<string, unknown>>> {
  const entries = await db
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', bookId)
    .where('subjectId', '=', subjectId)
    .where('logIndex', '<', logIndex)
    .orderBy('logIndex', 'desc')
    .limit(MOST_EARLIER)
    .execute();
  const values = new Map<string, Record<string, unknown>>();
  for (const { body } of entries.reverse())
    for (const [table, key, columns] of (JSON.parse(body) as LogBody).rows ?? []) {
      const place = `${table} ${key}`;
      if (columns === null) values.delete(place);
      else values.set(place, { ...values.get(place), ...columns });
    }
  return values;
}
