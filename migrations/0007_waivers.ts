import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/** Exceptions from clauses (例外批准), and the claims and contracts that they were applied to. */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'waiver',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "clause" TEXT not null,
       "fundId" TEXT references "fund"("id"),
       "subjectType" TEXT check ("subjectType" in ('claim', 'contract')),
       "subjectId" TEXT,
       "limitFen" FEN check ("limitFen" > 0),
       "reason" TEXT not null,
       "evidence" TEXT not null,
       "fromDate" TEXT not null,
       "untilDate" TEXT not null,
       "status" TEXT not null check ("status" in ('requested', 'approved', 'rejected', 'revoked')),
       "requestedBy" TEXT not null,
       "requestedAt" TEXT not null,
       "documentNo" TEXT,
       "decidedBy" TEXT,
       "decidedAt" TEXT,
       "decisionReason" TEXT,
       "revokedBy" TEXT,
       "revokedAt" TEXT,
       "revokedReason" TEXT,
       "version" INTEGER not null,
       constraint "waiver_is_for_something" check ("fundId" is not null or "subjectId" is not null),
       constraint "waiver_subject_has_type" check (("subjectType" is null) = ("subjectId" is null)),
       constraint "waiver_by_two" check ("status" not in ('approved', 'revoked') or "decidedBy" <> "requestedBy")`,
    ),
    `create index "waiver_list" on "waiver"("bookId", "id")`,
    table(
      engine,
      'waiverUse',
      `"waiverId" TEXT not null references "waiver"("id"),
       "subjectId" TEXT not null,
       "subjectType" TEXT not null check ("subjectType" in ('claim', 'contract')),
       "bookId" TEXT not null references "book"("id"),
       "appliedBy" TEXT not null,
       "appliedAt" TEXT not null,
       primary key ("waiverId", "subjectId")`,
    ),
    `create index "waiverUse_subject" on "waiverUse"("subjectId")`,
  ];
}
