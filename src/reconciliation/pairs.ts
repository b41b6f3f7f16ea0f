import { groupBy } from '../core/collections.js';
import { type BusinessDate, daysBetween } from '../core/dates.js';
import { type Fen, sumFen } from '../core/money.js';

/** 指标 (下达) or 资金 (拨付): what is compared with what. */
export const BASIS_LABELS = { authority: '指标', cash: '资金' } as const;
export type Basis = keyof typeof BASIS_LABELS;
export const BASES = Object.keys(BASIS_LABELS) as [Basis, ...Basis[]];

/** What an upper book issued to a lower one: an item of an allotment (下达), or a disbursement (拨付). */
export interface Issue {
  readonly basis: Basis;
  readonly id: string;
  readonly bookId: string;
  readonly toBookId: string;
  readonly fundId: string;
  /** The allotment item that it is, or that its cash follows, and the 文号 of that. */
  readonly itemId: string;
  readonly allotmentNo: string;
  readonly documentNo: string;
  readonly effectiveDate: BusinessDate;
  readonly amountFen: Fen;
  readonly logIndex: number;
  readonly leafHash: string;
  /** Cash: the day on which the upper book took note of its arrival. */
  readonly acknowledgedDate: BusinessDate | null;
}

/** What the lower book says it got: an intake, which names its issue, or a document recorded by hand. */
export interface OwnRecord {
  readonly basis: Basis;
  readonly kind: 'intake' | 'grant' | 'arrival';
  readonly id: string;
  readonly bookId: string;
  readonly fundId: string;
  readonly issueId: string | null;
  readonly documentNo: string;
  readonly fundDocumentNo: string;
  readonly effectiveDate: BusinessDate;
  readonly amountFen: Fen;
  readonly logIndex: number;
}

/** An issue and the record of it, or one of them alone. */
export interface Pair {
  readonly basis: Basis;
  readonly issue: Issue | null;
  readonly own: OwnRecord | null;
}

export const DIFFERENCE_LABELS = {
  not_taken_in: '未收文',
  in_transit: '在途',
  amount_differs: '金额不符',
  more_than_issued: '多于上级所下',
  no_upper_record: '无上级记录',
  recorded_by_hand: '手工登记，未与上级记录勾连',
  other_month: '跨月入账',
  not_acknowledged: '已到账，上级未确认',
} as const;
export type DifferenceKind = keyof typeof DIFFERENCE_LABELS;
export const DIFFERENCE_KINDS = Object.keys(DIFFERENCE_LABELS) as [DifferenceKind, ...DifferenceKind[]];

/** One thing that does not agree between the two sides of a pair. */
export interface Difference extends Pair {
  /** The same as long as the same two records disagree in the same way. */
  readonly key: string;
  readonly kind: DifferenceKind;
  /** How much money is in question. Above zero. */
  readonly amountFen: Fen;
  /** Issued minus taken in; zero where only dates or links disagree. */
  readonly differenceFen: Fen;
  /** Days that it has lasted; of a record dated in another month, days between the two dates. */
  readonly ageDays: number;
}

export const differenceKey = (kind: DifferenceKind, issueId: string | null, ownId: string | null): string =>
  `${kind}:${issueId ?? ''}:${ownId ?? ''}`;

/**
 * Finds for each issue the record of it: the intake that names it; else a document recorded by hand under the same
 * number (its own, else, for authority, that of its fund), of the same amount rather than of another. Every issue
 * and every record is in exactly one pair. Order of the given rows decides between equals.
 */
export function pairUp(issues: readonly Issue[], records: readonly OwnRecord[]): Pair[] {
  const free = new Set(records);
  const named = new Map(
    records.filter((own) => own.issueId !== null).map((own) => [`${own.basis} ${own.issueId}`, own]),
  );
  const found = new Map<Issue, OwnRecord>();
  const settle = (issue: Issue, own: OwnRecord | undefined) => {
    if (!own || !free.delete(own)) return;
    found.set(issue, own);
  };
  for (const issue of issues) settle(issue, named.get(`${issue.basis} ${issue.id}`));
  for (const [nameOfIssue, nameOfRecord] of LIKENESSES) {
    const byHand = groupBy(
      [...free].filter(({ kind }) => kind !== 'intake'),
      nameOfRecord,
    );
    for (const issue of issues) if (!found.has(issue)) settle(issue, byHand.get(nameOfIssue(issue))?.shift());
  }
  return [
    ...issues.map((issue): Pair => ({ basis: issue.basis, issue, own: found.get(issue) ?? null })),
    ...[...free].map((own): Pair => ({ basis: own.basis, issue: null, own })),
  ];
}

/** Brackets and spaces are typed in many ways. */
const plain = (documentNo: string) =>
  documentNo
    .normalize('NFKC')
    .replaceAll(/\s/g, '')
    .replaceAll(/[[(【〔]/g, '〔')
    .replaceAll(/[\])】〕]/g, '〕');
const called = (of: Issue | OwnRecord, documentNo: string) => `${of.basis} ${plain(documentNo)}`;
const byNumber = (of: Issue | OwnRecord) => called(of, of.documentNo);
/** Null is the name of no issue. */
const byFund = (own: OwnRecord) => (own.kind === 'grant' ? called(own, own.fundDocumentNo) : null);

/** By what an issue and a record are taken for the same, from the closest likeness to the loosest. */
const LIKENESSES: readonly [(issue: Issue) => string | null, (own: OwnRecord) => string | null][] = [
  [(issue) => `${byNumber(issue)} ${issue.amountFen}`, (own) => `${byNumber(own)} ${own.amountFen}`],
  [
    (issue) => `${byNumber(issue)} ${issue.amountFen}`,
    (own) => (own.kind === 'grant' ? `${byFund(own)} ${own.amountFen}` : null),
  ],
  [byNumber, byNumber],
  [byNumber, byFund],
];

/** The year that a pair is reconciled in: of its issue, and of a record that no issue is behind, its own. */
export const yearOf = ({ issue, own }: Pair): number => Number((issue ?? own)?.effectiveDate.slice(0, 4));

/** Everything that disagrees in a pair on a day, which lies on or after its dates. */
export function differencesOf(pair: Pair, asOf: BusinessDate): Difference[] {
  const { issue, own } = pair;
  const row = (kind: DifferenceKind, amountFen: Fen, differenceFen: Fen, ageDays: number): Difference => ({
    ...pair,
    key: differenceKey(kind, issue?.id ?? null, own?.id ?? null),
    kind,
    amountFen,
    differenceFen,
    ageDays,
  });
  const since = ({ effectiveDate }: Issue | OwnRecord) => daysBetween(effectiveDate, asOf);
  if (!own) {
    if (!issue) return [];
    const kind = issue.basis === 'authority' ? 'not_taken_in' : 'in_transit';
    return [row(kind, issue.amountFen, issue.amountFen, since(issue))];
  }
  if (!issue) return [row('no_upper_record', own.amountFen, -own.amountFen, since(own))];
  const found: Difference[] = [];
  const gapFen = issue.amountFen - own.amountFen;
  if (gapFen > 0n) found.push(row('amount_differs', gapFen, gapFen, since(own)));
  if (gapFen < 0n) found.push(row('more_than_issued', -gapFen, gapFen, since(own)));
  if (own.kind !== 'intake') found.push(row('recorded_by_hand', own.amountFen, 0n, since(own)));
  if (issue.effectiveDate.slice(0, 7) !== own.effectiveDate.slice(0, 7)) {
    const days = daysBetween(issue.effectiveDate, own.effectiveDate);
    found.push(row('other_month', own.amountFen, 0n, days));
  }
  const isNoted = issue.acknowledgedDate !== null && issue.acknowledgedDate <= asOf;
  if (issue.basis === 'cash' && own.kind === 'intake' && !isNoted)
    found.push(row('not_acknowledged', own.amountFen, 0n, since(own)));
  return found;
}

/** agreed + short = issued, and agreed + over = taken. */
export interface Totals {
  readonly issuedFen: Fen;
  readonly takenFen: Fen;
  readonly agreedFen: Fen;
  /** Issued and not taken in. */
  readonly shortFen: Fen;
  /** Taken in beyond what was issued. */
  readonly overFen: Fen;
}

export function totalsOf(pairs: readonly Pair[]): Totals {
  const sides = pairs.map(({ issue, own }) => [issue?.amountFen ?? 0n, own?.amountFen ?? 0n] as const);
  const sum = (amountOf: (issuedFen: Fen, takenFen: Fen) => Fen) =>
    sumFen(sides.map(([issuedFen, takenFen]) => amountOf(issuedFen, takenFen)));
  return {
    issuedFen: sum((issuedFen) => issuedFen),
    takenFen: sum((_, takenFen) => takenFen),
    agreedFen: sum((issuedFen, takenFen) => (issuedFen < takenFen ? issuedFen : takenFen)),
    shortFen: sum((issuedFen, takenFen) => (issuedFen > takenFen ? issuedFen - takenFen : 0n)),
    overFen: sum((issuedFen, takenFen) => (takenFen > issuedFen ? takenFen - issuedFen : 0n)),
  };
}
