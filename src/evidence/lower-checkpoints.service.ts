import { type CommandContext, type LogBody, runCommand, type Unit } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Caller, demand } from '../organisations/index.js';

/** The newest checkpoint of one book below. */
interface LowerCheckpoint {
  readonly bookId: string;
  readonly size: number;
  readonly root: string;
}

const ACTION = 'checkpoint.record_lower';
/** How long the service itself lets a record stand before it makes another. */
const RECORD_EVERY_MS = 24 * 3_600_000;

/**
 * The upper level's book takes note of the newest checkpoints of all books below it: from then on a lower book cannot be
 * rewritten before that point without the upper one showing it.
 * @throws DomainError `forbidden`, `nothing_to_record`
 */
export async function recordLowerCheckpoints(
  store: Store,
  caller: Caller,
  bookId: string,
): Promise<{ items: LowerCheckpoint[]; logIndex: number }> {
  const bureau = await bureauSubject(store.read, bookId);
  return record(store, caller.context, bookId, async (unit) => {
    demand(caller.actor, 'checkpoint.manage', bureau);
    const items = await lowerCheckpointsOf(unit.trx, bureau.bureauPath, bookId);
    if (items.length === 0) throw refuse('nothing_to_record', '下级账套还没有检查点');
    return items;
  });
}

/** The same by the service, once a day for every book with something new below it. */
export async function recordLowerDaily(store: Store, now: Date): Promise<void> {
  const books = await store.read.selectFrom('book').select('id').orderBy('id').execute();
  for (const { id } of books) {
    const { bureauPath } = await bureauSubject(store.read, id);
    const items = await lowerCheckpointsOf(store.read, bureauPath, id);
    if (items.length === 0) continue;
    const last = await store.read
      .selectFrom('logEntry')
      .select(['body', 'recordedAt'])
      .where('bookId', '=', id)
      .where('action', '=', ACTION)
      .where('outcome', 'is', null)
      .orderBy('logIndex', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (last && (isFresh(last.recordedAt, now) || isSame(last.body, items))) continue;
    const context = { actorId: 'system', requestId: newId(), now, idempotency: null };
    await record(store, context, id, async (unit) => lowerCheckpointsOf(unit.trx, bureauPath, id));
  }
}

const isFresh = (recordedAt: string, now: Date): boolean =>
  Date.parse(recordedAt) > now.getTime() - RECORD_EVERY_MS;

const isSame = (body: string, items: readonly LowerCheckpoint[]): boolean =>
  canonicalJson((JSON.parse(body) as LogBody).data?.['checkpoints']) === canonicalJson(items);

function record(
  store: Store,
  context: CommandContext,
  bookId: string,
  find: (unit: Unit) => Promise<LowerCheckpoint[]>,
): Promise<{ items: LowerCheckpoint[]; logIndex: number }> {
  const target = { bookId, action: ACTION, subject: { type: 'book', id: bookId } };
  return runCommand(store, target, context, async (unit) => {
    const items = await find(unit);
    await unit.append({ action: target.action, subject: target.subject, data: { checkpoints: items } });
    return { items, logIndex: unit.logIndex };
  });
}

/** Newest checkpoint of each book of a bureau below `bureauPath`, in the order of their ids. */
async function lowerCheckpointsOf(
  db: Db | Trx,
  bureauPath: string,
  bookId: string,
): Promise<LowerCheckpoint[]> {
  return db
    .selectFrom('checkpoint')
    .innerJoin('book', 'book.id', 'checkpoint.bookId')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .select(['checkpoint.bookId', 'checkpoint.size', 'checkpoint.root'])
    .where('organisation.path', 'like', `${bureauPath}%`)
    .where('checkpoint.bookId', '<>', bookId)
    .where('checkpoint.size', '=', (where) =>
      where
        .selectFrom('checkpoint as newer')
        .select((column) => column.fn.max<number>('newer.size').as('size'))
        .whereRef('newer.bookId', '=', 'checkpoint.bookId'),
    )
    .orderBy('checkpoint.bookId')
    .execute();
}
