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
      const key = SPENDING_KEYS.map((name) => (OF_CLAIM.includes(name) ? claim : line)[name] ?? '').join('/');
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
  const seen = new Set<string>();
  for (const fundId of told('fund').keys())
    for await (const row of rowsInOrder(db, 'spendingSum', ['fundId', fundId], SPENDING_KEYS.slice(1))) {
      if (breather.isDue) await breather.rest();
      const key = SPENDING_KEYS.map((name) => row[name]).join('/');
      const place = `spendingSum ${key}`;
      once(seen, place);
      const wanted = sums.get(key);
      if (!wanted) same(place, 'no line of a claim', 'a row');
      for (const [column, value] of Object.entries(wanted ?? {}))
        same(`${place} ${column}`, String(value), String(row[column]));
    }
  for (const key of sums.keys())
    if (!seen.has(`spendingSum ${key}`)) same(`spendingSum ${key}`, 'a row', 'missing');
}
