import { groupBy } from '../core/collections.js';
import { addSignatureLines } from '../core/note.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { bureauSubject, demandBookRead, listBooks } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { newestCheckpoint } from './checkpoints.repository.js';
import type { Checkpoints } from './checkpoints.service.js';
import type { CheckpointView } from './evidence.schema.js';

/** The newest checkpoint, with who else signed it. @throws DomainError `not_found` */
export async function getCheckpoint(store: Store, actor: Actor, bookId: string): Promise<CheckpointView> {
  await demandBookRead(store.read, actor, bookId);
  return checkpointView(store.read, await newestCheckpoint(store.read, bookId));
}

/** The newest checkpoints of a book, at most 200. */
export async function listCheckpoints(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<{ items: CheckpointView[] }> {
  await demandBookRead(store.read, actor, bookId);
  const rows = await store.read
    .selectFrom('checkpoint')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('size', 'desc')
    .limit(200)
    .execute();
  return { items: await checkpointViews(store.read, bookId, rows) };
}

/** Signs the log as it is now. It changes nothing in the book, so it is no entry of its log. */
export async function makeCheckpoint(
  store: Store,
  checkpoints: Checkpoints,
  caller: Caller,
  bookId: string,
): Promise<CheckpointView> {
  await demandBookRead(store.read, caller.actor, bookId);
  demand(caller.actor, 'checkpoint.manage', await bureauSubject(store.read, bookId));
  return checkpointView(store.read, await checkpoints.sign(bookId, caller.context.now));
}

async function checkpointView(db: Db, row: Row<'checkpoint'>): Promise<CheckpointView> {
  const [view] = await checkpointViews(db, row.bookId, [row]);
  return view as CheckpointView;
}

/** Views of checkpoints of one book, with what others added to them. */
async function checkpointViews(
  db: Db,
  bookId: string,
  rows: readonly Row<'checkpoint'>[],
): Promise<CheckpointView[]> {
  if (rows.length === 0) return [];
  const sizes = rows.map(({ size }) => size);
  const cosignatures = await db
    .selectFrom('cosignature')
    .innerJoin('witness', 'witness.id', 'cosignature.witnessId')
    .select(['size', 'witness.name', 'cosignature.signedAt', 'cosignature.line'])
    .where('cosignature.bookId', '=', bookId)
    .where('size', 'in', sizes)
    .orderBy('cosignature.id')
    .execute();
  const timestamps = await db
    .selectFrom('timestamp')
    .select(['id', 'size', 'signedAt'])
    .where('bookId', '=', bookId)
    .where('size', 'in', sizes)
    .orderBy('id')
    .execute();
  const [signedOf, stampsOf] = [groupBy(cosignatures, bySize), groupBy(timestamps, bySize)];
  return rows.map(({ size, root, note }) => {
    const signed = signedOf.get(size) ?? [];
    return {
      bookId,
      size,
      root,
      note:
        signed.length > 0
          ? addSignatureLines(
              note,
              signed.map(({ line }) => line),
            )
          : note,
      cosignatures: signed.map(({ name, signedAt }) => ({ name, signedAt })),
      timestamps: (stampsOf.get(size) ?? []).map(({ id, signedAt }) => ({ id, signedAt })),
    };
  });
}

const bySize = ({ size }: { readonly size: number }) => size;

/** How far the signing of a book is behind its log. */
export interface CheckpointLag {
  readonly bookId: string;
  readonly name: string;
  readonly logSize: number;
  /** Entries of the newest checkpoint; 0 without one. */
  readonly signedSize: number;
  /** When the first entry that no checkpoint covers was recorded; null where all are covered. */
  readonly unsignedSince: string | null;
}

/** Of the books that the actor may read whole. */
export async function listCheckpointLags(store: Store, actor: Actor): Promise<CheckpointLag[]> {
  const { items } = await listBooks(store, actor);
  const books = items.filter(({ access }) => access === 'book');
  if (books.length === 0) return [];
  const ids = books.map(({ id }) => id);
  const signed = await store.read
    .selectFrom('checkpoint')
    .select(({ fn }) => ['bookId', fn.max('size').as('size')])
    .where('bookId', 'in', ids)
    .groupBy('bookId')
    .execute();
  const sizes = new Map(signed.map(({ bookId, size }) => [bookId, Number(size)]));
  const behind = books.flatMap(({ id, logSize }) => {
    const logIndex = sizes.get(id) ?? 0;
    return logSize > logIndex ? [{ bookId: id, logIndex }] : [];
  });
  const since = new Map<string, string>();
  for (let start = 0; start < behind.length; start += CHUNK)
    for (const { bookId, recordedAt } of await entriesAt(store.read, behind.slice(start, start + CHUNK)))
      since.set(bookId, recordedAt);
  return books.map(({ id, name, logSize }) => ({
    bookId: id,
    name,
    logSize,
    signedSize: sizes.get(id) ?? 0,
    unsignedSince: since.get(id) ?? null,
  }));
}

/** Places asked for in one query. */
const CHUNK = 200;

const entriesAt = (db: Db, places: readonly { readonly bookId: string; readonly logIndex: number }[]) =>
  db
    .selectFrom('logEntry')
    .select(['bookId', 'recordedAt'])
    .where((where) =>
      where.or(
        places.map(({ bookId, logIndex }) =>
          where.and([where('bookId', '=', bookId), where('logIndex', '=', logIndex)]),
        ),
      ),
    )
    .execute();
