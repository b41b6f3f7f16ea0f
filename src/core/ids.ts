import { createHash, randomBytes } from 'node:crypto';
import { v7 } from 'uuid';

let pool = randomBytes(0);
let lastMs = 0;
let seq = 0;

/**
 * A new identifier: UUIDv7, ascending within a process even when made in the same millisecond, so that ids sort
 * by time and indexes stay compact. Random bits are drawn in bulk, because drawing is what costs.
 */
export function newId(): string {
  if (pool.length < 16) pool = randomBytes(4096);
  const random = pool.subarray(0, 16);
  pool = pool.subarray(16);
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
