import { CLAIM_STEPS } from '../../../claims/index.js';
import type { BoundedCount } from '../../../core/page.js';
import type { Tone } from '../../components/notice.js';

/** What the log tells of a claim, in words. */
const EVENT_LABELS: Readonly<Record<string, string>> = {
  'claim.create': '起草',
  'claim.waivers': '适用例外批准',
  'claim.close': '办结',
  ...Object.fromEntries(
    Object.entries(CLAIM_STEPS)
      .filter(([step]) => step !== 'close')
      .map(([, { action, label }]) => [action, label]),
  ),
};
export const eventLabel = (action: string): string => EVENT_LABELS[action] ?? '其他办理';

export const isRefused = (outcome: string | null): boolean => outcome?.startsWith('refused:') === true;

export const PAYMENT_LABELS = { payment: '支付', refund: '退款', reversal: '冲红' } as const;

export const STATUS_TONES: Readonly<Record<string, Tone | 'plain'>> = {
  draft: 'plain',
  returned: 'warning',
  rejected: 'danger',
  paid: 'ok',
  closed: 'ok',
};

/** "2022-07-31 10:00" of an instant, in China's time, which has no summer time. */
export function showTime(instant: string): string {
  const local = new Date(Date.parse(instant) + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 16)}`;
}

export const showCount = ({ count, isCapped }: BoundedCount): string => `${count}${isCapped ? '+' : ''}`;

export const fileHref = (bookId: string, id: string): string => `/api/v1/books/${bookId}/attachments/${id}`;

/** "48 KB": enough to know whether a telephone should open it. */
export const showSize = (bytes: number): string =>
  bytes < 1024 * 1024
    ? `${Math.max(1, Math.round(bytes / 1024))} KB`
    : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
