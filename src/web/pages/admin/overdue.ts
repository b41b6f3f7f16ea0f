import type { CheckpointLag } from '../../../evidence/index.js';

/** A book is signed every period of seconds; this many without a checkpoint is overdue. */
export const OVERDUE_TIMES = 30;

/** Books whose oldest entry without a checkpoint is older than `OVERDUE_TIMES` periods of `everySeconds`. */
export const overdueOf = (
  lags: readonly CheckpointLag[],
  now: string,
  everySeconds: number,
): CheckpointLag[] =>
  lags.filter(
    ({ unsignedSince }) =>
      unsignedSince !== null &&
      Date.parse(now) - Date.parse(unsignedSince) > OVERDUE_TIMES * everySeconds * 1000,
  );
