import type { ClaimView } from '../../../claims/index.js';
import { contractTitles } from '../../../contracts/index.js';
import { today as dayOf } from '../../../core/dates.js';
import type { Db } from '../../../db/store.js';
import { fundTitles } from '../../../ledger/index.js';
import { organisationNames } from '../../../organisations/index.js';
import { OUTCOMES, OutcomeBadge } from '../../components/decision.js';
import { Badge, type Tone } from '../../components/notice.js';
import type { Column } from '../../components/table.js';

export interface ClaimRow {
  readonly claim: ClaimView;
  readonly unitName: string;
  readonly contract: string | null;
  readonly funds: string;
}

const TONES: Partial<Record<ClaimView['status'], Tone>> = {
  draft: 'info',
  submitted: 'info',
  returned: 'warning',
  reviewed: 'info',
  approved: 'info',
  partly_paid: 'info',
  paid: 'ok',
  closed: 'ok',
  rejected: 'danger',
};

export const StatusBadge = ({ claim }: { claim: ClaimView }) => (
  <Badge tone={TONES[claim.status] ?? 'plain'}>{claim.statusLabel}</Badge>
);

/** Claims with the names of what they point to. */
export async function claimRows(db: Db, claims: readonly ClaimView[]): Promise<ClaimRow[]> {
  const units = await organisationNames(
    db,
    claims.map(({ organisationId }) => organisationId),
  );
  const contracts = await contractTitles(
    db,
    claims.map(({ contractId }) => contractId),
  );
  const funds = await fundTitles(
    db,
    claims.flatMap(({ lines }) => lines.map(({ fundId }) => fundId)),
  );
  return claims.map((claim) => ({
    claim,
    unitName: units[claim.organisationId] ?? '',
    contract: claim.contractId === null ? null : (contracts[claim.contractId]?.contractNo ?? null),
    funds: [...new Set(claim.lines.map(({ fundId }) => funds[fundId]?.documentNo ?? ''))].join('、'),
  }));
}

/** Where a claim is looked at or gone on with. */
export const claimHref = (
  { id, bookId, status, makerId }: ClaimView,
  { pages, actor }: { pages: ReadonlySet<string>; actor: { personId: string } },
): string | null => {
  const isMine = makerId === actor.personId && (status === 'draft' || status === 'returned');
  if (isMine && status === 'draft') return `/books/${bookId}/claims/${id}/edit`;
  if (pages.has('/books/:bookId/claims/:id')) return `/books/${bookId}/claims/${id}`;
  return isMine ? `/books/${bookId}/claims/${id}/edit` : null;
};

type Page = Parameters<typeof claimHref>[1];

/** Claims as a file has them. */
export const claimColumns = (page: Page): Column<ClaimRow>[] => [
  {
    key: 'title',
    label: '事由',
    isWide: true,
    value: ({ claim }) => claim.title,
    show: ({ claim }) => {
      const href = claimHref(claim, page);
      return href ? <a href={href}>{claim.title}</a> : claim.title;
    },
  },
  {
    key: 'status',
    label: '状态',
    value: ({ claim }) => claim.statusLabel,
    show: ({ claim }) => <StatusBadge claim={claim} />,
  },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '各行明细之和，草稿也计入',
    value: ({ claim }) => claim.amount,
  },
  {
    key: 'paid',
    label: '已付',
    kind: 'amount',
    basis: '已登记的付款，不减退款',
    value: ({ claim }) => claim.paid,
  },
  { key: 'businessDate', label: '业务日期', kind: 'date', value: ({ claim }) => claim.businessDate },
  { key: 'unit', label: '申报单位', value: ({ unitName }) => unitName },
  { key: 'payee', label: '收款人', value: ({ claim }) => claim.payeeName },
  {
    key: 'funds',
    label: '经费文号与合同',
    isWide: true,
    value: ({ funds, contract }) => (contract ? `${funds}；合同 ${contract}` : funds),
  },
  {
    key: 'outcome',
    label: '规则判断',
    value: ({ claim }) => OUTCOMES[claim.outcome ?? '']?.[1] ?? '尚未判断',
    show: ({ claim }) => <OutcomeBadge outcome={claim.outcome} />,
  },
  {
    key: 'createdAt',
    label: '编制日期',
    kind: 'date',
    value: ({ claim }) => dayOf(new Date(claim.createdAt)),
  },
];

/** What a screen has no room for. */
const ONLY_IN_FILES: readonly string[] = ['paid', 'createdAt'];

/** Claims as a list shows them: to a maker with a link that begins another like it. */
export const shownColumns = (
  page: Page,
  { isMaker, units }: { isMaker: boolean; units: number },
): Column<ClaimRow>[] => [
  ...claimColumns(page).filter(
    ({ key }) => !ONLY_IN_FILES.includes(key) && !(key === 'unit' && isMaker && units === 1),
  ),
  ...(isMaker
    ? [
        {
          key: 'copy',
          label: '再报一张',
          value: () => null,
          show: ({ claim }: ClaimRow) => (
            <a href={`/books/${claim.bookId}/claims/new?copy=${claim.id}`}>
              复制<span class="sr-only">：{claim.title}</span>
            </a>
          ),
        },
      ]
    : []),
];
