import { sql } from 'kysely';
import { chunksOf } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import type { Fen } from '../core/money.js';
import type { Db } from '../db/store.js';
import { layerMovesByMonth } from '../ledger/index.js';

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

/** What was spent of the funds up to now, refunds and reversals deducted, told apart by `keys`; the others are empty. */
export async function spentLines(
  db: Db,
  fundIds: readonly string[],
  keys: readonly SpendingKey[],
): Promise<SpentLine[]> {
  const found: SpentLine[] = [];
  for (const chunk of chunksOf(fundIds))
    for (const { amountFen, ...row } of await db
      .selectFrom('spendingSum')
      .select(keys)
      .select(sql<Fen>`cast(sum("spentFen") as bigint)`.as('amountFen'))
      .where('fundId', 'in', chunk)
      .groupBy(keys)
      .execute()) {
      const told = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== ''));
      found.push({ ...EMPTY, ...told, amountFen });
    }
  return found;
}

export interface Period {
  readonly from?: BusinessDate | undefined;
  readonly until?: BusinessDate | undefined;
}

const PAGE = 2000;

/** What was spent between two days: payments, less refunds and reversals dated in them, line by line. */
export async function paidLines(
  db: Db,
  bookId: string,
  fundIds: readonly string[],
  { from, until }: Period,
): Promise<SpentLine[]> {
  const wanted = new Set(fundIds);
  const found = new Map<string, SpentLine>();
  for (let after: { effectiveDate: string; id: string } | null = null; ; ) {
    let query = db
      .selectFrom('payment')
      .select(['id', 'kind', 'effectiveDate', 'lines'])
      .where('bookId', '=', bookId);
    if (from) query = query.where('effectiveDate', '>=', from);
    if (until) query = query.where('effectiveDate', '<=', until);
    if (after) {
      const { effectiveDate, id } = after;
      query = query
        .where('effectiveDate', '>=', effectiveDate)
        .where((where) => where.or([where('effectiveDate', '>', effectiveDate), where('id', '>', id)]));
    }
    const page = await query.orderBy('effectiveDate').orderBy('id').limit(PAGE).execute();
    await addPage(db, wanted, page, found);
    if (page.length < PAGE) return [...found.values()];
    after = page.at(-1) as { effectiveDate: string; id: string };
  }
}

async function addPage(
  db: Db,
  wanted: ReadonlySet<string>,
  page: readonly { readonly kind: string; readonly lines: string }[],
  found: Map<string, SpentLine>,
): Promise<void> {
  const amounts = new Map<string, Fen>();
  for (const { kind, lines } of page)
    for (const [lineId, fen] of JSON.parse(lines) as [string, string][])
      amounts.set(lineId, (amounts.get(lineId) ?? 0n) + (kind === 'payment' ? BigInt(fen) : -BigInt(fen)));
  for (const ids of chunksOf([...amounts.keys()])) {
    const rows = await db
      .selectFrom('spendingLine as line')
      .innerJoin('claim', 'claim.id', 'line.ownerId')
      .select(KEYS)
      .select('line.id')
      .where('line.id', 'in', ids)
      .execute();
    for (const { id, ...row } of rows) {
      if (!wanted.has(row.fundId)) continue;
      const key = KEYS.map((name) => row[name]).join('/');
      const amountFen = (found.get(key)?.amountFen ?? 0n) + (amounts.get(id) as Fen);
      found.set(key, { ...row, amountFen });
    }
  }
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
