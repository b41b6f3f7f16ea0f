import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError } from '../core/errors.js';

/** What is known outside the database of a book: its newest checkpoint, and the frontier that the log must extend. */
export interface KnownHead {
  readonly bookId: string;
  readonly size: number;
  /** The compact tree of the first `size` entries (`core/merkle.ts`). */
  readonly frontier: string;
  /** The signed note; null where a recovery accepted a head that was never signed. */
  readonly note: string | null;
}

const line = z.strictObject({
  bookId: z.string(),
  size: z.number().int().min(0),
  frontier: z.string(),
  note: z.string().nullable(),
  /** Only of a recovery: why the log may begin anew from here, and when that was decided. */
  recovery: z.strictObject({ reason: z.string(), at: z.string() }).optional(),
});
type Line = z.infer<typeof line>;

/**
 * An append-only file beside the database, one JSON object a line: every checkpoint that was signed, in order. It is
 * what a restored backup, a cut or a rewritten log is held against, so it belongs on another disk than the database, and
 * must not be restored together with it.
 */
export class OutsideFile {
  readonly #heads = new Map<string, KnownHead>();
  /** Bytes of whole lines, when a crash left part of one behind them. */
  #wholeBytes: number | null = null;

  private constructor(private readonly file: string) {}

  /**
   * Reads what is known. A last line without its end was cut off by a crash before anybody was told of it; the next
   * line takes its place.
   * @throws DomainError `checkpoints_file_damaged`
   */
  static open(file: string): OutsideFile {
    const outside = new OutsideFile(file);
    let text = '';
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) outside.#wholeBytes = Buffer.byteLength(whole);
    for (const [index, each] of whole.split('\n').slice(0, -1).entries())
      outside.#remember(read(file, index, each));
    return outside;
  }

  /** The newest known head of a book; null for one that was never signed. */
  head(bookId: string): KnownHead | null {
    return this.#heads.get(bookId) ?? null;
  }

  get heads(): readonly KnownHead[] {
    return [...this.#heads.values()];
  }

  /** Every head of a book since it was last taken up anew, oldest first, read from the file again. */
  headsOf(bookId: string): readonly KnownHead[] {
    if (!this.#heads.has(bookId)) return [];
    const lines = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    const own = lines
      .map((text, index) => read(this.file, index, text))
      .filter((each) => each.bookId === bookId);
    return own.slice(own.findLastIndex((each) => each.recovery !== undefined) + 1);
  }

  /** Adds a head; it is on disk when this returns. */
  append(head: KnownHead, recovery?: Line['recovery']): void {
    mkdirSync(dirname(this.file), { recursive: true });
    if (this.#wholeBytes !== null) truncateSync(this.file, this.#wholeBytes);
    this.#wholeBytes = null;
    const handle = openSync(this.file, 'a', 0o640);
    try {
      writeSync(handle, `${canonicalJson({ ...head, ...(recovery ? { recovery } : {}) })}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    this.#remember(head);
  }

  #remember({ bookId, size, frontier, note }: KnownHead): void {
    this.#heads.set(bookId, { bookId, size, frontier, note });
  }
}

function read(file: string, index: number, text: string): Line {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    throw new DomainError(
      'checkpoints_file_damaged',
      `检查点文件 ${file} 第 ${index + 1} 行已损坏。请从它自己的备份恢复；不要用数据库备份中的旧文件替换`,
    );
  }
}
