import type { z } from 'zod';
import { identifier } from '../../../core/fields.js';
import { ORGANISATION_LABELS } from '../../../core/vocabulary.js';
import { type Figures, type OverviewView, supervisionOverview } from '../../../supervision/index.js';
import { RankedBars } from '../../charts/index.js';
import { sheetOf } from '../../columns.js';
import { UNIT_LABELS } from '../../components/amount.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Empty, Notice, Section } from '../../components/notice.js';
import { arranged } from '../../components/order.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { askedOf, dayAsked, figuresQuery, ratioOf, yearChoices, yearsOf } from './asked.js';
import { basisOf, figureColumns, OverviewFigures } from './figures.js';

const query = figuresQuery.extend({ prefecture: identifier('Prefecture bureau').optional() });
type Asked = PageContext<unknown, z.output<typeof query>>;

/** A book, the sum of a prefecture, or all. */
interface Row {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  readonly kind: string;
  readonly bookId: string | null;
  readonly figures: Figures;
}

const GROUP: Column<Row> = { key: 'group', label: '市州', value: ({ group }) => group };
const COLUMNS = (year: number): Column<Row>[] => [
  {
    key: 'name',
    label: '民政局',
    value: ({ name }) => name,
    show: ({ bookId, group, name }) =>
      bookId === null ? `${group} ${name}` : <a href={`/books/${bookId}/supervision?year=${year}`}>{name}</a>,
  },
  ...figureColumns<Row>(({ figures }) => figures),
];

/** More bars than these are no picture any more: those that are furthest behind are drawn, the table has them all. */
const MOST_BARS = 40;

async function load(page: Asked) {
  const { deps, actor, query: asked, today } = page;
  const { year, years } = await yearsOf(page, null, asked.year);
  const { isAhead, asOf } = dayAsked(asked.asOf, year, today);
  const given = askedOf({ year, asOf, idleDays: asked.idleDays }, deps.now());
  const overview = await supervisionOverview(deps.store, deps.policy.current, actor, given);
  return { overview, years, isAhead };
}

const chosen = (overview: OverviewView, prefecture: string | undefined) =>
  overview.groups.filter(({ bureauId }) => prefecture === undefined || bureauId === prefecture);

/** Prefectures in the order of their codes, each with its books in the order asked for, then its sum; all at the end. */
function rowsOf(overview: OverviewView, { query: asked, search }: Asked): Row[] {
  const columns = COLUMNS(overview.year);
  const groups = chosen(overview, asked.prefecture);
  const rows = groups.flatMap(({ bureauId, bureauName, subtotal, books }) => {
    const members = books.map((book) => ({
      id: book.bookId,
      group: bureauName,
      name: book.bureauName,
      kind: ORGANISATION_LABELS[book.bureauKind],
      bookId: book.bookId,
      figures: book.figures,
    }));
    const order = search.get('order') === 'asc' ? 'asc' : 'desc';
    const sorted = arranged<Row>(members, columns, search.get('sort'), order);
    const sum = { id: `sum-${bureauId}`, group: bureauName, name: '小计', kind: '', bookId: null };
    return books.length > 1 ? [...sorted, { ...sum, figures: subtotal }] : [...sorted];
  });
  if (groups.length < 2) return rows;
  const all = { id: 'sum', group: '全部', name: '合计', kind: '', bookId: null, figures: overview.total };
  return [...rows, all];
}

export const overviewPage = definePage({
  path: '/supervision',
  title: '各地总览',
  query,
  load,
  exported: async (page) => {
    const { overview } = await load(page);
    // In the file every row names its prefecture; on the page the sum under its rows does.
    const columns = [GROUP, ...COLUMNS(overview.year)];
    return sheetOf('各地总览', columns, () => rowsOf(overview, page));
  },
  view: ({ overview, years, isAhead }, page) => {
    const { year, groups, timeProgress } = overview;
    const shown = chosen(overview, page.query.prefecture);
    const only = shown.length === 1 && groups.length > 1 ? shown[0] : undefined;
    const bars = shown.flatMap(({ bureauName, books }) =>
      books
        .filter(({ figures }) => figures.ownReceived !== '0.00')
        .map(({ bookId, bureauName: label, figures }) => ({
          gap: Number(figures.executionGap ?? 0),
          id: bookId,
          label,
          group: bureauName,
          part: figures.spent,
          whole: figures.ownReceived,
          href: `/books/${bookId}/supervision?year=${year}`,
        })),
    );
    const shownBars = new Set(
      [...bars]
        .sort((a, b) => a.gap - b.gap)
        .slice(0, MOST_BARS)
        .map(({ id }) => id),
    );
    const drawn = bars.filter(({ id }) => shownBars.has(id));
    if (overview.books === 0)
      return <Empty>您的岗位没有可以查看的账套。请联系系统管理员授予审计或督导岗位。</Empty>;
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
          <SelectFilter
            name="prefecture"
            label="市州"
            choices={groups.map(({ bureauId, bureauName }) => [bureauId, bureauName])}
          />
          <TextFilter name="asOf" label="截至日" type="date" initial={overview.asOf} />
          <TextFilter
            name="idleDays"
            label="闲置超过（天）"
            type="number"
            initial={String(overview.idleDays)}
          />
        </FilterBar>
        {isAhead ? <Notice tone="warning" title="截至日尚未到来，已改按可以计算的最近一天。" /> : null}
        <Section title={`${only ? only.bureauName : '全部账套'} ${year} 年（截至 ${overview.asOf}）`}>
          <OverviewFigures
            figures={only ? only.subtotal : overview.total}
            timeProgress={timeProgress}
            idleDays={overview.idleDays}
          />
        </Section>
        <Section title="支出进度排名">
          {bars.length === 0 ? (
            <Empty>{year} 年还没有资金到账，因此没有执行率。可换一个年度查询。</Empty>
          ) : (
            <RankedBars
              id="ranked"
              title={`${year} 年支出占本级可用到账`}
              basis={basisOf('executionRate')}
              unit={UNIT_LABELS[page.unit] as '元' | '万元'}
              partLabel="支出"
              wholeLabel="到账"
              reference={{ label: '序时进度', share: ratioOf(timeProgress) }}
              items={drawn}
            />
          )}
          {bars.length > MOST_BARS ? (
            <p class="hint">
              图中为落后最多的 {MOST_BARS} 个账套，其余 {bars.length - MOST_BARS}{' '}
              个见下表，或选择一个市州查看。
            </p>
          ) : null}
        </Section>
        <DataTable
          caption={`各账套 ${year} 年的执行、上限、闲置与裁定`}
          columns={COLUMNS(year)}
          rows={rowsOf(overview, page)}
          idOf={({ id }) => id}
          rowClass={({ bookId }) => (bookId === null ? 'subtotal' : undefined)}
          cursors={{ next: null, count: `${shown.reduce((sum, { books }) => sum + books.length, 0)} 个账套` }}
          sortable={COLUMNS(year).map(({ key }) => key)}
          empty="没有符合条件的账套。请点“重置”查看全部。"
          canExport
        />
      </>
    );
  },
});
