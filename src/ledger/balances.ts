import { type RawBuilder, sql } from 'kysely';
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

/** What moved on one account. A source's balances are below zero, as they are kept. */
export interface AccountMoves {
  readonly fundId: string;
  readonly layer: Layer;
  readonly subject: string;
  /** Before the first day. */
  readonly openingFen: Fen;
  readonly inFen: Fen;
  readonly outFen: Fen;
  /** Of what moved in: from another account of the same layer, so that the layer as a whole did not grow. */
  readonly withinFen: Fen;
}

/** Moves of every account of the funds from a day (null: from the beginning) to a point in time. Reads their postings. */
export async function accountMoves(
  db: Db | Trx,
  fundIds: readonly string[],
  from: BusinessDate | null,
  { effectiveBy, recordedBy }: AsOf,
): Promise<AccountMoves[]> {
  if (fundIds.length === 0) return [];
  const since = from === null ? sql`1 = 1` : sql`"effectiveDate" >= ${from}`;
  const part = (condition: RawBuilder<unknown>) =>
    sql<Fen>`cast(sum(case when ${condition} then "amountFen" else 0 end) as bigint)`;
  const moves = new Map<string, { -readonly [Key in keyof AccountMoves]: AccountMoves[Key] }>();
  for (const [layer, subject, sign] of [
    ['toLayer', 'toSubject', 1n],
    ['fromLayer', 'fromSubject', -1n],
  ] as const) {
    const rows = await db
      .selectFrom('posting')
      .innerJoin('ledgerEntry', 'ledgerEntry.id', 'posting.entryId')
      .select(['fundId', `${layer} as layer`, `${subject} as subject`])
      .select([
        part(sql`not (${since})`).as('beforeFen'),
        part(since).as('movedFen'),
        part(sql`${since} and "fromLayer" = "toLayer"`).as('withinFen'),
      ])
      .where('fundId', 'in', fundIds)
      .$if(effectiveBy !== undefined, (query) => query.where('effectiveDate', '<=', effectiveBy as string))
      .$if(recordedBy !== undefined, (query) => query.where('recordedAt', '<=', recordedBy as string))
      .groupBy(['fundId', layer, subject])
      .execute();
    for (const row of rows) {
      const key = `${row.fundId}/${row.layer}/${row.subject}`;
      const account = moves.get(key) ?? {
        fundId: row.fundId,
        layer: row.layer as Layer,
        subject: row.subject,
        openingFen: 0n,
        inFen: 0n,
        outFen: 0n,
        withinFen: 0n,
      };
      account.openingFen += sign * row.beforeFen;
      account[sign > 0n ? 'inFen' : 'outFen'] += row.movedFen;
      if (sign > 0n) account.withinFen += row.withinFen;
      moves.set(key, account);
    }
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
