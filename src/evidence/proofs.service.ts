import { formatTlogProof } from '../core/checkpoint.js';
import { DomainError, notFound } from '../core/errors.js';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  ProofError,
  type SubtreeReader,
  verifyConsistency,
  verifyInclusion,
} from '../core/merkle.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { subtreeReader } from './blocks.js';
import { checkpointAt, findCheckpoint, newestCheckpoint } from './checkpoints.repository.js';
import type { ConsistencyView } from './evidence.schema.js';

/**
 * A c2sp.org/tlog-proof that entry `index` is in the log of a checkpoint: the one of `size` entries, or the newest.
 * @throws DomainError `not_found`, `not_covered` (no checkpoint covers it yet), `log_damaged`.
 */
export async function proveEntry(
  store: Store,
  actor: Actor,
  bookId: string,
  index: number,
  size?: number,
): Promise<string> {
  await demandBookRead(store.read, actor, bookId);
  const checkpoint = await checkpointOf(store.read, bookId, size);
  if (index >= checkpoint.size) {
    throw new DomainError(
      'not_covered',
      `检查点只到第 ${checkpoint.size} 条，第 ${index + 1} 条要等下一个检查点`,
    );
  }
  return entryProof(store.read, checkpoint, index, await subtreeReader(store.read, bookId, checkpoint.size));
}

/** The proof's text, checked before it is given away. @throws DomainError `not_found`, `log_damaged` */
export async function entryProof(
  db: Db,
  checkpoint: Row<'checkpoint'>,
  index: number,
  read: SubtreeReader,
): Promise<string> {
  const { bookId, size, root, note } = checkpoint;
  const entry = await db
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', bookId)
    .where('logIndex', '=', index)
    .executeTakeFirst();
  if (!entry) throw notFound('日志记录');
  const proof = await inclusionProof(read, index, size);
  const isTrue = () => verifyInclusion({ index, size, leafHash: leafHash(entry.body), proof, root });
  demandTrue(isTrue);
  return formatTlogProof({ index, proof, checkpoint: note });
}

/**
 * That the log of `until` entries, a signed checkpoint, begins with the log of `from` entries.
 * @throws DomainError `not_found` (no checkpoint of `until`), `sizes_inverted`, `log_damaged`.
 */
export async function proveConsistency(
  store: Store,
  actor: Actor,
  bookId: string,
  from: number,
  until: number,
): Promise<ConsistencyView> {
  await demandBookRead(store.read, actor, bookId);
  if (from > until) throw new DomainError('sizes_inverted', '前一个检查点的条数大于后一个');
  const second = await checkpointOf(store.read, bookId, until);
  const first = await findCheckpoint(store.read, bookId, from);
  const read = await subtreeReader(store.read, bookId, until);
  const proof = await consistencyProof(read, from, until);
  const firstRoot = first?.root ?? (from === 0 ? null : await read(0, from));
  if (firstRoot !== null) {
    demandTrue(() =>
      verifyConsistency({ firstSize: from, secondSize: until, firstRoot, secondRoot: second.root, proof }),
    );
  }
  return {
    from,
    until,
    proof: proof.map((hash) => Buffer.from(hash, 'hex').toString('base64')),
    first: first?.note ?? null,
    second: second.note,
  };
}

function demandTrue(check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    throw new DomainError(
      'log_damaged',
      '日志与已签名的检查点不符，不能给出证明；请运行 funds verify 查找位置',
    );
  }
}

const checkpointOf = (db: Db, bookId: string, size?: number): Promise<Row<'checkpoint'>> =>
  size === undefined ? newestCheckpoint(db, bookId) : checkpointAt(db, bookId, size);
