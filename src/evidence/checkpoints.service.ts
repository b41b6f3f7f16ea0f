import { formatCheckpoint } from '../core/checkpoint.js';
import { DomainError } from '../core/errors.js';
import { appendLeaf, frontierFromText, frontierToText, leafHash, rootOf } from '../core/merkle.js';
import { signNote } from '../core/note.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { newBlocks } from './blocks.js';
import { findCheckpoint } from './checkpoints.repository.js';
import type { KnownHead, OutsideFile } from './outside.js';
import { ensureSigningKey, originOf, signersOf } from './signing-keys.service.js';

export type Head = Pick<Row<'book'>, 'id' | 'logSize' | 'logFrontier'>;

const PAGE = 500;

/**
 * Signs checkpoints of books (C2SP tlog-checkpoint). What it signs is computed from what is known outside the database
 * plus the entries since, so a log that was cut, rewritten or restored from an older backup is refused and never signed.
 */
export class Checkpoints {
  readonly #turns = new Map<string, Promise<unknown>>();
  /** Why the last round of signing failed; null while all is well. */
  fault: string | null = null;

  constructor(
    private readonly store: Store,
    readonly outside: OutsideFile,
  ) {}

  /**
   * At start: every log must extend what is known of it outside.
   * @throws DomainError `log_not_extended` naming every book and what is wrong with it, and how to go on.
   */
  async demandExtended(): Promise<void> {
    const faults: string[] = [];
    for (const known of this.outside.heads) {
      try {
        await this.#extend(this.store.read, await headOf(this.store.read, known.bookId));
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        faults.push(error.message);
      }
    }
    if (faults.length > 0) throw notExtended(faults.join('\n'));
  }

  /** Whether the log extends what is known of it outside. */
  async isExtended(bookId: string): Promise<boolean> {
    try {
      await this.#extend(this.store.read, await headOf(this.store.read, bookId));
      return true;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  }

  /** Signs the newest state of a book, if it was not signed yet. @throws DomainError `log_not_extended` */
  async sign(bookId: string, now: Date): Promise<Row<'checkpoint'>> {
    await ensureSigningKey(this.store, bookId, now);
    return this.#inTurn(bookId, async () =>
      this.#signHead(this.store.read, await headOf(this.store.read, bookId)),
    );
  }

  /**
   * Opens a snapshot of the database and signs the book exactly as the snapshot has it, so that what is exported from
   * the snapshot is what the checkpoint speaks of.
   */
  async signedSnapshot<T>(
    bookId: string,
    now: Date,
    work: (db: Db, checkpoint: Row<'checkpoint'>) => Promise<T>,
  ): Promise<T> {
    await ensureSigningKey(this.store, bookId, now);
    return this.store.snapshot(async (db) => {
      const head = await headOf(db, bookId);
      return work(db, await this.#inTurn(bookId, () => this.#signHead(db, head)));
    });
  }

  /**
   * After a disaster: goes on from what the database has, though something newer is known outside. The file keeps
   * what was lost, and the caller has the log tell it.
   */
  async accept(
    bookId: string,
    recovery: { readonly reason: string; readonly at: string },
  ): Promise<KnownHead> {
    const { logSize, logFrontier } = await headOf(this.store.read, bookId);
    const head = { bookId, size: logSize, frontier: logFrontier, note: null };
    this.outside.append(head, recovery);
    return head;
  }

  /** What is known of a book outside the database. */
  known(bookId: string): KnownHead | null {
    return this.outside.head(bookId);
  }

  async #signHead(db: Db, head: Head): Promise<Row<'checkpoint'>> {
    const size = head.logSize;
    const kept = await findCheckpoint(db, head.id, size);
    const known = this.outside.head(head.id);
    const leaves = await this.#extend(db, head);
    if (kept && known?.note === kept.note) return kept;
    const root = rootOf(frontierFromText(head.logFrontier));
    const origin = originOf(head.id);
    const note = signNote(
      formatCheckpoint({ origin, size, rootHash: root }),
      await signersOf(this.store, head.id),
    );
    const checkpoint = { bookId: head.id, size, root, note };
    await this.#keep(checkpoint, await newBlocks(db, head.id, known?.size ?? 0, leaves));
    if (!known || known.size < size || known.note === null) {
      this.outside.append({ bookId: head.id, size, frontier: head.logFrontier, note });
    }
    return checkpoint;
  }

  /** Checkpoint and full blocks; another process may have written the same ones. */
  async #keep(checkpoint: Row<'checkpoint'>, blocks: readonly Row<'logBlock'>[]): Promise<void> {
    await this.store.write(checkpoint.bookId, async (trx) => {
      await trx
        .insertInto('checkpoint')
        .values(checkpoint)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      for (const block of blocks) {
        await trx
          .insertInto('logBlock')
          .values(block)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }
    });
  }

  /**
   * The leaves since what is known outside, read from the bodies themselves, after checking that they lead to `head`.
   * @throws DomainError `log_not_extended`
   */
  async #extend(db: Db, head: Head): Promise<string[]> {
    const known = this.outside.head(head.id);
    const from = known?.size ?? 0;
    const fault = (text: string) => notExtended(`账套 ${head.id}：${text}`);
    if (head.logSize < from) {
      throw fault(
        `库外检查点记录了 ${from} 条日志，数据库里只有 ${head.logSize} 条（日志被截断，或恢复了旧备份）`,
      );
    }
    let frontier = frontierFromText(known?.frontier ?? '');
    const leaves: string[] = [];
    while (from + leaves.length < head.logSize) {
      const start = from + leaves.length;
      const rows = await db
        .selectFrom('logEntry')
        .select(['logIndex', 'body'])
        .where('bookId', '=', head.id)
        .where('logIndex', '>=', start)
        .where('logIndex', '<', Math.min(start + PAGE, head.logSize))
        .orderBy('logIndex')
        .execute();
      if (rows.length === 0) throw fault(`第 ${start} 条日志缺失`);
      for (const { logIndex, body } of rows) {
        const index = from + leaves.length;
        if (logIndex !== index) throw fault(`第 ${index} 条日志缺失`);
        const leaf = leafHash(body);
        frontier = appendLeaf(frontier, index, leaf);
        leaves.push(leaf);
      }
    }
    if (frontierToText(frontier) !== head.logFrontier) {
      throw fault('日志与库外检查点不是同一份历史（日志被改写，或恢复的备份之后又有新的记录）');
    }
    return leaves;
  }

  /** One signature of a book at a time in this process. */
  #inTurn<T>(bookId: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(bookId) ?? Promise.resolve()).then(work, work);
    this.#turns.set(
      bookId,
      turn.catch(() => {}),
    );
    return turn;
  }
}

async function headOf(db: Db, bookId: string): Promise<Head> {
  const head = await db
    .selectFrom('book')
    .select(['id', 'logSize', 'logFrontier'])
    .where('id', '=', bookId)
    .executeTakeFirst();
  if (!head)
    throw notExtended(`账套 ${bookId}：库外检查点记录了它，数据库里没有（恢复了旧备份，或换了数据库）`);
  return head;
}

const notExtended = (faults: string) =>
  new DomainError(
    'log_not_extended',
    `${faults}\n数据库与检查点文件不符，不予启动或签名。请恢复较新的备份；确需从现有数据继续时，用 funds checkpoint accept 说明原因后再启动（docs/evidence.zh-CN.md）`,
  );
