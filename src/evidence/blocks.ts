import { DomainError } from '../core/errors.js';
import { nodeHash, rootOfRange, type SubtreeReader } from '../core/merkle.js';
import type { Db } from '../db/store.js';

/** Leaves of one kept subtree. A proof reads one row for each block and the leaves of one: about 4,000 of a million. */
export const BLOCK_SIZE = 256;

/**
 * Roots of subtrees of a book's log of `size` entries, from the kept blocks where they are full. They only save reading:
 * whoever makes a proof from them checks it against a signed root before giving it away.
 */
export async function subtreeReader(db: Db, bookId: string, size: number): Promise<SubtreeReader> {
  const rows = await db
    .selectFrom('logBlock')
    .select(['blockIndex', 'root'])
    .where('bookId', '=', bookId)
    .where('blockIndex', '<', Math.floor(size / BLOCK_SIZE))
    .execute();
  const blocks = new Map(rows.map((row) => [row.blockIndex, row.root]));

  const leavesOf = async (from: number, until: number) =>
    rootOfRange(await leafHashes(db, bookId, from, until));
  const subtree = async (from: number, until: number): Promise<string> => {
    const count = until - from;
    if (count === BLOCK_SIZE) return blocks.get(from / BLOCK_SIZE) ?? leavesOf(from, until);
    if (count < BLOCK_SIZE) return leavesOf(from, until);
    let left = 1;
    while (left * 2 < count) left *= 2;
    return nodeHash(await subtree(from, from + left), await subtree(from + left, until));
  };
  return subtree;
}

/** Leaf hashes of entries [from, until) as the table has them. @throws DomainError `log_damaged` where one is missing */
async function leafHashes(db: Db, bookId: string, from: number, until: number): Promise<string[]> {
  const rows = await db
    .selectFrom('logEntry')
    .select('leafHash')
    .where('bookId', '=', bookId)
    .where('logIndex', '>=', from)
    .where('logIndex', '<', until)
    .orderBy('logIndex')
    .execute();
  if (rows.length !== until - from) {
    throw new DomainError('log_damaged', '日志有缺失，不能给出证明；请运行 funds verify 查找位置');
  }
  return rows.map((row) => row.leafHash);
}

/** The blocks that are full with `leaves`, the entries from `from` on, and not kept yet. */
export async function newBlocks(
  db: Db,
  bookId: string,
  from: number,
  leaves: readonly string[],
): Promise<{ bookId: string; blockIndex: number; root: string }[]> {
  const { kept } = await db
    .selectFrom('logBlock')
    .select((column) => column.fn.countAll<number | bigint>().as('kept'))
    .where('bookId', '=', bookId)
    .executeTakeFirstOrThrow();
  // Fewer are kept where a recovery went on from entries that were never signed.
  const first = Math.min(Math.floor(from / BLOCK_SIZE), Number(kept));
  const full = Math.floor((from + leaves.length) / BLOCK_SIZE);
  if (full <= first) return [];
  const all = [...(await leafHashes(db, bookId, first * BLOCK_SIZE, from)), ...leaves];
  return Array.from({ length: full - first }, (_, offset) => ({
    bookId,
    blockIndex: first + offset,
    root: rootOfRange(all.slice(offset * BLOCK_SIZE, (offset + 1) * BLOCK_SIZE)),
  }));
}
