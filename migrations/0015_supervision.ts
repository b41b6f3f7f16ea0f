/** What an overview across books counts and joins by, without reading a log or a table from end to end. */
export function statements(): string[] {
  return [
    // Blocked and reviewed decisions of a year; the many that passed stay out of it and cost a command nothing.
    `create index "logEntry_adverse" on "logEntry"("bookId", "outcome", "recordedAt", "action", "subjectId")
       where "outcome" <> 'allow'`,
    `create index "intake_fund" on "intake"("fundId")`,
    `create index "spendingLine_fund" on "spendingLine"("fundId")`,
  ];
}
