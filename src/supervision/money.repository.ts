import { sql } from 'kysely';
import type { BusinessDate } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import type { SourceType } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { isSource, type Layer } from '../ledger/index.js';

/** Books, the year of their funds, and the day that ages are counted to. */
export interface Scope {
  readonly bookIds: readonly string[];
  readonly year: number;
  readonly asOf: BusinessDate;
}

/** One fund with what stands on its layers now; sources count positive. */
export type FundMoney = Pick<Row<'fund'>, 'id' | 'bookId' | 'name' | 'documentNo' | 'year'> & {
  readonly type: SourceType;
  readonly plannedFen: Fen;
  readonly allottedFen: Fen;
  readonly passedDownFen: Fen;
  readonly receivedFen: Fen;
  readonly spentFen: Fen;
  readonly availableFen: Fen;
  readonly encumberedFen: Fen;
  readonly reservedFen: Fen;
  readonly bankFen: Fen;
  /** Cash sent to lower books, whether or not it has arrived. */
  readonly disbursedFen: Fen;
  /** Last day by `asOf` on which cash arrived. */
  readonly lastArrival: BusinessDate | null;
};

const bigintSum = (column: string) => sql<Fen>`cast(coalesce(sum(${sql.ref(column)}), 0) as bigint)`;

/** What stands on a layer of the fund at hand, by the key of its accounts: no grouping of all rows is needed. */
const on = (layer: Layer) => {
  const amount = isSource(layer) ? sql`-"balanceFen"` : sql`"balanceFen"`;
  return sql<Fen>`(select cast(coalesce(sum(${amount}), 0) as bigint) from "account"
    where "account"."fundId" = "fund"."id" and "account"."layer" = ${layer})`;
};

/** Every fund of the year in the books, in one query over their accounts. */
export async function fundMoney(db: Db, { bookIds, year, asOf }: Scope): Promise<FundMoney[]> {
  if (bookIds.length === 0) return [];
  const rows = await db
    .selectFrom('fund')
    .select(['fund.id', 'fund.bookId', 'fund.type', 'fund.name', 'fund.documentNo', 'fund.year'])
    .select([
      on('planned').as('plannedFen'),
      on('allotted').as('allottedFen'),
      on('passed_down').as('passedDownFen'),
      on('received').as('receivedFen'),
      on('spent').as('spentFen'),
      on('available').as('availableFen'),
      on('encumbered').as('encumberedFen'),
      on('reserved').as('reservedFen'),
      on('bank').as('bankFen'),
    ])
    .select((fund) => [
      fund
        .selectFrom('disbursement')
        .select(bigintSum('disbursement.amountFen').as('sumFen'))
        .whereRef('disbursement.fundId', '=', 'fund.id')
        .as('disbursedFen'),
      fund
        .selectFrom('fundDocument')
        .select(({ fn }) => fn.max('effectiveDate').as('last'))
        .whereRef('fundDocument.fundId', '=', 'fund.id')
        .where('kind', '=', 'arrival')
        .where('effectiveDate', '<=', asOf)
        .as('ownArrival'),
      fund
        .selectFrom('intake')
        .select(({ fn }) => fn.max('effectiveDate').as('last'))
        .whereRef('intake.fundId', '=', 'fund.id')
        .where('kind', '=', 'disbursement')
        .where('effectiveDate', '<=', asOf)
        .as('takenIn'),
    ])
    .where('fund.bookId', 'in', bookIds)
    .where('fund.year', '=', year)
    .orderBy('fund.id')
    .execute();
  return rows.map(({ ownArrival, takenIn, disbursedFen, type, ...row }) => ({
    ...row,
    type: type as SourceType,
    disbursedFen: disbursedFen ?? 0n,
    lastArrival: [ownArrival, takenIn].reduce((last, day) => ((day ?? '') > (last ?? '') ? day : last), null),
  }));
}

/** What lower books took in of what upper ones issued: told by both, and counted once where both are counted. */
export interface TakenIn {
  readonly bookId: string;
  readonly issueBookId: string;
  readonly kind: 'allotment' | 'disbursement';
  readonly amountFen: Fen;
}

export async function takenInBy(db: Db, { bookIds, year }: Scope): Promise<TakenIn[]> {
  if (bookIds.length === 0) return [];
  return db
    .selectFrom('fund')
    .innerJoin('intake', 'intake.fundId', 'fund.id')
    .select([
      'fund.bookId',
      'intake.issueBookId',
      'intake.kind',
      bigintSum('intake.amountFen').as('amountFen'),
    ])
    .where('fund.bookId', 'in', bookIds)
    .where('fund.year', '=', year)
    .groupBy(['fund.bookId', 'intake.issueBookId', 'intake.kind'])
    .execute();
}

/** Issued by one book to another by `asOf` and not taken in by then. */
export interface Transit {
  readonly kind: 'allotment' | 'disbursement';
  readonly fromBookId: string;
  readonly toBookId: string;
  readonly amountFen: Fen;
  readonly items: number;
  readonly oldestDate: BusinessDate;
}

const counted = sql<number>`cast(count(*) as integer)`;

/** `upperBookIds`: books above the asked ones, which alone can issue to them besides themselves. */
export async function transitOf(
  db: Db,
  { bookIds, year, asOf }: Scope,
  upperBookIds: readonly string[],
): Promise<Transit[]> {
  if (bookIds.length === 0) return [];
  const asked = new Set(bookIds);
  const issuers = [...new Set([...bookIds, ...upperBookIds])];
  const authority = await db
    .selectFrom('fund')
    .innerJoin('allotment', 'allotment.fundId', 'fund.id')
    .innerJoin('allotmentItem as item', 'item.allotmentId', 'allotment.id')
    .leftJoin('intake', (join) =>
      join
        .onRef('intake.issueId', '=', 'item.id')
        .on('intake.kind', '=', 'allotment')
        .on('intake.effectiveDate', '<=', asOf),
    )
    .select(['fund.bookId as fromBookId', 'item.recipientBookId as toBookId'])
    .select(({ fn }) => [
      bigintSum('item.amountFen').as('amountFen'),
      counted.as('items'),
      fn.min('allotment.effectiveDate').as('oldestDate'),
    ])
    .where('fund.bookId', 'in', issuers)
    .where('fund.year', '=', year)
    .where('allotment.effectiveDate', '<=', asOf)
    .where('intake.id', 'is', null)
    .where('item.recipientBookId', 'is not', null)
    .groupBy(['fund.bookId', 'item.recipientBookId'])
    .execute();
  const cash = await db
    .selectFrom('fund')
    .innerJoin('disbursement', 'disbursement.fundId', 'fund.id')
    .leftJoin('intake', (join) =>
      join
        .onRef('intake.issueId', '=', 'disbursement.id')
        .on('intake.kind', '=', 'disbursement')
        .on('intake.effectiveDate', '<=', asOf),
    )
    .select(['fund.bookId as fromBookId', 'disbursement.recipientBookId as toBookId'])
    .select(({ fn }) => [
      bigintSum('disbursement.amountFen').as('amountFen'),
      counted.as('items'),
      fn.min('disbursement.effectiveDate').as('oldestDate'),
    ])
    .where('fund.bookId', 'in', issuers)
    .where('fund.year', '=', year)
    .where('disbursement.effectiveDate', '<=', asOf)
    .where('intake.id', 'is', null)
    .groupBy(['fund.bookId', 'disbursement.recipientBookId'])
    .execute();
  return [
    ...authority.map((row) => ({ ...row, toBookId: row.toBookId as string, kind: 'allotment' as const })),
    ...cash.map((row) => ({ ...row, kind: 'disbursement' as const })),
  ].filter(({ fromBookId, toBookId }) => asked.has(fromBookId) || asked.has(toBookId));
}
