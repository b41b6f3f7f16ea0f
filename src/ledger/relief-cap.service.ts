import { Decimal } from 'decimal.js';
import { type BusinessDate, today } from '../core/dates.js';
import { type Fen, floorShare, formatYuan } from '../core/money.js';
import type { BaseBasis } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { PackSet } from '../policy/index.js';
import { demandBookRead } from './access.js';
import { bureauOfBook } from './books.js';
import type { ReliefCapView } from './books.schema.js';
import { reliefCapOf } from './fund-facts.js';

/** Base, use and room of the year's cap on services bought with relief money, as a decision of that day would see. */
export async function getReliefCap(
  store: Store,
  packs: PackSet,
  actor: Actor,
  bookId: string,
  query: { readonly year: number; readonly on?: BusinessDate | undefined; readonly now: Date },
): Promise<ReliefCapView> {
  await demandBookRead(store.read, actor, bookId);
  const on = query.on ?? today(query.now);
  const { divisionCode } = await bureauOfBook(store.read, bookId);
  const cap = await reliefCapAt(store.read, packs, { bookId, divisionCode, year: query.year, on });
  const yuan = (fen: Fen | null) => (fen === null ? null : formatYuan(fen));
  return {
    year: query.year,
    on,
    base: yuan(cap.base?.amountFen ?? null),
    basis: (cap.base?.basis as BaseBasis | undefined) ?? null,
    baseDocumentNo: cap.base?.documentNo ?? null,
    paid: formatYuan(cap.paidFen),
    committed: formatYuan(cap.committedFen),
    capRatio: cap.ratio,
    capClause: cap.clause,
    cap: yuan(cap.capFen),
    headroom: yuan(cap.headroomFen),
  };
}

/** The same in Fen, for whoever may read the book; `null` where base or ratio is unknown. */
export async function reliefCapAt(
  db: Db,
  packs: PackSet,
  at: {
    readonly bookId: string;
    readonly divisionCode: string;
    readonly year: number;
    readonly on: BusinessDate;
  },
) {
  const facts = await reliefCapOf(db, { bookId: at.bookId, year: at.year, businessDate: at.on });
  const cap = capInForce(packs, at.divisionCode, at.on);
  const capFen = cap && facts.base ? floorShare(facts.base.amountFen, cap.ratio) : null;
  const usedFen = facts.paidFen + facts.committedFen;
  return {
    ...facts,
    ratio: cap && new Decimal(cap.ratio[0].toString()).div(cap.ratio[1].toString()).toString(),
    clause: cap?.clause ?? null,
    capFen,
    headroomFen: capFen === null ? null : capFen > usedFen ? capFen - usedFen : 0n,
  };
}

interface Cap {
  readonly ratio: readonly [bigint, bigint];
  readonly clause: string;
}

/** The tightest cap among the rules that hold at a place on a day; null when none has a known value then. */
function capInForce(packs: PackSet, divisionCode: string, on: BusinessDate): Cap | null {
  const caps: Cap[] = [];
  for (const compiled of packs.index.select('social_relief', divisionCode, 'contract').fund) {
    const { rule, from, until } = compiled;
    if (rule.kind !== 'ratio_cap' || on < from || (until !== null && on > until)) continue;
    const ratio = packs.index.parameters.ratio(rule.capParameter, on);
    if (ratio) caps.push({ ratio, clause: rule.clause });
  }
  return caps.reduce<Cap | null>(
    (tight, cap) => (tight && isAtMost(tight.ratio, cap.ratio) ? tight : cap),
    null,
  );
}

const isAtMost = (a: Cap['ratio'], b: Cap['ratio']) => a[0] * b[1] <= b[0] * a[1];
