import { type Fen, parseYuan } from '../../core/money.js';
import { coordinate, niceTicks, showShare, showTick, showWithUnit, toPixels } from './amounts.js';
import { type ChartProps, type Drawing, emptyDrawing, Figure, type Plate } from './figure.js';
import { textWidth } from './text.js';

export interface ExecutionPoint {
  /** 1 … 12. */
  readonly month: number;
  /** Yuan text, cumulative from January to the end of the month. */
  readonly received: string;
  /** Yuan text, cumulative from January to the end of the month. */
  readonly spent: string;
}

export interface ExecutionChartProps extends ChartProps {
  readonly year: number;
  /** What 100% is, for example 全年下达; yuan text. */
  readonly whole: { readonly label: string; readonly amount: string };
  /** Ascending by month; months to come are left out. */
  readonly points: readonly ExecutionPoint[];
}

interface Line {
  readonly label: string;
  readonly look: string;
  readonly dash?: string;
  readonly values: readonly { readonly month: number; readonly fen: Fen }[];
}

const MONTHS = 12;

/** Places that are at least `apart` from one another, as near to the wanted ones as a single pass brings them. */
function spread(wanted: readonly number[], apart: number, bottom: number): readonly number[] {
  const order = wanted.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  order.forEach((item, at) => {
    const before = order[at - 1];
    if (before) item.y = Math.max(item.y, before.y + apart);
  });
  for (let at = order.length - 1, limit = bottom; at >= 0; at--, limit -= apart)
    order[at]!.y = Math.min(order[at]!.y, limit);
  return wanted.map((_, index) => order.find((item) => item.index === index)!.y);
}

function Mark({ line, x, y }: { readonly line: Line; readonly x: number; readonly y: number }) {
  if (!line.dash) return <circle class={line.look} cx={coordinate(x)} cy={coordinate(y)} r={3.5} />;
  return <rect class={line.look} x={coordinate(x - 3)} y={coordinate(y - 3)} width={6} height={6} />;
}

/** Cumulative 到账 and 支出 by month against 序时进度: equal twelfths of the whole. */
export function ExecutionChart({ id, title, basis, unit, year, whole, points }: ExecutionChartProps) {
  const wholeFen = parseYuan(whole.amount);
  const valuesOf = (key: 'received' | 'spent') =>
    points.map((point) => ({ month: point.month, fen: parseYuan(point[key]) }));
  const lines: readonly Line[] = [
    { label: '到账', look: 'chart-series-1', values: valuesOf('received') },
    { label: '支出', look: 'chart-series-2', dash: '7 4', values: valuesOf('spent') },
  ];
  const last = points.at(-1);
  const expected = last ? (wholeFen * BigInt(last.month)) / BigInt(MONTHS) : 0n;
  const ends = lines.map((line) => ({ line, fen: line.values.at(-1)?.fen ?? 0n }));
  const describe = (fen: Fen) => `${showWithUnit(fen, unit)}（${showShare(fen, wholeFen)}）`;
  const description = last
    ? `${year} 年 1 至 ${last.month} 月累计${ends.map(({ line, fen }) => `${line.label} ${describe(fen)}`).join('，')}；序时进度 ${showShare(BigInt(last.month), 12n)}；100% 为${whole.label} ${showWithUnit(wholeFen, unit)}。`
    : `${year} 年尚无数据。`;

  const draw = (plate: Plate): Drawing => {
    if (!last) return emptyDrawing(plate);
    const isWide = plate.name === 'wide';
    const { fontSize, lineHeight } = plate;
    const all = [0n, wholeFen, ...lines.flatMap(({ values }) => values.map(({ fen }) => fen))];
    const low = all.reduce((a, b) => (b < a ? b : a));
    const high = all.reduce((a, b) => (b > a ? b : a));
    const ticks = niceTicks(low, high);
    const [bottomTick, topTick] = [ticks[0]!, ticks.at(-1)!];
    const tickTexts = ticks.map((tick) => showTick(tick, topTick > -bottomTick ? topTick : -bottomTick));
    const left = Math.max(...tickTexts.map((text) => textWidth(text, fontSize))) + 8;
    const labels = ends.map(({ line, fen }) => [
      `${line.label} ${showShare(fen, wholeFen)}`,
      showWithUnit(fen, unit),
    ]);
    const labelWidth = Math.max(...labels.flat().map((text) => textWidth(text, fontSize))) + 14;
    const percentWidth = textWidth('100%', fontSize) + 10;
    // The labels stand in the months to come where these have room, or else beyond the axis.
    const inside = ((plate.width - left - percentWidth) * (MONTHS - last.month)) / MONTHS > labelWidth;
    const right = plate.width - percentWidth - (isWide && !inside ? labelWidth : 4);
    const top = lineHeight * (isWide ? 2.4 : 1.6);
    const bottom = top + (isWide ? 280 : 210);
    const xOf = (month: number) => left + ((right - left) * month) / MONTHS;
    const yOf = (fen: Fen) => bottom - toPixels(fen - bottomTick, topTick - bottomTick, bottom - top);
    const pathOf = ({ values }: Line) =>
      [{ month: 0, fen: 0n }, ...values]
        .map(({ month, fen }, at) => `${at ? 'L' : 'M'}${coordinate(xOf(month))} ${coordinate(yOf(fen))}`)
        .join('');
    const percents = wholeFen > 0n ? [0n, 25n, 50n, 75n, 100n] : [];
    const endYs = spread(
      ends.map(({ fen }) => yOf(fen)),
      lineHeight * 2.2,
      bottom - lineHeight,
    );
    // The name of the reference stands where the lines are farthest from it.
    const clearance = (month: number) => {
      const y = yOf((wholeFen * BigInt(month)) / BigInt(MONTHS)) - fontSize;
      const gaps = lines.map(({ values }) => {
        const near = values.filter((value) => value.month >= month - 2 && value.month <= month);
        const ys = [...(month <= 2 ? [yOf(0n)] : []), ...near.map(({ fen }) => yOf(fen))];
        return Math.max(Math.min(...ys) - y, y - Math.max(...ys));
      });
      return Math.min(...gaps);
    };
    const clearMonth = [2, 3, 4, 5, 6, 7, 8, 9]
      .filter((month) => month <= Math.max(last.month, 2))
      .reduce((best, month) => (clearance(month) > clearance(best) ? month : best));
    const keyTop = bottom + lineHeight * 2.6;
    const keys = [
      ...ends.map(({ line, fen }) => ({
        line,
        text: `${line.label} ${showWithUnit(fen, unit)}`,
        share: fen,
      })),
      { line: undefined, text: `序时进度（${last.month}月）`, share: expected },
    ];
    return {
      height: isWide ? bottom + lineHeight * 2 : keyTop + lineHeight * 1.4 * keys.length,
      content: (
        <>
          {ticks.map((tick, at) => (
            <g key={at}>
              <line
                class={tick === 0n ? 'chart-axis' : 'chart-grid'}
                x1={coordinate(left)}
                x2={coordinate(right)}
                y1={coordinate(yOf(tick))}
                y2={coordinate(yOf(tick))}
              />
              <text
                class="chart-soft"
                x={coordinate(left - 6)}
                y={coordinate(yOf(tick) + fontSize * 0.36)}
                font-size={fontSize}
                text-anchor="end"
              >
                {tickTexts[at]}
              </text>
            </g>
          ))}
          {wholeFen > 0n && (
            <text class="chart-soft" x={plate.width} y={fontSize} font-size={fontSize} text-anchor="end">
              {`100% = ${whole.label} ${showWithUnit(wholeFen, unit)}`}
            </text>
          )}
          {Array.from({ length: MONTHS }, (_, at) => at + 1)
            .filter((month) => isWide || month % 3 === 0)
            .map((month) => (
              <text
                key={month}
                class="chart-soft"
                x={coordinate(xOf(month))}
                y={coordinate(bottom + lineHeight * 1.2)}
                font-size={fontSize}
                text-anchor="middle"
              >
                {`${month}月`}
              </text>
            ))}
          <path
            class="chart-reference"
            d={`M${coordinate(xOf(0))} ${coordinate(yOf(0n))}L${coordinate(xOf(MONTHS))} ${coordinate(yOf(wholeFen))}`}
            fill="none"
            stroke-width={1.5}
            stroke-dasharray="2 4"
          />
          {lines.map((line) => (
            <g key={line.label}>
              <path
                class={`chart-line ${line.look}`}
                d={pathOf(line)}
                fill="none"
                stroke-width={2.5}
                stroke-dasharray={line.dash}
              />
              {line.values.map(({ month, fen }) => (
                <g key={month}>
                  <title>{`${month}月累计${line.label}：${describe(fen)}`}</title>
                  <Mark {...{ line, x: xOf(month), y: yOf(fen) }} />
                </g>
              ))}
            </g>
          ))}
          {isWide && wholeFen > 0n && (
            <text
              class="chart-soft chart-halo"
              x={coordinate(xOf(clearMonth) - 6)}
              y={coordinate(yOf((wholeFen * BigInt(clearMonth)) / 12n) - 8)}
              font-size={fontSize}
              text-anchor="end"
            >
              序时进度
            </text>
          )}
          {isWide &&
            ends.map(({ line, fen }, at) => {
              const from = xOf(last.month);
              const x = inside ? from + 14 : right + percentWidth + 10;
              const y = endYs[at]!;
              return (
                <g key={line.label} class={line.look}>
                  <path
                    class="chart-leader"
                    d={`M${coordinate(from + 5)} ${coordinate(yOf(fen))}L${coordinate(x - 3)} ${coordinate(y)}`}
                    fill="none"
                    stroke-width={1}
                  />
                  {labels[at]!.map((text, row) => (
                    <text
                      key={row}
                      class={row ? 'chart-halo' : 'chart-halo chart-heading'}
                      x={coordinate(x)}
                      y={coordinate(y + fontSize * 0.36 + (row - 0.5) * lineHeight)}
                      font-size={fontSize}
                    >
                      {text}
                    </text>
                  ))}
                </g>
              );
            })}
          {percents.map((percent) => {
            const y = coordinate(yOf((wholeFen * percent) / 100n));
            return (
              <g key={percent}>
                <line class="chart-axis" x1={coordinate(right)} x2={coordinate(right + 4)} y1={y} y2={y} />
                <text
                  class="chart-soft chart-halo"
                  x={coordinate(right + 6)}
                  y={coordinate(y + fontSize * 0.36)}
                  font-size={fontSize}
                >
                  {`${percent}%`}
                </text>
              </g>
            );
          })}
          {!isWide &&
            keys.map(({ line, text, share }, at) => {
              const y = keyTop + at * lineHeight * 1.4;
              return (
                <g key={text}>
                  <path
                    class={line ? `chart-line ${line.look}` : 'chart-reference'}
                    d={`M0 ${coordinate(y - 4)}H28`}
                    fill="none"
                    stroke-width={line ? 2.5 : 1.5}
                    stroke-dasharray={line ? line.dash : '2 4'}
                  />
                  {line && <Mark {...{ line, x: 14, y: y - 4 }} />}
                  <text x={36} y={coordinate(y)} font-size={fontSize}>
                    {text}
                  </text>
                  <text x={plate.width} y={coordinate(y)} font-size={fontSize} text-anchor="end">
                    {showShare(share, wholeFen)}
                  </text>
                </g>
              );
            })}
        </>
      ),
    };
  };

  const tables = [
    {
      caption: `${year} 年各月累计（100% 为${whole.label}）`,
      head: ['月份', '到账（元）', '支出（元）', `${whole.label}（元）`, '支出进度', '序时进度'],
      numeric: ['支出进度', '序时进度'],
      rows: points.map((point) => [
        `${point.month}月`,
        { fen: parseYuan(point.received) },
        { fen: parseYuan(point.spent) },
        { fen: wholeFen },
        showShare(parseYuan(point.spent), wholeFen),
        showShare(BigInt(point.month), BigInt(MONTHS)),
      ]),
    },
  ];
  return <Figure {...{ id, title, basis, unit, description, draw, tables }} />;
}
