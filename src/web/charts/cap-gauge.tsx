import { parseRatio, parseYuan } from '../../core/money.js';
import { coordinate, showShare, showWithUnit, toPixels } from './amounts.js';
import { type ChartProps, type Drawing, Figure, Hatch, type Plate } from './figure.js';
import { textWidth, truncate } from './text.js';

export interface CapGaugeProps extends ChartProps {
  /** What is capped, for example 工作经费（不超过 5%）. */
  readonly label: string;
  /** Yuan text. */
  readonly used: string;
  /** Yuan text. */
  readonly limit: string;
  /** Share of the limit from which use is a warning; '0.8' unless told. */
  readonly warnAt?: string;
}

/** The axis runs to 125% of the limit, or as far as an overrun up to 200%; beyond, the bar is cut and says so. */
const [AXIS_LEAST, AXIS_MOST] = [125n, 200n];

/** Use of a capped amount as a bar towards its limit, with what is left or what is too much as a figure. */
export function CapGauge({ id, title, basis, unit, label, used, limit, warnAt = '0.8' }: CapGaugeProps) {
  const [usedFen, limitFen] = [parseYuan(used), parseYuan(limit)];
  const [numerator, denominator] = parseRatio(warnAt);
  const isOver = usedFen > limitFen;
  const isWarned = !isOver && usedFen > 0n && usedFen * denominator >= limitFen * numerator;
  const share = showShare(usedFen, limitFen);
  const warnText = showShare(numerator, denominator).replace(/\.?0+%$/, '%');
  const rest = isOver
    ? `超出 ${showWithUnit(usedFen - limitFen, unit)}`
    : `余量 ${showWithUnit(limitFen - usedFen, unit)}`;
  const state = isOver ? '已超上限' : isWarned ? `已达 ${warnText} 预警线` : '在上限内';
  const usedText = `已用 ${showWithUnit(usedFen, unit)}（${share}）`;
  const limitText = `上限 ${showWithUnit(limitFen, unit)}`;
  const description = `${label}：${usedText}，${limitText}，${rest}，${state}。`;

  const draw = (plate: Plate): Drawing => {
    const { width, fontSize, lineHeight } = plate;
    const base = limitFen > 0n ? limitFen : usedFen > 0n ? usedFen : 1n;
    const reach = limitFen > 0n ? (usedFen * 105n) / limitFen : 0n;
    const axisPercent = reach < AXIS_LEAST ? AXIS_LEAST : reach > AXIS_MOST ? AXIS_MOST : reach;
    const xOf = (fen: bigint) =>
      Math.min(Math.max(toPixels(fen * 100n, base * axisPercent, width - 1), 0), width - 1);
    const limitX = xOf(limitFen);
    const warnX = xOf((limitFen * numerator) / denominator);
    const isCut = isOver && usedFen * 100n > base * axisPercent;
    const look = isOver ? 'chart-danger-mark' : isWarned ? 'chart-warning-mark' : 'chart-accent-mark';
    const restLook = isOver ? 'chart-danger-text chart-heading' : 'chart-heading';
    const room = width - textWidth(rest, fontSize) - 20;
    const fitsOneRow =
      textWidth(`${usedText}　${limitText}`, fontSize) + textWidth(state, fontSize) < width - 20;
    const facts = fitsOneRow ? [`${usedText}　${limitText}`] : [usedText, limitText];
    const barY = lineHeight * (1.5 + facts.length);
    const height = 22;
    const marks = barY + height + 8 + fontSize;
    return {
      height: marks + 6,
      content: (
        <>
          <defs>
            <Hatch id={`${plate.id}-over`} class="chart-danger-mark" />
          </defs>
          <text class="chart-heading" x={0} y={fontSize} font-size={fontSize}>
            <title>{label}</title>
            {truncate(label, room, fontSize)}
          </text>
          <text class={restLook} x={width} y={fontSize} font-size={fontSize} text-anchor="end">
            {rest}
          </text>
          {facts.map((fact, row) => (
            <text
              key={row}
              class="chart-figure"
              x={0}
              y={coordinate(fontSize + lineHeight * (row + 1.1))}
              font-size={fontSize}
            >
              {fact}
            </text>
          ))}
          <text
            class={isOver ? 'chart-danger-text' : isWarned ? 'chart-heading' : 'chart-soft'}
            x={width}
            y={coordinate(fontSize + lineHeight * (facts.length + 0.1))}
            font-size={fontSize}
            text-anchor="end"
          >
            {state}
          </text>
          <rect class="chart-track" x={0.5} y={barY} width={coordinate(limitX)} height={height} />
          <rect
            class={look}
            x={0.5}
            y={barY + 4}
            width={coordinate(xOf(isOver ? limitFen : usedFen))}
            height={height - 8}
          >
            <title>{description}</title>
          </rect>
          {isOver && (
            <rect
              class="chart-over chart-danger-mark"
              fill={`url(#${plate.id}-over)`}
              x={coordinate(limitX + 0.5)}
              y={barY + 4}
              width={coordinate(xOf(usedFen) - limitX)}
              height={height - 8}
            />
          )}
          {isCut && (
            <path
              class="chart-cut"
              d={`M${width - 20} ${barY + height}l8 ${-height}m4 0l-8 ${height}`}
              fill="none"
              stroke-width={4}
            />
          )}
          {limitFen > 0n && (
            <>
              <line
                class="chart-cut"
                x1={coordinate(warnX)}
                x2={coordinate(warnX)}
                y1={barY + 4}
                y2={barY + height - 4}
                stroke-width={4}
              />
              <line
                class="chart-limit"
                x1={coordinate(warnX)}
                x2={coordinate(warnX)}
                y1={barY - 3}
                y2={barY + height + 3}
                stroke-width={1.5}
                stroke-dasharray="3 2"
              />
              <text class="chart-soft" x={coordinate(warnX)} y={marks} font-size={fontSize} text-anchor="end">
                {`预警 ${warnText}`}
              </text>
            </>
          )}
          <line
            class="chart-limit"
            x1={coordinate(limitX + 0.5)}
            x2={coordinate(limitX + 0.5)}
            y1={barY - 5}
            y2={barY + height + 5}
            stroke-width={2.5}
          />
          <text x={coordinate(limitX)} y={marks} font-size={fontSize}>
            {limitFen > 0n ? '上限 100%' : '上限为零'}
          </text>
        </>
      ),
    };
  };

  const tables = [
    {
      caption: label,
      head: ['项目', '金额（元）'],
      rows: [
        ['已用', { fen: usedFen }],
        ['上限', { fen: limitFen }],
        isOver ? ['超出', { fen: usedFen - limitFen }] : ['余量', { fen: limitFen - usedFen }],
      ],
    },
  ];
  return <Figure {...{ id, title, basis, unit, description, draw, tables }} />;
}
