import { withSeal } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError } from '../core/errors.js';
import { newId } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import type { Db, Store, Trx } from '../db/store.js';
import type { Actor, Caller } from './may.js';
import { MAX_SAVED_FILTERS, type NewSavedFilter, type SavedFilterView } from './saved-filters.schema.js';

/*
 * Queries that a person kept. They may name a payee, so they are encrypted; they change nothing in any book, so no log
 * tells them; nobody else finds them.
 */

const keyContext = (id: string) => `saved filter ${id}`;

const rowsOf = (db: Db | Trx, personId: string) =>
  db.selectFrom('savedFilter').selectAll().where('personId', '=', personId).orderBy('id');

function viewOf(keys: KeyRing, { id, wrappedKey, content, createdAt }: Row<'savedFilter'>): SavedFilterView {
  const plain = keys.decrypt(wrappedKey, keyContext(id), Buffer.from(content, 'base64'), keyContext(id));
  return { id, createdAt, ...(JSON.parse(plain.toString('utf8')) as NewSavedFilter) };
}

/** One's own, oldest first. */
export async function listSavedFilters(store: Store, actor: Actor): Promise<{ items: SavedFilterView[] }> {
  const rows = await rowsOf(store.read, actor.personId).execute();
  return { items: rows.map((row) => viewOf(store.keys, row)) };
}

/** Keeps a query; the same name on the same page replaces the one before. @throws DomainError `too_many_filters` */
export async function saveFilter(
  store: Store,
  { actor, context }: Caller,
  input: NewSavedFilter,
): Promise<SavedFilterView> {
  const { keys } = store;
  const id = newId();
  const wrappedKey = keys.newSubjectKey(keyContext(id));
  const plain = Buffer.from(canonicalJson(input));
  const row = withSeal(keys, 'savedFilter', {
    id,
    personId: actor.personId,
    wrappedKey,
    content: keys.encrypt(wrappedKey, keyContext(id), plain, keyContext(id)).toString('base64'),
    createdAt: context.now.toISOString(),
  });
  await store.write(`person ${actor.personId}`, async (trx) => {
    const known = (await rowsOf(trx, actor.personId).execute()).map((one) => viewOf(keys, one));
    const same = known.find(({ name, path }) => name === input.name && path === input.path);
    if (same) await trx.deleteFrom('savedFilter').where('id', '=', same.id).execute();
    else if (known.length >= MAX_SAVED_FILTERS) {
      throw new DomainError('too_many_filters', `常用查询最多 ${MAX_SAVED_FILTERS} 个，请先删除不用的`);
    }
    await trx.insertInto('savedFilter').values(row).execute();
  });
  return viewOf(keys, row);
}

/** Forgets one. Gone already is gone. */
export async function dropFilter(store: Store, actor: Actor, id: string): Promise<{ dropped: true }> {
  await store.write(`person ${actor.personId}`, async (trx) => {
    await trx.deleteFrom('savedFilter').where('id', '=', id).where('personId', '=', actor.personId).execute();
  });
  return { dropped: true };
}
