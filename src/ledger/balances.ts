import { sql } from 'kysely';
import { addDays, type BusinessDate } from '../core/dates.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { Db, Trx } from '../db/store.js';
import { accountKey, type Moves, movesIn, movesRecorded } from './account-moves.js';
import { isSource, type Layer } from './layers.js';

/** A point in time: by 业务日期, by when it was recorded, or both; neither means now. */
export interface AsOf {
  readonly effectiveBy?: BusinessDate | undefined;
  /** ISO instant. */
  readonly recordedBy?: string | undefined;
}

/** Totals of a fund by layer, over all subjects; a source layer counts positive (what ever came in). */
export type LayerTotals = Partial<Record<Layer, Fen>>;

/** Totals of each fund at a point in time: of its accounts, or of their days and months; postings only by `recordedBy`. */
export async function layerTotals(
  db: Db | Trx,
  fundIds: readonly string[],
  asOf: AsOf = {},
): Promise<Map<string, LayerTotals>> {
  const totals = new Map<string, LayerTotals>(fundIds.map((id) => [id, {}]));
  if (fundIds.length === 0) return totals;
  for (const { fundId, layer, totalFen } of await layerRows(db, fundIds, asOf)) {
    const fund = totals.get(fundId) as LayerTotals;
    fund[layer as Layer] = (fund[layer as Layer] ?? 0n) + (isSource(layer) ? -totalFen : totalFen);
  }
  return totals;
}

async function layerRows(db: Db | Trx, fundIds: readonly string[], asOf: AsOf) {
  if (!asOf.effectiveBy && !asOf.recordedBy) {
    return db
      .selectFrom('account')
      .select(['fundId', 'layer', sql<Fen>`cast(sum("balanceFen") as bigint)`.as('totalFen')])
      .where('fundId', 'in', fundIds)
      .groupBy(['fundId', 'layer'])
      .execute();
  }
  const moves = await movesAt(db, fundIds, null, asOf);
  return moves.map(({ fundId, layer, inFen, outFen }) => ({ fundId, layer, totalFen: inFen - outFen }));
}

const movesAt = (
  db: Db | Trx,
  fundIds: readonly string[],
  from: BusinessDate | null,
  { effectiveBy, recordedBy }: AsOf,
): Promise<Moves[]> => {
  const span = { from, until: effectiveBy ?? null };
  return recordedBy ? movesRecorded(db, fundIds, span, recordedBy) : movesIn(db, fundIds, span);
};

/**
 * The same point in time, without the business date when the books have no entry after it: then the balances that are
 * kept answer, and no posting is read.
 */
export async function settledAsOf(db: Db | Trx, bookIds: readonly string[], asOf: AsOf): Promise<AsOf> {
  const { effectiveBy, recordedBy } = asOf;
  if (!effectiveBy || recordedBy || bookIds.length === 0) return asOf;
  const later = await db
    .selectFrom('ledgerEntry')
    .select('id')
    .where('bookId', 'in', bookIds)
    .where('effectiveDate', '>', effectiveBy)
    .limit(1)
    .executeTakeFirst();
  return later ? asOf : {};
}

/** What stands on a layer for each subject, such as a contract, out of each fund; in yuan. */
export async function balancesOf(
  db: Db | Trx,
  layer: Layer,
  subjects: readonly string[],
): Promise<Record<string, Record<string, string>>> {
  if (subjects.length === 0) return {};
  const rows = await db
    .selectFrom('account')
    .select(['subject', 'fundId', 'balanceFen'])
    .where('layer', '=', layer)
    .where('subject', 'in', subjects)
    .execute();
  const found: Record<string, Record<string, string>> = {};
  for (const { subject, fundId, balanceFen } of rows)
    found[subject] = { ...found[subject], [fundId]: formatYuan(balanceFen) };
  return found;
}

/** What moved on one account. A source's balances are below zero, as they are kept. */
export interface AccountMoves extends Moves {
  /** Before the first day. */
  readonly openingFen: Fen;
}

/** Moves of every account of the funds from a day (null: from the beginning) to a point in time. */
export async function accountMoves(
  db: Db | Trx,
  fundIds: readonly string[],
  from: BusinessDate | null,
  asOf: AsOf,
): Promise<AccountMoves[]> {
  const moves = new Map<string, AccountMoves>();
  for (const move of await movesAt(db, fundIds, from, asOf))
    moves.set(accountKey(move), { ...move, openingFen: 0n });
  if (from === null) return [...moves.values()];
  const dayBefore = addDays(from, -1);
  const { effectiveBy = dayBefore } = asOf;
  const before = { ...asOf, effectiveBy: effectiveBy < dayBefore ? effectiveBy : dayBefore };
  for (const { inFen, outFen, ...account } of await movesAt(db, fundIds, null, before)) {
    const key = accountKey(account);
    const moved = moves.get(key) ?? { ...account, inFen: 0n, outFen: 0n, withinFen: 0n };
    moves.set(key, { ...moved, openingFen: inFen - outFen });
  }
  return [...moves.values()];
}

/**
 * The four amounts that are never mixed in one column (YN-19), and where the allotted money stands:
 * allotted = available + encumbered + reserved + spent + passedDown + returned.
 */
export interface FundAmounts {
  readonly planned: string;
  readonly allotted: string;
  readonly received: string;
  readonly spent: string;
  readonly available: string;
  readonly encumbered: string;
  readonly reserved: string;
  readonly passedDown: string;
  readonly returned: string;
  readonly bank: string;
  readonly inTransit: string;
}

export function fundAmounts(totals: LayerTotals): FundAmounts {
  const amount = (layer: Layer) => formatYuan(totals[layer] ?? 0n);
  return {
    planned: amount('planned'),
    allotted: amount('allotted'),
    received: amount('received'),
    spent: amount('spent'),
    available: amount('available'),
    encumbered: amount('encumbered'),
    reserved: amount('reserved'),
    passedDown: amount('passed_down'),
    returned: amount('returned'),
    bank: amount('bank'),
    inTransit: amount('in_transit'),
  };
}
