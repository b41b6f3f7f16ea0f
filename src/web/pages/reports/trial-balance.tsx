import type { z } from 'zod';
import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { type TrialBalance, trialBalance, trialBalanceQuery } from '../../../reports/index.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { Badge } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearsOf } from '../audit/asked.js';
import { Checks, columnsOf, Downloads, fundFilterChoices, PointInTime, pastQuery, pointOf } from './parts.js';

type Row = TrialBalance['rows'][number];
type Sides = TrialBalance['funds'][number];

const query = trialBalanceQuery.omit({ recordedUntil: true }).extend(pastQuery);

const SIDE_COLUMNS: Column<Sides>[] = [
  { key: 'documentNo', label: '文号', isWide: true, value: ({ documentNo }) => documentNo },
  { key: 'fundName', label: '资金名称', isWide: true, value: ({ fundName }) => fundName },
  {
    key: 'sources',
    label: '来源合计',
    kind: 'amount',
    basis: '来源科目期末余额之和',
    value: ({ sources }) => sources,
  },
  {
    key: 'uses',
    label: '去向合计',
    kind: 'amount',
    basis: '去向科目期末余额之和',
    value: ({ uses }) => uses,
  },
  {
    key: 'isBalanced',
    label: '平衡',
    value: ({ isBalanced }) => (isBalanced ? '平衡' : '不平衡'),
    show: ({ isBalanced }) => (
      <Badge tone={isBalanced ? 'ok' : 'danger'}>{isBalanced ? '✓ 平衡' : '× 不平衡'}</Badge>
    ),
  },
];

function balanceOf({
  deps,
  actor,
  params,
  query: asked,
}: PageContext<{ bookId: string }, z.output<typeof query>>) {
  const { year, ...rest } = asked;
  const years = year === undefined ? undefined : [year];
  return trialBalance(deps.store, actor, params.bookId, { ...rest, ...pointOf(asked), years });
}

/** 余额表: opening, moves and closing of every account; each fund's sources equal its uses. */
export const trialBalancePage = definePage({
  path: '/books/:bookId/reports/trial-balance',
  params: inBook,
  query,
  title: '余额表',
  load: async (page) => {
    const { params } = page;
    const report = await balanceOf(page);
    const { years } = await yearsOf(page, params.bookId, page.query.year);
    return { report, years, funds: await fundFilterChoices(page, params.bookId) };
  },
  // The accounts are a file of the API; here the other table.
  exported: async (page) =>
    listSheet(page, '每笔资金的两边', SIDE_COLUMNS, (await balanceOf(page)).funds, 'sides'),
  view: ({ report, years, funds }, { params: { bookId }, query: asked }) => {
    const { from, asOf, recordedBy, year, type, fundId, detail } = asked;
    const account = ({ fundId: id, layer, subject }: Row) =>
      `/books/${bookId}/reports/ledger?${new URLSearchParams({ fundId: id, layer, ...(detail === 'subject' ? { subject } : {}) })}`;
    return (
      <>
        <FilterBar>
          <TextFilter name="from" label="期间从" type="date" />
          <TextFilter name="asOf" label="期间到（业务日期）" type="date" />
          <SelectFilter name="year" label="年度" choices={yearChoices(years)} />
          <SelectFilter name="type" label="来源" choices={choicesOf(SOURCE_LABELS)} />
          <SelectFilter name="fundId" label="资金批次" choices={funds} />
          <SelectFilter
            name="detail"
            label="明细程度"
            empty={null}
            initial="layer"
            choices={[
              ['layer', '按科目'],
              ['subject', '按科目和对象'],
            ]}
          />
          <TextFilter name="recordedBy" label="截至登记日期" type="date" />
        </FilterBar>
        <PointInTime asOf={asOf} recordedBy={recordedBy} />
        <p class="hint">本表由全部分录逐笔重算，再与账户余额核对，因此不比其他报表快：一百万笔分录约三秒。</p>
        <Checks checks={report.checks} />
        <DataTable
          caption={`${report.bureauName}${from ? `，自 ${from} 起` : ''}`}
          columns={columnsOf<Row>(report.columns, {
            layerLabel: (row) => <a href={account(row)}>{row.layerLabel}</a>,
          })}
          rows={report.rows}
          idOf={({ fundId: id, layer, subject }) => `${id} ${layer} ${subject}`}
          pageSize={100}
          tools={
            <Downloads
              report="trial-balance"
              query={{ from, year, type, fundId, detail, ...pointOf({ asOf, recordedBy }) }}
            />
          }
          empty="没有发生过的科目。登记计划、下达或到账之后，这里列出每个科目的期初、增减和期末。"
        />
        {report.funds.length > 0 ? (
          <DataTable
            caption="每笔资金的两边"
            columns={SIDE_COLUMNS}
            rows={report.funds}
            part="sides"
            canExport
            idOf={({ fundId: id }) => id}
            pageSize={200}
            empty=""
          />
        ) : null}
      </>
    );
  },
});
