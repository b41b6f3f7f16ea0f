import { chunksOf, groupBy } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import { notFound } from '../core/errors.js';
import { type Fen, formatYuan, sumFen } from '../core/money.js';
import { SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead, type LayerTotals, layerTotals } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { mayRead, waysTo } from './tree.above.js';
import { type Candidate, candidatesBelow, keyOf } from './tree.candidates.js';
import {
  type Draft,
  delaysOfIssue,
  draft,
  heldBack,
  keptFen,
  levelOf,
  nodeView,
  partsIn,
  standOf,
  together,
} from './tree.draft.js';
import { commonPools, fundsAsked, grantsOf, itemsInto, itemsTo, paidFor } from './tree.repository.js';
import { type AllotmentTreeView, PASSED_ON_WITHIN_DAYS, TREE_NODES, type TreeQuery } from './tree.schema.js';

/** Funds that are trees of their own on one answer. */
const MOST_FUNDS = 60;
/** 省 → 市 → 县 → 乡镇 → 站点. */
const MOST_LEVELS = 4;

/**
 * 指标下达树: where the money of a book's funds went, level by level down to the units, with what each level took in,
 * passed on, kept and spent; and from where it came. In every node
 * issued + other = passedOn + kept + returned + merged, and passedOn is the sum of its children. Of a book that the
 * actor may not read nothing is shown beyond what was issued to it. A fixed number of queries for each level.
 * @throws DomainError `not_found`
 */
export const allotmentTree = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: TreeQuery,
  today: BusinessDate,
): Promise<AllotmentTreeView> =>
  store.snapshot(async (db) => {
    await demandBookRead(db, actor, bookId);
    const { roots, otherFunds } = await rootsOf(db, actor, bookId, query, today);
    const growth: Growth = {
      db,
      actor,
      today,
      room: Number(query.limit ?? TREE_NODES),
      shown: new Set(roots.flatMap(({ funds }) => funds)),
    };
    let level = roots;
    for (let depth = 1; level.length > 0; depth += 1) {
      if (depth > MOST_LEVELS) growth.room = 0;
      level = await descend(growth, level, depth === 1 ? query.recipient : undefined);
    }
    roots.sort((a, b) => Number(b.children.length > 0) - Number(a.children.length > 0));
    const sum = (of: (root: Draft) => Fen | null | undefined) =>
      formatYuan(sumFen(roots.map((root) => of(root) ?? 0n)));
    return {
      bookId,
      asOf: today,
      termDays: PASSED_ON_WITHIN_DAYS,
      total: {
        issued: sum((root) => root.issuedFen),
        paid: sum((root) => root.paidFen),
        passedOn: sum((root) => root.passedFen),
        kept: sum(keptFen),
        spent: sum((root) => root.stand?.spentFen),
        allotments: sum((root) => root.allottedFen),
      },
      otherFunds,
      nodes: [...inOrder(roots)].map(nodeView),
    };
  });

function* inOrder(nodes: readonly Draft[]): Generator<Draft> {
  for (const node of nodes) {
    yield node;
    yield* inOrder(node.children);
  }
}

async function totalsOf(db: Db, fundIds: readonly string[]): Promise<Map<string, LayerTotals>> {
  const totals = new Map<string, LayerTotals>();
  for (const chunk of chunksOf(fundIds))
    for (const [id, layers] of await layerTotals(db, chunk)) totals.set(id, layers);
  return totals;
}

/** The funds asked for that have got money, each with the way it came and what the documents from above split. */
async function rootsOf(db: Db, actor: Actor, bookId: string, query: TreeQuery, today: BusinessDate) {
  const asked = await fundsAsked(db, bookId, { ...query, year: query.year as number | undefined });
  if (query.fundId && asked.length === 0) throw notFound('资金批次');
  const totals = await totalsOf(
    db,
    asked.map(({ id }) => id),
  );
  const funded = asked.filter(({ id }) => (totals.get(id)?.allotted ?? 0n) > 0n);
  const funds = funded.slice(0, MOST_FUNDS);
  const ids = funds.map(({ id }) => id);
  const into = await intoFunds(db, ids, today);
  const ways = await waysTo(db, actor, into.items);
  const roots = funds.map((fund) => {
    const layers = totals.get(fund.id) as LayerTotals;
    const root = draft({
      id: fund.id,
      parent: null,
      kind: 'fund',
      via: null,
      name: `${fund.documentNo} ${fund.name}`,
      levelLabel: `${SOURCE_LABELS[fund.type as SourceType]}，${fund.year} 年`,
      issuedFen: layers.allotted ?? 0n,
    });
    root.takenFen = root.issuedFen;
    root.paidFen = layers.received ?? 0n;
    root.bookId = bookId;
    root.funds = [fund.id];
    root.stand = standOf([layers], { takenHereFen: root.issuedFen, mergedFen: 0n });
    root.parts = partsIn(into.itemsOf(fund.id));
    root.above = ways.get(fund.id) ?? [];
    root.delays = into.heldBack(fund.id);
    return root;
  });
  return { roots, otherFunds: funded.length - funds.length };
}

/** Everything that was taken into these funds, from wherever, and what of it is held back. */
async function intoFunds(db: Db, fundIds: readonly string[], today: BusinessDate) {
  const items = await itemsInto(db, fundIds);
  const byFund = groupBy(items, ({ takenFundId }) => takenFundId as string);
  const grants = groupBy(await grantsOf(db, fundIds), ({ fundId }) => fundId);
  const pools = await commonPools(db, fundIds);
  const itemsOf = (fundId: string) => byFund.get(fundId) ?? [];
  return {
    items,
    itemsOf,
    heldBack: (fundId: string) =>
      heldBack(
        { items: itemsOf(fundId), grants: grants.get(fundId) ?? [], commonFen: pools.get(fundId) ?? 0n },
        today,
      ),
  };
}

interface Growth {
  readonly db: Db;
  readonly actor: Actor;
  readonly today: BusinessDate;
  /** Nodes that may still be shown. */
  room: number;
  /** Funds that a node stands for: money that came to one over several ways is counted once. */
  readonly shown: Set<string>;
}

/** One level more: the recipients of these nodes, the largest for which there is room, the others summed. */
async function descend(
  growth: Growth,
  parents: readonly Draft[],
  named: string | undefined,
): Promise<Draft[]> {
  const candidates = await candidatesBelow(growth.db, parents);
  for (const { parent, via, amountFen } of candidates) {
    parent.passedFen += amountFen;
    if (via === 'allotment') parent.allottedFen += amountFen;
  }
  const isNamed = ({ place }: Candidate) => named === undefined || place.name.includes(named);
  const chosen = new Set(candidates.filter(isNamed).slice(0, growth.room));
  growth.room -= chosen.size;
  const nodes = new Map<string, Draft>();
  for (const { key, parent, via, recipientBookId, place, amountFen, takenFen } of chosen) {
    const node = draft({
      id: key,
      parent,
      kind: recipientBookId ? 'bureau' : 'unit',
      via,
      name: place.name,
      levelLabel: levelOf(place.kind),
      issuedFen: amountFen,
    });
    node.takenFen = takenFen ?? (recipientBookId ? 0n : amountFen);
    parent.children.push(node);
    nodes.set(key, node);
  }
  const others = groupBy(
    candidates.filter((each) => !chosen.has(each)),
    ({ parent }) => parent,
  );
  for (const [parent, rest] of others)
    parent.children.push(
      draft({
        id: `${parent.id}/rest`,
        parent,
        kind: 'rest',
        via: new Set(rest.map(({ via }) => via)).size === 1 ? (rest[0] as Candidate).via : null,
        name: `其余 ${rest.length} 个单位`,
        levelLabel: '合计',
        issuedFen: sumFen(rest.map(({ amountFen }) => amountFen)),
        count: rest.length,
      }),
    );
  await fill(growth, parents, [...chosen], nodes);
  return [...nodes.values()].filter(({ funds, parts }) => funds.length > 0 || parts.length > 0);
}

/** Documents, receipts and cash of the nodes just made, and where the money stands in books that may be read. */
async function fill(
  { db, actor, today, shown }: Growth,
  parents: readonly Draft[],
  chosen: readonly Candidate[],
  nodes: ReadonlyMap<string, Draft>,
): Promise<void> {
  const allotted = chosen.filter(({ via }) => via === 'allotment');
  if (allotted.length === 0) return;
  const ofFund = new Map(parents.flatMap((node) => node.funds.map((fundId) => [fundId, node] as const)));
  const items = await itemsTo(
    db,
    [...ofFund.keys()],
    allotted.map(({ place }) => place.id),
  );
  const itemsOf = groupBy(items, ({ fundId, recipientId, recipientBookId }) =>
    keyOf(ofFund.get(fundId) as Draft, recipientBookId ? 'b' : 'u', recipientId),
  );
  const paid = groupBy(
    await paidFor(
      db,
      items.filter(({ recipientBookId }) => recipientBookId !== null).map(({ id }) => id),
    ),
    ({ itemId }) => itemId,
  );
  const mergedFen = new Map<Draft, Fen>();
  for (const { key, place, recipientBookId } of allotted) {
    const node = nodes.get(key) as Draft;
    node.items = itemsOf.get(key) ?? [];
    node.parts = partsIn(node.items);
    if (!recipientBookId) continue;
    const cash = node.items.flatMap(({ id }) => paid.get(id) ?? []);
    node.paidFen = sumFen(cash.map(({ amountFen }) => amountFen));
    node.takenFen = sumFen(
      node.items.filter(({ takenFundId }) => takenFundId).map(({ amountFen }) => amountFen),
    );
    node.delays = delaysOfIssue(node.items, cash, today);
    if (!mayRead(actor, place.path)) continue;
    node.bookId = recipientBookId;
    const into = [...new Set(node.items.flatMap(({ takenFundId }) => takenFundId ?? []))];
    node.funds = into.filter((fundId) => !shown.has(fundId));
    for (const fundId of into) shown.add(fundId);
    const elsewhere = node.items.filter(
      ({ takenFundId }) => takenFundId && !node.funds.includes(takenFundId),
    );
    mergedFen.set(node, sumFen(elsewhere.map(({ amountFen }) => amountFen)));
  }
  const fundIds = [...mergedFen.keys()].flatMap(({ funds }) => funds);
  const totals = await totalsOf(db, fundIds);
  const into = await intoFunds(db, fundIds, today);
  for (const [node, merged] of mergedFen) {
    // A document is split where its fund is shown, by whichever way it came there.
    const waiting = node.items.filter(({ takenFundId }) => takenFundId === null);
    node.parts = partsIn([...waiting, ...node.funds.flatMap(into.itemsOf)]);
    node.stand = standOf(
      node.funds.map((fundId) => totals.get(fundId) ?? {}),
      { takenHereFen: (node.takenFen ?? 0n) - merged, mergedFen: merged },
    );
    node.delays.push(...together(node.funds.flatMap(into.heldBack)));
  }
}
