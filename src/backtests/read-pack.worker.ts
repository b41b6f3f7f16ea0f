import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '../core/errors.js';
import { parsePack } from '../policy/index.js';

/** Reads one pack beside the service: it answers with the pack, or with the faults that were found. */
const { file, text } = workerData as { file: string; text: string };
try {
  parentPort?.postMessage({ pack: parsePack(file, Buffer.from(text, 'utf8')) });
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  parentPort?.postMessage({ message: error.message, details: error.options.details });
}
