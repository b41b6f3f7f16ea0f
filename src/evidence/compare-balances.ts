import type { Breather } from '../core/breather.js';
import type { Fen } from '../core/money.js';
import type { Db } from '../db/store.js';
import { once, same } from './difference.js';
import type { DayMoves, Replay } from './replay.js';
import { rowsInOrder } from './rows-in-order.js';

type Amounts = Readonly<Record<string, Fen>>;

/** What is kept beside the postings, so that reading it costs none: balances now, and moves by day and by month. */
const KEPT = {
  account: ['layer', 'subject'],
  accountDay: ['day', 'layer', 'subject'],
  accountMonth: ['layer', 'subject', 'month'],
} as const;

/** Every row of what is kept against what the log comes to, and nothing else. */
export async function compareBalances(
  db: Db,
  bookId: string,
  { balances, moves }: Replay,
  breather: Breather,
): Promise<void> {
  const funds = await db.selectFrom('fund').select('id').where('bookId', '=', bookId).orderBy('id').execute();
  const ids = funds.map(({ id }) => id);
  await compareKept(db, 'account', ids, asAmounts(balances), breather);
  await compareKept(db, 'accountDay', ids, moves, breather);
  await compareKept(db, 'accountMonth', ids, await byMonth(moves, breather), breather);
}

const asAmounts = (balances: ReadonlyMap<string, Fen>): ReadonlyMap<string, { readonly balanceFen: Fen }> =>
  new Map([...balances].map(([key, balanceFen]) => [key, { balanceFen }]));

async function compareKept(
  db: Db,
  table: keyof typeof KEPT,
  fundIds: readonly string[],
  expected: ReadonlyMap<string, object>,
  breather: Breather,
): Promise<void> {
  const seen = new Set<string>();
  const columns = KEPT[table];
  for (const fundId of fundIds)
    for await (const row of rowsInOrder(db, table, ['fundId', fundId], columns)) {
      if (breather.isDue) await breather.rest();
      const key = [fundId, ...columns.map((column) => row[column])].join('/');
      const place = `${table} ${key}`;
      once(seen, place);
      const wanted = expected.get(key) as Amounts | undefined;
      if (!wanted) same(place, 'nothing in the log', 'a row');
      for (const [column, amountFen] of Object.entries(wanted ?? {}))
        if (amountFen !== row[column]) same(`${place} ${column}`, amountFen.toString(), String(row[column]));
    }
  if (seen.size === expected.size) return;
  for (const key of expected.keys())
    if (!seen.has(`${table} ${key}`)) same(`${table} ${key}`, 'a row', 'missing');
}

/** Days added up to months. */
async function byMonth(
  moves: ReadonlyMap<string, DayMoves>,
  breather: Breather,
): Promise<ReadonlyMap<string, DayMoves>> {
  const months = new Map<string, DayMoves>();
  for (const [key, { inFen, outFen, withinFen }] of moves) {
    if (breather.isDue) await breather.rest();
    const [fundId, day, layer, subject] = key.split('/') as [string, string, string, string];
    const place = `${fundId}/${layer}/${subject}/${day.slice(0, 7)}`;
    const month = months.get(place) ?? { inFen: 0n, outFen: 0n, withinFen: 0n };
    month.inFen += inFen;
    month.outFen += outFen;
    month.withinFen += withinFen;
    months.set(place, month);
  }
  return months;
}
