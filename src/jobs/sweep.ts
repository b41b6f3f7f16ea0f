import type { Store } from '../db/store.js';
import type { JobFiles } from './job-files.js';
import {
  changed,
  endedBefore,
  findJob,
  isEnded,
  removeJob,
  saveEnded,
  saveLive,
  silentSince,
  withFileEndedBefore,
} from './job-row.js';
import { FILE_HOURS } from './jobs.views.js';
import { VERIFY_BOOK } from './kinds/verify-book.js';

/** A process that has said nothing for so long is dead. */
const DEAD_MS = 60_000;
const HOUR_MS = 3_600_000;
/** How long ended jobs are listed; verifications that were done stay on record. */
const KEPT_DAYS = 30;

const DIED = '服务中途重新启动，任务没有完成，未留下文件。请重新发起';

/** Interrupts the jobs of dead processes; removes files after a day, what they left half, and old jobs. */
export async function sweep(store: Store, files: JobFiles, now: Date): Promise<void> {
  const before = (ms: number) => new Date(now.getTime() - ms).toISOString();
  const at = now.toISOString();
  for (const row of await silentSince(store.read, before(DEAD_MS))) {
    const end = { status: 'interrupted', message: DIED, finishedAt: at } as const;
    if (await saveLive(store, changed(store.keys, row, end))) await files.remove(row.id);
  }
  for (const row of await withFileEndedBefore(store.read, before(FILE_HOURS * HOUR_MS))) {
    await files.remove(row.id);
    await saveEnded(store, changed(store.keys, row, { file: null }));
  }
  for (const { id } of await endedBefore(store.read, before(KEPT_DAYS * 24 * HOUR_MS), VERIFY_BOOK))
    await removeJob(store, id);
  // What is young may be another process's that has not said so yet.
  for (const id of await files.olderThan(new Date(Date.now() - FILE_HOURS * HOUR_MS))) {
    const row = await findJob(store, id);
    if (!row || (isEnded(row) && row.file === null)) await files.remove(id);
  }
}
