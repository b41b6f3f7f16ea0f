import type { ClaimDossier } from '../../../claims/index.js';
import { ECONOMIC_CODES } from '../../../core/economic-codes.js';
import {
  BENEFICIARY_GROUPS,
  EVIDENCE_LABELS,
  SERVICE_ITEMS,
  SOURCE_LABELS,
} from '../../../core/vocabulary.js';
import { Amount } from '../../components/amount.js';
import { type Column, DataTable } from '../../components/table.js';
import { fileHref, showSize } from './words.js';

type Line = ClaimDossier['claim']['lines'][number] & { readonly number: number };

const economic = (code: string | null): string | null => {
  if (code === null) return null;
  const found = ECONOMIC_CODES[code];
  return found ? `${code} ${found.name}${found.status === 'verified' ? '' : '（待核）'}` : code;
};

const lineColumns = ({ claim, funds, organisations, files, readsBook }: ClaimDossier): Column<Line>[] => [
  { key: 'number', label: '行', kind: 'count', isFixed: true, value: ({ number }) => number },
  {
    key: 'fund',
    label: '资金文号',
    isFixed: true,
    value: ({ fundId }) => funds[fundId]?.documentNo ?? null,
    show: ({ fundId }) => {
      const fund = funds[fundId];
      if (!fund) return null;
      return (
        <span>
          {readsBook ? (
            <a href={`/books/${claim.bookId}/funds/${fundId}`}>{fund.documentNo}</a>
          ) : (
            fund.documentNo
          )}
          <span class="beneath">
            {SOURCE_LABELS[fund.type]}
            {claim.contractId ? '，由合同占用列支' : null}
            {fund.available === null || claim.contractId ? null : (
              <>
                ，可用 <Amount yuan={fund.available} />
              </>
            )}
          </span>
        </span>
      );
    },
  },
  {
    key: 'description',
    label: '摘要',
    isFixed: true,
    isWide: true,
    value: ({ description }) => description,
    show: ({ description, serviceItem, beneficiaryGroups, stationId }) => (
      <span>
        {description}
        <span class="beneath">
          {[
            serviceItem && SERVICE_ITEMS[serviceItem].label,
            beneficiaryGroups?.map((group) => BENEFICIARY_GROUPS[group].label).join('、'),
            stationId && organisations[stationId],
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
    ),
  },
  {
    key: 'economicCode',
    label: '经济分类',
    isFixed: true,
    value: ({ economicCode }) => economic(economicCode) ?? '未填，须复核',
  },
  {
    key: 'papers',
    label: '发票和附件',
    isFixed: true,
    isWide: true,
    value: ({ invoice }) => invoice?.number ?? null,
    show: ({ invoice, evidence }) =>
      invoice === null && evidence.length === 0 ? (
        <span class="none">没有</span>
      ) : (
        <ul class="papers">
          {invoice === null ? null : (
            <li>
              发票 {invoice.number}
              <span class="beneath">
                {invoice.sellerName}，{invoice.issuedDate}，票面 <Amount yuan={invoice.faceAmount} />
              </span>
            </li>
          )}
          {evidence.map(({ kind, attachmentId }) => (
            <li key={attachmentId}>
              <a href={fileHref(claim.bookId, attachmentId)}>
                {EVIDENCE_LABELS[kind]}：{files[attachmentId]?.fileName ?? '文件'}
              </a>
              {files[attachmentId] ? `（${showSize(files[attachmentId].sizeBytes)}）` : ''}
            </li>
          ))}
        </ul>
      ),
  },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '本行申报的金额',
    isFixed: true,
    isTotalled: true,
    value: ({ amount }) => amount,
  },
  ...(claim.paid === '0.00'
    ? []
    : [
        {
          key: 'paid',
          label: '已付',
          kind: 'amount',
          basis: '已支付到本行的金额，减去冲红；退款未扣除',
          isFixed: true,
          isTotalled: true,
          value: ({ paid }) => paid,
        } as const satisfies Column<Line>,
      ]),
];

/** What a claim asks money for, each with its papers. */
export function ClaimLines({ dossier }: { dossier: ClaimDossier }) {
  return (
    <DataTable
      caption="明细"
      columns={lineColumns(dossier)}
      rows={dossier.claim.lines.map((line, index) => ({ ...line, number: index + 1 }))}
      idOf={({ id }) => id}
      pageSize={100}
      empty="没有明细。请经办人修改后补上。"
    />
  );
}
