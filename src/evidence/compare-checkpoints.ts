import { verifyCheckpoint } from '../core/checkpoint.js';
import { type Frontier, rootOf, rootOfRange } from '../core/merkle.js';
import { NoteError, parseNote, parseVerifierKey, type VerifierKey } from '../core/note.js';
import type { Db } from '../db/store.js';
import { BLOCK_SIZE } from './blocks.js';
import { once, same } from './difference.js';
import type { KnownHead } from './outside.js';
import type { Replay, ToldRow } from './replay.js';
import { originOf } from './signing-keys.service.js';

/**
 * Holds a book's checkpoints and kept blocks against the log while it is replayed: the tree at each size must be the one
 * that was signed then, here and outside the database.
 */
export class CheckpointComparison {
  readonly #rootsAt = new Map<number, string>();
  #block: string[] = [];
  #seen = 0;
  /** The first full block that is not kept. */
  #missing: number | null = null;

  private constructor(
    private readonly bookId: string,
    private readonly checkpoints: ReadonlyMap<number, { readonly root: string; readonly note: string }>,
    private readonly blocks: Map<number, string>,
    private readonly outside: readonly KnownHead[],
    private readonly sizes: ReadonlySet<number>,
  ) {}

  static async open(db: Db, bookId: string, outside: readonly KnownHead[]): Promise<CheckpointComparison> {
    const checkpoints = await db.selectFrom('checkpoint').selectAll().where('bookId', '=', bookId).execute();
    const blocks = await db.selectFrom('logBlock').selectAll().where('bookId', '=', bookId).execute();
    const seen = new Set<string>();
    for (const { size } of checkpoints) once(seen, `checkpoint ${size}`);
    for (const { blockIndex } of blocks) once(seen, `logBlock ${blockIndex}`);
    return new CheckpointComparison(
      bookId,
      new Map(checkpoints.map((row) => [row.size, row])),
      new Map(blocks.map((row) => [row.blockIndex, row.root])),
      outside,
      new Set([...checkpoints.map((row) => row.size), ...outside.map((head) => head.size)]),
    );
  }

  /** After each entry: `leaf` is its hash, `frontier` the tree with it. */
  entry(leaf: string, frontier: Frontier): void {
    this.#seen += 1;
    if (this.sizes.has(this.#seen)) this.#rootsAt.set(this.#seen, rootOf(frontier));
    this.#block.push(leaf);
    if (this.#block.length < BLOCK_SIZE) return;
    const index = this.#seen / BLOCK_SIZE - 1;
    const kept = this.blocks.get(index);
    if (kept !== undefined) same(`logBlock ${index} root`, rootOfRange(this.#block), kept);
    else this.#missing ??= index;
    this.blocks.delete(index);
    this.#block = [];
  }

  /** After the last entry. */
  finish(replay: Replay): void {
    for (const index of this.blocks.keys()) same(`logBlock ${index}`, 'a full block of the log', 'none');
    const trusted = trustedKeys(replay.rows.get('signingKey') as ReadonlyMap<string, ToldRow>);
    for (const [size, { root, note }] of this.checkpoints) {
      const place = `checkpoint ${size}`;
      same(`${place} root`, this.#rootsAt.get(size) ?? 'none', root);
      same(`${place} note`, `${originOf(this.bookId)} ${size} ${root}`, spoken(note, trusted));
      // Whoever signs keeps every block that is full by then.
      const isDue = this.#missing !== null && (this.#missing + 1) * BLOCK_SIZE <= size;
      if (isDue) same(`logBlock ${this.#missing}`, 'a row', 'missing');
    }
    for (const { size, note } of this.outside) {
      if (note === null) continue;
      const place = `checkpoint ${size} outside the database`;
      same(
        place,
        `${originOf(this.bookId)} ${size} ${this.#rootsAt.get(size) ?? 'none'}`,
        spoken(note, trusted),
      );
      same(`checkpoint ${size}`, note, this.checkpoints.get(size)?.note ?? 'missing');
    }
  }
}

/** The keys that the log tells of. */
function trustedKeys(told: ReadonlyMap<string, ToldRow>): VerifierKey[] {
  return [...told].map(([id, { verifierKey }]) => {
    try {
      return parseVerifierKey(verifierKey as string);
    } catch (error) {
      same(`signingKey ${id} verifierKey`, 'a verifier key', verifierKey);
      throw error;
    }
  });
}

/** What a note says under the book's own keys, or why it says nothing. */
function spoken(note: string, keys: readonly VerifierKey[]): string {
  try {
    const { origin, size, rootHash, signedBy } = verifyCheckpoint(note, keys);
    if (parseNote(note).signatures.length > signedBy.length)
      return 'a note with a signature of somebody else';
    return `${origin} ${size} ${rootHash}`;
  } catch (error) {
    if (error instanceof NoteError) return `a note that does not verify: ${error.code}`;
    throw error;
  }
}
