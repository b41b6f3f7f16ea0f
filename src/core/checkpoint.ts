import { EMPTY_ROOT, verifyInclusion } from './merkle.js';
import {
  COSIGNATURE,
  cosignatureMessage,
  decodeBase64,
  decodeText,
  ED25519,
  keyIdOf,
  NoteError,
  type NoteSigner,
  parseNote,
  publicKeyOf,
  signatureLine,
  signEd25519,
  type VerifiedSignature,
  type VerifierKey,
  verifyNote,
} from './note.js';

const PROOF_HEADER = 'c2sp.org/tlog-proof@v1';
/** A leaf of a tree of less than 2^53 leaves has no more nodes above it. */
const MAX_PROOF_HASHES = 53;

/** The state of a log at a size, as the text of a note states it (c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  /** Which log: also the name of its keys. */
  readonly origin: string;
  /** Number of entries, a safe integer. */
  readonly size: number;
  /** Lower-case hex of 32 bytes. */
  readonly rootHash: string;
}

/** The note text of a checkpoint. @throws NoteError `malformed_checkpoint` unless `parseCheckpoint` reads it back */
export function formatCheckpoint({ origin, size, rootHash }: Checkpoint): string {
  const text = `${origin}\n${size}\n${base64Of(rootHash)}\n`;
  const parsed = parseCheckpoint(text);
  if (parsed.origin !== origin || parsed.size !== size || parsed.rootHash !== rootHash) throw malformed(text);
  return text;
}

/**
 * Reads the text of a checkpoint's note: three lines, the size in decimal without leading zeros, the root in canonical
 * base64. Extension lines, which tlog-checkpoint allows and does not recommend, are refused: our logs have none. A log of
 * size 0 has no other root than that of the empty tree.
 * @throws NoteError `malformed_checkpoint`, `not_utf8`, `control_character`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', decimal = '', base64 = '', end, ...more] = decodeText(text).split('\n');
  const size = parseDecimal(decimal);
  const rootHash = parseHash(base64);
  if (origin === '' || size === null || rootHash === null || end !== '' || more.length > 0)
    throw malformed(text);
  if (size === 0 && rootHash !== EMPTY_ROOT) throw malformed(text);
  return { origin, size, rootHash };
}

const malformed = (text: string): NoteError =>
  new NoteError('malformed_checkpoint', 'origin, size and root hash, a line each', text);

/** A witness's key; the same seed must not sign anything else (tlog-cosignature, Ed25519 signed message). */
export interface Cosigner {
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/**
 * The signature line, with its newline, by which a witness states that at `timeSeconds` (since 1970, by its clock) this
 * was the largest consistent state of the log that it had seen (c2sp.org/tlog-cosignature v1, Ed25519).
 * @param text the note text of the checkpoint, as `parseNote` gives it; extension lines are refused here as well
 * @throws NoteError as `parseCheckpoint`, and `time_out_of_range`, `malformed_key_name`, `wrong_key_size`
 */
export function cosign(text: string, { name, seed }: Cosigner, timeSeconds: number): string {
  parseCheckpoint(text);
  const signer: NoteSigner = {
    name,
    keyId: keyIdOf(name, COSIGNATURE, publicKeyOf(seed)),
    sign: (signed) => {
      const time = Buffer.alloc(8);
      const signature = signEd25519(cosignatureMessage(signed, timeSeconds), seed);
      time.writeBigUInt64BE(BigInt(timeSeconds));
      return Buffer.concat([time, signature]);
    },
  };
  return signatureLine(signer, text);
}

export interface Cosignature {
  /** The signature line, with its newline. */
  readonly line: string;
  readonly timeSeconds: number;
}

/**
 * What a witness says of a checkpoint: its cosignature in the note, the newest when there are several; null when there is
 * none. Whether the log itself signed is not looked at.
 * @throws NoteError as `parseNote` and `parseCheckpoint`; `wrong_signature` and `time_out_of_range` when any cosignature of
 *   the key is wrong; `malformed_verifier_key` for a key of another type
 */
export function verifyCosignature(note: string | Uint8Array, key: VerifierKey): Cosignature | null {
  if (key.type !== COSIGNATURE) throw new NoteError('malformed_verifier_key', 'a key of type 0x04', key.name);
  const { text, signatures } = parseNote(note);
  parseCheckpoint(text);
  if (!signatures.some(({ name, keyId }) => name === key.name && keyId === key.keyId)) return null;
  const [cosignature] = cosignaturesOf(verifyNote(note, [key]).verified);
  return cosignature ?? null;
}

const cosignaturesOf = (verified: readonly VerifiedSignature[]) =>
  verified.flatMap(({ key, line, timeSeconds }) =>
    timeSeconds === null ? [] : [{ key, line, timeSeconds }],
  );

/** A checkpoint that its log signed. */
export interface SignedCheckpoint extends Checkpoint {
  /** The log's keys that signed it, at least one: two while a key is being rotated. */
  readonly signedBy: readonly VerifierKey[];
  /** One of each known witness that cosigned it, the newest. How many are enough is the caller's to say. */
  readonly cosignatures: readonly (Cosignature & { readonly key: VerifierKey })[];
}

/**
 * Verifies a checkpoint's note under the keys that are trusted: those of logs (type 0x01) and of witnesses (0x04). It must
 * be signed under a log key whose name is the origin, and every signature under any of the keys must be right.
 * @throws NoteError as `verifyNote` and `parseCheckpoint`; `no_known_signature` when only others than the log signed
 */
export function verifyCheckpoint(note: string | Uint8Array, keys: readonly VerifierKey[]): SignedCheckpoint {
  const { text, verified } = verifyNote(note, keys);
  const checkpoint = parseCheckpoint(text);
  const signers = verified.map(({ key }) => key);
  const signedBy = signers.filter(({ type, name }) => type === ED25519 && name === checkpoint.origin);
  if (signedBy.length === 0)
    throw new NoteError(
      'no_known_signature',
      `one by a key of the log ${checkpoint.origin}`,
      signers.map(({ name }) => name),
    );
  return { ...checkpoint, signedBy, cosignatures: cosignaturesOf(verified) };
}

/** That an entry is in a log, to be checked without the log (c2sp.org/tlog-proof). */
export interface TlogProof {
  readonly index: number;
  /** Inclusion proof (RFC 6962 §2.1.1), lower-case hex, from the leaf's sibling up. */
  readonly proof: readonly string[];
  /** Whatever the application needs besides. Nothing vouches for it. Not empty when it is there. */
  readonly extra?: Uint8Array;
  /** The note of a checkpoint, verbatim. */
  readonly checkpoint: string;
}

/** The text of a proof. @throws NoteError as `parseTlogProof`, when it would not read this back */
export function formatTlogProof({ index, proof, extra, checkpoint }: TlogProof): string {
  const lines = [PROOF_HEADER];
  if (extra) lines.push(`extra ${Buffer.from(extra).toString('base64')}`);
  lines.push(`index ${index}`, ...proof.map(base64Of), '', checkpoint);
  const text = lines.join('\n');
  const parsed = parseTlogProof(text);
  if (parsed.proof.some((hash, place) => hash !== proof[place])) throw malformedProof(text);
  return text;
}

/**
 * Reads a proof without verifying anything: nothing in it is to be trusted yet. Strict: decimal without leading zeros,
 * canonical base64, no more than 53 hashes, a checkpoint that is a note with a checkpoint's text.
 * @throws NoteError `malformed_proof`, and as `parseNote` and `parseCheckpoint`
 */
export function parseTlogProof(input: string | Uint8Array): TlogProof {
  const text = decodeText(input);
  const split = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(split, 0)).split('\n');
  const extra = lines[0]?.startsWith('extra ') ? decodeBase64(lines.shift()?.slice(6) as string) : undefined;
  const decimal = /^index (.*)$/.exec(lines.shift() ?? '')?.[1] ?? '';
  const index = parseDecimal(decimal);
  const proof = lines.slice(0, MAX_PROOF_HASHES + 1).map(parseHash);
  const isWhole = proof.length <= MAX_PROOF_HASHES && proof.every((hash) => hash !== null);
  if (header !== PROOF_HEADER || extra === null || extra?.length === 0 || index === null || !isWhole)
    throw malformedProof(text);
  const checkpoint = text.slice(split + 2);
  parseCheckpoint(parseNote(checkpoint).text);
  return { index, proof, ...(extra ? { extra } : {}), checkpoint };
}

const malformedProof = (text: string): NoteError =>
  new NoteError('malformed_proof', `${PROOF_HEADER}, index, hashes, a blank line, checkpoint`, text);

/**
 * Verifies that the leaf of this hash is at the proof's index in a log that is trusted (tlog-proof, Verifying a tlog proof).
 * @param leafHash `leafHash` of `merkle.ts` of the entry in hand, never one that came with the proof
 * @param keys those of logs and witnesses that are trusted, as `verifyCheckpoint` takes them
 * @throws NoteError as `parseTlogProof` and `verifyCheckpoint`; ProofError as `verifyInclusion`
 */
export function verifyTlogProof(
  input: string | Uint8Array,
  leafHash: string,
  keys: readonly VerifierKey[],
): TlogProof & { readonly signed: SignedCheckpoint } {
  const parsed = parseTlogProof(input);
  const signed = verifyCheckpoint(parsed.checkpoint, keys);
  const { index, proof } = parsed;
  verifyInclusion({ index, size: signed.size, leafHash, proof, root: signed.rootHash });
  return { ...parsed, signed };
}

const base64Of = (hash: string): string => Buffer.from(hash, 'hex').toString('base64');

/** A hash of 32 bytes in canonical base64, as hex; null for anything else. */
function parseHash(base64: string): string | null {
  const bytes = decodeBase64(base64);
  return bytes?.length === 32 ? bytes.toString('hex') : null;
}

/** A safe integer from 0 in decimal without leading zeros; null for anything else. */
function parseDecimal(text: string): number | null {
  const number = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : null;
}
