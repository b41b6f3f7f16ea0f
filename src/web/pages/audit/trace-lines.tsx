import { economicCodeName } from '../../../core/economic-codes.js';
import { EVIDENCE_LABELS, SERVICE_ITEMS } from '../../../core/vocabulary.js';
import type { TraceView } from '../../../supervision/index.js';
import { DataTable } from '../../components/table.js';

type Lines = NonNullable<TraceView['claim']>['lines'];

/** The lines of a claim with the documents attached to each, to be downloaded. */
export function TraceLines({
  lines,
  bookId,
  funds,
}: {
  lines: Lines;
  bookId: string;
  funds: TraceView['funds'];
}) {
  return (
    <DataTable
      caption="用款明细与附件"
      rows={lines}
      idOf={({ id }) => id}
      empty="没有明细。"
      columns={[
        { key: 'description', label: '摘要', value: ({ description }) => description },
        {
          key: 'fund',
          label: '资金',
          value: ({ fundId }) => funds.find((fund) => fund.fundId === fundId)?.documentNo ?? null,
        },
        {
          key: 'code',
          label: '支出经济分类',
          value: ({ economicCode }) =>
            economicCode === null ? null : `${economicCode} ${economicCodeName(economicCode) ?? ''}`,
        },
        {
          key: 'item',
          label: '服务项目',
          value: ({ serviceItem }) => (serviceItem === null ? null : SERVICE_ITEMS[serviceItem].label),
        },
        {
          key: 'amount',
          label: '金额',
          kind: 'amount',
          basis: '报账时填写的本行金额。',
          value: ({ amount }) => amount,
          isTotalled: true,
        },
        {
          key: 'paid',
          label: '已支付',
          kind: 'amount',
          basis: '本行累计支付，未减退款。',
          value: ({ paid }) => paid,
          isTotalled: true,
        },
        {
          key: 'invoice',
          label: '发票',
          value: ({ invoice }) =>
            invoice === null ? null : `${invoice.number} ${invoice.sellerName} ${invoice.issuedDate}`,
        },
        {
          key: 'evidence',
          label: '附件',
          isFixed: true,
          value: ({ evidence }) => evidence.length,
          show: ({ evidence }) =>
            evidence.length === 0 ? (
              <span class="none">没有</span>
            ) : (
              <ul class="plain-list">
                {evidence.map(({ kind, attachmentId }) => (
                  <li key={attachmentId}>
                    <a href={`/api/v1/books/${bookId}/attachments/${attachmentId}`}>
                      下载{EVIDENCE_LABELS[kind]}
                    </a>
                  </li>
                ))}
              </ul>
            ),
        },
      ]}
    />
  );
}
