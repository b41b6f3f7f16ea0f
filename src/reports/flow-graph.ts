import { groupBy } from '../core/collections.js';
import { type Fen, sumFen } from '../core/money.js';

export interface FlowNode {
  readonly id: string;
  readonly label: string;
  readonly stage: number;
  /** What came to it from outside the graph. */
  readonly sourceFen: Fen;
  /** What stays, by what it is. */
  readonly rests: ReadonlyMap<string, Fen>;
}

interface Held {
  readonly label: string;
  readonly stage: number;
  sourceFen: Fen;
  readonly rests: Map<string, Fen>;
}

export interface FlowLink {
  readonly source: string;
  readonly target: string;
  readonly amountFen: Fen;
}

/** Money on its way from node to node. Every amount is added to what is there. */
export class FlowGraph {
  readonly #nodes = new Map<string, Held>();
  readonly #links = new Map<string, FlowLink>();
  /** Never part of 其他. */
  readonly #kept = new Set<string>();

  node(id: string, stage: number, label: string, sourceFen: Fen = 0n): void {
    const node = this.#nodes.get(id);
    if (node) node.sourceFen += sourceFen;
    else this.#nodes.set(id, { label, stage, sourceFen, rests: new Map() });
  }

  keep(id: string): void {
    this.#kept.add(id);
  }

  rest(id: string, label: string, amountFen: Fen): void {
    const node = this.#nodes.get(id);
    if (!node) throw new Error(`no node ${id}`);
    if (amountFen !== 0n) node.rests.set(label, (node.rests.get(label) ?? 0n) + amountFen);
  }

  link(source: string, target: string, amountFen: Fen): void {
    if (!this.#nodes.has(source) || !this.#nodes.has(target)) throw new Error(`no ${source} → ${target}`);
    if (amountFen === 0n) return;
    const key = `${source}\n${target}`;
    const before = this.#links.get(key)?.amountFen ?? 0n;
    this.#links.set(key, { source, target, amountFen: before + amountFen });
  }

  /** The graph with the largest nodes of each stage; the others of a stage become one 其他(n). Balances stay. */
  largest(count: number): { nodes: FlowNode[]; links: FlowLink[] } {
    // What was passed on whole cancels what came: such a link is none.
    const links = [...this.#links.values()].filter(({ amountFen }) => amountFen !== 0n);
    const linked = new Set(links.flatMap(({ source, target }) => [source, target]));
    const weights = new Map<string, Fen>([...this.#nodes].map(([id, { sourceFen }]) => [id, sourceFen]));
    for (const { target, amountFen } of links) weights.set(target, (weights.get(target) ?? 0n) + amountFen);
    const weightOf = (id: string) => weights.get(id) ?? 0n;
    const byStage = groupBy(this.#nodes.keys(), (id) => this.#nodes.get(id)?.stage as number);
    const smaller = new FlowGraph();
    const placeOf = new Map<string, string>();
    for (const [stage, ids] of [...byStage].sort(([a], [b]) => a - b)) {
      const ranked = ids
        .filter((id) => weightOf(id) !== 0n || linked.has(id))
        .sort(
          (a, b) =>
            Number(this.#kept.has(b)) - Number(this.#kept.has(a)) ||
            (weightOf(a) > weightOf(b) ? -1 : weightOf(a) < weightOf(b) ? 1 : a < b ? -1 : 1),
        );
      const others = ranked.slice(count);
      for (const [index, id] of ranked.entries()) {
        const { label, sourceFen, rests } = this.#nodes.get(id) as Held;
        const isOther = index >= count;
        const place = isOther ? `other:${stage}` : id;
        placeOf.set(id, place);
        smaller.node(place, stage, isOther ? `其他(${others.length})` : label, sourceFen);
        for (const [what, fen] of rests) smaller.rest(place, what, fen);
      }
    }
    for (const { source, target, amountFen } of links)
      smaller.link(placeOf.get(source) as string, placeOf.get(target) as string, amountFen);
    return {
      nodes: [...smaller.#nodes].map(([id, node]) => ({ id, ...node })),
      links: [...smaller.#links.values()].sort((a, b) => (a.amountFen > b.amountFen ? -1 : 1)),
    };
  }
}

/** In, out and rest of a node, and what is missing between them. */
export function balanceOf({ id, sourceFen, rests }: FlowNode, links: readonly FlowLink[]) {
  const inFen = sourceFen + sumFen(links.filter(({ target }) => target === id).map((link) => link.amountFen));
  const outFen = sumFen(links.filter(({ source }) => source === id).map((link) => link.amountFen));
  return { inFen, outFen, differenceFen: inFen - outFen - sumFen(rests.values()) };
}
