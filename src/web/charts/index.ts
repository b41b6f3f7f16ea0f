export type { AmountUnit } from './amounts.js';
export { CapGauge, type CapGaugeProps } from './cap-gauge.js';
export { ExecutionChart, type ExecutionChartProps, type ExecutionPoint } from './execution-chart.js';
export {
  type ChartProps,
  type DataTable,
  type Drawing,
  Figure,
  type FigureProps,
  Picture,
  type Plate,
} from './figure.js';
export { MiniBar, type MiniBarProps, Sparkline, type SparklineProps } from './mini.js';
export { RankedBars, type RankedBarsProps, type RankedItem } from './ranked-bars.js';
export { Sankey, type SankeyProps } from './sankey.js';
export type { SankeyLink, SankeyNode } from './sankey-layout.js';
export { StackedBar, type StackedBarProps } from './stacked-bar.js';
