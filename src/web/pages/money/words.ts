import { formatYuan, parseYuan, sumFen } from '../../../core/money.js';

/** What is on its way between two books, and what receiving it is called. */
export const TRANSIT_LABELS = {
  allotment: { issue: '下达', take: '收文', basis: '上级已下达、本账套尚未收文的指标' },
  disbursement: { issue: '拨付', take: '登记到账', basis: '上级已拨付、本账套尚未登记到账的资金' },
} as const;

export const sumYuan = (amounts: readonly string[]): string => formatYuan(sumFen(amounts.map(parseYuan)));
