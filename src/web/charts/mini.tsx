import { parseYuan } from '../../core/money.js';
import { coordinate, showShare, showWithUnit, toPixels } from './amounts.js';
import { Picture } from './figure.js';

export interface MiniBarProps {
  /** What the bar shows, for example 支出占到账. */
  readonly label: string;
  /** Yuan text. */
  readonly part: string;
  /** Yuan text. */
  readonly whole: string;
}

const [WIDTH, HEIGHT] = [96, 14];

/** A share as a bar for a table cell, which writes the figure beside it. More than the whole is danger, and notched. */
export function MiniBar({ label, part, whole }: MiniBarProps) {
  const [partFen, wholeFen] = [parseYuan(part), parseYuan(whole)];
  const isOver = partFen > wholeFen;
  const length = wholeFen > 0n ? toPixels(partFen, wholeFen, WIDTH - 2) : isOver ? WIDTH - 2 : 0;
  const description = `${showWithUnit(partFen, '元')} / ${showWithUnit(wholeFen, '元')}`;
  return (
    <Picture
      class="chart-mini"
      title={`${label} ${showShare(partFen, wholeFen)}`}
      width={WIDTH}
      height={HEIGHT}
      {...{ description }}
    >
      <rect class="chart-track" x={0.5} y={2.5} width={WIDTH - 1} height={HEIGHT - 5} />
      <rect
        class={isOver ? 'chart-danger-mark' : 'chart-accent-mark'}
        x={1}
        y={3}
        width={coordinate(Math.min(Math.max(length, 0), WIDTH - 2))}
        height={HEIGHT - 6}
      />
      {isOver && (
        <path class="chart-cut" d={`M${WIDTH - 14} ${HEIGHT}l6 ${-HEIGHT}`} fill="none" stroke-width={3} />
      )}
    </Picture>
  );
}

export interface SparklineProps {
  /** What the line shows, for example 近 12 个月支出. */
  readonly label: string;
  /** Yuan text, oldest first. */
  readonly amounts: readonly string[];
}

/** A course of amounts as a line for a table cell; the baseline is zero, the dot the newest. */
export function Sparkline({ label, amounts }: SparklineProps) {
  const values = amounts.map(parseYuan);
  const low = values.reduce((a, b) => (b < a ? b : a), 0n);
  const high = values.reduce((a, b) => (b > a ? b : a), 0n);
  const inner = HEIGHT + 6;
  const yOf = (fen: bigint) => coordinate(inner + 2 - toPixels(fen - low, high - low, inner));
  const xOf = (at: number) =>
    coordinate(3 + (values.length > 1 ? (at * (WIDTH - 6)) / (values.length - 1) : 0));
  const last = values.at(-1);
  const title = last === undefined ? `${label}：暂无数据` : `${label}：最新 ${showWithUnit(last, '元')}`;
  const description =
    last === undefined
      ? ''
      : `${values.length} 个数，最低 ${showWithUnit(
          values.reduce((a, b) => (b < a ? b : a)),
          '元',
        )}，最高 ${showWithUnit(
          values.reduce((a, b) => (b > a ? b : a)),
          '元',
        )}`;
  return (
    <Picture class="chart-mini" width={WIDTH} height={inner + 4} {...{ title, description }}>
      <line class="chart-grid" x1={0} x2={WIDTH} y1={yOf(0n)} y2={yOf(0n)} />
      <polyline
        class="chart-line chart-accent-mark"
        points={values.map((fen, at) => `${xOf(at)},${yOf(fen)}`).join(' ')}
        fill="none"
        stroke-width={1.5}
      />
      {last !== undefined && (
        <circle class="chart-accent-mark" cx={xOf(values.length - 1)} cy={yOf(last)} r={2.5} />
      )}
    </Picture>
  );
}
