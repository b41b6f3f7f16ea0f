/** Columns that most rows leave empty for most of their life are indexed where they are not: a write pays for no empty entry. */
export function statements(): string[] {
  return [
    ...['reviewerId', 'approverId', 'outcome'].flatMap((column) => [
      `drop index "claim_${column}"`,
      `create index "claim_${column}" on "claim"("bookId", "${column}") where "${column}" is not null`,
    ]),
    `drop index "logEntry_outcome"`,
    `create index "logEntry_outcome" on "logEntry"("bookId", "outcome", "logIndex") where "outcome" is not null`,
  ];
}
