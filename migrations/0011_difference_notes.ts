import type { Engine } from '../src/db/store.js';
import { appendOnly, table } from './dialect.js';

/** Who resolves a difference with the upper level, why it is there, and by when: said anew, never edited. */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'differenceNote',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "differenceKey" TEXT not null,
       "ownerId" TEXT references "person"("id"),
       "text" TEXT,
       "expectedDate" TEXT,
       "recordedBy" TEXT not null references "person"("id"),
       "recordedAt" TEXT not null,
       "logIndex" INTEGER not null,
       constraint "differenceNote_says_something"
         check ("ownerId" is not null or "text" is not null or "expectedDate" is not null)`,
    ),
    ...appendOnly(engine, 'differenceNote', ['id']),
    `create index "differenceNote_list" on "differenceNote"("bookId", "id")`,
    // What a book took in, and its payments in the order of recording.
    `create index "intake_book" on "intake"("bookId", "effectiveDate")`,
    `create index "payment_list" on "payment"("bookId", "id")`,
  ];
}
