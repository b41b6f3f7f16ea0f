import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { DomainError, notFound } from '../core/errors.js';
import type { KeyRing } from '../core/keys.js';
import { type JobFile, type JobRow, keyContext } from './job-row.js';

/** Bytes of content in one encrypted block; the last block has less, and may be empty. */
const BLOCK_BYTES = 65_536;
/** What AES-256-GCM adds to a block: nonce and tag. */
const ADDED_BYTES = 28;
const DRAFT = '.part';
/** What was sent with a job to be worked on. */
const SENT = '.sent';

type Owner = Pick<JobRow, 'id' | 'wrappedKey'>;

/** A block is bound to its job, its place and to being the last, so that none is swapped, left out or cut off. */
const blockContext = (id: string, what: What, index: number, isLast: boolean) =>
  `job ${id} ${what} ${index} ${isLast ? 'last' : 'more'}`;
type What = 'file' | 'sent';

const damaged = () => new DomainError('seal_broken', '任务文件缺失或已被改动，请重新发起任务');

/**
 * The files of jobs in one folder, each under its job's id, encrypted under the job's key: without the master key
 * nobody reads them, and when the row is gone, nobody at all.
 */
export class JobFiles {
  constructor(
    private readonly folder: string,
    private readonly keys: () => KeyRing,
  ) {}

  /** Begins a file; there is nothing under its name until `keep`. */
  async create(owner: Owner): Promise<SealedFile> {
    await mkdir(this.folder, { recursive: true, mode: 0o750 });
    return new SealedFile(this.keys(), owner, await open(this.#draft(owner.id), 'w', 0o600));
  }

  /** Takes over a file that was written to its end; it is on disk when this returns. */
  async keep(owner: Owner, file: SealedFile): Promise<Pick<JobFile, 'sizeBytes' | 'sha256'>> {
    if (!file.writableEnded) file.end();
    await finished(file);
    await rename(this.#draft(owner.id), this.#place(owner.id));
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
    return file.written;
  }

  /** Removes what there is of a job, whole or not. */
  async remove(id: string): Promise<void> {
    for (const path of [this.#draft(id), this.#place(id)]) await rm(path, { force: true });
    await this.removeSent(id);
  }

  /** Keeps the bytes that a job is asked for with; they need not outlast a crash, which ends the job. */
  async keepSent(owner: Owner, bytes: Buffer): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o750 });
    const file = new SealedFile(this.keys(), owner, await open(this.#sent(owner.id), 'w', 0o600), 'sent');
    file.end(bytes);
    await finished(file);
  }

  /** @throws DomainError `seal_broken`, also when they are gone */
  async readSent(owner: Owner): Promise<Buffer> {
    const handle = await open(this.#sent(owner.id), 'r').catch(() => null);
    if (!handle) throw damaged();
    const { size } = await handle.stat();
    const blocks = Math.floor(size / (BLOCK_BYTES + ADDED_BYTES)) + 1;
    return buffer(Readable.from(this.#blocks(owner, handle, blocks, 'sent')));
  }

  async removeSent(id: string): Promise<void> {
    await rm(this.#sent(id), { force: true });
  }

  /**
   * The content in clear, a block at a time.
   * @throws DomainError `not_found`, `seal_broken` (also while it is read)
   */
  async read(owner: Owner, { sizeBytes }: JobFile): Promise<Readable> {
    const handle = await open(this.#place(owner.id), 'r').catch(() => null);
    if (!handle) throw notFound('任务文件（保留 24 小时，取消后即删除）');
    const { size } = await handle.stat();
    const blocks = Math.floor(sizeBytes / BLOCK_BYTES) + 1;
    if (size === sizeBytes + blocks * ADDED_BYTES) return Readable.from(this.#blocks(owner, handle, blocks));
    await handle.close();
    throw damaged();
  }

  async *#blocks(
    { id, wrappedKey }: Owner,
    handle: FileHandle,
    blocks: number,
    what: What = 'file',
  ): AsyncGenerator<Buffer> {
    try {
      const length = BLOCK_BYTES + ADDED_BYTES;
      for (let index = 0; index < blocks; index += 1) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, index * length);
        const context = blockContext(id, what, index, index === blocks - 1);
        const plain = this.keys().decrypt(wrappedKey, keyContext(id), buffer.subarray(0, bytesRead), context);
        if (plain.length > 0) yield plain;
      }
    } finally {
      await handle.close();
    }
  }

  /** Ids of jobs of which something lies here that was last written before. */
  async olderThan(before: Date): Promise<string[]> {
    const names = await readdir(this.folder).catch(() => []);
    const old: string[] = [];
    for (const name of names) {
      const found = await stat(join(this.folder, name)).catch(() => null);
      if (found?.isFile() && found.mtime < before) old.push(name.replace(DRAFT, '').replace(SENT, ''));
    }
    return [...new Set(old)];
  }

  #place(id: string): string {
    return join(this.folder, id);
  }

  #sent(id: string): string {
    return `${this.#place(id)}${SENT}`;
  }

  #draft(id: string): string {
    return `${this.#place(id)}${DRAFT}`;
  }
}

/** Encrypts what is written to it, a block at a time. */
export class SealedFile extends Writable {
  readonly #digest = createHash('sha256');
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #sizeBytes = 0;
  #blocks = 0;
  #sha256 = '';

  constructor(
    private readonly keys: KeyRing,
    private readonly owner: Owner,
    private readonly handle: FileHandle,
    private readonly what: What = 'file',
  ) {
    super({ highWaterMark: 4 * BLOCK_BYTES });
  }

  /** Once it has ended. */
  get written(): Pick<JobFile, 'sizeBytes' | 'sha256'> {
    return { sizeBytes: this.#sizeBytes, sha256: this.#sha256 };
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#digest.update(chunk);
    this.#sizeBytes += chunk.length;
    this.#kept.push(chunk);
    this.#keptBytes += chunk.length;
    this.#flush(false).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#sha256 = this.#digest.digest('hex');
    this.#flush(true)
      .then(() => this.handle.sync())
      .then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.handle.close().then(
      () => callback(error),
      (fault: Error) => callback(error ?? fault),
    );
  }

  async #flush(isLast: boolean): Promise<void> {
    if (!isLast && this.#keptBytes < BLOCK_BYTES) return;
    const bytes = Buffer.concat(this.#kept);
    let start = 0;
    for (; bytes.length - start >= BLOCK_BYTES; start += BLOCK_BYTES)
      await this.#append(bytes.subarray(start, start + BLOCK_BYTES), false);
    if (isLast) await this.#append(bytes.subarray(start), true);
    this.#kept = [bytes.subarray(start)];
    this.#keptBytes = bytes.length - start;
  }

  async #append(plain: Buffer, isLast: boolean): Promise<void> {
    const { id, wrappedKey } = this.owner;
    const context = blockContext(id, this.what, this.#blocks, isLast);
    await this.handle.writeFile(this.keys.encrypt(wrappedKey, keyContext(id), plain, context));
    this.#blocks += 1;
  }
}
