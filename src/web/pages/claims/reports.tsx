import { z } from 'zod';
import { listProviderReports, type ProviderReportView } from '../../../claims/index.js';
import { demandRelated } from '../../../contracts/index.js';
import { identifier } from '../../../core/fields.js';
import type { Actor } from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { OUTCOMES, OutcomeBadge } from '../../components/decision.js';
import { FilterBar, SelectFilter } from '../../components/filter.js';
import { Empty } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { type PageContext, usePage } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { type ClaimChoices, claimChoices, contractLabel } from './choices.js';

export const reportQuery = z.object({ contractId: identifier('Contract').optional() });
type Asked = PageContext<{ bookId: string }, z.infer<typeof reportQuery>>;

/** Contracts of the provider that the person works for. */
export const ownContracts = ({ grants }: Actor, { contracts }: ClaimChoices) =>
  contracts.filter(({ providerId }) =>
    grants.some(({ role, organisationId }) => role === 'operator' && organisationId === providerId),
  );

const reportsOf = async ({ deps, actor, params }: Asked, contractId: string | undefined) =>
  contractId
    ? [...(await listProviderReports(deps.store, actor, params.bookId, contractId)).items].reverse()
    : [];

const columns: readonly Column<ProviderReportView>[] = [
  { key: 'businessDate', label: '业务日期', kind: 'date', value: ({ businessDate }) => businessDate },
  {
    key: 'use',
    label: '用途',
    isWide: true,
    value: ({ lines }) => lines.map(({ description }) => description).join('、'),
  },
  { key: 'lines', label: '行数', kind: 'count', value: ({ lines }) => lines.length },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '各行明细之和；累计不能超过合同已付给承接机构的数额',
    value: ({ amount }) => amount,
    isTotalled: true,
  },
  {
    key: 'outcome',
    label: '规则判断',
    value: ({ outcome }) => OUTCOMES[outcome]?.[1] ?? '',
    show: ({ outcome }) => <OutcomeBadge outcome={outcome} />,
  },
  {
    key: 'log',
    label: '日志',
    isFixed: true,
    value: ({ decisionIndex }) => `第 ${decisionIndex + 1} 条`,
    show: (report) => <LogLink report={report} />,
  },
];

function LogLink({ report }: { report: ProviderReportView }) {
  const text = `第 ${report.decisionIndex + 1} 条`;
  const { pages, visitor } = usePage();
  const isShown = pages.has('/books/:bookId/log/:logIndex') && visitor?.workspace?.kind !== 'operator';
  return isShown ? <a href={`/books/${report.bookId}/log/${report.decisionIndex}`}>{text}</a> : text;
}

/** 使用明细: what providers spent the money of a contract on. */
export const providerReportsPage = definePage({
  path: '/books/:bookId/provider-reports',
  params: inBook,
  query: reportQuery,
  title: '使用明细',
  load: async (page) => {
    const choices = await claimChoices(page);
    const mine = ownContracts(page.actor, choices);
    const contractId = page.query.contractId ?? choices.contracts[0]?.id;
    return {
      contracts: choices.contracts,
      contractId: contractId ?? '',
      mayReport: mine.length > 0,
      reports: await reportsOf(page, contractId),
    };
  },
  view: ({ contracts, contractId, mayReport, reports }, { params }) => {
    if (contracts.length === 0)
      return <Empty>还没有已签订的合同。合同签订并付款之后，承接机构在这里报送钱用在了哪里。</Empty>;
    return (
      <>
        <FilterBar>
          <SelectFilter
            name="contractId"
            label="合同"
            choices={contracts.map((contract) => [contract.id, contractLabel(contract)])}
            empty={null}
            initial={contractId}
          />
        </FilterBar>
        <DataTable
          caption="合同资金的使用明细"
          columns={columns}
          rows={reports}
          idOf={({ id }) => id}
          canExport
          tools={
            mayReport ? (
              <a
                class="button main"
                href={`/books/${params.bookId}/provider-reports/new?contractId=${contractId}`}
              >
                报送使用明细
              </a>
            ) : null
          }
          empty={
            mayReport
              ? '这份合同还没有报送过。收到合同款并花出去之后，点“报送使用明细”。'
              : '这份合同的承接机构还没有报送使用明细。'
          }
        />
      </>
    );
  },
  exported: async (page) => {
    await demandRelated(page.deps.store.read, page.actor, page.params.bookId);
    const reports = await reportsOf(page, page.query.contractId);
    return sheetOf('使用明细', columns, () => reports);
  },
});
