import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import {
  EXPENDITURE_LABELS,
  type Expenditure,
  type ExpenditureDimension,
  expenditureBy,
  expenditureQuery,
} from '../../../reports/index.js';
import { RankedBars } from '../../charts/index.js';
import { Amount } from '../../components/amount.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Empty, Figure, Figures, Section, Tabs } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { hrefWith } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearsOf } from '../audit/asked.js';
import { Checks, columnsOf, Downloads, fundFilterChoices, useUnit } from './parts.js';

const query = expenditureQuery.extend({ by: expenditureQuery.shape.by.default('economic_class') });
const DIMENSIONS = Object.keys(EXPENDITURE_LABELS) as ExpenditureDimension[];
/** Bars of a picture; the table has all. */
const MOST_BARS = 24;

/** 支出分析: what money was spent on, by whom, to whom and when. */
export const expenditurePage = definePage({
  path: '/books/:bookId/reports/expenditure',
  params: inBook,
  query,
  title: '支出分析',
  load: async (page) => {
    const { deps, actor, params, query: asked } = page;
    const { year, ...rest } = asked;
    const report = await expenditureBy(deps.store, actor, params.bookId, {
      ...rest,
      years: year === undefined ? undefined : [year],
    });
    const { years } = await yearsOf(page, params.bookId, year);
    return { report, years, funds: await fundFilterChoices(page, params.bookId) };
  },
  view: ({ report, years, funds }, page) => {
    const { by } = page.query;
    return (
      <>
        <Tabs
          items={DIMENSIONS.map((dimension) => ({
            label: EXPENDITURE_LABELS[dimension],
            href: hrefWith(page, { by: dimension, sort: null, order: null }),
            isCurrent: dimension === by,
          }))}
        />
        <FilterBar>
          <input type="hidden" name="by" value={by} />
          <SelectFilter name="year" label="资金年度" choices={yearChoices(years)} />
          <SelectFilter name="type" label="来源" choices={choicesOf(SOURCE_LABELS)} />
          <SelectFilter name="fundId" label="资金批次" choices={funds} />
          <TextFilter name="from" label="业务日期从" type="date" />
          <TextFilter name="until" label="业务日期到" type="date" />
        </FilterBar>
        {report.rows.length === 0 ? (
          <Empty>
            这一范围还没有支出。报账支付之后，这里按{report.byLabel}分析；放宽日期或换一个年度再查。
          </Empty>
        ) : (
          <>
            <Figures>
              <Figure label="支出合计" basis={report.columns[1]?.basis ?? ''}>
                <Amount yuan={report.total} />
              </Figure>
            </Figures>
            <Section title={`按${report.byLabel}`}>
              <Bars report={report} />
            </Section>
            <DataTable
              caption={`支出，按${report.byLabel}`}
              columns={columnsOf<Expenditure['rows'][number]>(report.columns)}
              rows={report.rows}
              idOf={({ key }) => key}
              tools={<Downloads report="expenditure" query={page.query} />}
              empty=""
            />
          </>
        )}
        <Checks checks={report.checks} />
      </>
    );
  },
});

function Bars({ report }: { report: Expenditure }) {
  const unit = useUnit();
  const isMonths = report.by === 'month';
  const shown = isMonths ? report.rows.slice(-MOST_BARS) : report.rows.slice(0, MOST_BARS);
  const rest = report.rows.length - shown.length;
  const cut = rest === 0 ? '' : isMonths ? `，只画最近 ${MOST_BARS} 个月` : `，只画最大的 ${MOST_BARS} 项`;
  return (
    <RankedBars
      id="expenditure"
      title={`支出按${report.byLabel}${cut}`}
      basis={report.columns.map(({ title, basis }) => `${title}：${basis}`).join('；')}
      unit={unit}
      partLabel="支出"
      wholeLabel="支出合计"
      words={{ item: report.byLabel, group: '范围' }}
      keepsOrder={isMonths}
      items={shown.map(({ key, label, amount }) => ({
        id: key || 'none',
        label,
        group: report.byLabel,
        part: amount,
        whole: report.total,
      }))}
    />
  );
}
