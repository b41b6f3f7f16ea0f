import type { Engine } from '../src/db/store.js';
import { table } from './dialect.js';

/** Duties done that nothing else in the book shows: recorded once, withdrawn with a reason, never edited. */
export function statements(engine: Engine): string[] {
  return [
    table(
      engine,
      'procedureRecord',
      `"id" TEXT primary key,
       "bookId" TEXT not null references "book"("id"),
       "kind" TEXT not null,
       "year" INTEGER not null,
       "fundId" TEXT references "fund"("id"),
       "contractId" TEXT references "contract"("id"),
       "date" TEXT not null,
       "documentNo" TEXT,
       "attachments" TEXT not null,
       "title" TEXT not null,
       "note" TEXT,
       "recordedBy" TEXT not null,
       "recordedAt" TEXT not null,
       "withdrawnBy" TEXT,
       "withdrawnAt" TEXT,
       "withdrawnReason" TEXT,
       constraint "procedureRecord_shows_something" check ("documentNo" is not null or "attachments" <> '[]'),
       constraint "procedureRecord_of_one" check ("fundId" is null or "contractId" is null),
       constraint "procedureRecord_withdrawn_whole" check (
         ("withdrawnBy" is null) = ("withdrawnAt" is null)
         and ("withdrawnBy" is null) = ("withdrawnReason" is null))`,
    ),
    `create index "procedureRecord_kind" on "procedureRecord"("bookId", "kind", "year")`,
    `create index "procedureRecord_list" on "procedureRecord"("bookId", "id")`,
    `create index "procedureRecord_fund" on "procedureRecord"("fundId") where "fundId" is not null`,
    `create index "procedureRecord_contract" on "procedureRecord"("contractId") where "contractId" is not null`,
    // The year's payments, whose hands are compared.
    `create index "payment_year" on "payment"("bookId", "effectiveDate")`,
  ];
}
