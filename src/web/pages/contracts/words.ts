import type { BusinessDate } from '../../../core/dates.js';
import { BENEFICIARY_GROUPS, SERVICE_ITEMS } from '../../../core/vocabulary.js';
import type { SanctionView } from '../../../organisations/index.js';
import type { Tone } from '../../components/notice.js';

export const STATUS_TONES = { pending: 'warning', signed: 'ok', closed: 'plain' } as const;

/** Share of the beneficiaries found in the relief roster (名册). */
export const ROSTER_LABELS = { all: '全部在册', some: '部分在册', none: '都不在册' } as const;

export const serviceItemLabel = (code: keyof typeof SERVICE_ITEMS | null) =>
  code === null ? null : SERVICE_ITEMS[code].label;

/** Null is "not known", an empty list "nobody in particular". */
export const beneficiaryLabels = (codes: readonly (keyof typeof BENEFICIARY_GROUPS)[] | null) =>
  codes === null
    ? null
    : codes.length === 0
      ? '无特定群体'
      : codes.map((code) => BENEFICIARY_GROUPS[code].label).join('、');

export interface SanctionState {
  readonly label: string;
  readonly tone: Tone | 'plain';
  /** New contracts are in the way of it. */
  readonly isOpen: boolean;
}

/** Where a sanction stands on a day. */
export function sanctionState(sanction: SanctionView, today: BusinessDate): SanctionState {
  const { kind, fromDate, untilDate, settledDate } = sanction;
  if (fromDate > today) return { label: `${fromDate} 起生效`, tone: 'warning', isOpen: false };
  if (kind === 'exit')
    return settledDate === null
      ? { label: '退出，尚未清算', tone: 'danger', isOpen: true }
      : { label: `已于 ${settledDate} 清算`, tone: 'plain', isOpen: false };
  if (untilDate !== null && untilDate < today) return { label: '已到期', tone: 'plain', isOpen: false };
  const until = untilDate === null ? '没有期限' : `至 ${untilDate}`;
  return { label: `黑名单有效，${until}`, tone: 'danger', isOpen: true };
}

/** What of a provider's sanctions is in the way of new contracts today, in a few words; null where nothing is. */
export const openSanctions = (sanctions: readonly SanctionView[], today: BusinessDate): string | null =>
  sanctions
    .map((sanction) => sanctionState(sanction, today))
    .filter(({ isOpen }) => isOpen)
    .map(({ label }) => label)
    .join('；') || null;
