import { parentPort, workerData } from 'node:worker_threads';
import { verifyPackage } from '../../src/verifier/verify.mjs';

/**
 * Flips one bit of every position of its share, verifies, and tells the positions that went unnoticed. Most runs stop
 * at the first mismatch; every `wholeEvery`-th runs to its end, and there nothing may be thrown.
 */
const { zip, first, step, wholeEvery } = workerData;
const bytes = new Uint8Array(zip);
const reader = {
  size: bytes.length,
  read: async (offset, length) => bytes.slice(offset, offset + length),
};

const missed = [];
let count = 0;
for (let at = first; at < bytes.length; at += step) {
  const kept = bytes[at];
  bytes[at] ^= 1 << (at % 8);
  const { failed } = await verifyPackage(reader, { stopAtFirstFault: at % wholeEvery !== 0 });
  if (failed === 0) missed.push(at);
  bytes[at] = kept;
  count += 1;
}
parentPort.postMessage({ count, missed });
