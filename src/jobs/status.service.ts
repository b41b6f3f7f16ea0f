import type { Store } from '../db/store.js';
import { demandVerify, type VerificationView } from '../evidence/index.js';
import type { Actor } from '../organisations/index.js';
import { newestDone, opened } from './job-row.js';
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
