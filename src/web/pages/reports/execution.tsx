import type { z } from 'zod';
import { type Execution, executionOverTime, executionQuery } from '../../../reports/index.js';
import { ExecutionChart, Sparkline } from '../../charts/index.js';
import { Amount } from '../../components/amount.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { Badge, Empty, Figure, Figures, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { hrefWith, type PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearsOf } from '../audit/asked.js';
import { Checks, columnsOf, Downloads, hundredthsOf, PointInTime, Rate, useUnit } from './parts.js';

type Fund = Execution['funds'][number];
const query = executionQuery.partial({ year: true });

type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

async function load(page: Page) {
  const { deps, actor, params, query: asked, today } = page;
  const { year, years } = await yearsOf(page, params.bookId, asked.year);
  const asOf = asked.asOf ?? today;
  const report = await executionOverTime(deps.store, actor, params.bookId, { year, asOf });
  return { report, years, year };
}

/** Of one fund, or of all. */
const monthsOf = (report: Execution, fundId: string | undefined) =>
  report.funds.find((fund) => fund.fundId === fundId)?.months ?? report.rows;

/** 执行进度: 到账 and 支出 month by month against 序时进度, of all funds of a year and of each. */
export const executionPage = definePage({
  path: '/books/:bookId/reports/execution',
  params: inBook,
  query,
  title: '执行进度',
  load,
  // The funds are a file of the API; here the months that are shown.
  exported: async (page) => {
    const { report, year } = await load(page);
    const columns = columnsOf<Execution['rows'][number]>(report.columns);
    return listSheet(page, `执行进度-${year}`, columns, monthsOf(report, page.query.fundId), 'months');
  },
  view: ({ report, years, year }, page) => {
    const { fundId, asOf } = page.query;
    const chosen = report.funds.find((fund) => fund.fundId === fundId);
    const months = monthsOf(report, fundId);
    const last = months.at(-1);
    return (
      <>
        <FilterBar>
          <SelectFilter
            name="year"
            label="资金年度"
            choices={yearChoices(years)}
            empty={null}
            initial={String(year)}
          />
          <SelectFilter
            name="fundId"
            label="资金批次"
            empty="全年合计"
            choices={report.funds.map((fund) => [fund.fundId, `${fund.documentNo} ${fund.fundName}`])}
          />
          <TextFilter name="asOf" label="截至业务日期" type="date" />
        </FilterBar>
        {asOf && asOf < page.today ? <PointInTime asOf={asOf} /> : null}
        {last === undefined || report.funds.length === 0 ? (
          <Empty>
            {report.funds.length === 0
              ? `${year} 年度还没有资金批次，因此没有进度。换一个年度再查。`
              : `${year} 年还没有开始，因此没有进度。`}
          </Empty>
        ) : (
          <>
            <Figures>
              <Figure label="序时进度" basis="当年已过天数 ÷ 全年天数，含当日">
                {report.elapsed}
              </Figure>
              <Figure label="执行率" basis="累计支出 ÷ 累计到账" tone={isBehind(last) ? 'warning' : 'ok'}>
                {last.executionRate}
              </Figure>
              <Figure label="到账" basis="到账凭证累计">
                <Amount yuan={last.received} />
              </Figure>
              <Figure label="支出" basis="已支付减退款和冲红，累计">
                <Amount yuan={last.spent} />
              </Figure>
            </Figures>
            <Section title={chosen ? `${chosen.documentNo} ${chosen.fundName}` : `${year} 年度全部资金`}>
              <Chart year={year} months={months} />
            </Section>
            <DataTable
              caption="各资金批次"
              columns={fundColumns(page)}
              rows={report.funds}
              idOf={(fund) => fund.fundId}
              rowClass={(fund) => (fund.fundId === fundId ? 'current' : undefined)}
              tools={<Downloads report="execution" query={{ year, asOf }} />}
              empty=""
            />
            <DataTable
              caption={`${year} 年各月累计${chosen ? `：${chosen.documentNo}` : ''}`}
              columns={columnsOf<Execution['rows'][number]>(report.columns)}
              rows={months}
              part="months"
              canExport
              idOf={({ month }) => month}
              empty=""
            />
          </>
        )}
        <Checks checks={report.checks} />
      </>
    );
  },
});

const isBehind = ({ executionRate, elapsed }: Execution['rows'][number]) =>
  (hundredthsOf(executionRate) ?? 0) < (hundredthsOf(elapsed) ?? 0);

function Chart({ year, months }: { year: number; months: Execution['rows'] }) {
  return (
    <ExecutionChart
      id="execution"
      title={`${year} 年累计到账与支出`}
      basis="各资金批次到账、支出按业务日期逐月累计；当年以前发生的算在第一个月。100% 为截至报表日的到账。"
      unit={useUnit()}
      year={year}
      whole={{ label: '到账', amount: months.at(-1)?.received ?? '0.00' }}
      points={months.map(({ month, received, spent }) => ({
        month: Number(month.slice(5)),
        received,
        spent,
      }))}
    />
  );
}

const fundColumns = (page: PageContext<{ bookId: string }>): Column<Fund>[] => [
  {
    key: 'documentNo',
    label: '文号',
    isWide: true,
    value: ({ documentNo }) => documentNo,
    show: ({ fundId, documentNo }) => <a href={hrefWith(page, { fundId })}>{documentNo}</a>,
  },
  { key: 'fundName', label: '资金名称', isWide: true, value: ({ fundName }) => fundName },
  {
    key: 'received',
    label: '到账',
    kind: 'amount',
    basis: '到账凭证累计',
    value: ({ received }) => received,
    isTotalled: true,
  },
  {
    key: 'spent',
    label: '支出',
    kind: 'amount',
    basis: '已支付减退款和冲红，累计',
    value: ({ spent }) => spent,
    isTotalled: true,
  },
  {
    key: 'executionRate',
    label: '执行率',
    kind: 'count',
    basis: '累计支出 ÷ 累计到账；到账为零时记“—”',
    value: ({ executionRate }) => hundredthsOf(executionRate),
    show: ({ executionRate, spent, received }) => <Rate rate={executionRate} part={spent} whole={received} />,
  },
  {
    key: 'course',
    label: '逐月支出',
    isFixed: true,
    basis: '各月末累计支出的走势',
    value: () => null,
    show: ({ months }) => <Sparkline label="累计支出" amounts={months.map(({ spent }) => spent)} />,
  },
  {
    key: 'isBehind',
    label: '对序时进度',
    basis: '执行率低于序时进度为落后',
    value: ({ isBehind: behind, executionRate }) =>
      executionRate === '—' ? '没有到账' : behind ? '落后' : '不落后',
    show: ({ isBehind: behind, executionRate }) =>
      executionRate === '—' ? (
        <span class="none">没有到账</span>
      ) : (
        <Badge tone={behind ? 'warning' : 'ok'}>{behind ? '! 落后' : '✓ 不落后'}</Badge>
      ),
  },
];
