import { DomainError, notFound } from '../core/errors.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import { RetryCommand } from '../db/errors.js';
import { undoCommand } from '../db/lane.js';
import { prepared } from '../db/prepared.js';
import { type Db, dryRun, type Store, type Trx } from '../db/store.js';
import type { AuditEvent } from './event.js';
import { withSeal } from './sealed-rows.js';
import { type CommandContext, Unit } from './unit.js';

/** What the log calls the command if it is refused; use cases say more in the event that they append. */
export interface CommandTarget {
  readonly bookId: string;
  readonly action: string;
  readonly subject: AuditEvent['subject'];
}

/**
 * Runs one use case on one book (D6): the answer kept under the idempotency key, or lock → work → log entry →
 * answer kept → commit. A refusal undoes the work and is itself logged and kept. `work` must append its log
 * entry, return plain JSON, and have no effect outside the database.
 * @throws DomainError `idempotency_conflict` when the key was used for another request.
 */
export async function runCommand<Result>(
  store: Store,
  target: CommandTarget,
  context: CommandContext,
  work: (unit: Unit) => Promise<Result>,
): Promise<Result> {
  const settled = await store.write(target.bookId, async (trx) => {
    const kept = await keptAnswer(trx, context);
    if (kept) return kept;
    const answer = await attempt(store, trx, target, context, work);
    await keepAnswer(store.keys, trx, context, answer);
    return answer;
  });
  if ('refusal' in settled) throw settled.refusal;
  return settled.result as Result;
}

/**
 * What a command would do and answer (预检): `work` runs as in `runCommand` and everything is undone. Nothing is logged.
 * @throws DomainError `not_found` for an unknown book
 */
export function rehearse<Result>(
  store: Store,
  bookId: string,
  context: CommandContext,
  work: (unit: Unit) => Promise<Result>,
): Promise<Result> {
  return dryRun(store, bookId, async (trx) => {
    const book = await trx.selectFrom('book').selectAll().where('id', '=', bookId).executeTakeFirst();
    if (!book) throw notFound('账套');
    return work(new Unit(store.keys, trx, book, context));
  });
}

type Answer = { readonly result: unknown } | { readonly refusal: DomainError };

async function attempt(
  store: Store,
  trx: Trx,
  target: CommandTarget,
  context: CommandContext,
  work: (unit: Unit) => Promise<unknown>,
): Promise<Answer> {
  try {
    const unit = new Unit(store.keys, trx, await lockBook(store, trx, target.bookId), context);
    const result = await work(unit);
    if (!unit.isAppended) throw new Error(`command ${target.action} wrote no log entry`);
    return { result };
  } catch (thrown) {
    const error = store.translate(thrown);
    if (!(error instanceof DomainError) || !error.options.refusal) throw error;
    await undoCommand(trx);
    const unit = new Unit(store.keys, trx, await lockBook(store, trx, target.bookId), context);
    await unit.append({
      action: target.action,
      subject: target.subject,
      refusal: { code: error.code },
      ...(error.options.evidence ?? {}),
    });
    return { refusal: error };
  }
}

const readBook = prepared<{ id: string }, Row<'book'>>((db, value) =>
  db.selectFrom('book').selectAll().where('id', '=', value('id')),
);
const readBookForUpdate = prepared<{ id: string }, Row<'book'>>((db, value) =>
  db.selectFrom('book').selectAll().where('id', '=', value('id')).forUpdate(),
);

async function lockBook(store: Store, trx: Trx, id: string): Promise<Row<'book'>> {
  // SQLite has one writer at a time and knows no row locks.
  const [book] = await (store.engine === 'postgres' ? readBookForUpdate : readBook)(trx, { id });
  if (!book) throw notFound('账套');
  return book;
}

async function keptAnswer(trx: Trx, context: CommandContext): Promise<Answer | null> {
  if (!context.idempotency) return null;
  const kept = await trx
    .selectFrom('idempotency')
    .selectAll()
    .where('actorId', '=', context.actorId)
    .where('key', '=', context.idempotency.key)
    .executeTakeFirst();
  if (!kept) return null;
  if (kept.requestHash !== context.idempotency.requestHash) {
    throw idempotencyConflict();
  }
  const body = JSON.parse(kept.body);
  if (!kept.isRefusal) return { result: body };
  return { refusal: new DomainError(body.code, body.message, { refusal: true, details: body.details }) };
}

export const idempotencyConflict = () =>
  new DomainError('idempotency_conflict', '同一个 Idempotency-Key 已用于内容不同的请求，请换一个新的键');

/** Which of these idempotency keys of an actor have an answer, and the hash of what was asked under each. */
export async function answeredKeys(
  db: Db,
  actorId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('idempotency')
    .select(['key', 'requestHash'])
    .where('actorId', '=', actorId)
    .where('key', 'in', keys)
    .execute();
  return new Map(rows.map((row) => [row.key, row.requestHash]));
}

async function keepAnswer(keys: KeyRing, trx: Trx, context: CommandContext, answer: Answer): Promise<void> {
  if (!context.idempotency) return;
  const body =
    'refusal' in answer
      ? {
          code: answer.refusal.code,
          message: answer.refusal.message,
          details: answer.refusal.options.details,
        }
      : (answer.result ?? null);
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('idempotency')
    .values(
      withSeal(keys, 'idempotency', {
        actorId: context.actorId,
        key: context.idempotency.key,
        requestHash: context.idempotency.requestHash,
        isRefusal: 'refusal' in answer ? 1 : 0,
        body: JSON.stringify(body),
        createdAt: context.now.toISOString(),
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirstOrThrow();
  // Another process answered under this key meanwhile: run again and give that answer.
  if (numInsertedOrUpdatedRows === 0n) throw new RetryCommand();
}
