import { parseYuan } from '../../core/money.js';
import { type AmountUnit, coordinate, showWithUnit } from './amounts.js';
import {
  type ChartProps,
  type Drawing,
  emptyDrawing,
  Figure,
  isLocalHref,
  Linked,
  type Plate,
} from './figure.js';
import { layoutSankey, type PlacedLink, type PlacedNode, type SankeyData } from './sankey-layout.js';

/** Patterns of the thread in the middle of a ribbon, so that sources differ without colour. */
const DASHES = [undefined, '8 4', '2 4', '12 4 2 4', '5 8'] as const;
const lookOf = (series: number | null) =>
  series === null ? 'chart-mixed' : `chart-series-${(series % 8) + 1}`;

function Ribbon({ link, unit }: { readonly link: PlacedLink; readonly unit: AmountUnit }) {
  const [x0, y0, x1, y1] = [link.x0, link.y0, link.x1, link.y1].map(coordinate);
  const middle = coordinate((link.x0 + link.x1) / 2);
  const thread = `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
  const half = Math.max(link.thickness, 1) / 2;
  const [top0, top1, low0, low1] = [link.y0 - half, link.y1 - half, link.y0 + half, link.y1 + half].map(
    coordinate,
  );
  // An area, because a stroke this thick would bulge out of its column where the curve is steep.
  const area = `M${x0} ${top0}C${middle} ${top0} ${middle} ${top1} ${x1} ${top1}V${low1}C${middle} ${low1} ${middle} ${low0} ${x0} ${low0}Z`;
  const isBack = link.fen < 0n;
  return (
    <g class={isBack ? 'chart-danger-mark' : lookOf(link.series)}>
      <title>{`${link.from.label} → ${link.to.label}：${showWithUnit(link.fen, unit)}`}</title>
      {link.thickness > 0 && <path class="chart-ribbon" d={area} />}
      {link.fen !== 0n && (
        <path
          class="chart-thread"
          d={thread}
          fill="none"
          stroke-width={1}
          stroke-dasharray={isBack ? '1 3' : DASHES[(link.series ?? 0) % DASHES.length]}
        />
      )}
    </g>
  );
}

const MINIMUM_HEIGHT = 2;

function Stand({
  node,
  plate,
  unit,
}: {
  readonly node: PlacedNode;
  readonly plate: Plate;
  readonly unit: AmountUnit;
}) {
  const height = Math.max(node.height, MINIMUM_HEIGHT);
  const centre = node.y + node.height / 2;
  const lines = node.name.length + node.figure.length;
  const first = centre - ((lines - 1) / 2) * plate.lineHeight + plate.fontSize * 0.36;
  const x = node.x + node.width + 5;
  const isBad = node.isExceeded || node.fen < 0n;
  const members = node.members.length > 0 ? `（${node.members.join('、')}）` : '';
  const fault = node.isExceeded ? '；流入或流出合计大于本项金额' : '';
  return (
    <Linked href={node.href}>
      <title>{`${node.label}${members}：${showWithUnit(node.fen, unit)}${fault}`}</title>
      <rect
        class={`chart-node ${isBad ? 'chart-danger-mark' : lookOf(node.series)}`}
        x={coordinate(node.x)}
        y={coordinate(centre - height / 2)}
        width={node.width}
        height={coordinate(height)}
      />
      {[...node.name, ...node.figure].map((line, index) => (
        <text
          key={index}
          class={`chart-halo ${index < node.name.length ? '' : isBad ? 'chart-danger-text' : 'chart-soft'}`}
          x={coordinate(x)}
          y={coordinate(first + index * plate.lineHeight)}
          font-size={plate.fontSize}
        >
          {index === node.name.length && node.isExceeded ? `! ${line}` : line}
        </text>
      ))}
    </Linked>
  );
}

export interface SankeyProps extends ChartProps, SankeyData {}

/**
 * Where money came from and where it went, column by column. Widths are amounts. Colours and thread patterns follow
 * the source as long as it is known: a node fed by several passes on grey, unless its links name their `source`.
 */
export function Sankey({ id, title, basis, unit, ...data }: SankeyProps) {
  const { nodes, links, columns } = data;
  const labelOf = (nodeId: string) => nodes.find((node) => node.id === nodeId)?.label ?? nodeId;
  const largest = links.reduce<(typeof links)[number] | undefined>(
    (most, link) => (!most || parseYuan(link.amount) > parseYuan(most.amount) ? link : most),
    undefined,
  );
  const description = largest
    ? `${columns.join(' → ')}，共 ${nodes.length} 项、${links.length} 笔流向；最大一笔 ${labelOf(largest.from)} → ${labelOf(largest.to)}，${showWithUnit(parseYuan(largest.amount), unit)}。`
    : `${columns.join(' → ')}，共 ${nodes.length} 项，尚无流向。`;
  const draw = (plate: Plate): Drawing => {
    if (nodes.length === 0) return emptyDrawing(plate);
    const layout = layoutSankey(data, plate, unit);
    const content = (
      <>
        {layout.headings.map(({ x, label, full }) => (
          <text key={x} class="chart-heading" x={coordinate(x)} y={plate.fontSize} font-size={plate.fontSize}>
            <title>{full}</title>
            {label}
          </text>
        ))}
        {layout.links.map((link, index) => (
          <Ribbon key={index} {...{ link, unit }} />
        ))}
        {layout.nodes.map((node, index) => (
          <Stand key={index} {...{ node, plate, unit }} />
        ))}
      </>
    );
    return { height: layout.height, content, hasLinks: layout.nodes.some(({ href }) => isLocalHref(href)) };
  };
  const tables = [
    {
      caption: '各项金额',
      head: ['环节', '名称', '金额（元）'],
      rows: nodes.map((node) => [columns[node.column] ?? '', node.label, { fen: parseYuan(node.amount) }]),
    },
    {
      caption: '流向',
      head: ['来自', '去向', '金额（元）'],
      rows: links.map((link) => [labelOf(link.from), labelOf(link.to), { fen: parseYuan(link.amount) }]),
    },
  ].filter(({ rows }) => rows.length > 0);
  return <Figure {...{ id, title, basis, unit, description, draw, tables }} />;
}
