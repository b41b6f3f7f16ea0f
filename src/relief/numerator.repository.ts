import { sql } from 'kysely';
import type { Fen } from '../core/money.js';
import type { Db } from '../db/store.js';

/** The numerator of the cap is what stands on these two layers of the year's relief funds (ledger/layers.ts). */
const COUNTED = ['service_committed', 'service_paid'];

/** Postings into, or out of, layers of a year's relief funds. */
const moves = (db: Db, bookId: string, year: number, side: 'fromLayer' | 'toLayer') =>
  db
    .selectFrom('posting')
    .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
    .innerJoin('fund', 'fund.id', 'posting.fundId')
    .where('fund.bookId', '=', bookId)
    .where('fund.type', '=', 'social_relief')
    .where('fund.year', '=', year)
    .where(side, 'in', COUNTED);

const sum = sql<Fen>`cast(sum("amountFen") as bigint)`.as('sumFen');

export interface Month {
  readonly month: string;
  /** Newly promised, less what was given back. */
  readonly addedFen: Fen;
  readonly paidFen: Fen;
  /** Paid and promised up to its end. */
  readonly totalFen: Fen;
}

/** How the numerator grew, by month of 业务日期; months in which it did not move are left out. */
export async function numeratorByMonth(db: Db, bookId: string, year: number): Promise<Month[]> {
  const months = new Map<string, { addedFen: Fen; paidFen: Fen }>();
  for (const [side, sign] of [
    ['toLayer', 1n],
    ['fromLayer', -1n],
  ] as const) {
    const rows = await moves(db, bookId, year, side)
      .select([sql<string>`substr("effectiveDate", 1, 7)`.as('month'), `${side} as layer`, sum])
      .groupBy([sql`substr("effectiveDate", 1, 7)`, side])
      .execute();
    for (const { month, layer, sumFen } of rows) {
      const { addedFen, paidFen } = months.get(month) ?? { addedFen: 0n, paidFen: 0n };
      const fen = sign * sumFen;
      months.set(month, {
        addedFen: addedFen + fen,
        paidFen: layer === 'service_paid' ? paidFen + fen : paidFen,
      });
    }
  }
  let totalFen = 0n;
  return [...months]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([month, moved]) => {
      totalFen += moved.addedFen;
      return { month, ...moved, totalFen };
    });
}

/** What an entry took out of the numerator of a year, net; below zero when it added. */
export async function takenOutBy(db: Db, bookId: string, year: number, entryId: string): Promise<Fen> {
  const total = async (side: 'fromLayer' | 'toLayer') =>
    (await moves(db, bookId, year, side).select(sum).where('entryId', '=', entryId).executeTakeFirst())
      ?.sumFen ?? 0n;
  return (await total('fromLayer')) - (await total('toLayer'));
}

/** What an entry took out of a fund's available money, net. */
export async function takenFrom(db: Db, fundId: string, entryId: string): Promise<Fen> {
  const total = async (side: 'fromLayer' | 'toLayer') =>
    (
      await db
        .selectFrom('posting')
        .select(sum)
        .where('fundId', '=', fundId)
        .where('entryId', '=', entryId)
        .where(side, '=', 'available')
        .executeTakeFirst()
    )?.sumFen ?? 0n;
  return (await total('fromLayer')) - (await total('toLayer'));
}
