import { sql } from 'kysely';
import type { BusinessDate } from '../core/dates.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { Db, Trx } from '../db/store.js';
import { isSource, type Layer } from './layers.js';

/** A point in time: by 业务日期, by when it was recorded, or both; neither means now. */
export interface AsOf {
  readonly effectiveBy?: BusinessDate | undefined;
  /** ISO instant. */
  readonly recordedBy?: string | undefined;
}

/** Totals of a fund by layer, over all subjects; a source layer counts positive (what ever came in). */
export type LayerTotals = Partial<Record<Layer, Fen>>;

/** Totals of each fund at a point in time. Now costs the fund's accounts; the past costs its postings. */
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

const total = (amount: string) =>
  sql<Fen>`cast(coalesce(sum(${sql.ref(amount)}), 0) as bigint)`.as('totalFen');

async function layerRows(db: Db | Trx, fundIds: readonly string[], { effectiveBy, recordedBy }: AsOf) {
  if (!effectiveBy && !recordedBy) {
    return db
      .selectFrom('account')
      .select(['fundId', 'layer', total('balanceFen')])
      .where('fundId', 'in', fundIds)
      .groupBy(['fundId', 'layer'])
      .execute();
  }
  const side = (layer: 'fromLayer' | 'toLayer') =>
    db
      .selectFrom('posting')
      .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
      .select(['fundId', `${layer} as layer`, total('amountFen')])
      .where('fundId', 'in', fundIds)
      .$if(effectiveBy !== undefined, (query) => query.where('effectiveDate', '<=', effectiveBy as string))
      .$if(recordedBy !== undefined, (query) => query.where('recordedAt', '<=', recordedBy as string))
      .groupBy(['fundId', layer])
      .execute();
  const [outgoing, incoming] = [await side('fromLayer'), await side('toLayer')];
  return [...incoming, ...outgoing.map((row) => ({ ...row, totalFen: -row.totalFen }))];
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
