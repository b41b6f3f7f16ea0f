import type { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { BagError } from './error.js';

/** What may be read piece by piece, once. A piece must not be changed after it was handed out. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
export type Text = AsyncIterable<string> | Iterable<string>;

/** Size of the pieces in bytes: large enough that the cost of a piece does not matter, small against the memory. */
export const PIECE = 65_536;

/** The same bytes in pieces of at least `size`, but for the last: many small pieces then cost no more than a few. */
export async function* bufferedBytes(source: Bytes, size = PIECE): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source) {
    if (piece.length === 0) continue;
    kept.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield kept.length === 1 ? piece : Buffer.concat(kept, length);
    kept = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(kept, length);
}

/** The text as UTF-8 in pieces of about `size` bytes. No piece of the source may end within a surrogate pair. */
export async function* bufferedText(source: Text, size = PIECE): AsyncGenerator<Uint8Array> {
  let kept = '';
  for await (const piece of source) {
    kept += piece;
    if (kept.length < size) continue;
    yield Buffer.from(kept);
    kept = '';
  }
  if (kept !== '') yield Buffer.from(kept);
}

/**
 * What a transform makes of a source. An error of the source is thrown here, and a reader that stops early ends the
 * source too; neither leaves anything open.
 */
export async function* through(source: Bytes, transform: Transform): AsyncGenerator<Uint8Array> {
  // The callback form: the error also destroys the transform, whose iterator then throws it.
  pipeline(source, transform, () => undefined);
  for await (const piece of transform) yield piece as Uint8Array;
}

async function* withLineEnds(lines: Text): AsyncGenerator<string> {
  for await (const line of lines) {
    if (line.includes('\n')) throw new BagError('bag_line_broken', '一条日志文本中含有换行');
    yield `${line}\n`;
  }
}

/**
 * Lines as gzip (RFC 1952), each ended by LF. The header is always the same: no time (MTIME 0), operating system
 * unknown (OS 255), no name. The rest is the same for the same lines and the same build of zlib.
 * @throws BagError `bag_line_broken`
 */
export async function* gzipLines(lines: Text): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of through(
    bufferedText(withLineEnds(lines)),
    createGzip({ level: 6, chunkSize: PIECE }),
  )) {
    if (isFirst) piece.set([0, 0, 0, 0, 0, 255], 4); // MTIME, XFL, OS
    isFirst = false;
    yield piece;
  }
}

/**
 * Writes with back-pressure: the promise is kept when the stream asks for more.
 * @throws the stream's error; BagError `bag_output_closed` when it was closed by the other side
 */
export async function send(output: Writable, piece: Uint8Array): Promise<void> {
  const closed = () => output.errored ?? new BagError('bag_output_closed', '接收方在打包完成之前关闭了连接');
  if (output.destroyed) throw closed();
  if (output.write(piece)) return;
  await new Promise<void>((resolve, reject) => {
    const settle = (settled: () => void) => () => {
      output.off('drain', onDrain).off('close', onClose).off('error', onClose);
      settled();
    };
    const onDrain = settle(resolve);
    const onClose = settle(() => reject(closed()));
    output.on('drain', onDrain).on('close', onClose).on('error', onClose);
  });
}
