import type { Store } from '../db/store.js';
import { demandVerify, type VerificationView } from '../evidence/index.js';
import { listBooks } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';
import { newestDone, newestDoneIn, opened } from './job-row.js';
import type { VerificationStatus } from './jobs.schema.js';
import { VERIFY_BOOK } from './kinds/verify-book.js';

/**
 * When a book was last verified, by whom and how it came out, and how far its signing is. Some look-ups by key, whatever
 * the length of the log.
 * @throws DomainError `not_found`, `forbidden`
 */
export async function getVerificationStatus(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<VerificationStatus> {
  const { read } = store;
  await demandVerify(read, actor, bookId);
  const { logSize } = await read
    .selectFrom('book')
    .select('logSize')
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  const { witnesses } = await read
    .selectFrom('witness')
    .select((column) => column.fn.countAll<number | bigint>().as('witnesses'))
    .where('bookId', '=', bookId)
    .where('retiredAt', 'is', null)
    .executeTakeFirstOrThrow();
  return {
    bookId,
    logEntries: logSize,
    newest: await newestVerification(store, bookId),
    checkpoint: await newestSigned(store, bookId, logSize),
    witnesses: Number(witnesses),
  };
}

/**
 * The newest verification of every book that the actor may verify, by book: a fixed number of queries. Books that were
 * never verified are missing.
 */
export async function newestVerifications(
  store: Store,
  actor: Actor,
): Promise<
  ReadonlyMap<string, Pick<NonNullable<VerificationStatus['newest']>, 'at' | 'logEntries' | 'isClean'>>
> {
  const books = (await listBooks(store, actor)).items.filter(({ access }) => access === 'book');
  if (books.length === 0) return new Map();
  const paths = await store.read
    .selectFrom('organisation')
    .select(['id', 'path'])
    .where(
      'id',
      'in',
      books.map(({ bureauId }) => bureauId),
    )
    .execute();
  const mayVerify = new Set(
    paths
      .filter(({ path }) => may(actor, 'book.verify', { bureauPath: path, organisationPath: path }).allowed)
      .map(({ id }) => id),
  );
  const bookIds = books.filter(({ bureauId }) => mayVerify.has(bureauId)).map(({ id }) => id);
  const rows = await newestDoneIn(store, bookIds, VERIFY_BOOK);
  return new Map(
    [...rows].map(([bookId, row]) => {
      const { isClean, logEntries } = opened(store.keys, row, 'result') as VerificationView;
      return [bookId, { at: row.finishedAt as string, logEntries, isClean }];
    }),
  );
}

async function newestVerification(store: Store, bookId: string): Promise<VerificationStatus['newest']> {
  const row = await newestDone(store, bookId, VERIFY_BOOK);
  if (!row) return null;
  const { isClean, logEntries, difference, decisionsUnchecked } = opened(
    store.keys,
    row,
    'result',
  ) as VerificationView;
  const { displayName } = await store.read
    .selectFrom('person')
    .select('displayName')
    .where('id', '=', row.personId)
    .executeTakeFirstOrThrow();
  return {
    jobId: row.id,
    at: row.finishedAt as string,
    logEntries,
    isClean,
    differences: difference ? 1 : 0,
    place: difference?.place ?? null,
    decisionsUnchecked,
    personId: row.personId,
    personName: displayName,
  };
}

async function newestSigned(
  { read }: Store,
  bookId: string,
  logSize: number,
): Promise<VerificationStatus['checkpoint']> {
  const checkpoint = await read
    .selectFrom('checkpoint')
    .select('size')
    .where('bookId', '=', bookId)
    .orderBy('size', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!checkpoint) return null;
  const { size } = checkpoint;
  const last = await read
    .selectFrom('logEntry')
    .select('recordedAt')
    .where('bookId', '=', bookId)
    .where('logIndex', '=', size - 1)
    .executeTakeFirst();
  const { cosignatures } = await read
    .selectFrom('cosignature')
    .select((column) => column.fn.countAll<number | bigint>().as('cosignatures'))
    .where('bookId', '=', bookId)
    .where('size', '=', size)
    .executeTakeFirstOrThrow();
  return {
    size,
    lastEntryAt: last?.recordedAt ?? null,
    grownBy: logSize - size,
    cosignatures: Number(cosignatures),
  };
}
