import { parseRatio, parseYuan } from '../../core/money.js';
import { coordinate, showAmount, showShare, toPixels } from './amounts.js';
import {
  type ChartProps,
  type Drawing,
  emptyDrawing,
  Figure,
  Hatch,
  isLocalHref,
  Linked,
  type Plate,
} from './figure.js';
import { textWidth, truncate } from './text.js';

export interface RankedItem {
  readonly id: string;
  /** The county. */
  readonly label: string;
  /** The prefecture. */
  readonly group: string;
  /** Yuan text, for example what was spent. */
  readonly part: string;
  /** Yuan text, for example what was received. */
  readonly whole: string;
  readonly href?: string;
}

export interface RankedBarsProps extends ChartProps {
  /** What `part` and `whole` are, for example 支出 and 到账. */
  readonly partLabel: string;
  readonly wholeLabel: string;
  /** The mark that all are held against; a share such as '0.5833'. Without it they are only ranked. */
  readonly reference?: { readonly label: string; readonly share: string };
  /** What the items and their groups are; 地区 and 市州 unless told. */
  readonly words?: { readonly item: string; readonly group: string };
  /** As given, such as months; else by share. */
  readonly keepsOrder?: boolean;
  readonly items: readonly RankedItem[];
}

/** The axis ends at 100%, or as far as a bar reaches up to 150%; longer bars are cut and say so. */
const AXIS_MOST = 150n;

interface Row {
  readonly item: RankedItem;
  readonly part: bigint;
  readonly whole: bigint;
}

/** Descending by share, compared exactly; those without a whole come last. */
function compare(a: Row, b: Row): number {
  if (a.whole <= 0n || b.whole <= 0n) return a.whole > 0n ? -1 : b.whole > 0n ? 1 : 0;
  const difference = b.part * a.whole - a.part * b.whole;
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

function rankedGroups(
  items: readonly RankedItem[],
  keepsOrder: boolean,
): readonly { readonly group: string; readonly rows: readonly Row[] }[] {
  const rows = items.map((item) => ({ item, part: parseYuan(item.part), whole: parseYuan(item.whole) }));
  return [...new Set(items.map(({ group }) => group))].map((group) => ({
    group,
    rows: rows.filter((row) => row.item.group === group).sort(keepsOrder ? () => 0 : compare),
  }));
}

/** Shares of many places, ranked within their prefecture and held against one mark. */
export function RankedBars(props: RankedBarsProps) {
  const { id, title, basis, unit, partLabel, wholeLabel, reference, items, keepsOrder = false } = props;
  const words = props.words ?? { item: '地区', group: '市州' };
  const groups = rankedGroups(items, keepsOrder);
  const rows = groups.flatMap((group) => group.rows);
  const [numerator, denominator] = reference ? parseRatio(reference.share) : [0n, 1n];
  const isBehind = ({ part, whole }: Row) =>
    reference !== undefined && part * denominator < whole * numerator;
  const referenceText = reference ? `${reference.label} ${showShare(numerator, denominator)}` : '';
  const shareText = ({ part, whole }: Row) => (whole > 0n ? showShare(part, whole) : `无${wholeLabel}`);
  const behind = rows.filter((row) => row.whole > 0n && isBehind(row)).length;
  const order = keepsOrder ? '依次列出' : groups.length > 1 ? `按${words.group}分组由高到低` : '由高到低';
  const held = reference ? `；${behind} 个低于${referenceText}` : '';
  const description = `${rows.length} 个${words.item}${partLabel}占${wholeLabel}的比例，${order}${held}。`;
  const longest = rows.reduce((most, { part, whole }) => {
    const percent = whole > 0n ? (part * 100n) / whole + 1n : 0n;
    return percent > most ? percent : most;
  }, 100n);
  const axisPercent = longest > AXIS_MOST ? AXIS_MOST : longest;

  const draw = (plate: Plate): Drawing => {
    if (rows.length === 0) return emptyDrawing(plate);
    const isWide = plate.name === 'wide';
    const { width, fontSize, lineHeight } = plate;
    const amountsOf = ({ part, whole }: Row) => `${showAmount(part, unit)} / ${showAmount(whole, unit)}`;
    const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => textWidth(text, fontSize)));
    const left = isWide ? Math.min(widest(rows.map(({ item }) => item.label)), 190) + 10 : 0;
    const shareWidth = widest(rows.map(shareText)) + 8;
    const amountWidth = isWide ? widest(rows.map(amountsOf)) + 20 : 0;
    const right = width - (isWide ? shareWidth + amountWidth : 1);
    const xOf = (part: bigint, whole: bigint) =>
      Math.min(Math.max(toPixels(part * 100n, whole * axisPercent, right - left), 0), right - left);
    const rowHeight = isWide ? lineHeight + 8 : lineHeight * 2 + 16;
    const referenceX = left + xOf(numerator, denominator);
    const isReferenceRight = referenceX + textWidth(referenceText, fontSize) + 20 > width;
    let y = lineHeight * 2 + 6;
    const content = groups.map(({ group, rows: ranked }) => {
      const headingY = y + fontSize;
      y += lineHeight + 6;
      const bars = ranked.map((row) => {
        const { item, part, whole } = row;
        const at = y;
        y += rowHeight;
        const textY = coordinate(at + fontSize);
        const bar = isWide ? { y: at + 3, height: lineHeight - 4 } : { y: at + lineHeight + 2, height: 10 };
        const length = xOf(part, whole);
        const isCut = whole > 0n && part * 100n > whole * axisPercent;
        const amounts = amountsOf(row);
        return (
          <Linked key={item.id} href={item.href}>
            <title>{`${group} ${item.label}：${partLabel} / ${wholeLabel} ${amounts} ${unit}，${shareText(row)}`}</title>
            <text
              x={isWide ? left - 10 : 0}
              y={textY}
              font-size={fontSize}
              text-anchor={isWide ? 'end' : 'start'}
            >
              {truncate(item.label, isWide ? left - 10 : width - shareWidth - 8, fontSize)}
            </text>
            <rect
              class="chart-track"
              x={coordinate(left)}
              y={bar.y}
              width={coordinate(right - left)}
              height={bar.height}
            />
            <rect
              class="chart-accent-mark chart-bar"
              fill={isBehind(row) ? `url(#${plate.id}-behind)` : undefined}
              x={coordinate(left)}
              y={bar.y}
              width={coordinate(length)}
              height={bar.height}
            />
            {reference && (
              <line
                class="chart-limit"
                x1={coordinate(referenceX)}
                x2={coordinate(referenceX)}
                y1={bar.y - 3}
                y2={bar.y + bar.height + 3}
                stroke-width={2}
              />
            )}
            {isCut && (
              <path
                class="chart-cut"
                d={`M${coordinate(right - 14)} ${bar.y + bar.height}l6 ${-bar.height}m4 0l-6 ${bar.height}`}
                fill="none"
                stroke-width={2.5}
              />
            )}
            <text
              class={part < 0n ? 'chart-danger-text chart-figure' : 'chart-figure'}
              x={coordinate(isWide ? right + shareWidth : width)}
              y={textY}
              font-size={fontSize}
              text-anchor="end"
            >
              {shareText(row)}
            </text>
            <text
              class="chart-soft chart-figure"
              x={width}
              y={isWide ? textY : coordinate(bar.y + 10 + fontSize)}
              font-size={isWide ? fontSize : fontSize - 1}
              text-anchor="end"
            >
              {amounts}
            </text>
          </Linked>
        );
      });
      return (
        <g key={group}>
          <text class="chart-heading" x={0} y={coordinate(headingY)} font-size={fontSize}>
            {truncate(group, width, fontSize)}
          </text>
          {bars}
        </g>
      );
    });
    const head = `${partLabel} / ${wholeLabel}（${unit}）`;
    return {
      height: y + 4,
      hasLinks: rows.some(({ item }) => isLocalHref(item.href)),
      content: (
        <>
          <defs>
            <Hatch id={`${plate.id}-behind`} class="chart-accent-mark" />
          </defs>
          {reference && (
            <>
              <text
                x={coordinate(referenceX + (isReferenceRight ? 5 : -5))}
                y={isWide ? fontSize + lineHeight : fontSize}
                font-size={fontSize}
                text-anchor={isReferenceRight ? 'end' : 'start'}
              >
                {isReferenceRight ? `${referenceText} ▾` : `▾ ${referenceText}`}
              </text>
              <text
                class="chart-soft"
                x={0}
                y={isWide ? fontSize : fontSize + lineHeight}
                font-size={fontSize}
              >
                {`斜纹：低于${reference.label}`}
              </text>
            </>
          )}
          <text
            class="chart-soft"
            x={width}
            y={isWide ? fontSize : fontSize + lineHeight}
            font-size={fontSize}
            text-anchor="end"
          >
            {head}
          </text>
          {content}
        </>
      ),
    };
  };

  const tables = [
    {
      caption: `${partLabel}与${wholeLabel}${referenceText && `（${referenceText}）`}`,
      head: [words.group, words.item, `${partLabel}（元）`, `${wholeLabel}（元）`, '比例'],
      numeric: ['比例'],
      rows: rows.map((row) => [
        row.item.group,
        row.item.label,
        { fen: row.part },
        { fen: row.whole },
        shareText(row),
      ]),
    },
  ];
  return <Figure {...{ id, title, basis, unit, description, draw, tables }} />;
}
