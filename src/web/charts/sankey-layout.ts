import { sankey } from 'd3-sankey';
import { type Fen, parseYuan, sumFen } from '../../core/money.js';
import { type AmountUnit, showAmount, toPixels } from './amounts.js';
import type { Plate } from './figure.js';
import { truncate, wrap, wrapAmount } from './text.js';

export interface SankeyNode {
  readonly id: string;
  /** Index of its column, from the money's origin at 0. */
  readonly column: number;
  readonly label: string;
  /** Yuan text. */
  readonly amount: string;
  readonly href?: string;
}

export interface SankeyLink {
  readonly from: string;
  readonly to: string;
  /** Yuan text. */
  readonly amount: string;
  /** The node whose money this is, where `from` mixes several; it gives the colour. */
  readonly source?: string;
}

export interface SankeyData {
  /** Headings of the columns. */
  readonly columns: readonly string[];
  readonly nodes: readonly SankeyNode[];
  readonly links: readonly SankeyLink[];
  /** Nodes shown in a column; the smallest beyond are shown as one. 12 unless told. */
  readonly limit?: number;
}

type Node = {
  readonly label: string;
  readonly column: number;
  readonly fen: Fen;
  readonly href?: string;
  /** Names of the nodes that this one stands for, when it stands for others. */
  readonly members: readonly string[];
};

type Flow = {
  readonly from: Node;
  readonly to: Node;
  readonly fen: Fen;
  /** Which source's money: an index into the sources, or null where several are mixed. */
  readonly series: number | null;
};

export interface PlacedNode extends Node {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly series: number | null;
  /** More money flows in or out than the node has: a fault in the data that must be seen. */
  readonly isExceeded: boolean;
  readonly name: readonly string[];
  readonly figure: readonly string[];
}

export interface PlacedLink extends Flow {
  readonly thickness: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface SankeyLayout {
  readonly height: number;
  readonly headings: readonly { readonly x: number; readonly label: string; readonly full: string }[];
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

const byAmount = (a: { fen: Fen }, b: { fen: Fen }) => (a.fen === b.fen ? 0 : a.fen < b.fen ? 1 : -1);

/** Nodes as shown, by the ids of the given ones: the smallest of a crowded column become one. */
function gather({ nodes, columns, limit = 12 }: SankeyData): ReadonlyMap<string, Node> {
  const shown = new Map<string, Node>();
  columns.forEach((_, column) => {
    const inColumn = nodes
      .filter((node) => node.column === column)
      .map((node) => ({ ...node, fen: parseYuan(node.amount), members: [] }))
      .sort(byAmount);
    const kept = inColumn.length > limit ? inColumn.slice(0, limit - 1) : inColumn;
    for (const node of kept) shown.set(node.id, node);
    const rest = inColumn.slice(kept.length);
    if (rest.length === 0) return;
    const members = rest.map(({ label }) => label);
    const fen = sumFen(rest.map((node) => node.fen));
    const others: Node = { label: `其他 ${rest.length} 项`, column, fen, members };
    for (const { id } of rest) shown.set(id, others);
  });
  return shown;
}

/** Links between shown nodes, those of the same ends and the same source added up. */
function flowsOf({ links }: SankeyData, shown: ReadonlyMap<string, Node>): readonly Flow[] {
  const endOf = (id: string): Node => {
    const node = shown.get(id);
    if (!node) throw new RangeError(`a flow names the node ${id}, which is in no column`);
    return node;
  };
  const raw = links.map((link) => ({
    from: endOf(link.from),
    to: endOf(link.to),
    fen: parseYuan(link.amount),
    source: link.source === undefined ? undefined : endOf(link.source),
  }));
  const stray = raw.find(({ from, to }) => from.column >= to.column);
  if (stray) throw new RangeError(`a flow from ${stray.from.label} to ${stray.to.label} goes backwards`);
  const order = [...new Set(shown.values())];
  const sources = order.filter((node) => !raw.some(({ to }) => to === node));
  const seriesOf = new Map<Node, number | null>(sources.map((node, index) => [node, index]));
  const flows = new Map<string, Flow>();
  // Column by column, so that what a node passes on has the colour of what it got.
  for (const link of [...raw].sort((a, b) => a.from.column - b.from.column)) {
    const series = seriesOf.get(link.source ?? link.from) ?? null;
    const known = seriesOf.get(link.to);
    seriesOf.set(link.to, known === undefined || known === series ? series : null);
    const key = `${order.indexOf(link.from)} ${order.indexOf(link.to)} ${series}`;
    flows.set(key, { ...link, series, fen: link.fen + (flows.get(key)?.fen ?? 0n) });
  }
  return [...flows.values()];
}

const NODE_WIDTH = { wide: 12, narrow: 8 } as const;
const SCALE = 1_000_000_000;

/** Vertical places by d3-sankey, in which a unit of value is a billionth of the fullest column. */
function arrange(nodes: readonly Node[], flows: readonly Flow[], top: number, slot: number, columns: number) {
  const whole = columnTotals(nodes, flows).reduce((most, total) => (total > most ? total : most), 0n);
  const unitsOf = (fen: Fen) => Math.max(toPixels(fen, whole, SCALE), 1);
  const run = (rows: number) => {
    const copies = nodes.map((node) => ({ node, fixedValue: unitsOf(weightOf(node, flows)) }));
    const links = flows.map((flow) => ({
      flow,
      source: nodes.indexOf(flow.from),
      target: nodes.indexOf(flow.to),
      value: unitsOf(flow.fen),
    }));
    const bottom = top + rows * slot + Math.min(300, 40 + 40 * rows);
    const layout = sankey<{ node: Node }, { flow: Flow }>()
      .nodeAlign(({ node }) => node.column)
      .nodePadding(slot)
      .iterations(32)
      .extent([
        [0, top + slot / 2],
        [1, bottom - slot / 2],
      ]);
    // From one source into one column nothing can cross, so the order by amount stands.
    const isFan = new Set(flows.map(({ from }) => from)).size === 1 && columns === 2;
    if (isFan) {
      layout.nodeSort(null).linkSort(null);
      links.sort((a, b) => a.target - b.target);
    }
    return { ...layout({ nodes: copies, links }), bottom, isFlat: whole === 0n };
  };
  const crowd = Math.max(
    ...Array.from({ length: columns }, (_, at) => nodes.filter((n) => n.column === at).length),
  );
  const placed = run(crowd);
  // d3-sankey has no more columns than its longest chain; where that is too few, several of ours share one of them.
  const isShort = Math.max(...placed.nodes.map(({ depth = 0 }) => depth)) + 1 < columns;
  return isShort ? run(nodes.length) : placed;
}

const inflow = (node: Node, flows: readonly Flow[]) =>
  sumFen(flows.filter(({ to, fen }) => to === node && fen > 0n).map(({ fen }) => fen));
const outflow = (node: Node, flows: readonly Flow[]) =>
  sumFen(flows.filter(({ from, fen }) => from === node && fen > 0n).map(({ fen }) => fen));
const greatest = (first: Fen, ...more: readonly Fen[]) => more.reduce((a, b) => (b > a ? b : a), first);
const weightOf = (node: Node, flows: readonly Flow[]): Fen =>
  greatest(0n, node.fen, inflow(node, flows), outflow(node, flows));

function columnTotals(nodes: readonly Node[], flows: readonly Flow[]): readonly Fen[] {
  const totals = new Map<number, Fen>();
  for (const node of nodes) totals.set(node.column, (totals.get(node.column) ?? 0n) + weightOf(node, flows));
  return [...totals.values()];
}

/**
 * Where everything of the picture is. Heights are proportional to amounts; nodes of a column are at least the height
 * of a label apart, so labels never touch.
 * @throws RangeError where a flow names no node or does not lead to a later column.
 * @throws DomainError `amount_malformed`.
 */
export function layoutSankey(data: SankeyData, plate: Plate, unit: AmountUnit): SankeyLayout {
  const shown = gather(data);
  const nodes = [...new Set(shown.values())];
  const flows = flowsOf(data, shown);
  const columns = Math.max(1, data.columns.length);
  const gap = plate.width / columns;
  const width = NODE_WIDTH[plate.name];
  const room = gap - width - 12;
  const names = nodes.map(({ label }) => wrap(label, room, plate.fontSize, plate.name === 'wide' ? 1 : 2));
  const figures = nodes.map(({ fen }) => wrapAmount(showAmount(fen, unit), room, plate.fontSize));
  const lines = Math.max(...nodes.map((_, index) => names[index]!.length + figures[index]!.length));
  const top = plate.lineHeight + 8;
  const placed = arrange(nodes, flows, top, lines * plate.lineHeight + 6, columns);
  const xOf = (node: Node) => node.column * gap;
  const scale = placed.isFlat ? 0 : 1;
  const placedNodes = placed.nodes.map(({ node, y0 = 0, y1 = 0 }, index): PlacedNode => {
    const touching = flows.filter(({ from, to }) => from === node || to === node);
    const series = new Set(touching.filter(({ to }) => to === node).map((flow) => flow.series));
    if (series.size === 0) for (const flow of touching) series.add(flow.series);
    return {
      ...node,
      x: xOf(node),
      y: placed.isFlat ? (y0 + y1) / 2 : y0,
      width,
      height: (y1 - y0) * scale,
      series: series.size === 1 ? [...series][0]! : null,
      isExceeded: node.fen >= 0n && weightOf(node, flows) > node.fen,
      name: names[index]!,
      figure: figures[index]!,
    };
  });
  const placedLinks = placed.links.map(
    ({ flow, y0 = 0, y1 = 0, width: thickness = 0 }): PlacedLink => ({
      ...flow,
      thickness: flow.fen > 0n ? thickness * scale : 0,
      x0: xOf(flow.from) + width,
      y0,
      x1: xOf(flow.to),
      y1,
    }),
  );
  return {
    height: placed.bottom + 4,
    headings: data.columns.map((full, index) => ({
      x: index * gap,
      full,
      label: truncate(full, gap - 6, plate.fontSize),
    })),
    nodes: placedNodes,
    links: placedLinks,
  };
}
