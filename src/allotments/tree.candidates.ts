import type { Fen } from '../core/money.js';
import type { Db } from '../db/store.js';
import type { Draft } from './tree.draft.js';
import { issuedBy, placesOf } from './tree.repository.js';

/** A recipient before it is known whether there is room for it. */
export interface Candidate {
  readonly key: string;
  readonly parent: Draft;
  readonly via: 'allotment' | 'split';
  readonly recipientBookId: string | null;
  readonly place: {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly path: string;
  };
  amountFen: Fen;
  /** Of a split, which its parent took in with the document. */
  readonly takenFen: Fen | null;
}

export const keyOf = (parent: Draft, kind: 'b' | 'u' | 's', recipientId: string) =>
  `${parent.id}/${kind}:${recipientId}`;

/** Everybody below these nodes, the largest first: recipients of their funds, and those that documents name. */
export async function candidatesBelow(db: Db, parents: readonly Draft[]): Promise<Candidate[]> {
  const ofFund = new Map(parents.flatMap((node) => node.funds.map((fundId) => [fundId, node] as const)));
  const found = new Map<string, Candidate>();
  for (const row of await issuedBy(db, [...ofFund.keys()])) {
    const parent = ofFund.get(row.fundId) as Draft;
    const key = keyOf(parent, row.recipientBookId ? 'b' : 'u', row.recipientId);
    const before = found.get(key);
    if (before) {
      before.amountFen += row.amountFen;
      continue;
    }
    const { recipientId: id, name, kind, path, recipientBookId, amountFen } = row;
    found.set(key, {
      key,
      parent,
      via: 'allotment',
      recipientBookId,
      place: { id, name, kind, path },
      amountFen,
      takenFen: null,
    });
  }
  const places = await placesOf(
    db,
    parents.flatMap(({ parts }) => parts.map(({ organisationId }) => organisationId)),
  );
  for (const parent of parents)
    for (const { organisationId, amountFen, takenFen } of parent.parts) {
      const place = places.get(organisationId);
      if (!place) continue;
      const key = keyOf(parent, 's', organisationId);
      found.set(key, { key, parent, via: 'split', recipientBookId: null, place, amountFen, takenFen });
    }
  return [...found.values()].sort(byAmount);
}

const byAmount = (a: Candidate, b: Candidate): number =>
  a.amountFen === b.amountFen ? (a.place.path < b.place.path ? -1 : 1) : a.amountFen > b.amountFen ? -1 : 1;
