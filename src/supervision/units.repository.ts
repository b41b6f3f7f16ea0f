import { sql } from 'kysely';
import { type Fen, sumFen } from '../core/money.js';
import type { Db } from '../db/store.js';

/** Money of the year's funds by the unit that it is for: the station that a line names, else who claimed it. */
export interface UnitMoney {
  readonly heldFen: Fen;
  readonly spentFen: Fen;
  readonly claims: number;
}

const UNIT = sql<string>`coalesce(nullif("stationId", ''), "organisationId")`;

/** Of all the funds that a book has of a year: a claim counts once for a unit, though it draws on several of them. */
export async function unitMoney(db: Db, fundIds: readonly string[]): Promise<ReadonlyMap<string, UnitMoney>> {
  if (fundIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('spendingSum')
    .select([
      UNIT.as('unitId'),
      sql<Fen>`cast(sum("heldFen") as bigint)`.as('heldFen'),
      sql<Fen>`cast(sum("spentFen") as bigint)`.as('spentFen'),
      sql<number>`cast(sum("claims") as integer)`.as('claims'),
    ])
    .where('fundId', 'in', fundIds)
    .groupBy(UNIT)
    .execute();
  return new Map(rows.map(({ unitId, ...money }) => [unitId, money]));
}

/** What was allotted to units below the book: by its own documents, and by the split of those it took in. */
export async function unitQuotas(
  db: Db,
  bookId: string,
  fundIds: readonly string[],
): Promise<ReadonlyMap<string, Fen>> {
  if (fundIds.length === 0) return new Map();
  const own = await db
    .selectFrom('allotment')
    .innerJoin('allotmentItem as item', 'item.allotmentId', 'allotment.id')
    .select(['item.recipientId', 'item.amountFen'])
    .where('allotment.fundId', 'in', fundIds)
    .where('item.recipientBookId', 'is', null)
    .execute();
  const taken = await db
    .selectFrom('intake')
    .innerJoin('allotmentItem as item', 'item.id', 'intake.issueId')
    .select('item.parts')
    .where('intake.fundId', 'in', fundIds)
    .where('intake.bookId', '=', bookId)
    .where('intake.kind', '=', 'allotment')
    .execute();
  const quotas = new Map<string, Fen>();
  const add = (unitId: string, amountFen: Fen) => quotas.set(unitId, (quotas.get(unitId) ?? 0n) + amountFen);
  for (const { recipientId, amountFen } of own) add(recipientId, amountFen);
  for (const { parts } of taken)
    for (const part of JSON.parse(parts) as { organisationId: string; amountFen: string }[])
      add(part.organisationId, BigInt(part.amountFen));
  return quotas;
}

/** What is left of the pools that units have of their own. */
export async function unitPools(db: Db, fundIds: readonly string[]): Promise<ReadonlyMap<string, Fen>> {
  if (fundIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('account')
    .select(['subject', 'balanceFen'])
    .where('fundId', 'in', fundIds)
    .where('layer', '=', 'available')
    .where('subject', '<>', '')
    .execute();
  const pools = new Map<string, Fen>();
  for (const { subject, balanceFen } of rows)
    pools.set(subject, sumFen([pools.get(subject) ?? 0n, balanceFen]));
  return pools;
}

export async function unitNames(db: Db, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return db
    .selectFrom('organisation')
    .select(['id', 'name', 'kind'])
    .where('id', 'in', ids)
    .orderBy('name')
    .orderBy('id')
    .execute();
}
