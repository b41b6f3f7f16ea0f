import type { Store } from '../db/store.js';
import type { Checkpoints } from './checkpoints.service.js';
import { recordLowerDaily } from './lower-checkpoints.service.js';

/** How often it is looked whether upper books have something to record of the books below them. */
const LOOK_BELOW_MS = 3_600_000;

/**
 * Every so many seconds, a checkpoint of each book whose log has grown, until it is stopped; once a day, upper books
 * record the checkpoints of the books below them. A log that does not extend
 * what is known outside is not signed; `onFault` hears of it every time, and `checkpoints.fault` says so to health.
 * @returns what signs the rest and ends it
 */
export function keepCheckpoints(
  store: Store,
  checkpoints: Checkpoints,
  options: { readonly everyMs: number; readonly now: () => Date; readonly onFault: (error: unknown) => void },
): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let recordedAtMs = Number.NEGATIVE_INFINITY;
  const round = async () => {
    try {
      await signGrown(store, checkpoints, options.now());
      if (performance.now() - recordedAtMs > LOOK_BELOW_MS) {
        await recordLowerDaily(store, options.now());
        recordedAtMs = performance.now();
      }
      checkpoints.fault = null;
    } catch (error) {
      checkpoints.fault = (error as Error).message;
      options.onFault(error);
    }
  };
  const timer = setInterval(() => {
    running = running.then(round);
  }, options.everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    running = running.then(round);
    await running;
  };
}

/** One round: every book that grew, in order; the first that cannot be signed ends it after the others had their turn. */
export async function signGrown(store: Store, checkpoints: Checkpoints, now: Date): Promise<number> {
  const books = await store.read.selectFrom('book').select(['id', 'logSize']).orderBy('id').execute();
  const faults: unknown[] = [];
  let signed = 0;
  for (const { id, logSize } of books) {
    if (logSize === 0 || checkpoints.known(id)?.size === logSize) continue;
    try {
      await checkpoints.sign(id, now);
      signed += 1;
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return signed;
}
