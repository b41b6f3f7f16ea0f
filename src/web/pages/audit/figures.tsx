import { OVERVIEW_BASES as BASES, type Figures as FigureView } from '../../../supervision/index.js';
import { Amount } from '../../components/amount.js';
import { Figure, Figures } from '../../components/notice.js';
import type { Column } from '../../components/table.js';

/** 口径 without its own name in front, which stands above it already. */
export const basisOf = (key: keyof typeof BASES): string => BASES[key].replace(/^[^：]*：/, '');

/** Ten points behind the elapsed share of the year, or more, deserves a look. */
const isBehind = (gap: string | null) => gap !== null && Number(gap) <= -10;

/** The figures that a supervisor looks at first, each with its 口径. */
export function OverviewFigures({
  figures,
  timeProgress,
  idleDays,
  refusalsHref,
}: {
  figures: FigureView;
  timeProgress: string;
  idleDays: number;
  refusalsHref?: string;
}) {
  const { cap, idle, transitCash } = figures;
  return (
    <Figures>
      <Figure
        label={`执行率（序时进度 ${timeProgress}）`}
        basis={basisOf('executionRate')}
        tone={isBehind(figures.executionGap) ? 'warning' : 'ok'}
      >
        {figures.executionRate ?? '没有到账'}
        {figures.executionGap === null ? null : (
          <span class="unit">　{signed(figures.executionGap)} 个百分点</span>
        )}
      </Figure>
      <Figure label="支出" basis={basisOf('spent')}>
        <Amount yuan={figures.spent} />
      </Figure>
      <Figure label="本级可用到账" basis={basisOf('ownReceived')}>
        <Amount yuan={figures.ownReceived} />
      </Figure>
      <Figure label="救助资金购买服务 5% 已用" basis={basisOf('capUseRate')} tone={capTone(cap)}>
        {cap.useRate ?? '上限未定'}
        {cap.headroom === null ? null : (
          <span class="unit">
            　余 <Amount yuan={cap.headroom} />
          </span>
        )}
      </Figure>
      <Figure
        label={`闲置超过 ${idleDays} 天`}
        basis={basisOf('idleOver')}
        tone={idle.overdueAmount === '0.00' ? 'ok' : 'warning'}
      >
        <Amount yuan={idle.overdueAmount} />
        {idle.longestDays === null ? null : <span class="unit">　最长 {idle.longestDays} 天</span>}
      </Figure>
      <Figure label="在途资金" basis={basisOf('transitCash')}>
        <Amount yuan={transitCash.amount} />
        {transitCash.oldestDays === null ? null : (
          <span class="unit">　最久 {transitCash.oldestDays} 天</span>
        )}
      </Figure>
      <Figure label="规则拒绝" basis={basisOf('refused')} {...(refusalsHref ? { href: refusalsHref } : {})}>
        {figures.refused} 次
      </Figure>
      <Figure
        label="按例外通过"
        basis={basisOf('waived')}
        tone={figures.waived > 0 ? 'warning' : 'ok'}
        {...(refusalsHref ? { href: refusalsHref } : {})}
      >
        {figures.waived} 单
      </Figure>
    </Figures>
  );
}

export const signed = (points: string) => (points.startsWith('-') ? points : `+${points}`);

export function capTone({ limit, headroom, useRate }: FigureView['cap']) {
  if (limit === null || useRate === null) return undefined;
  return headroom === '0.00' ? 'danger' : Number(useRate.slice(0, -1)) >= 80 ? 'warning' : 'ok';
}

/** Columns of the same figures, for a table with one place or book a row. */
export const figureColumns = <Row,>(of: (row: Row) => FigureView): Column<Row>[] => [
  {
    key: 'ownReceived',
    label: '本级可用到账',
    kind: 'amount',
    basis: basisOf('ownReceived'),
    value: (row) => of(row).ownReceived,
  },
  { key: 'spent', label: '支出', kind: 'amount', basis: basisOf('spent'), value: (row) => of(row).spent },
  {
    key: 'executionRate',
    label: '执行率',
    basis: basisOf('executionRate'),
    value: (row) => share(of(row).executionRate),
    show: (row) => <span class="nowrap">{of(row).executionRate ?? '—'}</span>,
  },
  {
    key: 'executionGap',
    label: '执行差',
    basis: basisOf('executionGap'),
    value: (row) => share(of(row).executionGap),
    show: (row) => {
      const { executionGap } = of(row);
      if (executionGap === null) return '—';
      return (
        <span class={isBehind(executionGap) ? 'nowrap negative' : 'nowrap'}>{signed(executionGap)}</span>
      );
    },
  },
  {
    key: 'capUseRate',
    label: '5%已用',
    basis: basisOf('capUseRate'),
    value: (row) => share(of(row).cap.useRate),
    show: (row) => <span class="nowrap">{of(row).cap.useRate ?? '—'}</span>,
  },
  {
    key: 'idleOver',
    label: '超期闲置',
    kind: 'amount',
    basis: basisOf('idleOver'),
    value: (row) => of(row).idle.overdueAmount,
  },
  {
    key: 'idleDays',
    label: '最长闲置天数',
    kind: 'count',
    basis: basisOf('idleDays'),
    value: (row) => of(row).idle.longestDays,
  },
  {
    key: 'transitCash',
    label: '在途资金',
    kind: 'amount',
    basis: basisOf('transitCash'),
    value: (row) => of(row).transitCash.amount,
  },
  {
    key: 'refused',
    label: '拒绝',
    kind: 'count',
    basis: basisOf('refused'),
    value: (row) => of(row).refused,
  },
  {
    key: 'waived',
    label: '例外',
    kind: 'count',
    basis: basisOf('waived'),
    value: (row) => of(row).waived,
  },
];

/** A share or a number of points as a number, so that it is sorted as one. */
const share = (text: string | null): number | null => (text === null ? null : Number(text.replace('%', '')));
