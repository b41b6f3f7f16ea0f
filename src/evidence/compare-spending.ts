import type { Breather } from '../core/breather.js';
import { groupBy } from '../core/collections.js';
import type { Fen } from '../core/money.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';
import type { Replay, ToldRow } from './replay.js';
import { rowsInOrder } from './rows-in-order.js';

/** By what spending is summed, in the order of the table's key. */
export const SPENDING_KEYS = [
  'fundId',
  'organisationId',
  'stationId',
  'economicCode',
  'serviceItem',
  'contractId',
  'payeeType',
  'payeeId',
] as const;
/** The same by month of 业务日期. */
export const SPENDING_MONTH_KEYS = ['fundId', 'month', ...SPENDING_KEYS.slice(1)] as const;
const OF_CLAIM: readonly string[] = ['organisationId', 'contractId', 'payeeType', 'payeeId'];
const UNCOUNTED: readonly unknown[] = ['draft', 'returned', 'rejected'];
const HOLDING: readonly unknown[] = ['submitted', 'reviewed', 'approved', 'partly_paid'];

interface Sum {
  lines: number;
  claims: number;
  heldFen: Fen;
  spentFen: Fen;
}

/** What reports and overviews read of spending, against claims and their lines as the log tells them. */
export async function compareSpending(db: Db, { rows }: Replay, breather: Breather): Promise<void> {
  const told = (table: 'claim' | 'fund' | 'spendingLine') => rows.get(table) as ReadonlyMap<string, ToldRow>;
  const claims = told('claim');
  const lines = [...told('spendingLine').values()].filter(({ ownerType }) => ownerType === 'claim');
  const sums = new Map<string, Sum>();
  for (const [claimId, own] of groupBy(lines, ({ ownerId }) => ownerId as string)) {
    if (breather.isDue) await breather.rest();
    const claim = claims.get(claimId);
    if (!claim || UNCOUNTED.includes(claim['status'])) continue;
    const counted = new Set<string>();
    for (const line of own.sort((a, b) => Number(a['seq']) - Number(b['seq']))) {
      const key = keyOf(SPENDING_KEYS, claim, line);
      const unit = `${line['stationId'] ?? claim['organisationId']}/${told('fund').get(line['fundId'] as string)?.['year']}`;
      const [amountFen, paidFen, refundedFen] = (['amountFen', 'paidFen', 'refundedFen'] as const).map(
        (name) => BigInt(line[name] as string),
      ) as [Fen, Fen, Fen];
      const sum = sums.get(key) ?? { lines: 0, claims: 0, heldFen: 0n, spentFen: 0n };
      sums.set(key, sum);
      sum.lines += 1;
      if (!counted.has(unit)) sum.claims += 1;
      counted.add(unit);
      if (HOLDING.includes(claim['status'])) sum.heldFen += amountFen - paidFen;
      sum.spentFen += paidFen - refundedFen;
    }
  }
  await compareSums(db, rows, 'spendingSum', SPENDING_KEYS, sums, breather);
}

interface MonthSum {
  shares: number;
  netFen: Fen;
}

/** What reports between two days read of spending, against payments and the lines they fell on as the log tells them. */
export async function compareSpendingMonths(db: Db, { rows }: Replay, breather: Breather): Promise<void> {
  const told = (table: 'claim' | 'payment' | 'spendingLine') =>
    rows.get(table) as ReadonlyMap<string, ToldRow>;
  const sums = new Map<string, MonthSum>();
  for (const payment of told('payment').values()) {
    if (breather.isDue) await breather.rest();
    const claim = told('claim').get(payment['claimId'] as string);
    const month = (payment['effectiveDate'] as string).slice(0, 7);
    for (const [lineId, fen] of JSON.parse(payment['lines'] as string) as [string, string][]) {
      const line = told('spendingLine').get(lineId);
      // A claim that was edited after all its payments were reversed has other lines.
      if (!claim || !line) continue;
      const row: ToldRow = { ...line, month };
      const key = keyOf(SPENDING_MONTH_KEYS, claim, row);
      const sum = sums.get(key) ?? { shares: 0, netFen: 0n };
      sums.set(key, sum);
      sum.shares += 1;
      sum.netFen += payment['kind'] === 'payment' ? BigInt(fen) : -BigInt(fen);
    }
  }
  await compareSums(db, rows, 'spendingMonth', SPENDING_MONTH_KEYS, sums, breather);
}

const keyOf = (keys: readonly string[], claim: ToldRow, line: ToldRow) =>
  keys.map((name) => (OF_CLAIM.includes(name) ? claim : line)[name] ?? '').join('/');

/** One row for each sum, of the funds that the log tells, and no other. */
async function compareSums(
  db: Db,
  rows: Replay['rows'],
  table: 'spendingSum' | 'spendingMonth',
  keys: readonly string[],
  sums: ReadonlyMap<string, Sum | MonthSum>,
  breather: Breather,
): Promise<void> {
  const seen = new Set<string>();
  for (const fundId of (rows.get('fund') as ReadonlyMap<string, ToldRow>).keys())
    for await (const row of rowsInOrder(db, table, ['fundId', fundId], keys.slice(1))) {
      if (breather.isDue) await breather.rest();
      const key = keys.map((name) => row[name]).join('/');
      const place = `${table} ${key}`;
      once(seen, place);
      const wanted = sums.get(key);
      if (!wanted) same(place, 'nothing to be summed', 'a row');
      for (const [column, value] of Object.entries(wanted ?? {}))
        same(`${place} ${column}`, String(value), String(row[column]));
    }
  for (const key of sums.keys())
    if (!seen.has(`${table} ${key}`)) same(`${table} ${key}`, 'a row', 'missing');
}
