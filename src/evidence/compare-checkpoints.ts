import { verifyCheckpoint } from '../core/checkpoint.js';
import { type Frontier, rootOf, rootOfRange } from '../core/merkle.js';
import { NoteError, parseVerifierKey } from '../core/note.js';
import type { Db } from '../db/store.js';
import { BLOCK_SIZE } from './blocks.js';
import { same } from './difference.js';
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
    this.blocks.delete(index);
    this.#block = [];
  }

  /** After the last entry. */
  finish(replay: Replay): void {
    for (const index of this.blocks.keys()) same(`logBlock ${index}`, 'a full block of the log', 'none');
    const keys = [...(replay.rows.get('signingKey') as ReadonlyMap<string, ToldRow>).values()];
    const trusted = keys.map((key) => parseVerifierKey(key['verifierKey'] as string));
    for (const [size, { root, note }] of this.checkpoints) {
      const place = `checkpoint ${size}`;
      same(`${place} root`, this.#rootsAt.get(size) ?? 'none', root);
      same(`${place} note`, `${originOf(this.bookId)} ${size} ${root}`, spoken(note, trusted));
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

/** What a note says under the book's own keys, or why it says nothing. */
function spoken(note: string, keys: readonly Parameters<typeof verifyCheckpoint>[1][number][]): string {
  try {
    const { origin, size, rootHash } = verifyCheckpoint(note, keys);
    return `${origin} ${size} ${rootHash}`;
  } catch (error) {
    if (error instanceof NoteError) return `a note that does not verify: ${error.code}`;
    throw error;
  }
}
