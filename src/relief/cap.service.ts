import { Decimal } from 'decimal.js';
import { type BusinessDate, today } from '../core/dates.js';
import { type Fen, floorShare, formatYuan, showPercent } from '../core/money.js';
import type { BaseLevel } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { bureauOfBook, demandBookRead, reliefBaseOf, reliefCapOf } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { countedFen, type PackSet, type ReliefBaseFacts } from '../policy/index.js';
import { basesOf, toBaseView } from './bases.service.js';
import { numeratorByMonth } from './numerator.repository.js';
import type { ReliefCapView } from './relief.schema.js';
import { trueUpState, trueUpViews } from './true-up.views.js';

interface YearAt {
  readonly bookId: string;
  readonly divisionCode: string;
  readonly year: number;
  readonly on: BusinessDate;
}

/** Base, use and room of the year's cap as a decision of that day would see them, and how they came about. */
export async function getReliefCap(
  store: Store,
  packs: PackSet,
  actor: Actor,
  bookId: string,
  query: { readonly year: number; readonly on?: BusinessDate | undefined; readonly now: Date },
): Promise<ReliefCapView> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const { year } = query;
  const on = query.on ?? today(query.now);
  const { divisionCode } = await bureauOfBook(db, bookId);
  const cap = await reliefCapAt(db, packs, { bookId, divisionCode, year, on });
  const bases = await basesOf(db, bookId, year);
  const trueUps = await trueUpViews(db, bookId, year);
  return {
    year,
    on,
    base: yuan(cap.baseFen),
    basis: cap.base?.basis ?? null,
    baseDocumentNo: cap.base?.documentNo ?? null,
    levels: cap.levels && [...cap.levels],
    paid: formatYuan(cap.paidFen),
    committed: formatYuan(cap.committedFen),
    capRatio: cap.ratio,
    capClause: cap.clause,
    cap: yuan(cap.capFen),
    headroom: yuan(cap.headroomFen),
    utilisation: cap.capFen ? showPercent(cap.paidFen + cap.committedFen, cap.capFen) : null,
    indication: indication(capInForce(packs, divisionCode, on), year, cap),
    months: (await numeratorByMonth(db, bookId, year)).map(({ month, addedFen, paidFen, totalFen }) => ({
      month,
      added: formatYuan(addedFen),
      paid: formatYuan(paidFen),
      total: formatYuan(totalFen),
    })),
    bases: bases.map((base) => ({
      ...toBaseView(base),
      cap: yuan(limitBy(packs, divisionCode, base).capFen),
    })),
    trueUpState: trueUpState(bases, trueUps),
    trueUps,
  };
}

const yuan = (fen: Fen | null) => (fen === null ? null : formatYuan(fen));

function indication(
  cap: Cap | null,
  year: number,
  facts: Awaited<ReturnType<typeof reliefCapAt>>,
): ReliefCapView['indication'] {
  const { capFen, baseFen } = limitOf(cap, facts.lastFinal);
  if (capFen === null || baseFen === null) return null;
  const usedFen = facts.paidFen + facts.committedFen;
  return {
    year: year - 1,
    base: formatYuan(baseFen),
    cap: formatYuan(capFen),
    headroom: formatYuan(capFen > usedFen ? capFen - usedFen : 0n),
  };
}

/** Base, use and room in Fen, for whoever may read the book; `null` where base, levels or ratio are unknown. */
export async function reliefCapAt(db: Db, packs: PackSet, at: YearAt) {
  const facts = await reliefCapOf(db, { bookId: at.bookId, year: at.year, businessDate: at.on });
  const cap = capInForce(packs, at.divisionCode, at.on);
  const { baseFen, capFen } = limitOf(cap, facts.base);
  const usedFen = facts.paidFen + facts.committedFen;
  return {
    ...facts,
    baseFen,
    levels: cap?.levels ?? null,
    ratio: cap && new Decimal(cap.ratio[0].toString()).div(cap.ratio[1].toString()).toString(),
    clause: cap?.clause ?? null,
    capFen,
    headroomFen: capFen === null ? null : capFen > usedFen ? capFen - usedFen : 0n,
  };
}

/** The limit that a declared base gives by the law of the day of its declaration; `null` where that is unknown. */
export const limitBy = (packs: PackSet, divisionCode: string, base: Row<'expenditureBase'>) =>
  limitOf(capInForce(packs, divisionCode, base.declaredDate), reliefBaseOf(base));

export function limitOf(
  cap: Cap | null,
  base: ReliefBaseFacts | null,
): { readonly baseFen: Fen | null; readonly capFen: Fen | null } {
  // Where no rule holds, the base is told as it was declared.
  if (base === null || cap === null) return { baseFen: base?.amountFen ?? null, capFen: null };
  const baseFen = cap.levels && countedFen(base, cap.levels);
  return { baseFen, capFen: baseFen === null ? null : floorShare(baseFen, cap.ratio) };
}

export interface Cap {
  readonly ratio: readonly [bigint, bigint];
  readonly levels: readonly BaseLevel[] | null;
  readonly clause: string;
}

/** The tightest cap among the rules that hold at a place on a day; null when none has a known value then. */
export function capInForce(packs: PackSet, divisionCode: string, on: BusinessDate): Cap | null {
  const caps: Cap[] = [];
  const { parameters } = packs.index;
  for (const compiled of packs.index.select('social_relief', divisionCode, 'contract').fund) {
    const { rule, from, until } = compiled;
    if (rule.kind !== 'ratio_cap' || on < from || (until !== null && on > until)) continue;
    const ratio = parameters.ratio(rule.capParameter, on);
    if (ratio) caps.push({ ratio, levels: parameters.levels(rule.levelsParameter, on), clause: rule.clause });
  }
  return caps.reduce<Cap | null>(
    (tight, cap) => (tight && isAtMost(tight.ratio, cap.ratio) ? tight : cap),
    null,
  );
}

const isAtMost = (a: Cap['ratio'], b: Cap['ratio']) => a[0] * b[1] <= b[0] * a[1];
