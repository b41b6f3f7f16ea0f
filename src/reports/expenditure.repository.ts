import { sql } from 'kysely';
import { chunksOf } from '../core/collections.js';
import { addDays, addMonths, type BusinessDate, daysBetween } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import { membersOf } from '../db/json.js';
import type { Db } from '../db/store.js';
import { layerMovesByMonth, piecesOf } from '../ledger/index.js';

/** Spending of one kind: lines that agree in everything that reports tell apart. */
export interface SpentLine {
  readonly fundId: string;
  readonly economicCode: string | null;
  readonly serviceItem: string | null;
  readonly stationId: string | null;
  readonly organisationId: string;
  readonly contractId: string | null;
  readonly payeeType: string;
  readonly payeeId: string | null;
  readonly amountFen: Fen;
}

const KEYS = [
  'fundId',
  'economicCode',
  'serviceItem',
  'stationId',
  'organisationId',
  'contractId',
  'payeeType',
  'payeeId',
] as const;
export type SpendingKey = (typeof KEYS)[number];
const EMPTY = {
  fundId: '',
  organisationId: '',
  payeeType: '',
  economicCode: null,
  serviceItem: null,
  stationId: null,
  contractId: null,
  payeeId: null,
};

/** Only what a row says of a line; the other keys are empty. */
const lineOf = ({ amountFen, ...row }: Partial<SpentLine> & { readonly amountFen: Fen }): SpentLine => ({
  ...EMPTY,
  ...Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
  amountFen,
});

/** What was spent of the funds up to now, refunds and reversals deducted, told apart by `keys`; the others are empty. */
export async function spentLines(
  db: Db,
  fundIds: readonly string[],
  keys: readonly SpendingKey[],
): Promise<SpentLine[]> {
  const found: SpentLine[] = [];
  for (const chunk of chunksOf(fundIds))
    for (const row of await db
      .selectFrom('spendingSum')
      .select(keys)
      .select(sql<Fen>`cast(sum("spentFen") as bigint)`.as('amountFen'))
      .where('fundId', 'in', chunk)
      .groupBy(keys)
      .execute())
      found.push(lineOf(row));
  return found;
}

export interface Period {
  readonly from?: BusinessDate | undefined;
  readonly until?: BusinessDate | undefined;
}

/**
 * The same between two days: payments, less refunds and reversals dated in them. Whole months are read from their sums,
 * days beside them from the payments; a key may come several times.
 */
export async function spentLinesBetween(
  db: Db,
  bookId: string,
  fundIds: readonly string[],
  keys: readonly SpendingKey[],
  period: Period,
): Promise<SpentLine[]> {
  const { months, days } = partsOf(period);
  const found: SpentLine[] = [];
  for (const chunk of chunksOf(fundIds)) {
    for (const [first, last] of months)
      for (const row of await db
        .selectFrom('spendingMonth')
        .select(keys)
        .select(sql<Fen>`cast(sum("netFen") as bigint)`.as('amountFen'))
        .where('fundId', 'in', chunk)
        .where('month', '>=', first)
        .where('month', '<=', last)
        .groupBy(keys)
        .execute())
        found.push(lineOf(row));
    for (const range of days)
      for (const row of (await paidOn(db, bookId, chunk, keys, range).execute(db)).rows)
        found.push(lineOf({ ...row, amountFen: range.sign * row.amountFen }));
  }
  return found;
}

interface Days {
  readonly first: BusinessDate;
  readonly last: BusinessDate;
  /** -1n: what is to be taken off the whole month again. */
  readonly sign: 1n | -1n;
}
const HALF_MONTH_DAYS = 15;

/** Of a month that is asked for by more than half, the days that are not asked for are fewer to read. */
function partsOf({ from = null, until = null }: { [Day in keyof Period]: Period[Day] | null }) {
  const pieces = piecesOf({ from, until });
  const months: (readonly [first: string, last: string])[] = pieces.months ? [pieces.months] : [];
  const days: Days[] = [];
  for (const [first, last] of pieces.days) {
    const month = first.slice(0, 7);
    const end = addDays(addMonths(`${month}-01`, 1), -1);
    if (daysBetween(first, last) < HALF_MONTH_DAYS) {
      days.push({ first, last, sign: 1n });
      continue;
    }
    months.push([month, month]);
    if (first > `${month}-01`) days.push({ first: `${month}-01`, last: addDays(first, -1), sign: -1n });
    if (last < end) days.push({ first: addDays(last, 1), last: end, sign: -1n });
  }
  return { months, days };
}

const OF_CLAIM: readonly SpendingKey[] = ['organisationId', 'contractId', 'payeeType', 'payeeId'];

/** SQLite joins in this order, from the days' payments on. */
function paidOn(
  db: Db,
  bookId: string,
  fundIds: readonly string[],
  keys: readonly SpendingKey[],
  { first, last }: Days,
) {
  const columns = sql.join(keys.map((key) => sql.ref(`${OF_CLAIM.includes(key) ? 'c' : 'l'}.${key}`)));
  return sql<Partial<SpentLine> & { readonly amountFen: Fen }>`
    select ${columns}, cast(sum(case p."kind" when 'payment' then 1 else -1 end
        * cast(e."value" ->> 1 as bigint)) as bigint) as "amountFen"
      from "payment" p cross join ${membersOf(db, 'p.lines', 'e')} cross join "spendingLine" l cross join "claim" c
      where p."bookId" = ${bookId} and p."effectiveDate" >= ${first} and p."effectiveDate" <= ${last}
        and l."id" = e."value" ->> 0 and l."ownerId" = p."claimId" and c."id" = p."claimId"
        and l."fundId" in (${sql.join(fundIds)})
      group by ${columns}`;
}

/** 支出 as the ledger has it, by month of 业务日期. */
export async function spentByMonth(
  db: Db,
  fundIds: readonly string[],
  period: Period = {},
): Promise<Map<string, Fen>> {
  const months = new Map<string, Fen>();
  for (const { month, amountFen } of await movesByMonth(db, fundIds, 'spent', period))
    months.set(month, (months.get(month) ?? 0n) + amountFen);
  return months;
}

/** How a layer of funds grew, by fund and month of 业务日期. A source layer grows by what leaves it. */
export async function movesByMonth(
  db: Db,
  fundIds: readonly string[],
  layer: 'spent' | 'received',
  { from, until }: Period,
): Promise<{ fundId: string; month: string; amountFen: Fen }[]> {
  const found: { fundId: string; month: string; amountFen: Fen }[] = [];
  const span = { from: from ?? null, until: until ?? null };
  for (const chunk of chunksOf(fundIds))
    for (const { fundId, month, inFen, outFen } of await layerMovesByMonth(db, chunk, layer, span))
      found.push({ fundId, month, amountFen: layer === 'spent' ? inFen - outFen : outFen - inFen });
  return found;
}
