import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/** Queries of lists that a person kept under a name. A convenience of theirs alone: no evidence, encrypted with a key each. */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'savedFilter',
      `"id" TEXT primary key,
       "personId" TEXT not null references "person"("id"),
       "wrappedKey" TEXT not null,
       "content" TEXT not null,
       "createdAt" TEXT not null,
       "seal" TEXT not null`,
    ),
    `create index "savedFilter_person" on "savedFilter"("personId")`,
  ];
}
