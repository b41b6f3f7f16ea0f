import { KeyRing } from '../src/core/keys.js';
import { openStore, type Store } from '../src/db/store.js';

/** Every test installation has this master key, so that one database may be opened more than once. */
export const TEST_MASTER = Buffer.alloc(32, 7);
export const TEST_KEYS = new KeyRing(TEST_MASTER);

/** Opens a database of the tests; the schema is `migrate`'s business. */
export const openAt = (url: string): Promise<Store> => openStore(url, { keys: TEST_KEYS });

/** Says that the migrated database belongs to the tests' master key. */
export async function settleTestKey(store: Store): Promise<void> {
  await store.admin.insertInto('installation').values({ id: 1, masterKeyId: TEST_KEYS.id }).execute();
}
