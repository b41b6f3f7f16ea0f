import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/**
 * Claims that are still being filled in (暂存). No evidence: only their maker sees them, and no log tells them; the
 * content is encrypted under a key of the row itself, so that with the row everything is gone.
 */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'unfinishedClaim',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "personId" TEXT not null references "person"("id"),
       "claimId" TEXT references "claim"("id"),
       "wrappedKey" TEXT not null,
       "content" TEXT not null,
       "createdAt" TEXT not null,
       "updatedAt" TEXT not null,
       "version" INTEGER not null,
       "seal" TEXT not null`,
    ),
    `create index "unfinishedClaim_person" on "unfinishedClaim"("personId", "bookId")`,
    `create index "unfinishedClaim_updated" on "unfinishedClaim"("updatedAt")`,
  ];
}
