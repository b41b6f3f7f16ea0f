import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { newestCheckpoint } from './checkpoints.repository.js';
import type { Checkpoints } from './checkpoints.service.js';
import type { CheckpointView } from './evidence.schema.js';
import { cosignedNote } from './witnesses.service.js';

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
  const items: CheckpointView[] = [];
  for (const row of rows) items.push(await checkpointView(store.read, row));
  return { items };
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
  const { bookId, size, root } = row;
  const cosignatures = await db
    .selectFrom('cosignature')
    .innerJoin('witness', 'witness.id', 'cosignature.witnessId')
    .select(['witness.name', 'cosignature.signedAt'])
    .where('cosignature.bookId', '=', bookId)
    .where('size', '=', size)
    .orderBy('cosignature.id')
    .execute();
  const timestamps = await db
    .selectFrom('timestamp')
    .select(['id', 'signedAt'])
    .where('bookId', '=', bookId)
    .where('size', '=', size)
    .orderBy('id')
    .execute();
  return { bookId, size, root, note: await cosignedNote(db, row), cosignatures, timestamps };
}
