import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/**
 * Long work that runs beside the requests. No evidence: what a job does is told by its own log entries, so its row carries
 * a seal instead. What it was given and what came of it are encrypted under the key of the job.
 */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'job',
      `"id" TEXT primary key,
       "kind" TEXT not null,
       "bookId" TEXT references "book"("id"),
       "personId" TEXT not null references "person"("id"),
       "requestKey" TEXT,
       "requestHash" TEXT,
       "title" TEXT not null,
       "status" TEXT not null check ("status" in ('queued', 'running', 'done', 'failed', 'cancelled', 'interrupted')),
       "doneSteps" INTEGER not null check ("doneSteps" >= 0),
       "totalSteps" INTEGER check ("totalSteps" >= 0),
       "message" TEXT not null,
       "input" TEXT not null,
       "result" TEXT,
       "problem" TEXT,
       "file" TEXT,
       "wrappedKey" TEXT not null,
       "createdAt" TEXT not null,
       "startedAt" TEXT,
       "finishedAt" TEXT,
       "heartbeatAt" TEXT not null,
       "ownerId" TEXT not null,
       "seal" TEXT not null`,
    ),
    `create unique index "job_request" on "job"("personId", "requestKey")`,
    `create index "job_book" on "job"("bookId", "kind", "finishedAt")`,
    `create index "job_status" on "job"("status")`,
  ];
}
