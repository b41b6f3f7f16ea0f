import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { executionOverTime } from '../../../reports/index.js';
import { type BookOverviewView, bookOverview, UNIT_BASES } from '../../../supervision/index.js';
import { CapGauge, ExecutionChart, MiniBar } from '../../charts/index.js';
import { sheetOf } from '../../columns.js';
import { UNIT_LABELS } from '../../components/amount.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { Notice, Section } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { askedOf, dayAsked, figuresQuery, yearChoices, yearsOf } from './asked.js';
import { basisOf, OverviewFigures, signed } from './figures.js';
import { PageLink } from './links.js';

type Fund = BookOverviewView['funds'][number];
type Unit = BookOverviewView['units'][number];
const unitBasis = (key: keyof typeof UNIT_BASES) => UNIT_BASES[key].replace(/^[^：]*：/, '');

const fundColumns = (bookId: string): Column<Fund>[] => [
  {
    key: 'documentNo',
    label: '文号',
    value: ({ documentNo }) => documentNo,
    show: ({ fundId, documentNo }) => (
      <PageLink pattern="/books/:bookId/funds/:id" of={{ bookId, id: fundId }}>
        {documentNo}
      </PageLink>
    ),
  },
  { key: 'name', label: '资金', value: ({ name }) => name },
  { key: 'type', label: '来源', value: ({ type }) => SOURCE_LABELS[type] },
  ...(
    [
      ['planned', '计划'],
      ['allotted', '下达'],
      ['received', '到账'],
      ['spent', '支出'],
    ] as const
  ).map(([key, label]) => ({
    key,
    label,
    kind: 'amount' as const,
    basis: basisOf(key),
    value: (fund: Fund) => fund[key],
    isTotalled: true,
  })),
  {
    key: 'executionRate',
    label: '执行率',
    basis: basisOf('executionRate'),
    value: ({ executionRate }) => (executionRate === null ? null : Number(executionRate.slice(0, -1))),
    show: ({ executionRate, spent, ownReceived }) =>
      executionRate === null ? (
        '—'
      ) : (
        <>
          <MiniBar label="支出占到账" part={spent} whole={ownReceived} /> {executionRate}
        </>
      ),
  },
  {
    key: 'executionGap',
    label: '执行差',
    basis: basisOf('executionGap'),
    value: ({ executionGap }) => (executionGap === null ? null : Number(executionGap)),
    show: ({ executionGap }) => (
      <span class="nowrap">{executionGap === null ? '—' : signed(executionGap)}</span>
    ),
  },
  {
    key: 'idleAmount',
    label: '闲置资金',
    kind: 'amount',
    basis: basisOf('idle'),
    value: ({ idleAmount }) => idleAmount,
    isTotalled: true,
  },
  {
    key: 'idleDays',
    label: '闲置天数',
    kind: 'count',
    basis: basisOf('idleDays'),
    value: ({ idleDays }) => idleDays,
  },
];

const unitColumns: Column<Unit>[] = [
  { key: 'name', label: '单位', basis: unitBasis('unit'), value: ({ name }) => name },
  {
    key: 'quota',
    label: '单位指标',
    kind: 'amount',
    basis: unitBasis('quota'),
    value: ({ quota }) => quota,
  },
  {
    key: 'held',
    label: '占用',
    kind: 'amount',
    basis: unitBasis('held'),
    value: ({ held }) => held,
    isTotalled: true,
  },
  {
    key: 'spent',
    label: '支出',
    kind: 'amount',
    basis: unitBasis('unitSpent'),
    value: ({ spent }) => spent,
    isTotalled: true,
  },
  {
    key: 'executionRate',
    label: '执行率',
    basis: unitBasis('unitRate'),
    value: ({ executionRate }) => (executionRate === null ? null : Number(executionRate.slice(0, -1))),
    show: ({ executionRate }) => executionRate ?? '—',
  },
  {
    key: 'poolLeft',
    label: '指标余额',
    kind: 'amount',
    basis: unitBasis('poolLeft'),
    value: ({ poolLeft }) => poolLeft,
  },
  { key: 'claims', label: '报账单', kind: 'count', value: ({ claims }) => claims },
  { key: 'refused', label: '拒绝', kind: 'count', value: ({ refused }) => refused },
  { key: 'waived', label: '例外', kind: 'count', value: ({ waived }) => waived },
];

async function load(
  page: PageContext<{ bookId: string }, { year?: number; asOf?: string; idleDays: number }>,
) {
  const { deps, actor, params, query, today } = page;
  const { year, years } = await yearsOf(page, params.bookId, query.year);
  const { isAhead, asOf } = dayAsked(query.asOf, year, today);
  const given = askedOf({ year, asOf, idleDays: query.idleDays }, deps.now());
  const book = await bookOverview(deps.store, deps.policy.current, actor, params.bookId, given);
  const execution = await executionOverTime(deps.store, actor, params.bookId, { year, asOf });
  return { book, execution, years, isAhead };
}

export const bookPage = definePage({
  path: '/books/:bookId/supervision',
  params: inBook,
  query: figuresQuery,
  title: '本账套总览',
  load,
  exported: async (page) => {
    const { book } = await load(page as never);
    if (page.search.get('part') === 'units')
      return listSheet(page, `账套总览-单位-${book.year}`, unitColumns, book.units, 'units');
    return sheetOf(`账套总览-资金-${book.year}`, fundColumns(book.bookId), () => book.funds);
  },
  view: ({ book, execution, years, isAhead }, page) => {
    const { year, bookId, figures } = book;
    const { cap } = figures;
    return (
      <>
        <FilterBar>
          <SelectFilter
            name="year"
            label="年度"
            choices={yearChoices(years)}
            empty={null}
            initial={String(year)}
          />
          <TextFilter name="asOf" label="截至日" type="date" initial={book.asOf} />
          <TextFilter name="idleDays" label="闲置超过（天）" type="number" initial={String(book.idleDays)} />
        </FilterBar>
        {isAhead ? <Notice tone="warning" title="截至日尚未到来，已改按可以计算的最近一天。" /> : null}
        <Section
          title={`${book.bureauName} ${year} 年（截至 ${book.asOf}）`}
          aside={
            <nav class="tools" aria-label="本账套的检查">
              <PageLink pattern="/books/:bookId/claims" of={{ bookId }}>
                报账单
              </PageLink>
              <a href={`/books/${bookId}/allotments/tree?year=${year}`}>指标下达树</a>
              <a href={`/books/${bookId}/refusals?year=${year}`}>拒绝与例外</a>
              <a href={`/books/${bookId}/coverage?year=${year}`}>条款覆盖</a>
              <a href={`/books/${bookId}/log`}>审计日志</a>
            </nav>
          }
        >
          <OverviewFigures
            figures={figures}
            timeProgress={book.timeProgress}
            idleDays={book.idleDays}
            refusalsHref={`/books/${bookId}/refusals?year=${year}`}
          />
        </Section>
        {execution.rows.length > 0 && book.funds.length > 0 ? (
          <Section title="执行进度">
            <ExecutionChart
              id="execution"
              title={`${year} 年累计到账与支出`}
              basis="该年度资金的累计到账与累计支出，占该年度到账总额的比例；到账未减已拨付下级的部分。"
              unit={UNIT_LABELS[page.unit] as '元' | '万元'}
              year={year}
              whole={{ label: '到账', amount: execution.rows.at(-1)?.received ?? '0.00' }}
              points={execution.rows.map(({ month, received, spent }) => ({
                month: Number(month.slice(5)),
                received,
                spent,
              }))}
            />
          </Section>
        ) : null}
        <Section title="困难群众救助补助资金购买服务上限">
          {cap.limit === null ? (
            <p>{cap.reason ?? `${year} 年没有适用的上限。`}</p>
          ) : (
            <CapGauge
              id="cap"
              title={`${year} 年购买服务额度`}
              basis={basisOf('capLimit')}
              unit={UNIT_LABELS[page.unit] as '元' | '万元'}
              label="购买服务（不超过 5%）"
              used={cap.used}
              limit={cap.limit}
            />
          )}
        </Section>
        <h2>按资金</h2>
        <DataTable
          caption={`${year} 年的资金`}
          columns={fundColumns(bookId)}
          rows={book.funds}
          idOf={({ fundId }) => fundId}
          empty={`${year} 年没有登记资金。可换一个年度查询。`}
          canExport
        />
        <h2>按站点和单位</h2>
        <DataTable
          caption={`${year} 年用款的站点和单位`}
          columns={unitColumns}
          part="units"
          canExport
          rows={book.units}
          idOf={({ organisationId }) => organisationId}
          empty={`${year} 年还没有单位用款或报账。`}
        />
      </>
    );
  },
});
