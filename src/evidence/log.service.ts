import type { LogBody } from '../audit/index.js';
import { notFound } from '../core/errors.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, demand, may } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import type { LogEntryView, LogSummary, VerificationView } from './log.schema.js';
import type { OutsideFile } from './outside.js';
import { type VerifyOptions, verifyBook } from './verify.js';

/** @throws DomainError `not_found` */
export async function getLogEntry(
  store: Store,
  actor: Actor,
  bookId: string,
  logIndex: number,
): Promise<LogEntryView> {
  await demandBookRead(store.read, actor, bookId);
  const row = await entryOf(store.read, bookId, logIndex);
  const body = JSON.parse(row.body) as LogBody;
  return { ...summaryOf(row), actorId: body.actor, requestId: body.request, body: { ...body } };
}

/**
 * A recorded decision with all its reasons, as the log's JSON holds it (Fen as text); those who made the claim it is about may see it too.
 * @throws DomainError `not_found`, also where the entry holds no decision.
 */
export async function getLoggedDecision(
  store: Store,
  actor: Actor,
  bookId: string,
  logIndex: number,
): Promise<LogSummary & { decision: unknown }> {
  const { bureauPath } = await bureauSubject(store.read, bookId);
  const row = await entryOf(store.read, bookId, logIndex);
  const isReader = may(actor, 'book.read', { bureauPath, organisationPath: bureauPath }).allowed;
  if (!isReader && !(await isOfOwnClaim(store.read, actor, bureauPath, row))) throw notFound('裁定');
  const { decision } = JSON.parse(row.body) as LogBody;
  if (!decision) throw notFound('裁定');
  return { ...summaryOf(row), decision };
}

async function isOfOwnClaim(
  db: Db,
  actor: Actor,
  bureauPath: string,
  row: Row<'logEntry'>,
): Promise<boolean> {
  const claim = await db
    .selectFrom('claim')
    .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
    .select('organisation.path')
    .where('claim.id', '=', row.subjectId)
    .executeTakeFirst();
  return claim !== undefined && may(actor, 'unit.read', { bureauPath, organisationPath: claim.path }).allowed;
}

/** @throws DomainError `not_found`, `forbidden` */
export async function demandVerify(db: Db, actor: Actor, bookId: string): Promise<void> {
  await demandBookRead(db, actor, bookId);
  demand(actor, 'book.verify', await bureauSubject(db, bookId));
}

/** Recomputes the book from its log. @throws DomainError `not_found`, `forbidden` */
export async function verifyBookFor(
  store: Store,
  packs: PackSet,
  outside: OutsideFile,
  actor: Actor,
  bookId: string,
  watch: Pick<VerifyOptions, 'onProgress' | 'signal'> = {},
): Promise<VerificationView> {
  await demandVerify(store.read, actor, bookId);
  const result = await store.snapshot((db) =>
    verifyBook(db, store.keys, packs, bookId, { ...watch, outside }),
  );
  return { ...result, unchecked: [...result.unchecked], isClean: result.difference === null };
}

async function entryOf(db: Db, bookId: string, logIndex: number): Promise<Row<'logEntry'>> {
  const row = await db
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .executeTakeFirst();
  if (!row) throw notFound('日志记录');
  return row;
}

export const summaryOf = (row: Row<'logEntry'>): LogSummary => ({
  logIndex: row.logIndex,
  recordedAt: row.recordedAt,
  action: row.action,
  subjectType: row.subjectType,
  subjectId: row.subjectId,
  outcome: row.outcome,
  leafHash: row.leafHash,
});
