import { Decimal } from 'decimal.js';
import { type BusinessDate, daysBetween } from '../core/dates.js';
import { type Fen, formatYuan, showPercent, sumFen } from '../core/money.js';
import type { CapState } from '../relief/index.js';
import type { CaseCounts } from './cases.repository.js';
import type { FundMoney, TakenIn, Transit } from './money.repository.js';
import type { Figures } from './overview.schema.js';

/** How far the year has come, in whole days. */
export interface Elapsed {
  readonly days: number;
  readonly ofDays: number;
}

/** The day itself counts; 0 before the year, all of it after. */
export function elapsedOf(year: number, asOf: BusinessDate): Elapsed {
  const ofDays = daysBetween(`${year}-01-01`, `${year + 1}-01-01`);
  const days = Math.min(ofDays, Math.max(0, daysBetween(`${year}-01-01`, asOf) + 1));
  return { days, ofDays };
}

export const showProgress = ({ days, ofDays }: Elapsed): string => showPercent(BigInt(days), BigInt(ofDays));

/** `spent / own` against the elapsed share, in percentage points, from the exact fractions; null without money. */
export function gapPoints(spentFen: Fen, ownFen: Fen, { days, ofDays }: Elapsed): string | null {
  if (ownFen <= 0n) return null;
  const gap = new Decimal(spentFen.toString()).div(ownFen.toString()).minus(new Decimal(days).div(ofDays));
  const text = gap.times(100).toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

/** Cash that nobody has spent or promised, as far as the fund may still use it. */
export function idleFen({ bankFen, reservedFen, encumberedFen, availableFen }: FundMoney): Fen {
  const free = bankFen - reservedFen - encumberedFen;
  const kept = free < availableFen ? free : availableFen;
  return kept > 0n ? kept : 0n;
}

export interface Idle {
  readonly amountFen: Fen;
  readonly days: number;
}
/** Null where nothing lies idle, or nothing had arrived by the day. */
export function idleOf(fund: FundMoney, asOf: BusinessDate): Idle | null {
  const amountFen = idleFen(fund);
  if (amountFen === 0n || fund.lastArrival === null) return null;
  return { amountFen, days: daysBetween(fund.lastArrival, asOf) };
}

/** What the figures of a book, or of several together, are made from. */
export interface Parts {
  /** Books counted together: what passes between them counts once. */
  readonly bookIds: ReadonlySet<string>;
  readonly funds: readonly FundMoney[];
  readonly takenIn: readonly TakenIn[];
  readonly transit: readonly Transit[];
  readonly caps: readonly CapState[];
  readonly cases: readonly CaseCounts[];
}
export interface Measure {
  readonly asOf: BusinessDate;
  readonly elapsed: Elapsed;
  /** Idle for longer than so many days counts as overdue. */
  readonly idleDays: number;
}

export function figuresOf(parts: Parts, measure: Measure): Figures {
  const { funds, cases } = parts;
  const total = (amount: (fund: FundMoney) => Fen) => sumFen(funds.map(amount));
  const count = (of: (counts: CaseCounts) => number) => cases.reduce((sum, counts) => sum + of(counts), 0);
  const spentFen = total((fund) => fund.spentFen);
  const receivedFen = total((fund) => fund.receivedFen);
  const disbursedFen = total((fund) => fund.disbursedFen);
  const ownFen = receivedFen - disbursedFen;
  const within = (kind: TakenIn['kind']) =>
    sumFen(
      parts.takenIn
        .filter(
          (row) => row.kind === kind && parts.bookIds.has(row.bookId) && parts.bookIds.has(row.issueBookId),
        )
        .map((row) => row.amountFen),
    );
  return {
    planned: formatYuan(total((fund) => fund.plannedFen)),
    allotted: formatYuan(total((fund) => fund.allottedFen) - within('allotment')),
    passedDown: formatYuan(total((fund) => fund.passedDownFen)),
    received: formatYuan(receivedFen - within('disbursement')),
    disbursed: formatYuan(disbursedFen),
    ownReceived: formatYuan(ownFen),
    spent: formatYuan(spentFen),
    executionRate: ownFen > 0n ? showPercent(spentFen, ownFen) : null,
    executionGap: gapPoints(spentFen, ownFen, measure.elapsed),
    cap: capFigures(parts.caps),
    idle: idleFigures(funds, measure),
    transitAuthority: transitFigures(parts, 'allotment', measure.asOf),
    transitCash: transitFigures(parts, 'disbursement', measure.asOf),
    refused: count((counts) => counts.refused),
    reviewed: count((counts) => counts.reviewed),
    waived: count((counts) => counts.waived),
  };
}

function capFigures(caps: readonly CapState[]): Figures['cap'] {
  const known = caps.filter((cap): cap is CapState & { limitFen: Fen } => cap.limitFen !== null);
  const unknown = caps.filter((cap) => cap.limitFen === null);
  const limitFen = sumFen(known.map((cap) => cap.limitFen));
  const usedFen = sumFen(known.map((cap) => cap.usedFen));
  const room = ({ limitFen, usedFen }: { limitFen: Fen; usedFen: Fen }) =>
    limitFen > usedFen ? limitFen - usedFen : 0n;
  const [basis, ...others] = new Set(known.map((cap) => cap.basis));
  const reasons = new Set(unknown.flatMap(({ reason }) => reason ?? []));
  return {
    limit: known.length > 0 ? formatYuan(limitFen) : null,
    used: formatYuan(usedFen),
    headroom: known.length > 0 ? formatYuan(sumFen(known.map(room))) : null,
    useRate: limitFen > 0n ? showPercent(usedFen, limitFen) : null,
    basis: others.length > 0 ? 'mixed' : (basis ?? null),
    booksKnown: known.length,
    booksUnknown: unknown.length,
    usedWithoutLimit: formatYuan(sumFen(unknown.map((cap) => cap.usedFen))),
    reason: reasons.size > 0 ? [...reasons].join('；') : null,
  };
}

function idleFigures(funds: readonly FundMoney[], { asOf, idleDays }: Measure): Figures['idle'] {
  const found = funds.flatMap((fund) => idleOf(fund, asOf) ?? []);
  const amountFen = sumFen(found.map((idle) => idle.amountFen));
  const weighted = sumFen(found.map((idle) => idle.amountFen * BigInt(idle.days)));
  return {
    amount: formatYuan(amountFen),
    longestDays: found.length > 0 ? Math.max(...found.map((idle) => idle.days)) : null,
    weightedDays:
      amountFen > 0n ? new Decimal(weighted.toString()).div(amountFen.toString()).toFixed(1) : null,
    overdueAmount: formatYuan(
      sumFen(found.filter((idle) => idle.days > idleDays).map((idle) => idle.amountFen)),
    ),
  };
}

function transitFigures(
  { transit, bookIds }: Parts,
  kind: Transit['kind'],
  asOf: BusinessDate,
): Figures['transitCash'] {
  const open = transit.filter(
    (row) => row.kind === kind && (bookIds.has(row.fromBookId) || bookIds.has(row.toBookId)),
  );
  const amount = (rows: readonly Transit[]) => formatYuan(sumFen(rows.map((row) => row.amountFen)));
  return {
    amount: amount(open),
    outgoing: amount(open.filter((row) => bookIds.has(row.fromBookId))),
    incoming: amount(open.filter((row) => bookIds.has(row.toBookId))),
    items: open.reduce((sum, row) => sum + row.items, 0),
    oldestDays: open.length > 0 ? Math.max(...open.map((row) => daysBetween(row.oldestDate, asOf))) : null,
  };
}
