import type { KeyRing } from '../core/keys.js';
import { type JobRow, opened } from './job-row.js';
import type { JobSummary, JobView } from './jobs.schema.js';
import type { AnyJobKind } from './kind.js';
import type { LiveJob } from './live-job.js';

/** How long the file of a job is kept. */
export const FILE_HOURS = 24;

/** A job as it is shown; of one that runs in this process, what it last reported. */
export function summaryOf(
  keys: KeyRing,
  kind: AnyJobKind | null,
  row: JobRow,
  reported: LiveJob['progress'] = {},
): JobSummary {
  const progress = row.status === 'running' ? reported : {};
  const { id, bookId, title, status, createdAt, startedAt, finishedAt } = row;
  const file = opened(keys, row, 'file');
  return {
    id,
    kind: row.kind,
    label: kind?.label ?? row.kind,
    bookId,
    title,
    status,
    doneSteps: progress.doneSteps ?? row.doneSteps,
    totalSteps: progress.totalSteps ?? row.totalSteps,
    message: progress.message ?? opened(keys, row, 'message') ?? '',
    problem: opened(keys, row, 'problem'),
    file: file && {
      ...file,
      availableUntil: new Date(Date.parse(finishedAt as string) + FILE_HOURS * 3_600_000).toISOString(),
    },
    createdAt,
    startedAt,
    finishedAt,
  };
}

export const viewOf = (...given: Parameters<typeof summaryOf>): JobView => ({
  ...summaryOf(...given),
  result: opened(given[0], given[2], 'result') as JobView['result'],
});
