import { type Fen, parseYuan, sumFen } from '../../core/money.js';
import { coordinate, showShare, showWithUnit, toPixels } from './amounts.js';
import { type ChartProps, type Drawing, Figure, Hatch, type Plate } from './figure.js';
import { textWidth } from './text.js';

export interface StackedBarProps extends ChartProps {
  /** 到账, yuan text. */
  readonly received: string;
  /** 支出, yuan text. */
  readonly spent: string;
  /** 占用, yuan text: promised or reserved, and not spent. */
  readonly encumbered: string;
  /** 可用, yuan text. */
  readonly available: string;
}

interface Part {
  readonly label: string;
  readonly fen: Fen;
  readonly look: string;
  /** Suffix of the id of its hatch; a part without one is plain. */
  readonly hatch?: string;
}

/**
 * What became of the money received: 支出, 占用 and 可用 within 到账. Where the three do not make up 到账, the difference
 * is written, and drawn as a gap or beyond the mark of 到账.
 */
export function StackedBar({
  id,
  title,
  basis,
  unit,
  received,
  spent,
  encumbered,
  available,
}: StackedBarProps) {
  const receivedFen = parseYuan(received);
  const parts: readonly Part[] = [
    { label: '支出', fen: parseYuan(spent), look: 'chart-series-1' },
    { label: '占用', fen: parseYuan(encumbered), look: 'chart-series-2', hatch: 'encumbered' },
    { label: '可用', fen: parseYuan(available), look: 'chart-free' },
  ];
  const difference = receivedFen - sumFen(parts.map(({ fen }) => fen));
  const drawn = sumFen(parts.map(({ fen }) => (fen > 0n ? fen : 0n)));
  const whole = drawn > receivedFen ? drawn : receivedFen;
  const differenceText = `差额 ${showWithUnit(difference, unit)}：到账与支出、占用、可用之和不符`;
  const description = `到账 ${showWithUnit(receivedFen, unit)}，其中${parts.map(({ label, fen }) => `${label} ${showWithUnit(fen, unit)}（${showShare(fen, receivedFen)}）`).join('，')}。${difference === 0n ? '' : differenceText}`;

  const draw = (plate: Plate): Drawing => {
    const { width, fontSize, lineHeight } = plate;
    const isWide = plate.name === 'wide';
    const fillOf = ({ hatch }: Part) => (hatch ? `url(#${plate.id}-${hatch})` : undefined);
    const barY = lineHeight + 8;
    const height = 30;
    let x = 0.5;
    const segments = parts.map((part) => {
      const length = part.fen > 0n ? toPixels(part.fen, whole, width - 1) : 0;
      const start = x;
      x += length;
      return { ...part, start, length };
    });
    const receivedX = 0.5 + Math.max(0, toPixels(receivedFen, whole, width - 1));
    // A name is left to the key where it would not fit, or would stand on the mark of 到账.
    const hasRoom = ({ label, start, length }: (typeof segments)[number]) => {
      const needed = textWidth(label, fontSize) + 16;
      const isOnMark = drawn > receivedFen && Math.abs(start + length / 2 - receivedX) < needed / 2;
      return length > needed && !isOnMark;
    };
    const keys = parts.map((part) => ({
      part,
      text: `${part.label} ${showWithUnit(part.fen, unit)}`,
      share: showShare(part.fen, receivedFen),
    }));
    const keyWidth = width / keys.length;
    const inColumns =
      isWide && keys.every(({ text, share }) => textWidth(`${text}（${share}）`, fontSize) + 30 < keyWidth);
    const keyY = barY + height + lineHeight + 4;
    const rows = inColumns ? 1 : keys.length;
    return {
      height: keyY + (rows - 1) * lineHeight * 1.4 + (difference === 0n ? 8 : lineHeight * 1.4 + 8),
      content: (
        <>
          <defs>
            <Hatch id={`${plate.id}-encumbered`} class="chart-series-2" />
          </defs>
          <text class="chart-heading" x={0} y={fontSize} font-size={fontSize}>
            {`到账 ${showWithUnit(receivedFen, unit)}`}
          </text>
          {segments.map((segment) => (
            <g key={segment.label}>
              <title>{`${segment.label}：${showWithUnit(segment.fen, unit)}（${showShare(segment.fen, receivedFen)}）`}</title>
              <rect
                class={`chart-segment ${segment.look}`}
                fill={fillOf(segment)}
                x={coordinate(segment.start)}
                y={barY}
                width={coordinate(segment.length)}
                height={height}
              />
              {hasRoom(segment) && (
                <text
                  class={
                    segment.label === '可用' ? 'chart-figure' : segment.hatch ? 'chart-halo' : 'chart-on-mark'
                  }
                  x={coordinate(segment.start + segment.length / 2)}
                  y={coordinate(barY + height / 2 + fontSize * 0.36)}
                  font-size={fontSize}
                  text-anchor="middle"
                >
                  {segment.label}
                </text>
              )}
            </g>
          ))}
          <rect
            class="chart-frame"
            x={0.5}
            y={barY}
            width={coordinate(receivedX - 0.5)}
            height={height}
            fill="none"
          />
          {drawn > receivedFen && (
            <line
              class="chart-danger-mark chart-line"
              x1={coordinate(receivedX)}
              x2={coordinate(receivedX)}
              y1={barY - 5}
              y2={barY + height + 5}
              stroke-width={3}
            />
          )}
          {keys.map(({ part, text, share }, at) => {
            const left = inColumns ? at * keyWidth : 0;
            const y = inColumns ? keyY : keyY + at * lineHeight * 1.4;
            return (
              <g key={part.label}>
                <rect
                  class={`chart-segment ${part.look}`}
                  fill={fillOf(part)}
                  x={coordinate(left + 0.5)}
                  y={coordinate(y - 11)}
                  width={16}
                  height={12}
                />
                <text
                  class={part.fen < 0n ? 'chart-danger-text' : 'chart-figure'}
                  x={coordinate(left + 24)}
                  y={coordinate(y)}
                  font-size={fontSize}
                >
                  {inColumns ? `${text}（${share}）` : text}
                </text>
                {!inColumns && (
                  <text
                    class="chart-figure"
                    x={width}
                    y={coordinate(y)}
                    font-size={fontSize}
                    text-anchor="end"
                  >
                    {share}
                  </text>
                )}
              </g>
            );
          })}
          {difference !== 0n && (
            <text
              class="chart-danger-text"
              x={0}
              y={coordinate(keyY + (rows - 1) * lineHeight * 1.4 + lineHeight * 1.4)}
              font-size={fontSize}
            >
              <title>{differenceText}</title>
              {isWide ? differenceText : `差额 ${showWithUnit(difference, unit)}`}
            </text>
          )}
        </>
      ),
    };
  };

  const tables = [
    {
      caption: title,
      head: ['项目', '金额（元）', '占到账'],
      numeric: ['占到账'],
      rows: [
        { label: '到账', fen: receivedFen },
        ...parts,
        ...(difference === 0n ? [] : [{ label: '差额', fen: difference }]),
      ].map(({ label, fen }) => [label, { fen }, showShare(fen, receivedFen)]),
    },
  ];
  return <Figure {...{ id, title, basis, unit, description, draw, tables }} />;
}
