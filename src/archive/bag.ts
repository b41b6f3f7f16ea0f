import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { BagError } from './error.js';
import { BagPaths } from './paths.js';
import { type Bytes, bufferedBytes, send } from './streams.js';
import { type ZipLimits, ZipWriter } from './zip.js';

/** A file as it was written. */
export interface BagFile {
  /** Below the folder of the bag: `data/package.json`. */
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What bag-info.txt says (RFC 8493 §2.2.2). Line ends and runs of spaces in a value become one space. */
export interface BagInfo {
  readonly sourceOrganization: string;
  /** "YYYY-MM-DD". */
  readonly baggingDate: string;
  readonly softwareAgent: string;
  readonly externalDescription: string;
  readonly externalIdentifier: string;
}

/** How a bag is watched while it is written. */
export interface BagOptions {
  readonly zipLimits?: ZipLimits;
  /** Told before each file: how many were written, and which is next. */
  readonly onFile?: (written: number, path: string) => void;
  /** Awaited before each piece of some 64 KiB: lets others have their turn, or throws to give the bag up. */
  readonly onPiece?: () => Promise<void>;
}

export interface BagEnd {
  readonly info: BagInfo;
  /** The text of package.note for the hex SHA-256 of tagmanifest-sha256.txt. */
  readonly sign: (tagManifestSha256: string) => Promise<string>;
}

export interface BagSummary {
  /** Hex; what package.note signs. */
  readonly tagManifestSha256: string;
  readonly payload: { readonly files: number; readonly sizeBytes: number };
  /** Size of the archive. */
  readonly archiveBytes: number;
}

export interface Bag {
  /**
   * Writes one payload file; one at a time, in the order of the calls. The path starts with `data/`.
   * `sizeBytes` is the exact size; a stream of 4 GiB or more needs it, because its header comes first.
   * @throws BagError, or what the source or the output threw; the bag is lost then
   */
  addFile(
    path: string,
    source: Buffer | string | AsyncIterable<Uint8Array>,
    options?: { readonly sizeBytes?: number },
  ): Promise<BagFile>;
  /** Writes the tag files, package.note last, and ends the output; kept when the output has taken everything. */
  finish(end: BagEnd): Promise<BagSummary>;
  /** Gives the bag up and destroys the output. */
  fail(error: Error): void;
}

const DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/**
 * A BagIt 1.0 bag (RFC 8493) in one zip archive as docs/evidence-package.md §3 prescribes, written as it comes, in
 * constant memory but for about 1 kB a file. The first error of any kind destroys the output: an archive without
 * its end is not a zip, so a half one cannot be taken for a whole one. Whoever opened a file as output removes it.
 * @param folder the one folder at the top of the archive
 * @throws BagError `bag_path_refused` for the folder
 */
export function createBag(output: Writable, folder: string, options: BagOptions = {}): Bag {
  return new BagWriter(output, folder, new ZipWriter(options.zipLimits), options);
}

class BagWriter implements Bag {
  readonly #paths: BagPaths;
  readonly #payload: BagFile[] = [];
  #failure: Error | null = null;
  #isBusy = false;
  #isFinished = false;
  #files = 0;

  constructor(
    readonly output: Writable,
    readonly folder: string,
    readonly zip: ZipWriter,
    readonly options: BagOptions,
  ) {
    this.#paths = new BagPaths(folder);
    // Also between two writes, when nobody waits for the output.
    output.on('error', (error: Error) => this.fail(error));
    output.on('close', () => {
      if (!output.writableFinished)
        this.fail(new BagError('bag_output_closed', '接收方在打包完成之前关闭了连接'));
    });
  }

  addFile(path: string, source: Buffer | string | AsyncIterable<Uint8Array>, options = {}): Promise<BagFile> {
    return this.#exclusively(async () => {
      if (!path.startsWith('data/')) throw new BagError('bag_path_refused', `${path} 不在 data/ 之下`);
      const file = await this.#write(path, source, options);
      this.#payload.push(file);
      return file;
    });
  }

  finish({ info, sign }: BagEnd): Promise<BagSummary> {
    return this.#exclusively(async () => {
      const sizeBytes = this.#payload.reduce((sum, file) => sum + file.sizeBytes, 0);
      const bagInfo = await this.#write(
        'bag-info.txt',
        infoText(info, `${sizeBytes}.${this.#payload.length}`),
      );
      const declaration = await this.#write('bagit.txt', DECLARATION);
      const manifest = await this.#write('manifest-sha256.txt', manifestText(sorted(this.#payload)));
      const tagManifest = await this.#write(
        'tagmanifest-sha256.txt',
        manifestText([declaration, bagInfo, manifest]),
      );
      await this.#write('package.note', await sign(tagManifest.sha256));
      for (const piece of this.zip.end()) await send(this.output, piece);
      this.#isFinished = true;
      this.output.end();
      await finished(this.output, { readable: false });
      return {
        tagManifestSha256: tagManifest.sha256,
        payload: { files: this.#payload.length, sizeBytes },
        archiveBytes: this.zip.sizeBytes,
      };
    });
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.output.destroy(error);
  }

  /** Runs one call; when it fails, so does the bag, and every later call fails with the first error. */
  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (this.#failure) throw this.#failure;
      if (this.#isFinished) throw new BagError('bag_misused', '这个包已经写完');
      if (this.#isBusy) throw new BagError('bag_misused', '上一个文件还没有写完');
      this.#isBusy = true;
      return await work();
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
      throw this.#failure ?? error;
    } finally {
      this.#isBusy = false;
    }
  }

  async #write(
    path: string,
    source: Buffer | string | AsyncIterable<Uint8Array>,
    options: { readonly sizeBytes?: number } = {},
  ): Promise<BagFile> {
    this.#paths.add(path);
    this.options.onFile?.(this.#files++, path);
    const content = typeof source === 'string' ? Buffer.from(source) : source;
    const sizeOptions = content instanceof Uint8Array ? { sizeBytes: content.length } : options;
    const digest = createHash('sha256');
    let sizeBytes = 0;
    const hashed = async function* (pieces: Bytes) {
      for await (const piece of pieces) {
        digest.update(piece);
        sizeBytes += piece.length;
        yield piece;
      }
    };
    const pieces = hashed(bufferedBytes(content instanceof Uint8Array ? [content] : content));
    for await (const piece of this.zip.entry(`${this.folder}/${path}`, pieces, sizeOptions)) {
      await this.options.onPiece?.();
      await send(this.output, piece);
    }
    return { path, sha256: digest.digest('hex'), sizeBytes };
  }
}

/** By code units; the paths are ASCII. */
const sorted = (files: readonly BagFile[]): BagFile[] =>
  files.toSorted((left, right) => (left.path < right.path ? -1 : 1));

/** RFC 8493 §2.1.3: checksum, white space, path. The form is also that of `sha256sum -c`. */
const manifestText = (files: readonly BagFile[]): string =>
  files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');

function infoText(info: BagInfo, payloadOxum: string): string {
  const values: readonly (readonly [label: string, value: string])[] = [
    ['Source-Organization', info.sourceOrganization],
    ['Bagging-Date', info.baggingDate],
    ['Bag-Software-Agent', info.softwareAgent],
    ['External-Description', info.externalDescription],
    ['External-Identifier', info.externalIdentifier],
    ['Payload-Oxum', payloadOxum],
  ];
  return values
    .map(([label, value]) => `${label}: ${value.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()}\n`)
    .join('');
}
