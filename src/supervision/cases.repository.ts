import { sql } from 'kysely';
import { groupBy } from '../core/collections.js';
import { aside } from '../db/keyset.js';
import type { Db } from '../db/store.js';
import { type LogRange, newYear } from '../procedures/index.js';

/** What an entry of a case that the rules turned down has come to; a provider's report is kept with its `block`. */
export const REFUSED = ['refused:policy_blocked', 'refused:split_disagrees', 'block'] as const;
/** Where a case is judged for the first time; later stages judge the same case again. */
const FIRST_ACTIONS = ['claim.submit', 'contract.prepare', 'provider_report.create'] as const;
/** The very words of the index `logEntry_adverse`, without which SQLite would not use it. */
const ADVERSE = sql<boolean>`"logEntry"."outcome" <> 'allow'`;
const counted = sql<number>`cast(count(*) as integer)`;

export interface CaseCounts {
  readonly refused: number;
  readonly reviewed: number;
  readonly waived: number;
}

/** Per book: decisions of the year (China time) from the index alone; cases under exceptions, which are few. */
export async function caseCounts(
  db: Db,
  bookIds: readonly string[],
  year: number,
): Promise<(bookId: string) => CaseCounts> {
  if (bookIds.length === 0) return () => ({ refused: 0, reviewed: 0, waived: 0 });
  const adverse = db
    .selectFrom('logEntry')
    .select(['bookId', counted.as('n')])
    .where(ADVERSE)
    .where('bookId', 'in', bookIds)
    .where('recordedAt', '>=', newYear(year))
    .where('recordedAt', '<', newYear(year + 1))
    .groupBy('bookId');
  // One after another: for several at once SQLite would read every entry of the year instead of their index.
  const refused: { bookId: string; n: number }[] = [];
  for (const outcome of REFUSED) refused.push(...(await adverse.where('outcome', '=', outcome).execute()));
  const reviewed = await adverse
    .where('outcome', '=', 'review')
    .where('action', 'in', FIRST_ACTIONS)
    .execute();
  // Few, and counted here: grouped, SQLite would walk the log and look for the exceptions.
  const waived = await waivedCases(db, bookIds, year)
    .select(['waiverUse.bookId', 'waiverUse.subjectId'])
    .execute();
  const of = (rows: readonly { bookId: string; n: number }[]) =>
    added(rows.map((row) => [row.bookId, row.n]));
  const [refusals, reviews] = [of(refused), of(reviewed)];
  const waivers = casesBy(waived.map((row) => [row.bookId, row.subjectId]));
  return (bookId) => ({
    refused: refusals.get(bookId) ?? 0,
    reviewed: reviews.get(bookId) ?? 0,
    waived: waivers.get(bookId) ?? 0,
  });
}

/** How many different cases each has; one case may stand under several exceptions. */
function casesBy(uses: readonly (readonly [id: string, caseId: string])[]): ReadonlyMap<string, number> {
  const cases = groupBy(uses, ([id]) => id);
  return new Map([...cases].map(([id, own]) => [id, new Set(own.map(([, caseId]) => caseId)).size]));
}

function added(counts: readonly (readonly [id: string, n: number])[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [id, n] of counts) sums.set(id, (sums.get(id) ?? 0) + n);
  return sums;
}

/**
 * Uses of exceptions under which a case passed in the year, after the exception was applied to it. `range`: where in the
 * log of the one book the year is, if that is known: then nothing else of a case is read.
 */
export const waivedCases = (db: Db, bookIds: readonly string[], year: number, range?: LogRange) =>
  db
    .selectFrom('waiverUse')
    .innerJoin('waiver', 'waiver.id', 'waiverUse.waiverId')
    .where('waiver.bookId', 'in', bookIds)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('logEntry')
          .select('logIndex')
          .whereRef('logEntry.subjectId', '=', 'waiverUse.subjectId')
          .whereRef('logEntry.bookId', '=', 'waiverUse.bookId')
          // Aside, so that the few entries of the case are read and not all of the year.
          .where(aside.text('logEntry.recordedAt'), '>=', sql.ref<string>('waiverUse.appliedAt'))
          .where(aside.text('logEntry.outcome'), 'in', ['allow', 'review'])
          .where(aside.text('logEntry.recordedAt'), '>=', newYear(year))
          .where(aside.text('logEntry.recordedAt'), '<', newYear(year + 1))
          .$if(range !== undefined, (entries) =>
            entries
              .where('logEntry.logIndex', '>=', range?.first ?? 0)
              .where('logEntry.logIndex', '<', range?.end ?? 0),
          ),
      ),
    );

/** Of one book: how many claims of each unit were turned down, and passed under an exception, in the year. */
export async function claimCountsByUnit(db: Db, bookId: string, year: number) {
  const refused: [string, number][] = [];
  for (const outcome of REFUSED) {
    const rows = await db
      .selectFrom('logEntry')
      .innerJoin('claim', 'claim.id', 'logEntry.subjectId')
      .select(['claim.organisationId', counted.as('n')])
      .where(ADVERSE)
      .where('logEntry.bookId', '=', bookId)
      .where('logEntry.outcome', '=', outcome)
      .where('logEntry.recordedAt', '>=', newYear(year))
      .where('logEntry.recordedAt', '<', newYear(year + 1))
      .groupBy('claim.organisationId')
      .execute();
    refused.push(...rows.map((row) => [row.organisationId, row.n] as [string, number]));
  }
  const waived = await waivedCases(db, [bookId], year)
    .innerJoin('claim', 'claim.id', 'waiverUse.subjectId')
    .select(['claim.organisationId', 'waiverUse.subjectId'])
    .execute();
  return {
    refused: added(refused),
    waived: casesBy(waived.map((row) => [row.organisationId, row.subjectId])),
  };
}
