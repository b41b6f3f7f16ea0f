import { z } from 'zod';
import { listProviderReports, type ProviderReportView } from '../../../claims/index.js';
import { demandRelated } from '../../../contracts/index.js';
import { identifier } from '../../../core/fields.js';
import type { Actor } from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { OUTCOMES, OutcomeBadge } from '../../components/decision.js';
import { SelectField, TextField } from '../../components/field.js';
import { FilterBar, SelectFilter } from '../../components/filter.js';
import { Button, Form } from '../../components/form.js';
import { Empty } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { type PageContext, usePage } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { compact, type Tree } from '../../tree.js';
import { lineActions } from './actions.js';
import { type ClaimChoices, claimChoices, contractLabel, fundGroups } from './choices.js';
import { Bar } from './form.js';
import { bodyOf } from './form-values.js';
import { Lines } from './line.js';
import { Sums } from './panel.js';
import { totalsOf } from './totals.js';
import { FIELD_LABELS } from './words.js';

const query = z.object({ contractId: identifier('Contract').optional() });
type Asked = PageContext<{ bookId: string }, z.infer<typeof query>>;

/** Contracts of the provider that the person works for. */
const ownContracts = ({ grants }: Actor, { contracts }: ClaimChoices) =>
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
    value: ({ decisionIndex }) => `第 ${decisionIndex} 条`,
    show: (report) => <LogLink report={report} />,
  },
];

function LogLink({ report }: { report: ProviderReportView }) {
  const text = `第 ${report.decisionIndex} 条`;
  const { pages, visitor } = usePage();
  const isShown = pages.has('/books/:bookId/log/:logIndex') && visitor?.workspace?.kind !== 'operator';
  return isShown ? <a href={`/books/${report.bookId}/log/${report.decisionIndex}`}>{text}</a> : <>{text}</>;
}

/** 使用明细: what providers spent the money of a contract on. */
export const providerReportsPage = definePage({
  path: '/books/:bookId/provider-reports',
  params: inBook,
  query,
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

const NAME = 'report';

/** A provider says what it spent. There is no draft: it is judged and recorded at once. */
export const newProviderReportPage = definePage({
  path: '/books/:bookId/provider-reports/new',
  params: inBook,
  query,
  title: '报送使用明细',
  load: async (page) => {
    const choices = await claimChoices(page);
    return { ...choices, funds: [], contracts: ownContracts(page.actor, choices) };
  },
  view: (choices, page) => {
    const { contracts } = choices;
    if (contracts.length === 0) return <Empty>使用明细由承接机构的经办人报送，您没有可以报送的合同。</Empty>;
    const { today, said, query: asked } = page;
    const chosen = contracts.find(({ id }) => id === asked.contractId) ?? contracts[0];
    const fundIds = new Set(chosen?.lines.map(({ fundId }) => fundId));
    const values: Tree = {
      businessDate: today,
      contractId: chosen?.id ?? '',
      lines: { '0': fundIds.size === 1 ? { fundId: [...fundIds][0] as string } : {} },
    };
    const typed = compact(said?.form === NAME ? said.typed : values);
    return (
      <Form name={NAME} values={values} hasFiles className="claim-form" enter="check">
        <section class="card" aria-labelledby="report-basics">
          <header class="card-head">
            <h2 id="report-basics">基本信息</h2>
          </header>
          <div class="grid">
            <SelectField
              name="contractId"
              label={FIELD_LABELS['contractId'] as string}
              choices={contracts.map((contract) => [contract.id, contractLabel(contract)])}
              isRequired
              isWide
            />
            <TextField
              name="businessDate"
              label={FIELD_LABELS['businessDate'] as string}
              type="date"
              hint="这些钱花出去的日期"
              isRequired
            />
          </div>
        </section>
        <Lines choices={{ funds: fundGroups(choices, page), stations: choices.stations }} />
        <section class="card" aria-labelledby="report-sums">
          <h2 id="report-sums">合计</h2>
          <Sums totals={totalsOf(typed)} choices={choices} isOfContract />
          <p class="hint">报送后立即按条款判断并记入账套；不符合条款的不会记录，会说明依据和怎样改。</p>
        </section>
        <Bar typed={typed}>
          <Button action="check" isInPlace>
            重新合计
          </Button>
          <Button action="create" look="main">
            报送
          </Button>
        </Bar>
      </Form>
    );
  },
  actions: {
    ...lineActions,
    check: { local: async (typed) => ({ typed }) },
    create: {
      operation: 'POST /books/:bookId/provider-reports',
      prepare: bodyOf,
      done: ({ report }: { report: ProviderReportView }) => ({
        to: `/books/${report.bookId}/provider-reports?contractId=${report.contractId}`,
        say: '使用明细已报送',
      }),
    },
  },
});
