import { canonicalJson } from '../core/canonical-json.js';
import { drawBytes, sha256Hex } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';

/**
 * Where personal data and free text live. Tables and log hold a salted commitment in their place; the vault holds salt
 * and value, encrypted under a key of the data subject. Erasing a subject destroys both, and every hash and proof
 * stays as it is.
 */

const PREFIX = 'sealed:';
const SEALED = /^sealed:[0-9a-f]{64}$/;
/** What stands where a value was erased. */
export const ERASED = '〔已删除〕';

/** True for text that stands for a sealed value. People's input is never such text (`http/validation.ts`). */
export const isSealed = (value: unknown): value is string => typeof value === 'string' && SEALED.test(value);

/** Whose data a value is, within one book: `person/<id>`, `claim/<id>`, `party/<blind index of a name>` … */
export type DataSubject = string;

/** A person or firm that is known by name alone: all its mentions in a book share one key. */
export const partySubject = (keys: KeyRing, name: string): DataSubject =>
  `party/${keys.index('party', name.normalize('NFKC').replaceAll(/\s/g, ''))}`;

const keyContext = (bookId: string, subject: DataSubject) => `key ${bookId} ${subject}`;

const subjectKey = prepared<{ bookId: string; subject: string }, Pick<Row<'vaultKey'>, 'wrappedKey'>>(
  (db, value) =>
    db
      .selectFrom('vaultKey')
      .select('wrappedKey')
      .where('bookId', '=', value('bookId'))
      .where('subject', '=', value('subject')),
);
const insertKey = prepared<Row<'vaultKey'>>((db, value) =>
  db
    .insertInto('vaultKey')
    .values({ bookId: value('bookId'), subject: value('subject'), wrappedKey: value('wrappedKey') }),
);
const insertValue = prepared<Row<'vaultValue'>>((db, value) =>
  db.insertInto('vaultValue').values({
    digest: value('digest'),
    bookId: value('bookId'),
    subject: value('subject'),
    ciphertext: value('ciphertext'),
  }),
);

/** The wrapped key of a subject, made at its first use. The book is locked, so nobody makes another meanwhile. */
async function keyOfSubject(trx: Trx, keys: KeyRing, bookId: string, subject: DataSubject): Promise<string> {
  const [known] = await subjectKey(trx, { bookId, subject });
  if (known) return known.wrappedKey;
  const key = newSubjectKey(keys, bookId, subject);
  await keepSubjectKey(trx, key);
  return key.wrappedKey;
}

/** A key for a subject that does not exist yet, made before the command that will keep it. */
export const newSubjectKey = (keys: KeyRing, bookId: string, subject: DataSubject): Row<'vaultKey'> => ({
  bookId,
  subject,
  wrappedKey: keys.newSubjectKey(keyContext(bookId, subject)),
});

export async function keepSubjectKey(trx: Trx, key: Row<'vaultKey'>): Promise<void> {
  await insertKey(trx, key);
}

/**
 * Puts a value into the vault and gives its digest: SHA-256 of the canonical JSON of a fresh 128-bit salt and the
 * value (the disclosure of RFC 9901, SD-JWT, without its base64).
 */
export async function sealValue(
  trx: Trx,
  keys: KeyRing,
  bookId: string,
  subject: DataSubject,
  value: string,
): Promise<string> {
  const wrapped = await keyOfSubject(trx, keys, bookId, subject);
  const preimage = canonicalJson([drawBytes(16).toString('hex'), value]);
  const digest = sha256Hex(preimage);
  const ciphertext = keys
    .encrypt(wrapped, keyContext(bookId, subject), Buffer.from(preimage), digest)
    .toString('base64');
  await insertValue(trx, { digest, bookId, subject, ciphertext });
  return `${PREFIX}${digest}`;
}

type Kept = Row<'vaultValue'> & Pick<Row<'vaultKey'>, 'wrappedKey'>;

/** The preimage of a kept value. @throws DomainError `seal_broken` */
export function openKept(keys: KeyRing, { wrappedKey, bookId, subject, ciphertext, digest }: Kept): string {
  const sealed = Buffer.from(ciphertext, 'base64');
  return keys.decrypt(wrappedKey, keyContext(bookId, subject), sealed, digest).toString('utf8');
}

/** Encrypts content of a subject that is kept elsewhere than in the vault (an attachment). */
export const sealContent = (
  keys: KeyRing,
  { bookId, subject, wrappedKey }: Row<'vaultKey'>,
  content: Buffer,
): Buffer => keys.encrypt(wrappedKey, keyContext(bookId, subject), content, `content ${bookId} ${subject}`);

/** The content again; null once its subject was erased. @throws DomainError `seal_broken` */
export async function openContent(
  db: Db | Trx,
  keys: KeyRing,
  { bookId, subject }: { bookId: string; subject: DataSubject },
  sealed: Buffer,
): Promise<Buffer | null> {
  const [known] = await subjectKey(db, { bookId, subject });
  if (!known) return null;
  const context = keyContext(bookId, subject);
  return keys.decrypt(known.wrappedKey, context, sealed, `content ${bookId} ${subject}`);
}

/** Values with the wrapped keys that open them. */
const keptRows = (db: Db | Trx) =>
  db
    .selectFrom('vaultValue')
    .innerJoin('vaultKey', (join) =>
      join
        .onRef('vaultKey.bookId', '=', 'vaultValue.bookId')
        .onRef('vaultKey.subject', '=', 'vaultValue.subject'),
    )
    .selectAll('vaultValue')
    .select('vaultKey.wrappedKey');

const keptValue = prepared<{ digest: string }, Kept>((db, value) =>
  keptRows(db).where('digest', '=', value('digest')),
);

const CHUNK = 500;
/** Up to so many, one compiled query each costs less than building one for all. */
const FEW = 8;

/** Kept values by digest; what was erased is missing. */
export async function keptValues(db: Db | Trx, digests: Iterable<string>): Promise<Map<string, Kept>> {
  const wanted = [...new Set(digests)];
  const found = new Map<string, Kept>();
  if (wanted.length <= FEW) {
    for (const digest of wanted) for (const row of await keptValue(db, { digest })) found.set(digest, row);
    return found;
  }
  for (let start = 0; start < wanted.length; start += CHUNK) {
    const rows = await keptRows(db)
      .where('digest', 'in', wanted.slice(start, start + CHUNK))
      .execute();
    for (const row of rows) found.set(row.digest, row);
  }
  return found;
}

/** The values behind sealed texts; text that is not sealed stands for itself. */
export async function revealTexts(
  db: Db | Trx,
  keys: KeyRing,
  texts: Iterable<string>,
): Promise<(text: string) => string> {
  const sealed = [...texts].filter(isSealed);
  const kept = await keptValues(
    db,
    sealed.map((text) => text.slice(PREFIX.length)),
  );
  return (text) => {
    if (!isSealed(text)) return text;
    const row = kept.get(text.slice(PREFIX.length));
    return row ? (JSON.parse(openKept(keys, row)) as [string, string])[1] : ERASED;
  };
}

/**
 * A JSON-ready view with every sealed text in it replaced by its value: the one step between what use cases return
 * and what a person who may see it is shown.
 */
export async function reveal<View>(db: Db | Trx, keys: KeyRing, view: View): Promise<View> {
  const texts = new Set<string>();
  collect(view, texts);
  if (texts.size === 0) return view;
  return replace(view, await revealTexts(db, keys, texts)) as View;
}

function collect(node: unknown, texts: Set<string>): void {
  if (isSealed(node)) texts.add(node);
  else if (typeof node === 'object' && node !== null && !Buffer.isBuffer(node))
    for (const member of Object.values(node)) collect(member, texts);
}

function replace(node: unknown, wordsOf: (text: string) => string): unknown {
  if (typeof node === 'string') return wordsOf(node);
  if (typeof node !== 'object' || node === null || Buffer.isBuffer(node)) return node;
  if (Array.isArray(node)) return node.map((member) => replace(member, wordsOf));
  return Object.fromEntries(Object.entries(node).map(([key, member]) => [key, replace(member, wordsOf)]));
}
