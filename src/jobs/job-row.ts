import { sealOf, withSeal } from '../audit/index.js';
import { DomainError } from '../core/errors.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import type { JobQuery } from './jobs.schema.js';

/** A job's row: what may name persons is encrypted under the key of the job, and the whole of it is sealed. */

export type JobRow = Row<'job'>;

/** A file that a job made. */
export interface JobFile {
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Of the content in clear, hex. */
  readonly sha256: string;
}

/** What the encrypted columns hold. */
interface Secrets {
  readonly message: string;
  readonly input: unknown;
  readonly result: unknown;
  readonly problem: { readonly code: string; readonly message: string } | null;
  readonly file: JobFile | null;
}
type Plain = Pick<JobRow, 'status' | 'doneSteps' | 'totalSteps' | 'startedAt' | 'finishedAt' | 'heartbeatAt'>;
export type JobChanges = Partial<Plain & Omit<Secrets, 'input'>>;

const SECRET_COLUMNS = ['message', 'input', 'result', 'problem', 'file'] as const satisfies (keyof Secrets)[];

/** What the key of a job is bound to. */
export const keyContext = (id: string): string => `job ${id}`;

const encrypted = (
  keys: KeyRing,
  { id, wrappedKey }: Pick<JobRow, 'id' | 'wrappedKey'>,
  column: string,
  value: unknown,
) =>
  keys
    .encrypt(wrappedKey, keyContext(id), Buffer.from(JSON.stringify(value)), `job ${id} ${column}`)
    .toString('base64');

/** What an encrypted column holds; null where there is nothing. @throws DomainError `seal_broken` */
export function opened<Column extends keyof Secrets>(
  keys: KeyRing,
  row: JobRow,
  column: Column,
): Secrets[Column] | null {
  const text = row[column];
  if (text === null) return null;
  const { id, wrappedKey } = row;
  const plain = keys.decrypt(wrappedKey, keyContext(id), Buffer.from(text, 'base64'), `job ${id} ${column}`);
  return JSON.parse(plain.toString('utf8')) as Secrets[Column];
}

export function newRow(
  keys: KeyRing,
  given: Omit<JobRow, keyof Secrets | 'wrappedKey' | 'seal'> & Pick<Secrets, 'message' | 'input'>,
): JobRow {
  const own = { id: given.id, wrappedKey: keys.newSubjectKey(keyContext(given.id)) };
  return withSeal(keys, 'job', {
    ...given,
    ...own,
    message: encrypted(keys, own, 'message', given.message),
    input: encrypted(keys, own, 'input', given.input),
    result: null,
    problem: null,
    file: null,
  });
}

/** The row as it will be. */
export function changed(keys: KeyRing, row: JobRow, changes: JobChanges): JobRow {
  const columns: Record<string, unknown> = { ...changes };
  for (const column of SECRET_COLUMNS) {
    const value = columns[column] ?? null;
    if (column in columns) columns[column] = value === null ? null : encrypted(keys, row, column, value);
  }
  return withSeal(keys, 'job', { ...row, ...columns });
}

/** @throws DomainError `seal_broken` for a row that somebody changed past the service */
function intact(keys: KeyRing, row: JobRow): JobRow {
  if (sealOf(keys, 'job', row) !== row.seal)
    throw new DomainError('seal_broken', `后台任务 ${row.id} 的记录已被改动，请告知管理员核验`);
  return row;
}

const LANE = 'jobs';
const LIVE = ['queued', 'running'] as const;

/** False when the same person has asked under the same key before. */
export const insertJob = (store: Store, row: JobRow): Promise<boolean> =>
  store.write(LANE, async (trx) => {
    const { numInsertedOrUpdatedRows } = await trx
      .insertInto('job')
      .values(row)
      .onConflict((conflict) => conflict.columns(['personId', 'requestKey']).doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  });

/** Writes a job that has not ended yet; false when it has, by another hand. */
export const saveLive = (store: Store, row: JobRow): Promise<boolean> => save(store, row, LIVE);
/** Writes a job that has ended. */
export const saveEnded = (store: Store, row: JobRow): Promise<boolean> => save(store, row, [row.status]);

const save = (store: Store, row: JobRow, from: readonly JobRow['status'][]): Promise<boolean> =>
  store.write(LANE, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('job')
      .set(row)
      .where('id', '=', row.id)
      .where('status', 'in', from)
      .executeTakeFirstOrThrow();
    return numUpdatedRows === 1n;
  });

export const removeJob = (store: Store, id: string): Promise<unknown> =>
  store.write(LANE, (trx) => trx.deleteFrom('job').where('id', '=', id).execute());

export async function findJob({ read, keys }: Store, id: string): Promise<JobRow | null> {
  const row = await read.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? intact(keys, row) : null;
}

export async function findRequested(
  { read, keys }: Store,
  personId: string,
  requestKey: string,
): Promise<JobRow | null> {
  const row = await read
    .selectFrom('job')
    .selectAll()
    .where('personId', '=', personId)
    .where('requestKey', '=', requestKey)
    .executeTakeFirst();
  return row ? intact(keys, row) : null;
}

/** One row more than a page, newest first. */
export async function jobsOf({ read, keys }: Store, personId: string, query: JobQuery): Promise<JobRow[]> {
  let rows = read.selectFrom('job').selectAll().where('personId', '=', personId);
  if (query.bookId !== undefined) rows = rows.where('bookId', '=', query.bookId);
  if (query.kind !== undefined) rows = rows.where('kind', '=', query.kind);
  if (query.cursor !== undefined) rows = rows.where('id', '<', query.cursor);
  const found = await rows
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
  return found.map((row) => intact(keys, row));
}

/** Not ended, and not heard of since. */
export const silentSince = (db: Db, before: string): Promise<JobRow[]> =>
  db.selectFrom('job').selectAll().where('status', 'in', LIVE).where('heartbeatAt', '<', before).execute();

export const withFileEndedBefore = (db: Db, before: string): Promise<JobRow[]> =>
  db.selectFrom('job').selectAll().where('file', 'is not', null).where('finishedAt', '<', before).execute();

/** The newest of a kind in a book that was done, whoever asked for it. */
export async function newestDone(
  { read, keys }: Store,
  bookId: string,
  kind: string,
): Promise<JobRow | null> {
  const row = await read
    .selectFrom('job')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('kind', '=', kind)
    .where('status', '=', 'done')
    .orderBy('finishedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? intact(keys, row) : null;
}

/** The newest of a kind in each of some books that was done: two queries, however many books. */
export async function newestDoneIn(
  { read, keys }: Store,
  bookIds: readonly string[],
  kind: string,
): Promise<ReadonlyMap<string, JobRow>> {
  if (bookIds.length === 0) return new Map();
  const done = () =>
    read
      .selectFrom('job')
      .where('bookId', 'in', bookIds)
      .where('kind', '=', kind)
      .where('status', '=', 'done');
  const times = await done()
    .select(({ fn }) => fn.max('finishedAt').as('finishedAt'))
    .groupBy('bookId')
    .execute();
  if (times.length === 0) return new Map();
  const rows = await done()
    .selectAll()
    .where(
      'finishedAt',
      'in',
      times.map(({ finishedAt }) => finishedAt),
    )
    .orderBy('finishedAt')
    .orderBy('id')
    .execute();
  // Later ones take the place of earlier ones that ended at an instant when another book's newest did.
  return new Map(rows.map((row) => [row.bookId as string, intact(keys, row)]));
}

export const isEnded = ({ status }: JobRow): boolean => status !== 'queued' && status !== 'running';

/** Ended long ago, but for those of a kind that were done. */
export const endedBefore = (db: Db, before: string, keptKind: string): Promise<Pick<JobRow, 'id'>[]> =>
  db
    .selectFrom('job')
    .select('id')
    .where('finishedAt', '<', before)
    .where((where) => where.or([where('kind', '<>', keptKind), where('status', '<>', 'done')]))
    .execute();
