import type { Breather } from '../core/breather.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';
import type { Replay, ToldRow } from './replay.js';
import { rowsInOrder } from './rows-in-order.js';

const KEY = ['status', 'createdAt', 'claimId'] as const;
const REPEATED = ['bookId', 'status', 'createdAt', 'businessDate', 'amountFen'] as const;

/**
 * What lists by fund are read from, against claims and their lines as the log tells them: for each claim and fund of a
 * line one row, that repeats the claim.
 */
export async function compareClaimFunds(
  db: Db,
  bookId: string,
  { rows }: Replay,
  breather: Breather,
): Promise<void> {
  const told = (table: 'claim' | 'fund' | 'spendingLine') => rows.get(table) as ReadonlyMap<string, ToldRow>;
  const wanted = new Set<string>();
  for (const { ownerType, ownerId, fundId } of told('spendingLine').values()) {
    if (breather.isDue) await breather.rest();
    if (ownerType === 'claim') wanted.add(`${fundId}/${ownerId}`);
  }
  const seen = new Set<string>();
  for (const fundId of told('fund').keys())
    for await (const row of rowsInOrder(db, 'claimFund', ['fundId', fundId], KEY)) {
      if (breather.isDue) await breather.rest();
      const key = `${fundId}/${row['claimId']}`;
      const place = `claimFund ${key}`;
      once(seen, place);
      if (!wanted.has(key)) same(place, 'a line of this claim on this fund', 'none');
      const claim: ToldRow = { ...told('claim').get(row['claimId'] as string), bookId };
      for (const column of REPEATED)
        if (String(claim[column]) !== String(row[column]))
          same(`${place} ${column}`, String(claim[column]), String(row[column]));
    }
  if (seen.size === wanted.size) return;
  for (const key of wanted) if (!seen.has(`claimFund ${key}`)) same(`claimFund ${key}`, 'a row', 'missing');
}
