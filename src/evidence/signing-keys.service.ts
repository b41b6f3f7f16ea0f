import { revealTexts, runCommand, type Unit } from '../audit/index.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { generateSeed, type NoteSigner, noteSigner, verifierKeyOf } from '../core/note.js';
import type { Row } from '../db/database.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject, demandBookRead } from '../ledger/index.js';
import { type Actor, type Caller, demand } from '../organisations/index.js';
import type { KeyView } from './evidence.schema.js';

type SigningKey = Row<'signingKey'>;

/** The name under which a book's checkpoints are signed, and their origin line. */
export const originOf = (bookId: string): string => `station-funds/${bookId}`;

const isActive = (key: SigningKey) => key.retiredAt === null && key.revokedAt === null;

export const signingKeysOf = (db: Db | Trx, bookId: string): Promise<SigningKey[]> =>
  db
    .selectFrom('signingKey')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('createdIndex')
    .orderBy('id')
    .execute();

/** A new pair: the public half in the log, the private half sealed in the vault. */
async function addKey(unit: Unit): Promise<SigningKey> {
  const id = newId();
  const seed = generateSeed();
  return unit.insert('signingKey', {
    id,
    verifierKey: verifierKeyOf(originOf(unit.book.id), seed),
    seed: await unit.seal(seed.toString('hex'), `signingKey/${id}`),
    createdIndex: unit.logIndex,
    createdAt: unit.recordedAt,
    retiredAt: null,
    revokedAt: null,
    revokedReason: null,
  });
}

/** A book's first key, made by the service itself; every later one is a person's act. */
export async function ensureSigningKey(store: Store, bookId: string, now: Date): Promise<void> {
  if ((await signingKeysOf(store.read, bookId)).some(isActive)) return;
  const target = { bookId, action: 'key.create', subject: { type: 'book', id: bookId } };
  const context = { actorId: 'system', requestId: newId(), now, idempotency: null };
  await runCommand(store, target, context, async (unit) => {
    // Another process may have been faster; the entry then says that nothing was needed.
    if (!(await signingKeysOf(unit.trx, bookId)).some(isActive)) await addKey(unit);
    await unit.append({ action: target.action, subject: target.subject });
    return null;
  });
}

/** The signers of a book's next checkpoint: during a rotation two. */
export async function signersOf(store: Store, bookId: string): Promise<NoteSigner[]> {
  const active = (await signingKeysOf(store.read, bookId)).filter(isActive);
  const seedOf = await revealTexts(
    store.read,
    store.keys,
    active.map((key) => key.seed),
  );
  return active.map((key) => noteSigner(originOf(bookId), Buffer.from(seedOf(key.seed), 'hex')));
}

/** Begins a rotation: from now on checkpoints carry the new key's signature beside the old one's. */
export const rotateKey = keyCommand('key.rotate', async (unit) => {
  await addKey(unit);
});

/** Ends a key's use; what it signed stays valid. @throws DomainError `wrong_status` for the last key in use. */
export const retireKey = keyCommand('key.retire', async (unit, keys, key) => {
  if (!keys.some((other) => isActive(other) && other.id !== key.id)) {
    throw refuse('wrong_status', '这是唯一在用的签名密钥，请先轮换出新的密钥');
  }
  await unit.update('signingKey', key, { retiredAt: unit.recordedAt });
});

/** Names a key as no longer to be trusted, and why; when it was the last one, a new one takes its place. */
export const revokeKey = keyCommand('key.revoke', async (unit, keys, key, reason) => {
  const revokedReason = await unit.sealNote(reason, `signingKey/${key.id}`);
  await unit.update('signingKey', key, { revokedAt: unit.recordedAt, revokedReason });
  if (!keys.some((other) => isActive(other) && other.id !== key.id)) await addKey(unit);
});

type KeyWork = (
  unit: Unit,
  keys: readonly SigningKey[],
  key: SigningKey,
  reason: string | null,
) => Promise<void>;

function keyCommand(action: string, work: KeyWork) {
  return async (
    store: Store,
    caller: Caller,
    bookId: string,
    keyId: string | null = null,
    reason: string | null = null,
  ): Promise<{ items: KeyView[] }> => {
    const bureau = await bureauSubject(store.read, bookId);
    const target = { bookId, action, subject: { type: 'signingKey', id: keyId ?? bookId } };
    return runCommand(store, target, caller.context, async (unit) => {
      demand(caller.actor, 'key.manage', bureau);
      const keys = await signingKeysOf(unit.trx, bookId);
      const key = keys.find((each) => each.id === keyId);
      if (keyId !== null && (!key || !isActive(key))) throw notFound('在用的签名密钥');
      await work(unit, keys, key as SigningKey, reason);
      await unit.append({ action, subject: target.subject });
      return { items: (await signingKeysOf(unit.trx, bookId)).map(keyView) };
    });
  };
}

/** Every key that a book ever had. @throws DomainError `not_found` */
export async function listKeys(store: Store, actor: Actor, bookId: string): Promise<{ items: KeyView[] }> {
  await demandBookRead(store.read, actor, bookId);
  return { items: (await signingKeysOf(store.read, bookId)).map(keyView) };
}

const keyView = ({ bookId: _book, seed: _seed, ...key }: SigningKey): KeyView => key;
