import { sql } from 'kysely';
import { inChunks } from '../core/collections.js';
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
  /** The cases counted as `waived`. */
  readonly waivedIds: ReadonlySet<string>;
}

/** Per book: decisions of the year (China time) from the index alone; cases under exceptions, which are few. */
export async function caseCounts(
  db: Db,
  bookIds: readonly string[],
  year: number,
): Promise<(bookId: string) => CaseCounts> {
  if (bookIds.length === 0) return () => ({ refused: 0, reviewed: 0, waived: 0, waivedIds: new Set() });
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
  // Each case once; it may stand under several exceptions.
  const cases = new Map(bookIds.map((bookId) => [bookId, new Set<string>()]));
  for (const { bookId, subjectId } of waived) cases.get(bookId)?.add(subjectId);
  return (bookId) => {
    const waivedIds = cases.get(bookId) ?? new Set<string>();
    return {
      refused: refusals.get(bookId) ?? 0,
      reviewed: reviews.get(bookId) ?? 0,
      waived: waivedIds.size,
      waivedIds,
    };
  };
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

/** Of one book: how many claims of each unit were turned down in the year, and which passed under an exception (`waivedIds`). */
export async function claimCountsByUnit(
  db: Db,
  bookId: string,
  year: number,
  waivedIds: ReadonlySet<string>,
) {
  const refusedIds: string[] = [];
  for (const outcome of REFUSED) {
    const rows = await db
      .selectFrom('logEntry')
      .select('subjectId')
      .where(ADVERSE)
      .where('bookId', '=', bookId)
      .where('outcome', '=', outcome)
      .where('recordedAt', '>=', newYear(year))
      .where('recordedAt', '<', newYear(year + 1))
      .execute();
    for (const { subjectId } of rows) refusedIds.push(subjectId);
  }
  const units = await unitsOf(db, bookId, new Set([...refusedIds, ...waivedIds]));
  const counts = (ids: Iterable<string>) => {
    const found = new Map<string, number>();
    for (const id of ids) {
      const unit = units.get(id);
      if (unit !== undefined) found.set(unit, (found.get(unit) ?? 0) + 1);
    }
    return found;
  };
  return { refused: counts(refusedIds), waived: counts(waivedIds) };
}

/** Claims of a book of which the unit is remembered; each costs some hundred bytes. */
const MAX_REMEMBERED = 20_000;
interface Known {
  /** Edits are heeded that the log holds up to here. */
  logSize: number;
  readonly units: Map<string, string>;
}
/**
 * Units of claims by book: looking up thousands at every look costs more than all else of an overview. A claim is never
 * removed, and only an edit moves it to another unit: what the log has edited since is forgotten.
 */
const remembered = new WeakMap<Db, Map<string, Known>>();

async function knownOf(db: Db, bookId: string): Promise<{ known: Known; logSize: number }> {
  const { logSize } = await db
    .selectFrom('book')
    .select('logSize')
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  const books = remembered.get(db) ?? new Map<string, Known>();
  remembered.set(db, books);
  const known = books.get(bookId) ?? { logSize, units: new Map<string, string>() };
  books.set(bookId, known);
  const edited = await db
    .selectFrom('logEntry')
    .select('subjectId')
    .where('bookId', '=', bookId)
    .where('action', '=', 'claim.edit')
    .where('logIndex', '>=', known.logSize)
    .where('logIndex', '<', logSize)
    .execute();
  for (const { subjectId } of edited) known.units.delete(subjectId);
  known.logSize = Math.max(known.logSize, logSize);
  return { known, logSize };
}

/** The unit of each claim of the book among some cases; of a contract none. */
async function unitsOf(
  db: Db,
  bookId: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const { known, logSize } = await knownOf(db, bookId);
  const units = new Map<string, string>();
  for (const id of ids) {
    const unit = known.units.get(id);
    if (unit !== undefined) units.set(id, unit);
  }
  const rows = await inChunks(
    [...ids].filter((id) => !units.has(id)),
    (some) => db.selectFrom('claim').select(['id', 'organisationId']).where('id', 'in', some).execute(),
  );
  for (const { id, organisationId } of rows) {
    units.set(id, organisationId);
    // Meanwhile another look may have heeded later edits, before which this was read.
    if (known.logSize === logSize && known.units.size < MAX_REMEMBERED) known.units.set(id, organisationId);
  }
  return units;
}
