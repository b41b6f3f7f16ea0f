import { crc32, createDeflateRaw } from 'node:zlib';
import { BagError } from './error.js';
import { type Bytes, bufferedBytes, PIECE, through } from './streams.js';

/*
 * A zip writer of its own, because the bytes of the archive are part of what is verified: docs/evidence-package.md §3
 * allows exactly one structure, and each library writes another one. yazl 3.3 leaves the ZIP64 field out of the local
 * header of a long streamed entry, so a reader of the stream cannot know the width of its data descriptor, and its
 * "made by" is 6.3; zip.js 2.24 says version 10 for a stored entry; fflate 0.8 writes no ZIP64.
 *
 * Structure: APPNOTE.TXT 6.3.10, §4.3.6 (order), §4.3.7 local header, §4.3.9 data descriptor, §4.3.12 central directory,
 * §4.3.14–4.3.16 end records, §4.5.3 ZIP64 field. All numbers are little-endian.
 */

const ONES_16 = 0xffff;
const ONES_32 = 0xffffffff;
const VERSION = 20;
const VERSION_LONG = 45;
/** Made by: Unix, APPNOTE 4.5; the attributes are then those of a plain file, rw-r--r--. */
const MADE_BY = 0x0300 | VERSION_LONG;
const ATTRIBUTES = 0x81a40000;
/** Bit 3: CRC and sizes follow the content; bit 11: names are UTF-8. */
const FLAGS = 0x0808;
const TIME = 0x0000;
/** 1980-01-01, the first day that the format can say. */
const DATE = 0x0021;

interface Entry {
  /** Not its bytes: a small Buffer would keep alive the 8 KiB slab that it was cut from. */
  readonly path: string;
  readonly method: 0 | 8;
  /** Whether its own sizes are written with 8 bytes. */
  readonly isLong: boolean;
  /** Where its local header starts, in bytes from the start of the archive. */
  readonly offset: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

export interface ZipEntryOptions {
  /** The exact number of bytes that the source has, when it is known. Needed for 4 GiB and more. */
  readonly sizeBytes?: number;
  /** Deflated instead of stored. */
  readonly isDeflated?: boolean;
}

/** From where on ZIP64 is used; tests lower them. */
export interface ZipLimits {
  /** Sizes and offsets in bytes. */
  readonly long?: number;
  /** Number of entries. */
  readonly many?: number;
}

/**
 * Writes one archive: `yield*` of the entries one after the other, then of `end()`. It holds one piece of content and
 * about 200 bytes for each entry written.
 */
export class ZipWriter {
  readonly #entries: Entry[] = [];
  readonly #long: number;
  readonly #many: number;
  #offset = 0;

  constructor(limits: ZipLimits = {}) {
    this.#long = limits.long ?? ONES_32;
    this.#many = limits.many ?? ONES_16;
  }

  /** Bytes handed out so far. */
  get sizeBytes(): number {
    return this.#offset;
  }

  /**
   * One file: local header, content, data descriptor.
   * @throws BagError `bag_size_unexpected`
   */
  async *entry(path: string, source: Bytes, options: ZipEntryOptions = {}): AsyncGenerator<Uint8Array> {
    const offset = this.#offset;
    const { sizeBytes } = options;
    const method = options.isDeflated ? 8 : 0;
    const isLong = sizeBytes !== undefined && sizeBytes >= this.#long;
    yield this.#counted(localHeader({ path, method, isLong }));

    const read = { crc: 0, sizeBytes: 0 };
    const limit = sizeBytes ?? this.#long - 1;
    const measured = measure(bufferedBytes(source), read, limit, path);
    const contentAt = this.#offset;
    const packed = options.isDeflated
      ? through(measured, createDeflateRaw({ level: 6, chunkSize: PIECE }))
      : measured;
    for await (const piece of packed) yield this.#counted(piece);
    if (sizeBytes !== undefined && read.sizeBytes !== sizeBytes)
      throw new BagError(
        'bag_size_unexpected',
        `${path} 应有 ${sizeBytes} 字节，只读到 ${read.sizeBytes} 字节`,
      );

    const entry = { path, method, isLong, offset, packedBytes: this.#offset - contentAt, ...read } as const;
    if (!isLong && entry.packedBytes >= this.#long)
      throw new BagError('bag_size_unexpected', `${path} 压缩后达到 4 GiB`);
    yield this.#counted(dataDescriptor(entry));
    this.#entries.push(entry);
  }

  /** The central directory and what ends the archive. */
  *end(): Generator<Uint8Array> {
    const directoryAt = this.#offset;
    for (const entry of this.#entries) yield this.#counted(directoryHeader(entry, this.#long));
    yield this.#counted(this.#endRecords(directoryAt));
  }

  #counted(piece: Uint8Array): Uint8Array {
    this.#offset += piece.length;
    return piece;
  }

  /** A value that does not fit is all ones in the old record and stands in the ZIP64 record (APPNOTE §4.4.1.4). */
  #endRecords(directoryAt: number): Buffer {
    const endAt = this.#offset;
    const directoryBytes = endAt - directoryAt;
    const count = this.#entries.length;
    const isMany = count >= this.#many;
    const isLongDirectory = directoryBytes >= this.#long;
    const isFarDirectory = directoryAt >= this.#long;
    const countHeld = isMany ? ONES_16 : count;
    const record = numbers(
      [4, 0x06054b50],
      [2, 0], // this disk
      [2, 0], // disk of the directory
      [2, countHeld],
      [2, countHeld],
      [4, isLongDirectory ? ONES_32 : directoryBytes],
      [4, isFarDirectory ? ONES_32 : directoryAt],
      [2, 0], // comment
    );
    if (!isMany && !isLongDirectory && !isFarDirectory) return record;
    const longRecord = numbers(
      [4, 0x06064b50],
      [8, 44], // what follows of this record
      [2, MADE_BY],
      [2, VERSION_LONG],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, directoryBytes],
      [8, directoryAt],
    );
    const locator = numbers([4, 0x07064b50], [4, 0], [8, endAt], [4, 1]);
    return Buffer.concat([longRecord, locator, record]);
  }
}

/** Passes pieces on while it adds up CRC-32 and size; stops as soon as there are more than `limit` bytes. */
async function* measure(
  source: AsyncIterable<Uint8Array>,
  read: { crc: number; sizeBytes: number },
  limit: number,
  path: string,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    read.sizeBytes += piece.length;
    if (read.sizeBytes > limit)
      throw new BagError(
        'bag_size_unexpected',
        `${path} 超过 ${limit} 字节：4 GiB 及以上的文件须事先给出准确的长度`,
      );
    read.crc = crc32(piece, read.crc);
    yield piece;
  }
}

/** CRC and sizes are not known yet: zero, or all ones where the ZIP64 field (then itself zero) stands for them. */
function localHeader({ path, method, isLong }: Pick<Entry, 'path' | 'method' | 'isLong'>): Buffer {
  const name = Buffer.from(path);
  const size = isLong ? ONES_32 : 0;
  const extra = isLong ? longField([0, 0]) : Buffer.alloc(0);
  const head = numbers(
    [4, 0x04034b50],
    [2, isLong ? VERSION_LONG : VERSION],
    [2, FLAGS],
    [2, method],
    [2, TIME],
    [2, DATE],
    [4, 0], // CRC-32
    [4, size],
    [4, size],
    [2, name.length],
    [2, extra.length],
  );
  return Buffer.concat([head, name, extra]);
}

const dataDescriptor = ({ isLong, crc, packedBytes, sizeBytes }: Entry): Buffer =>
  numbers([4, 0x08074b50], [4, crc], [isLong ? 8 : 4, packedBytes], [isLong ? 8 : 4, sizeBytes]);

function directoryHeader(entry: Entry, long: number): Buffer {
  const { path, method, isLong, offset, crc, packedBytes, sizeBytes } = entry;
  const name = Buffer.from(path);
  const isFar = offset >= long;
  // The order is fixed, and only what is all ones above may be in it (APPNOTE §4.5.3).
  const longValues = [...(isLong ? [sizeBytes, packedBytes] : []), ...(isFar ? [offset] : [])];
  const extra = longValues.length > 0 ? longField(longValues) : Buffer.alloc(0);
  const head = numbers(
    [4, 0x02014b50],
    [2, MADE_BY],
    [2, longValues.length > 0 ? VERSION_LONG : VERSION],
    [2, FLAGS],
    [2, method],
    [2, TIME],
    [2, DATE],
    [4, crc],
    [4, isLong ? ONES_32 : packedBytes],
    [4, isLong ? ONES_32 : sizeBytes],
    [2, name.length],
    [2, extra.length],
    [2, 0], // comment
    [2, 0], // disk
    [2, 0], // internal attributes
    [4, ATTRIBUTES],
    [4, isFar ? ONES_32 : offset],
  );
  return Buffer.concat([head, name, extra]);
}

const longField = (values: readonly number[]): Buffer =>
  numbers([2, 0x0001], [2, 8 * values.length], ...values.map((value) => [8, value] as const));

/** Numbers, each with its width in bytes. */
function numbers(...fields: readonly (readonly [width: 2 | 4 | 8, value: number])[]): Buffer {
  const bytes = Buffer.alloc(fields.reduce((length, [width]) => length + width, 0));
  let at = 0;
  for (const [width, value] of fields) {
    if (width === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else bytes.writeUIntLE(value, at, width);
    at += width;
  }
  return bytes;
}
