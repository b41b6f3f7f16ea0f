/** What reports walk by: the entries of a book in order of business date. */
export function statements(): string[] {
  return [`create index "ledgerEntry_date" on "ledgerEntry"("bookId", "effectiveDate", "logIndex", "id")`];
}
