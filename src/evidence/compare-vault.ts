import { ERASED, keptValues, openKept, revealTexts } from '../audit/index.js';
import type { Breather } from '../core/breather.js';
import { sha256Hex } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import { verifierKeyOf } from '../core/note.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';
import type { Replay, ToldRow } from './replay.js';
import { rowsInOrder } from './rows-in-order.js';
import { originOf } from './signing-keys.service.js';

const PAGE = 500;

/** Every commitment that the log made and no erasure took back opens to the value it was made of; nothing else is kept. */
export async function compareVault(
  db: Db,
  keys: KeyRing,
  bookId: string,
  replay: Replay,
  breather: Breather,
): Promise<void> {
  const digests = [...replay.seals.keys()];
  for (let start = 0; start < digests.length; start += PAGE) {
    const page = digests.slice(start, start + PAGE);
    const kept = await keptValues(db, page);
    for (const digest of page) {
      if (breather.isDue) await breather.rest();
      const place = `vaultValue ${digest}`;
      const row = kept.get(digest);
      if (row) {
        same(`${place} bookId`, bookId, row.bookId);
        same(`${place} subject`, replay.seals.get(digest), row.subject);
        same(`${place} ciphertext`, digest, digestOf(keys, row));
      } else same(place, 'a value', 'missing');
    }
  }
  const { values } = await db
    .selectFrom('vaultValue')
    .select((column) => column.fn.countAll<number | bigint>().as('values'))
    .where('bookId', '=', bookId)
    .executeTakeFirstOrThrow();
  if (Number(values) !== digests.length) await findStrayValue(db, bookId, replay);
  await compareKeys(db, bookId, replay, breather);
  await compareSigningKeys(db, keys, bookId, replay);
}

function digestOf(keys: KeyRing, row: Parameters<typeof openKept>[1]): string {
  try {
    // Decoding is lenient, so other texts would open to the same value.
    if (!isBase64(row.ciphertext) || !isBase64(row.wrappedKey)) return 'no canonical base64';
    return sha256Hex(openKept(keys, row));
  } catch {
    return 'not to be opened';
  }
}

const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') === text;

async function findStrayValue(db: Db, bookId: string, replay: Replay): Promise<void> {
  const rows = await db.selectFrom('vaultValue').select('digest').where('bookId', '=', bookId).execute();
  const seen = new Set<string>();
  for (const { digest } of rows) {
    if (!replay.seals.has(digest)) same(`vaultValue ${digest}`, 'nothing in the log', 'a row');
    once(seen, `vaultValue ${digest}`);
  }
}

/** A key without a value or an attachment protects nothing: it was slipped in, or its subject was erased. */
async function compareKeys(db: Db, bookId: string, replay: Replay, breather: Breather): Promise<void> {
  const subjects = new Set(replay.seals.values());
  const seen = new Set<string>();
  for await (const { subject } of rowsInOrder(db, 'vaultKey', ['bookId', bookId], ['subject'])) {
    if (breather.isDue) await breather.rest();
    if (!subjects.has(subject as string)) same(`vaultKey ${subject}`, 'nothing in the log', 'a row');
    once(seen, `vaultKey ${subject}`);
  }
}

/** A public key with another private one behind it is that of somebody who could not seal his own. */
async function compareSigningKeys(db: Db, keys: KeyRing, bookId: string, replay: Replay): Promise<void> {
  const told = [...(replay.rows.get('signingKey') as ReadonlyMap<string, ToldRow>)];
  const seedOf = await revealTexts(
    db,
    keys,
    told.map(([, { seed }]) => seed as string),
  );
  for (const [id, { seed, verifierKey }] of told) {
    const text = seedOf(seed as string);
    if (text !== ERASED) same(`signingKey ${id} verifierKey`, publicOf(bookId, text), verifierKey);
  }
}

function publicOf(bookId: string, seed: string): string {
  try {
    return verifierKeyOf(originOf(bookId), Buffer.from(seed, 'hex'));
  } catch {
    return 'no key of this seed';
  }
}
