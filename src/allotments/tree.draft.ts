import { type BusinessDate, daysBetween } from '../core/dates.js';
import { type Fen, formatYuan, sumFen } from '../core/money.js';
import { ORGANISATION_LABELS, type OrganisationKind } from '../core/vocabulary.js';
import type { LayerTotals } from '../ledger/index.js';
import type { Grant, Item, Paid } from './tree.repository.js';
import { type DelayKind, type NODE_KINDS, PASSED_ON_WITHIN_DAYS, type TreeNodeView } from './tree.schema.js';

export interface Delay {
  readonly kind: DelayKind;
  readonly amountFen: Fen;
  readonly days: number;
}

/** What the split of a document names for one organisation. */
export interface Part {
  readonly organisationId: string;
  readonly amountFen: Fen;
  /** Zero until the document is taken in. */
  readonly takenFen: Fen;
}

/** A node while the tree grows. */
export interface Draft {
  readonly id: string;
  readonly parent: Draft | null;
  readonly depth: number;
  readonly kind: (typeof NODE_KINDS)[number];
  readonly via: TreeNodeView['via'];
  readonly name: string;
  readonly levelLabel: string;
  readonly count: number;
  readonly issuedFen: Fen;
  takenFen: Fen | null;
  paidFen: Fen | null;
  /** Its book and funds, where the actor may read them. */
  bookId: string | null;
  funds: string[];
  /** Where the money of its funds stands; null without a book that may be read. */
  stand: Stand | null;
  /** Issued to the children, and of that by its own allotments; both grow with them. */
  passedFen: Fen;
  allottedFen: Fen;
  items: readonly Item[];
  parts: Part[];
  delays: Delay[];
  above: TreeNodeView['above'];
  readonly children: Draft[];
}

export interface Stand {
  readonly otherFen: Fen;
  readonly returnedFen: Fen;
  readonly mergedFen: Fen;
  readonly spentFen: Fen;
}

export const draft = (
  given: Pick<Draft, 'id' | 'parent' | 'kind' | 'via' | 'name' | 'levelLabel' | 'issuedFen'> & {
    count?: number;
  },
): Draft => ({
  count: 1,
  ...given,
  depth: given.parent === null ? 0 : given.parent.depth + 1,
  takenFen: null,
  paidFen: null,
  bookId: null,
  funds: [],
  stand: null,
  passedFen: 0n,
  allottedFen: 0n,
  items: [],
  parts: [],
  delays: [],
  above: [],
  children: [],
});

export const levelOf = (kind: string): string => ORGANISATION_LABELS[kind as OrganisationKind];

/** What the documents split further, by organisation. A document of a book that takes in is in force once taken in. */
export function partsIn(items: readonly Item[]): Part[] {
  const found = new Map<string, Part>();
  for (const item of items) {
    const isInForce = item.recipientBookId === null || item.takenFundId !== null;
    for (const part of JSON.parse(item.parts) as { organisationId: string; amountFen: string }[]) {
      const amountFen = BigInt(part.amountFen);
      const before = found.get(part.organisationId);
      found.set(part.organisationId, {
        organisationId: part.organisationId,
        amountFen: (before?.amountFen ?? 0n) + amountFen,
        takenFen: (before?.takenFen ?? 0n) + (isInForce ? amountFen : 0n),
      });
    }
  }
  return [...found.values()];
}

const amountsOf = (rows: readonly { amountFen: Fen }[]) => sumFen(rows.map((row) => row.amountFen));

function late(
  kind: DelayKind,
  rows: readonly { effectiveDate: BusinessDate; amountFen: Fen }[],
  today: BusinessDate,
): Delay[] {
  const days = (row: { effectiveDate: BusinessDate }) => daysBetween(row.effectiveDate, today);
  const over = rows.filter((row) => days(row) > PASSED_ON_WITHIN_DAYS);
  if (over.length === 0) return [];
  return [{ kind, amountFen: amountsOf(over), days: Math.max(...over.map(days)) }];
}

/** What was issued and paid to a lower book, and has waited there for longer than the term. */
export const delaysOfIssue = (
  items: readonly Item[],
  paid: readonly Paid[],
  today: BusinessDate,
): Delay[] => [
  ...late(
    'not_taken_in',
    items.filter(({ takenDate }) => takenDate === null),
    today,
  ),
  ...late(
    'cash_not_taken_in',
    paid.filter(({ takenDate }) => takenDate === null),
    today,
  ),
];

/**
 * What a fund that came from above still has in its common pool, beyond what arrived within the term: the newest
 * arrivals are taken for what is left.
 */
export function heldBack(
  { items, grants, commonFen }: { items: readonly Item[]; grants: readonly Grant[]; commonFen: Fen },
  today: BusinessDate,
): Delay[] {
  if (items.length === 0) return [];
  const arrivals = [
    ...grants,
    ...items.map(({ takenDate, amountFen }) => ({ effectiveDate: takenDate as BusinessDate, amountFen })),
  ];
  const [old] = late('not_passed_on', arrivals, today);
  if (!old) return [];
  const heldFen = commonFen - (amountsOf(arrivals) - old.amountFen);
  return heldFen > 0n ? [{ ...old, amountFen: heldFen }] : [];
}

/** The same delay of several funds as one. */
export function together(delays: readonly Delay[]): Delay[] {
  const found = new Map<DelayKind, Delay>();
  for (const { kind, amountFen, days } of delays) {
    const before = found.get(kind);
    found.set(kind, {
      kind,
      amountFen: (before?.amountFen ?? 0n) + amountFen,
      days: Math.max(before?.days ?? 0, days),
    });
  }
  return [...found.values()];
}

export const standOf = (
  totals: readonly LayerTotals[],
  { takenHereFen, mergedFen }: { takenHereFen: Fen; mergedFen: Fen },
): Stand => {
  const sum = (layer: 'allotted' | 'returned' | 'spent') => sumFen(totals.map((each) => each[layer] ?? 0n));
  return {
    otherFen: sum('allotted') - takenHereFen,
    returnedFen: sum('returned'),
    spentFen: sum('spent'),
    mergedFen,
  };
};

const MOST_ISSUES = 20;
const orNull = (fen: Fen | null | undefined) => (fen === null || fen === undefined ? null : formatYuan(fen));

/** What of its own money a node kept: everything that is neither below it, nor back, nor shown elsewhere. */
export const keptFen = ({ issuedFen, passedFen, stand }: Draft): Fen | null =>
  stand && issuedFen + stand.otherFen - passedFen - stand.returnedFen - stand.mergedFen;

export function nodeView(node: Draft): TreeNodeView {
  const { parent, stand, items, issuedFen, takenFen, paidFen, passedFen, children } = node;
  const isRead = node.bookId !== null;
  return {
    id: node.id,
    parentId: parent?.id ?? null,
    depth: node.depth,
    kind: node.kind,
    via: node.via,
    name: node.name,
    levelLabel: node.levelLabel,
    bookId: node.bookId,
    fundIds: node.funds,
    count: node.count,
    issued: formatYuan(issuedFen),
    taken: orNull(takenFen),
    paid: orNull(paidFen),
    passedOn: stand || children.length > 0 ? formatYuan(passedFen) : null,
    kept: orNull(keptFen(node)),
    spent: orNull(stand?.spentFen),
    other: orNull(stand?.otherFen),
    returned: orNull(stand?.returnedFen),
    merged: orNull(stand?.mergedFen),
    issues: items.slice(0, MOST_ISSUES).map((item) => ({
      allotmentId: item.allotmentId,
      bookId: item.bookId,
      documentNo: item.documentNo,
      effectiveDate: item.effectiveDate,
      amount: formatYuan(item.amountFen),
      logIndex: item.logIndex,
      takenIn:
        item.takenDate === null
          ? null
          : {
              documentNo: isRead ? item.takenNo : null,
              effectiveDate: item.takenDate,
              logIndex: isRead ? item.takenIndex : null,
            },
    })),
    issueCount: items.length,
    above: node.above,
    delays: node.delays.map(({ kind, amountFen, days }) => ({ kind, amount: formatYuan(amountFen), days })),
  };
}
