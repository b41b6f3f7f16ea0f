import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';

/**
 * Signed notes (c2sp.org/signed-note): a text, a blank line, signature lines. Signatures are Ed25519 (RFC 8032), of type
 * 0x01 on the text itself, or of type 0x04 a witness's cosignature on time and text (c2sp.org/tlog-cosignature v1).
 */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;
export type SignatureType = typeof ED25519 | typeof COSIGNATURE;

/** The specification asks for 16 at least; 100 is the limit of Go's implementation. */
export const MAX_SIGNATURES = 100;
/** The end of the year 9999 in seconds since 1970: the last time that a cosignature may tell. */
export const MAX_TIME_SECONDS = 253_402_300_799;

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const KEY_ID_BYTES = 4;
const TIME_BYTES = 8;
const EM_DASH = '\u2014';
/** Anything below U+0020 other than a newline. */
const CONTROL = /[^\n -\u{10ffff}]/u;

/** Why a note, a checkpoint, a tlog-proof or a key was refused. */
export type NoteErrorCode =
  | 'not_utf8' // bytes that are no UTF-8, or a lone surrogate
  | 'control_character' // below U+0020, other than a newline
  | 'malformed_text' // a text to sign that does not end in a newline
  | 'malformed_note' // not: text, blank line, whole signature lines
  | 'malformed_signature_line' // not: em dash, key name, canonical base64 of a key id and more
  | 'malformed_key_name' // empty, or with a Unicode space or a plus
  | 'malformed_verifier_key' // not: name+key id+base64(type ‖ public key), or not of the type that is needed
  | 'malformed_checkpoint' // not: origin, size, root hash
  | 'malformed_proof' // not: tlog-proof header, index, hashes, blank line, checkpoint
  | 'wrong_key_size' // a seed or a public key that is not 32 bytes
  | 'wrong_key_id' // a verifier key whose key id is not that of its name and public key
  | 'ambiguous_key' // two keys of one name and key id among those to sign or verify with
  | 'no_signer' // a text to sign and nobody to sign it
  | 'too_many_signatures' // more than MAX_SIGNATURES
  | 'time_out_of_range' // a cosignature's time that is not from 0 to MAX_TIME_SECONDS
  | 'wrong_signature' // by a known key, but not on this text
  | 'no_known_signature'; // none by a known key, or none by the log's own

export class NoteError extends Error {
  override readonly name = 'NoteError';
  constructor(
    readonly code: NoteErrorCode,
    expected: string,
    got: unknown,
  ) {
    const shown = typeof got === 'number' ? got : JSON.stringify(String(got).slice(0, 120));
    super(`expected ${expected}, got ${shown}`);
  }
}

/** A public key that is trusted under a name. Only `verifierKey` and `parseVerifierKey` make one: they see to `keyId`. */
export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  /** 8 lower-case hex digits. */
  readonly keyId: string;
  /** 32 bytes (RFC 8032 §5.1.5). When they are no point of the curve, nothing verifies under them. */
  readonly publicKey: Buffer;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: string;
  /** What stands after the key id in a signature line on `text`. */
  readonly sign: (text: string) => Buffer;
}

/** A signature line, read but not verified. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  /** What follows the key id: for type 0x01 the signature, for 0x04 time and signature. */
  readonly payload: Buffer;
  /** The line as it stands in the note, with its newline. */
  readonly line: string;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface VerifiedSignature extends NoteSignature {
  readonly key: VerifierKey;
  /** When a witness cosigned by its own clock, in seconds since 1970; null for type 0x01. */
  readonly timeSeconds: number | null;
}

export interface VerifiedNote extends Note {
  /** One for each known key that signed, so their number may be held against a quorum; of several the newest. */
  readonly verified: readonly VerifiedSignature[];
}

/** A new Ed25519 private key: 32 random bytes (RFC 8032 §5.1.5). Its other half is `publicKeyOf` it. */
export const generateSeed = (): Buffer => randomBytes(KEY_BYTES);

/** The 32 bytes of a seed's public key. @throws NoteError `wrong_key_size` */
export const publicKeyOf = (seed: Uint8Array): Buffer =>
  createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);

/** A signature of 64 bytes (RFC 8032 §5.1.6). @throws NoteError `wrong_key_size` */
export const signEd25519 = (message: Uint8Array, seed: Uint8Array): Buffer =>
  sign(null, message, privateKey(seed));

/** Whether `signature` is the key's on the message (RFC 8032 §5.1.7). @throws NoteError `wrong_key_size` */
export function verifyEd25519(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  demandKeySize(publicKey);
  if (signature.length !== SIGNATURE_BYTES) return false;
  // RFC 8410 §4: the DER of a public key is this prefix and the 32 bytes.
  const key = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
  return verify(null, message, { key, format: 'der', type: 'spki' }, signature);
}

function privateKey(seed: Uint8Array) {
  demandKeySize(seed);
  // RFC 8410 §7: the DER of a private key is this prefix and the seed.
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}

function demandKeySize(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new NoteError('wrong_key_size', `${KEY_BYTES} bytes`, key.length);
}

/**
 * The first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key), as 8 hex digits (signed-note, Signatures).
 * @throws NoteError `malformed_key_name`, `wrong_key_size`
 */
export function keyIdOf(name: string, type: SignatureType, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw new NoteError('malformed_key_name', 'a name without space and plus', name);
  demandKeySize(publicKey);
  const hash = createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(publicKey).digest();
  return hash.toString('hex', 0, KEY_ID_BYTES);
}

const isKeyName = (name: string): boolean =>
  /^[^\p{White_Space}+]+$/u.test(name) && name.isWellFormed() && !CONTROL.test(name);

/** @throws NoteError `malformed_key_name`, `wrong_key_size` */
export function verifierKey(name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  return { name, type, keyId: keyIdOf(name, type, publicKey), publicKey: Buffer.from(publicKey) };
}

/** A key as it is handed out: `name+<8 hex digits key id>+base64(type ‖ public key)`. */
export const formatVerifierKey = ({ name, type, keyId, publicKey }: VerifierKey): string =>
  `${name}+${keyId}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;

/** Strict: lower-case key id, canonical base64. @throws NoteError `malformed_verifier_key`, `wrong_key_id` */
export function parseVerifierKey(text: string): VerifierKey {
  const [, name = '', keyId, base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const bytes = decodeBase64(base64);
  const type = bytes?.[0];
  if (!isKeyName(name) || bytes?.length !== 1 + KEY_BYTES || (type !== ED25519 && type !== COSIGNATURE))
    throw new NoteError('malformed_verifier_key', 'name+key id+base64(0x01 or 0x04, 32 bytes)', text);
  const key = verifierKey(name, type, bytes.subarray(1));
  if (key.keyId !== keyId) throw new NoteError('wrong_key_id', `key id ${key.keyId}`, keyId);
  return key;
}

/** The verifier key of a seed. @throws NoteError `malformed_key_name`, `wrong_key_size` */
export const verifierKeyOf = (name: string, seed: Uint8Array, type: SignatureType = ED25519): string =>
  formatVerifierKey(verifierKey(name, type, publicKeyOf(seed)));

/** Signs texts of notes (type 0x01). @throws NoteError `malformed_key_name`, `wrong_key_size` */
export function noteSigner(name: string, seed: Uint8Array): NoteSigner {
  const key = privateKey(seed);
  const keyId = keyIdOf(name, ED25519, publicKeyOf(seed));
  return { name, keyId, sign: (text) => sign(null, Buffer.from(text), key) };
}

/**
 * The note of a text that ends in a newline, with a signature line of each signer in their order.
 * @throws NoteError `malformed_text`, `no_signer`, `ambiguous_key` for the same key twice, and as `parseNote`
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!text.endsWith('\n')) throw new NoteError('malformed_text', 'a newline at the end', text);
  if (signers.length === 0) throw new NoteError('no_signer', 'a signer', 'none');
  if (new Set(signers.map(idOf)).size < signers.length)
    throw new NoteError('ambiguous_key', 'different signers', signers.map(idOf));
  const note = `${text}\n${signers.map((signer) => signatureLine(signer, text)).join('')}`;
  parseNote(note);
  return note;
}

/** A signature line on a text: — name base64(key id ‖ payload), newline. */
export function signatureLine({ name, keyId, sign }: NoteSigner, text: string): string {
  return `${EM_DASH} ${name} ${Buffer.concat([Buffer.from(keyId, 'hex'), sign(text)]).toString('base64')}\n`;
}

/**
 * A note with more signature lines, each with its newline; of several lines of one key the last one stays. It verifies
 * nothing: verify a line before adding it.
 * @throws NoteError as `parseNote`
 */
export function addSignatureLines(note: string, lines: readonly string[]): string {
  const { text, signatures } = parseNote(note + lines.join(''));
  if (text !== parseNote(note).text) throw new NoteError('malformed_signature_line', 'one line', lines);
  const last = new Map(signatures.map((each) => [idOf(each), each.line]));
  return `${text}\n${[...last.values()].join('')}`;
}

const idOf = (key: { readonly name: string; readonly keyId: string }): string => `${key.name}+${key.keyId}`;

/**
 * Reads a note without verifying anything: nothing in it is to be trusted yet.
 * @throws NoteError `not_utf8`, `control_character`, `too_many_signatures`, `malformed_note`, `malformed_signature_line`
 */
export function parseNote(note: string | Uint8Array): Note {
  const whole = decodeText(note);
  // The last empty line parts text and signatures: the text may have empty lines of its own.
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n') || split + 2 === whole.length)
    throw new NoteError('malformed_note', 'a text, a blank line and signature lines', `…${whole.slice(-80)}`);
  const lines = whole.slice(split + 2, -1).split('\n', MAX_SIGNATURES + 1);
  if (lines.length > MAX_SIGNATURES) throw new NoteError('too_many_signatures', `${MAX_SIGNATURES}`, 'more');
  return { text: whole.slice(0, split + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [dash, name = '', base64 = '', ...more] = line.split(' ');
  const bytes = decodeBase64(base64);
  if (dash !== EM_DASH || !isKeyName(name) || !bytes || bytes.length <= KEY_ID_BYTES || more.length > 0)
    throw new NoteError('malformed_signature_line', `${EM_DASH} name base64(key id, signature)`, line);
  const keyId = bytes.toString('hex', 0, KEY_ID_BYTES);
  return { name, keyId, payload: bytes.subarray(KEY_ID_BYTES), line: `${line}\n` };
}

/**
 * Verifies a note. Every signature under the name and key id of a known key must be right, or the whole note is refused;
 * signatures of others are ignored, as signed-note demands.
 * @throws NoteError as `parseNote`, and `ambiguous_key`, `wrong_signature`, `time_out_of_range`, `no_known_signature`
 */
export function verifyNote(note: string | Uint8Array, keys: readonly VerifierKey[]): VerifiedNote {
  const known = new Map<string, VerifierKey>();
  for (const key of keys) {
    const other = known.get(idOf(key)) ?? key;
    if (other.type !== key.type || !other.publicKey.equals(key.publicKey))
      throw new NoteError('ambiguous_key', 'one key of this name and key id', idOf(key));
    known.set(idOf(key), key);
  }
  const { text, signatures } = parseNote(note);
  const verified = new Map<string, VerifiedSignature>();
  for (const signature of signatures) {
    const id = idOf(signature);
    const key = known.get(id);
    if (!key) continue;
    const timeSeconds = verifySignature(signature, text, key);
    const newest = verified.get(id)?.timeSeconds ?? -1;
    if ((timeSeconds ?? 0) > newest) verified.set(id, { ...signature, key, timeSeconds });
  }
  if (verified.size === 0) throw new NoteError('no_known_signature', 'a known key', signatures.map(idOf));
  return { text, signatures, verified: [...verified.values()] };
}

/**
 * Verifies one signature on a text, which must be the key's. @returns a cosignature's time in seconds; null for type 0x01
 * @throws NoteError `no_known_signature` for another key's, `wrong_signature`, `time_out_of_range`
 */
export function verifySignature(signature: NoteSignature, text: string, key: VerifierKey): number | null {
  const { payload } = signature;
  if (idOf(signature) !== idOf(key)) throw new NoteError('no_known_signature', idOf(key), idOf(signature));
  const isTimed = key.type === COSIGNATURE;
  const isWhole = payload.length === SIGNATURE_BYTES + (isTimed ? TIME_BYTES : 0);
  const timeSeconds = isTimed && isWhole ? Number(payload.readBigUInt64BE()) : null;
  const message = timeSeconds === null ? Buffer.from(text) : cosignatureMessage(text, timeSeconds);
  if (!isWhole || !verifyEd25519(message, payload.subarray(-SIGNATURE_BYTES), key.publicKey))
    throw new NoteError('wrong_signature', `a signature on this text by ${idOf(key)}`, 'another');
  return timeSeconds;
}

/** What a witness signs (tlog-cosignature, Ed25519 signed message). @throws NoteError `time_out_of_range` */
export function cosignatureMessage(text: string, timeSeconds: number): Buffer {
  if (!Number.isSafeInteger(timeSeconds) || timeSeconds < 0 || timeSeconds > MAX_TIME_SECONDS)
    throw new NoteError('time_out_of_range', `whole seconds from 0 to ${MAX_TIME_SECONDS}`, timeSeconds);
  return Buffer.from(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}

/** Text of notes and proofs; a byte order mark stays in it. @throws NoteError `not_utf8`, `control_character` */
export function decodeText(input: string | Uint8Array): string {
  const text = typeof input === 'string' ? input : Buffer.from(input).toString('utf8');
  if (typeof input === 'string' ? !input.isWellFormed() : !Buffer.from(text).equals(input))
    throw new NoteError('not_utf8', 'UTF-8', 'other bytes');
  const control = CONTROL.exec(text)?.[0];
  if (control !== undefined) throw new NoteError('control_character', 'none but newlines', control);
  return text;
}

/** RFC 4648 §4 with padding; null unless encoding it again gives the same text. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
