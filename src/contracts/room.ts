import type { Unit } from '../audit/index.js';
import type { Fen } from '../core/money.js';
import type { SourceType } from '../core/vocabulary.js';
import type { SpendingCase } from './facts.js';
import { poolOf } from './pools.js';

/** Funds tried as another source: those with the most room first. */
const MAX_FUNDS_TRIED = 20;

/** Other funds of the book that have so much available. */
export async function fundsWithRoom(unit: Unit, neededFen: Fen, except: ReadonlySet<string>) {
  const rows = await unit.trx
    .selectFrom('fund')
    .innerJoin('account', 'account.fundId', 'fund.id')
    .select((select) => [
      'fund.id as fundId',
      'fund.name',
      'fund.documentNo',
      'fund.type',
      select.fn.sum<string>('account.balanceFen').as('room'),
    ])
    .where('fund.bookId', '=', unit.book.id)
    .where('account.layer', '=', 'available')
    .groupBy(['fund.id', 'fund.name', 'fund.documentNo', 'fund.type'])
    .execute();
  return rows
    .map(({ room, type, ...fund }) => ({ ...fund, type: type as SourceType, roomFen: BigInt(room) }))
    .filter(({ fundId, roomFen }) => roomFen >= neededFen && !except.has(fundId))
    .sort((a, b) =>
      a.roomFen === b.roomFen ? (a.fundId < b.fundId ? -1 : 1) : a.roomFen > b.roomFen ? -1 : 1,
    )
    .slice(0, MAX_FUNDS_TRIED);
}

/** Room may lie in another station's pool: each pool that the lines would draw on must hold what they draw. */
export async function poolsHold(unit: Unit, lines: SpendingCase['lines'], fundId: string): Promise<boolean> {
  const drawn = new Map<string, Fen>();
  const pools = new Map<string | null, string>();
  for (const line of lines.filter((each) => each.fundId === fundId)) {
    const subject = pools.get(line.stationId) ?? (await poolOf(unit.trx, line));
    pools.set(line.stationId, subject);
    drawn.set(subject, (drawn.get(subject) ?? 0n) + line.amountFen);
  }
  const accounts = await unit.trx
    .selectFrom('account')
    .select(['subject', 'balanceFen'])
    .where('fundId', '=', fundId)
    .where('layer', '=', 'available')
    .where('subject', 'in', [...drawn.keys()])
    .execute();
  const held = new Map(accounts.map(({ subject, balanceFen }) => [subject, balanceFen]));
  return [...drawn].every(([subject, amountFen]) => (held.get(subject) ?? 0n) >= amountFen);
}
