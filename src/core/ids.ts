import { createHash, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

let pool = randomBytes(0);
let lastMs = 0;
let seq = 0;

/** A few random bytes, cut from a larger draw, because drawing is what costs. They are used once and never again. */
export function drawBytes(count: number): Buffer {
  if (pool.length < count) pool = randomBytes(4096);
  const drawn = pool.subarray(0, count);
  pool = pool.subarray(count);
  return drawn;
}

/**
 * A new identifier: UUIDv7, ascending within a process even when made in the same millisecond, so that ids sort
 * by time and indexes stay compact.
 */
export function newId(): string {
  const random = drawBytes(16);
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    seq = random.readUInt16BE(0);
  } else seq += 1;
  return v7({ random, msecs: lastMs, seq });
}

/** A secret for a cookie, a token or a link: 256 random bits. Only its hash is stored. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const sha256Hex = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');
