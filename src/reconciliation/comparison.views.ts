import type { BusinessDate } from '../core/dates.js';
import { type Fen, formatYuan, sumFen } from '../core/money.js';
import type { Level, SourceType } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { DifferenceView, UpperComparisonView } from './comparison.schema.js';
import type { NoteState } from './notes.service.js';
import { type Basis, DIFFERENCE_LABELS, type Difference, type Pair, type Totals } from './pairs.js';

/** What was booked of a fund within a year. */
export type Movement = Readonly<Record<'planned' | 'spent' | 'passed_down' | 'returned', Fen>>;

export const totalsView = (totals: Totals): UpperComparisonView['authority'] => ({
  issued: formatYuan(totals.issuedFen),
  taken: formatYuan(totals.takenFen),
  agreed: formatYuan(totals.agreedFen),
  short: formatYuan(totals.shortFen),
  over: formatYuan(totals.overFen),
});

export function differenceRow(
  difference: Difference,
  fundName: string,
  state: NoteState,
  asOf: BusinessDate,
): DifferenceView {
  const { issue, own, kind } = difference;
  return {
    key: difference.key,
    kind,
    kindLabel: DIFFERENCE_LABELS[kind],
    basis: difference.basis,
    fundName,
    amount: formatYuan(difference.amountFen),
    difference: formatYuan(difference.differenceFen),
    ageDays: difference.ageDays,
    // Everything else can be taken in, corrected or linked below.
    duty: kind === 'not_acknowledged' ? 'upper' : 'lower',
    upper: issue && {
      bookId: issue.bookId,
      kind: issue.basis === 'authority' ? 'allotment' : 'disbursement',
      id: issue.id,
      documentNo: issue.documentNo,
      effectiveDate: issue.effectiveDate,
      amount: formatYuan(issue.amountFen),
      logIndex: issue.logIndex,
      leafHash: issue.leafHash,
    },
    own: own && {
      kind: own.kind,
      id: own.id,
      fundId: own.fundId,
      documentNo: own.documentNo,
      effectiveDate: own.effectiveDate,
      amount: formatYuan(own.amountFen),
      logIndex: own.logIndex,
    },
    ...state,
    isOverdue: state.expectedDate !== null && state.expectedDate < asOf,
  };
}

/** One fund with the pairs of the year that belong to it; `ownId` null: nothing of it was taken in. */
export function fundRow(
  fund: Row<'fund'>,
  ownId: string | null,
  pairs: readonly Pair[],
  moved: Movement | undefined,
): UpperComparisonView['funds'][number] {
  const sum = (basis: Basis, side: 'issue' | 'own') =>
    sumFen(pairs.filter((pair) => pair.basis === basis).map((pair) => pair[side]?.amountFen ?? 0n));
  const [allottedFen, disbursedFen] = [sum('authority', 'issue'), sum('cash', 'issue')];
  const [takenInFen, receivedFen] = [sum('authority', 'own'), sum('cash', 'own')];
  const issue = pairs.find((pair) => pair.issue)?.issue;
  return {
    fundId: ownId,
    upperFundId: issue?.fundId ?? null,
    name: fund.name,
    type: fund.type as SourceType,
    level: fund.level as Level,
    fundYear: fund.year,
    documentNo: ownId === null ? (issue?.allotmentNo ?? fund.documentNo) : fund.documentNo,
    upper: { allotted: formatYuan(allottedFen), disbursed: formatYuan(disbursedFen) },
    own: {
      planned: formatYuan(moved?.planned ?? 0n),
      takenIn: formatYuan(takenInFen),
      received: formatYuan(receivedFen),
      spent: formatYuan(moved?.spent ?? 0n),
      passedDown: formatYuan(moved?.passed_down ?? 0n),
      returned: formatYuan(moved?.returned ?? 0n),
    },
    allottedDifference: formatYuan(allottedFen - takenInFen),
    receivedDifference: formatYuan(disbursedFen - receivedFen),
  };
}
