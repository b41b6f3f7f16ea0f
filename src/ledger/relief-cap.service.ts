import { Decimal } from 'decimal.js';
import { type BusinessDate, today } from '../core/dates.js';
import { floorShare, formatYuan } from '../core/money.js';
import type { BaseBasis } from '../core/vocabulary.js';
import type { Store } from '../db/store.js';
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
  const facts = await reliefCapOf(store.read, { bookId, year: query.year, businessDate: on });
  const { divisionCode } = await bureauOfBook(store.read, bookId);
  const cap = capInForce(packs, divisionCode, on);
  const capFen = cap && facts.base ? floorShare(facts.base.amountFen, cap.ratio) : null;
  const usedFen = facts.paidFen + facts.committedFen;
  const headroomFen = capFen === null ? null : capFen > usedFen ? capFen - usedFen : 0n;
  return {
    year: query.year,
    on,
    base: facts.base && formatYuan(facts.base.amountFen),
    basis: (facts.base?.basis as BaseBasis | undefined) ?? null,
    baseDocumentNo: facts.base?.documentNo ?? null,
    paid: formatYuan(facts.paidFen),
    committed: formatYuan(facts.committedFen),
    capRatio: cap && new Decimal(cap.ratio[0].toString()).div(cap.ratio[1].toString()).toString(),
    capClause: cap?.clause ?? null,
    cap: capFen === null ? null : formatYuan(capFen),
    headroom: headroomFen === null ? null : formatYuan(headroomFen),
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
