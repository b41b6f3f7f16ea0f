import { reveal } from '../audit/index.js';
import { DomainError } from '../core/errors.js';
import { addWitness, type KeyView, listKeys, retireKey, revokeKey, rotateKey } from '../evidence/index.js';
import { eraseSubject, newErasure } from '../privacy/index.js';
import type { BookOptions } from './evidence.js';
import { type Environment, type Session, withSession } from './session.js';

type KeyAct = (session: Session, bookId: string) => Promise<{ items: KeyView[] }>;

async function printKeys(environment: Environment, options: BookOptions, act: KeyAct): Promise<void> {
  await withSession(environment, async (session) => {
    const { store } = session;
    const found = await act(session, await session.bookOf(options.book));
    for (const key of (await reveal(store.read, store.keys, found)).items) {
      const state = key.revokedAt
        ? `已吊销 ${key.revokedAt} ${key.revokedReason}`
        : key.retiredAt
          ? `已停用 ${key.retiredAt}`
          : '在用';
      console.log(`${key.id}\t${state}\t${key.verifierKey}`);
    }
  });
}

/** The keys of a book: what an auditor keeps to check signatures with. */
export const showKeys = (environment: Environment, options: BookOptions) =>
  printKeys(environment, options, async ({ store, callerOf }, bookId) =>
    listKeys(store, (await callerOf(options.as)).actor, bookId),
  );

export const rotate = (environment: Environment, options: BookOptions) =>
  printKeys(environment, options, async ({ store, callerOf }, bookId) =>
    rotateKey(store, await callerOf(options.as), bookId),
  );

export const retire = (environment: Environment, id: string, options: BookOptions) =>
  printKeys(environment, options, async ({ store, callerOf }, bookId) =>
    retireKey(store, await callerOf(options.as), bookId, id),
  );

export const revoke = (
  environment: Environment,
  id: string,
  options: BookOptions & { readonly reason: string },
) =>
  printKeys(environment, options, async ({ store, callerOf }, bookId) =>
    revokeKey(store, await callerOf(options.as), bookId, id, options.reason),
  );

export async function registerWitness(
  environment: Environment,
  key: string,
  options: BookOptions,
): Promise<void> {
  await withSession(environment, async ({ store, callerOf, bookOf }) => {
    const witness = await addWitness(store, await callerOf(options.as), await bookOf(options.book), key);
    console.log(`已登记见证人 ${witness.name}`);
  });
}

/** Erases a data subject in a book. */
export async function erase(
  environment: Environment,
  kind: string,
  idOrName: string,
  options: BookOptions & { readonly document: string; readonly reason: string },
): Promise<void> {
  const isParty = kind === 'party';
  const input = newErasure.safeParse({
    kind,
    id: isParty ? null : idOrName,
    name: isParty ? idOrName : null,
    documentNo: options.document,
    reason: options.reason,
  });
  if (!input.success)
    throw new DomainError('validation_failed', input.error.issues.map((issue) => issue.message).join('；'));
  await withSession(environment, async ({ store, callerOf, bookOf }) => {
    const done = await eraseSubject(
      store,
      await callerOf(options.as),
      await bookOf(options.book),
      input.data,
    );
    console.log(`已删除 ${done.values} 项个人信息，记入日志第 ${done.logIndex} 条`);
  });
}
