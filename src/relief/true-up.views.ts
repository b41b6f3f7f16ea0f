import { type Fen, formatYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { reliefCapOf } from '../ledger/index.js';
import type { TRUE_UP_STATES, TrueUpView } from './relief.schema.js';

/** The true-ups of a year with what was done about them, in order of recording. */
export async function trueUpViews(db: Db, bookId: string, year: number): Promise<TrueUpView[]> {
  const rows = await db
    .selectFrom('reliefTrueUp')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('year', '=', year)
    .orderBy('logIndex')
    .execute();
  const views: TrueUpView[] = [];
  for (const row of rows)
    views.push(toTrueUpView(row, await resolutionsOf(db, row.id), await overBy(db, row)));
  return views;
}

/** How far the numerator is above a true-up's cap now. */
async function overBy(db: Db, { bookId, year, trueUpDate, capFen }: Row<'reliefTrueUp'>): Promise<Fen> {
  const { paidFen, committedFen } = await reliefCapOf(db, { bookId, year, businessDate: trueUpDate });
  const overFen = paidFen + committedFen - capFen;
  return overFen > 0n ? overFen : 0n;
}

export const resolutionsOf = (db: Db, trueUpId: string) =>
  db
    .selectFrom('reliefResolution')
    .innerJoin('ledgerEntry', 'ledgerEntry.id', 'reliefResolution.entryId')
    .selectAll('reliefResolution')
    .select(['subjectType', 'subjectId'])
    .where('trueUpId', '=', trueUpId)
    .orderBy('reliefResolution.id')
    .execute();

function toTrueUpView(
  row: Row<'reliefTrueUp'>,
  resolutions: Awaited<ReturnType<typeof resolutionsOf>>,
  openFen: Fen,
): TrueUpView {
  return {
    id: row.id,
    baseId: row.baseId,
    date: row.trueUpDate,
    cap: formatYuan(row.capFen),
    paid: formatYuan(row.paidFen),
    committed: formatYuan(row.committedFen),
    overrun: formatYuan(row.overrunFen),
    resolved: formatYuan(sumFen(resolutions.map((resolution) => resolution.amountFen))),
    open: formatYuan(openFen),
    note: row.note,
    recordedBy: row.recordedBy,
    logIndex: row.logIndex,
    resolutions: resolutions.map(({ amountFen, targetFundId, targetEntryId, ...resolution }) => ({
      id: resolution.id,
      kind: resolution.kind,
      amount: formatYuan(amountFen),
      entryId: resolution.entryId,
      subjectType: resolution.subjectType,
      subjectId: resolution.subjectId,
      target: targetFundId && targetEntryId ? { fundId: targetFundId, entryId: targetEntryId } : null,
      documentNo: resolution.documentNo,
      recordedBy: resolution.recordedBy,
      logIndex: resolution.logIndex,
    })),
  };
}

/** Where the year stands with its last final base. */
export function trueUpState(
  bases: readonly Row<'expenditureBase'>[],
  trueUps: readonly TrueUpView[],
): (typeof TRUE_UP_STATES)[number] {
  const final = bases.findLast((base) => base.basis === 'final');
  if (!final) return 'not_due';
  const done = trueUps.find((trueUp) => trueUp.baseId === final.id);
  if (!done) return 'due';
  if (done.open !== '0.00') return 'open';
  if (done.overrun === '0.00') return 'within';
  return done.resolved === done.overrun ? 'settled' : 'unexplained';
}
