import { sql } from 'kysely';
import type { BusinessDate } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import type { BaseBasis } from '../core/vocabulary.js';
import type { Db } from '../db/store.js';
import { reliefBaseOf } from '../ledger/index.js';
import type { PackSet } from '../policy/index.js';
import { capInForce, limitOf } from './cap.service.js';

/** Where a book's year stands under its cap. */
export interface CapState {
  /** Null: unknown, and `reason` says why. */
  readonly limitFen: Fen | null;
  /** Paid and promised for services out of relief money of the year. */
  readonly usedFen: Fen;
  readonly basis: BaseBasis | null;
  readonly reason: string | null;
}

/**
 * `reliefCapAt` for many books in two queries, for whoever may read them all: the base declared last by the day, the
 * ratio and the levels in force on it, and what the year's relief money already buys.
 */
export async function reliefCapsAt(
  db: Db,
  packs: PackSet,
  books: readonly { readonly bookId: string; readonly divisionCode: string }[],
  { year, on }: { readonly year: number; readonly on: BusinessDate },
): Promise<ReadonlyMap<string, CapState>> {
  if (books.length === 0) return new Map();
  const ids = books.map(({ bookId }) => bookId);
  const declared = await db
    .selectFrom('expenditureBase')
    .selectAll()
    .where('bookId', 'in', ids)
    .where('year', '=', year)
    .where('declaredDate', '<=', on)
    .orderBy('declaredDate')
    .orderBy('id')
    .execute();
  // The last of a book stays.
  const bases = new Map(declared.map((base) => [base.bookId, base]));
  const used = await db
    .selectFrom('fund')
    .innerJoin('account', 'account.fundId', 'fund.id')
    .select(['fund.bookId', sql<Fen>`cast(sum("balanceFen") as bigint)`.as('usedFen')])
    .where('fund.bookId', 'in', ids)
    .where('fund.type', '=', 'social_relief')
    .where('fund.year', '=', year)
    .where('account.layer', 'in', ['service_committed', 'service_paid'])
    .groupBy('fund.bookId')
    .execute();
  const usedFen = new Map(used.map((row) => [row.bookId, row.usedFen]));
  return new Map(
    books.map(({ bookId, divisionCode }) => {
      const base = bases.get(bookId);
      const cap = capInForce(packs, divisionCode, on);
      const { baseFen, capFen } = limitOf(cap, base ? reliefBaseOf(base) : null);
      const reason = !base
        ? `截至 ${on} 尚未申报 ${year} 年的支出基数`
        : !cap
          ? `${on} 当地没有生效且数值明确的比例上限`
          : baseFen === null
            ? '计入基数的资金级次不明，或申报的基数未分级次'
            : null;
      return [
        bookId,
        { limitFen: capFen, usedFen: usedFen.get(bookId) ?? 0n, basis: base?.basis ?? null, reason },
      ];
    }),
  );
}
