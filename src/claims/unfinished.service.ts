import { withSeal } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError, notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import { unitsToClaimFor } from './claim-units.js';
import {
  MAX_UNFINISHED,
  type NewUnfinishedClaim,
  UNFINISHED_DAYS,
  type UnfinishedClaimList,
  type UnfinishedClaimView,
} from './unfinished.schema.js';

/*
 * Claims on the way to being drafts (暂存). Not business state, so no command and no log entry; a maker’s own, so nobody
 * else finds them, whatever his role.
 */

type UnfinishedRow = Row<'unfinishedClaim'>;

const keyContext = (id: string) => `unfinished claim ${id}`;

function sealed(
  keys: KeyRing,
  row: Omit<UnfinishedRow, 'content' | 'seal'>,
  content: unknown,
): UnfinishedRow {
  const plain = Buffer.from(canonicalJson(content));
  const bound = keyContext(row.id);
  return withSeal(keys, 'unfinishedClaim', {
    ...row,
    content: keys.encrypt(row.wrappedKey, bound, plain, bound).toString('base64'),
  });
}

function opened(keys: KeyRing, { id, wrappedKey, content }: UnfinishedRow): UnfinishedClaimView['content'] {
  const plain = keys.decrypt(wrappedKey, keyContext(id), Buffer.from(content, 'base64'), keyContext(id));
  return JSON.parse(plain.toString('utf8'));
}

function headOf({ id, bookId, claimId, createdAt, updatedAt, version }: UnfinishedRow) {
  return { id, bookId, claimId, createdAt, updatedAt, version };
}

const viewOf = (keys: KeyRing, row: UnfinishedRow): UnfinishedClaimView => ({
  ...headOf(row),
  content: opened(keys, row),
});

/** What was saved before this instant is kept no longer. */
const keptFrom = (now: Date): string => new Date(now.getTime() - UNFINISHED_DAYS * 86_400_000).toISOString();

const own = (db: Db | Trx, personId: string, bookId: string, now: Date) =>
  db
    .selectFrom('unfinishedClaim')
    .selectAll()
    .where('personId', '=', personId)
    .where('bookId', '=', bookId)
    .where('updatedAt', '>=', keptFrom(now));

const ownById = async (db: Db | Trx, personId: string, bookId: string, id: string, now: Date) =>
  own(db, personId, bookId, now).where('id', '=', id).executeTakeFirst();

/** One’s own in the book, last saved first. */
export async function listUnfinished(
  store: Store,
  actor: Actor,
  bookId: string,
  now: Date,
): Promise<UnfinishedClaimList> {
  const rows = await own(store.read, actor.personId, bookId, now)
    .orderBy('updatedAt', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return {
    items: rows.map((row) => {
      const { title } = opened(store.keys, row);
      return { ...headOf(row), title: typeof title === 'string' ? title : '' };
    }),
  };
}

/** @throws DomainError `not_found` also for another person’s */
export async function getUnfinished(
  store: Store,
  actor: Actor,
  bookId: string,
  id: string,
  now: Date,
): Promise<UnfinishedClaimView> {
  const row = await ownById(store.read, actor.personId, bookId, id, now);
  if (!row) throw notFound('暂存的报账');
  return viewOf(store.keys, row);
}

/**
 * Keeps a form as it stands, whatever is still missing or wrong in it. Under an idempotency key the same request keeps
 * one only. What nobody touched for 90 days goes with the next save.
 * @throws DomainError `forbidden`, `too_many_unfinished`, `not_found` (the draft), `idempotency_conflict`
 */
export async function createUnfinished(
  store: Store,
  { actor, context }: Caller,
  bookId: string,
  input: NewUnfinishedClaim,
): Promise<UnfinishedClaimView> {
  const { keys } = store;
  const { personId } = actor;
  await demandMaker(store, actor, bookId);
  const at = context.now.toISOString();
  // The key gives the id, so that the same request again finds what the first one kept.
  const id = context.idempotency
    ? keys.index('unfinishedClaim', canonicalJson([personId, bookId, context.idempotency.key])).slice(0, 32)
    : newId();
  const row = await store.write(bookId, async (trx) => {
    await trx.deleteFrom('unfinishedClaim').where('updatedAt', '<', keptFrom(context.now)).execute();
    const known = await ownById(trx, personId, bookId, id, context.now);
    if (known) return { ...known, isKnown: true };
    if (input.claimId !== null) await demandOwnDraft(trx, personId, bookId, input.claimId);
    const kept = await trx
      .selectFrom('unfinishedClaim')
      .select((column) => column.fn.countAll<number | bigint>().as('count'))
      .where('personId', '=', personId)
      .executeTakeFirstOrThrow();
    if (Number(kept.count) >= MAX_UNFINISHED) {
      throw new DomainError('too_many_unfinished', `暂存的报账最多 ${MAX_UNFINISHED} 份，请先提交或删除旧的`);
    }
    const { claimId } = input;
    const wrappedKey = keys.newSubjectKey(keyContext(id));
    const head = { id, bookId, personId, claimId, wrappedKey, createdAt: at, updatedAt: at, version: 1 };
    const made = sealed(keys, head, input.content);
    await trx.insertInto('unfinishedClaim').values(made).execute();
    return { ...made, isKnown: false };
  });
  const view = viewOf(keys, row);
  const asked = canonicalJson([input.claimId, input.content]);
  if (row.isKnown && row.version === 1 && canonicalJson([view.claimId, view.content]) !== asked) {
    throw new DomainError(
      'idempotency_conflict',
      '同一个 Idempotency-Key 已用于内容不同的请求，请换一个新的键',
    );
  }
  return view;
}

/** Replaces what was kept. @throws DomainError `not_found`, `stale_version` (saved meanwhile in another window) */
export async function saveUnfinished(
  store: Store,
  { actor, context }: Caller,
  bookId: string,
  id: string,
  version: number | null,
  input: NewUnfinishedClaim,
): Promise<UnfinishedClaimView> {
  const { keys } = store;
  const row = await store.write(bookId, async (trx) => {
    const known = await ownById(trx, actor.personId, bookId, id, context.now);
    if (!known) throw notFound('暂存的报账');
    if (version !== null && version !== known.version) {
      throw new DomainError('stale_version', '这份暂存已在别的窗口保存过，请刷新后再试');
    }
    const { claimId } = input;
    if (claimId !== null && claimId !== known.claimId)
      await demandOwnDraft(trx, actor.personId, bookId, claimId);
    const head = { ...known, claimId, updatedAt: context.now.toISOString(), version: known.version + 1 };
    const saved = sealed(keys, head, input.content);
    const { numUpdatedRows } = await trx
      .updateTable('unfinishedClaim')
      .set(saved)
      .where('id', '=', id)
      .where('version', '=', known.version)
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n)
      throw new DomainError('stale_version', '这份暂存已在别的窗口保存过，请刷新后再试');
    return saved;
  });
  return viewOf(keys, row);
}

/** Forgets one, and its key with it. Gone already is gone. */
export async function dropUnfinished(store: Store, actor: Actor, bookId: string, id: string): Promise<void> {
  await store.write(bookId, async (trx) => {
    await trx
      .deleteFrom('unfinishedClaim')
      .where('id', '=', id)
      .where('bookId', '=', bookId)
      .where('personId', '=', actor.personId)
      .execute();
  });
}

/** @throws DomainError `forbidden` for who could never make a claim of it */
async function demandMaker(store: Store, actor: Actor, bookId: string): Promise<void> {
  if ((await unitsToClaimFor(store.read, actor, bookId)).length > 0) return;
  demand(actor, 'claim.create', await bureauSubject(store.read, bookId));
}

async function demandOwnDraft(trx: Trx, personId: string, bookId: string, claimId: string): Promise<void> {
  const claim = await trx
    .selectFrom('claim')
    .select('id')
    .where('id', '=', claimId)
    .where('bookId', '=', bookId)
    .where('makerId', '=', personId)
    .where('status', 'in', ['draft', 'returned'])
    .executeTakeFirst();
  if (!claim) throw notFound('可修改的报账草稿');
}
