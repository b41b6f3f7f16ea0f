import { crc32, inflateRawSync } from 'node:zlib';
import { DomainError } from './errors.js';

/*
 * Reads archives that people hand in (XLSX, OFD), never those of the evidence package. Nothing is believed that the
 * archive says of itself: what an entry may come to is bounded before it is inflated, and its length and CRC are checked
 * after. APPNOTE.TXT 6.3.10, §4.3.7 (local header), §4.3.12 (central directory), §4.3.16 (end record).
 */

export interface ArchiveLimits {
  readonly entries: number;
  /** What all entries read may come to together. Unit: bytes */
  readonly sizeBytes: number;
}

interface Entry {
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const ONES_16 = 0xffff;
const ONES_32 = 0xffffffff;

const unreadable = (why: string) => new DomainError('archive_unreadable', `文件打不开：${why}`);

export class Archive {
  readonly #bytes: Buffer;
  readonly #entries: ReadonlyMap<string, Entry>;
  #leftBytes: number;

  /** @throws DomainError `archive_unreadable` */
  constructor(bytes: Buffer, limits: ArchiveLimits) {
    this.#bytes = bytes;
    this.#leftBytes = limits.sizeBytes;
    try {
      this.#entries = directoryOf(bytes, limits.entries);
    } catch (error) {
      // A place outside of the file.
      if (error instanceof RangeError) throw unreadable('压缩包不完整');
      throw error;
    }
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** The content of an entry; null when there is none of this name. @throws DomainError `archive_unreadable` */
  read(name: string): Buffer | null {
    const entry = this.#entries.get(name);
    if (!entry) return null;
    if (entry.sizeBytes > this.#leftBytes) throw unreadable('解压后的内容过大');
    this.#leftBytes -= entry.sizeBytes;
    const content = this.#content(entry);
    if (content.length !== entry.sizeBytes || crc32(content) !== entry.crc)
      throw unreadable('内容与校验值不符');
    return content;
  }

  #content({ offset, method, packedBytes, sizeBytes }: Entry): Buffer {
    const bytes = this.#bytes;
    if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== LOCAL) throw unreadable('压缩包不完整');
    const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
    const packed = bytes.subarray(start, start + packedBytes);
    if (packed.length !== packedBytes) throw unreadable('压缩包不完整');
    if (method === 0) return packed;
    if (method !== 8) throw unreadable('使用了不支持的压缩方式');
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) });
    } catch {
      throw unreadable('压缩内容已损坏，或与其声明的大小不符');
    }
  }
}

function directoryOf(bytes: Buffer, maxEntries: number): Map<string, Entry> {
  const end = endOf(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const offset = bytes.readUInt32LE(end + 16);
  if (count === ONES_16 || offset === ONES_32) throw unreadable('使用了 ZIP64 格式');
  if (count > maxEntries) throw unreadable('压缩包内文件过多');
  const entries = new Map<string, Entry>();
  const seen = new Set<string>();
  let at = offset;
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== CENTRAL) throw unreadable('压缩包目录已损坏');
    if (bytes.readUInt16LE(at + 8) & 1) throw unreadable('文件设有密码，请先取消密码');
    const nameLength = bytes.readUInt16LE(at + 28);
    // Some writers put "\" or a leading "/".
    const name = bytes
      .toString('utf8', at + 46, at + 46 + nameLength)
      .replaceAll('\\', '/')
      .replace(/^\//, '');
    // Two programs could each read another one of two entries of a name.
    if (seen.has(name.toLowerCase())) throw unreadable('压缩包内有重名的文件');
    seen.add(name.toLowerCase());
    entries.set(name, {
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packedBytes: bytes.readUInt32LE(at + 20),
      sizeBytes: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** Where the end record is: the last one whose comment reaches to the end of the file. */
function endOf(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - MAX_COMMENT);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1)
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length)
      return at;
  throw unreadable('不是完整的压缩包');
}
