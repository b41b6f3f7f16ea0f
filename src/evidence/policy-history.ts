import { withSeal } from '../audit/index.js';
import { Breather } from '../core/breather.js';
import { sha256Hex } from '../core/ids.js';
import type { Db, Store } from '../db/store.js';
import { ENGINE_VERSION, type PackSet, PolicyHistory } from '../policy/index.js';

/**
 * Keeps the text of every pack of a set, and which packs it holds, before it comes into force: whatever a decision
 * names can be read for ever. Does nothing for what is kept already.
 */
export async function keepPacks(store: Store, { packs }: PackSet, now: Date): Promise<void> {
  const firstLoadedAt = now.toISOString();
  const hashes = packs.map(({ sha256 }) => sha256).join('\n');
  const set = { sha256: sha256Hex(hashes), packs: hashes, firstLoadedAt };
  const rows = packs.map((pack) => ({
    sha256: pack.sha256,
    packId: pack.document.id,
    documentNo: pack.document.documentNo,
    body: pack.text,
    engine: ENGINE_VERSION,
    firstLoadedAt,
  }));
  await store.write('installation', async (trx) => {
    const kept = await trx.selectFrom('policyPack').select('sha256').execute();
    const known = new Set(kept.map(({ sha256 }) => sha256));
    const added = rows.filter(({ sha256 }) => !known.has(sha256));
    for (const row of added) {
      await trx
        .insertInto('policyPack')
        .values(withSeal(store.keys, 'policyPack', row))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const isKnown = await trx
      .selectFrom('policyPackSet')
      .select('sha256')
      .where('sha256', '=', set.sha256)
      .executeTakeFirst();
    if (isKnown) return;
    await trx
      .insertInto('policyPackSet')
      .values(withSeal(store.keys, 'policyPackSet', set))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  });
}

/** All that decisions on record were made under, besides the packs loaded now. Others have their turn in between. */
export async function readPolicyHistory(
  db: Db,
  loaded: PackSet,
  breather = new Breather(),
): Promise<PolicyHistory> {
  const packs = await db.selectFrom('policyPack').select(['sha256', 'body']).execute();
  const sets = await db.selectFrom('policyPackSet').select('packs').orderBy('firstLoadedAt').execute();
  const kept = {
    texts: new Map(packs.map(({ sha256, body }) => [sha256, sha256Hex(body) === sha256 ? body : null])),
    sets: sets.map(({ packs }) => (packs === '' ? [] : packs.split('\n'))),
  };
  return PolicyHistory.open(loaded, kept, breather);
}
