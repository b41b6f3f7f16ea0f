import type { z } from 'zod';
import {
  type ClauseStatistics,
  clauseStatistics,
  type Refusal,
  refusalQuery,
  refusals,
} from '../../../supervision/index.js';
import { sheetOf } from '../../columns.js';
import { FilterBar, SelectFilter } from '../../components/filter.js';
import { cursorsOf, listSheet, TooLong, wholeOrPage } from '../../components/list.js';
import { Badge, Notice } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { yearChoices, yearQuery, yearsOf } from './asked.js';
import { basisOf } from './figures.js';
import { ClauseLink, SubjectLink } from './links.js';
import { actionLabel, showInstant, subjectLabel } from './words.js';

const query = yearQuery.extend({ cursor: refusalQuery.shape.cursor, clause: refusalQuery.shape.clause });
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;
/** As many as are sorted on the page; every one of them has its decision opened. */
const MOST = 200;

const columns = (bookId: string, year: number): Column<Refusal>[] => [
  { key: 'recordedAt', label: '时间', kind: 'date', value: ({ recordedAt }) => showInstant(recordedAt) },
  {
    key: 'kind',
    label: '结果',
    value: ({ kind }) => (kind === 'refused' ? '拒绝' : '按例外通过'),
    show: ({ kind }) =>
      kind === 'refused' ? <Badge tone="danger">拒绝</Badge> : <Badge tone="warning">按例外通过</Badge>,
  },
  { key: 'action', label: '办理事项', value: ({ action }) => actionLabel(action) },
  {
    key: 'title',
    label: '单据',
    value: ({ title, subjectType }) => title ?? subjectLabel(subjectType),
    // What was refused at its making never came to be.
    show: ({ title, subjectType, subjectId }) =>
      title === null ? (
        subjectLabel(subjectType)
      ) : (
        <SubjectLink bookId={bookId} type={subjectType} id={subjectId}>
          {title}
        </SubjectLink>
      ),
  },
  { key: 'unit', label: '单位', value: ({ unitName }) => unitName },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '判断时各明细行金额之和；下达文件没有明细行，不列。',
    value: ({ amount }) => amount,
  },
  {
    key: 'clauses',
    label: '条款',
    value: ({ clauses }) => clauses.join('、'),
    show: ({ clauses }) => (
      <>
        {clauses.map((clause) => (
          <span key={clause}>
            <ClauseLink bookId={bookId} clause={clause} year={year} />{' '}
          </span>
        ))}
      </>
    ),
  },
  {
    key: 'messages',
    label: '理由',
    value: ({ messages, waivers }) =>
      [...messages, ...waivers.map(({ clause, documentNo }) => `例外 ${clause} ${documentNo ?? ''}`)].join(
        '；',
      ),
  },
  {
    key: 'decision',
    label: '裁定',
    value: ({ logIndex }) => logIndex + 1,
    show: ({ logIndex }) => <a href={`/books/${bookId}/decisions/${logIndex}`}>查看裁定</a>,
  },
];

const statisticColumns = (bookId: string, year: number): Column<ClauseStatistics['items'][number]>[] => [
  {
    key: 'clause',
    label: '条款',
    value: ({ clause }) => clause,
    show: ({ clause }) => <ClauseLink bookId={bookId} clause={clause} year={year} />,
  },
  { key: 'documentNo', label: '文号', value: ({ documentNo }) => documentNo },
  { key: 'quotation', label: '原文', value: ({ quotation }) => `“${quotation}”` },
  {
    key: 'blocked',
    label: '拒绝单数',
    kind: 'count',
    basis: '该条款使多少张单据被拒绝，同一单据计一次。',
    value: ({ blocked }) => blocked,
  },
  {
    key: 'reviewed',
    label: '复核单数',
    kind: 'count',
    basis: '该条款使多少张单据须人工复核，同一单据计一次。',
    value: ({ reviewed }) => reviewed,
  },
  {
    key: 'waived',
    label: '例外单数',
    kind: 'count',
    basis: basisOf('waived'),
    value: ({ waived }) => waived,
  },
];

export const refusalsPage = definePage({
  path: '/books/:bookId/refusals',
  params: inBook,
  query,
  title: '拒绝与例外',
  load: async (page: Page) => {
    const { deps, actor, params, query: asked } = page;
    const { year, years } = await yearsOf(page, params.bookId, asked.year);
    const found = await wholeOrPage(
      (limit) => refusals(deps.store, actor, params.bookId, { ...asked, year, limit }),
      asked.cursor,
      MOST,
    );
    const packs = deps.policy.current;
    const statistics = await clauseStatistics(deps.store, packs, actor, params.bookId, { year });
    return { year, years, found, statistics };
  },
  exported: async (page: Page) => {
    const { deps, actor, params, query: asked } = page;
    const { year } = await yearsOf(page, params.bookId, asked.year);
    if (page.search.get('part') === 'clauses') {
      const packs = deps.policy.current;
      const { items } = await clauseStatistics(deps.store, packs, actor, params.bookId, { year });
      return listSheet(page, `起作用的条款-${year}`, statisticColumns(params.bookId, year), items, 'clauses');
    }
    async function* rows() {
      let cursor: string | undefined;
      do {
        const given = { ...asked, cursor, year, limit: 200 };
        const { items, nextCursor } = await refusals(deps.store, actor, params.bookId, given);
        yield* items;
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    return sheetOf(`拒绝与例外-${year}`, columns(params.bookId, year), rows);
  },
  view: ({ year, years, found, statistics }, { params: { bookId }, query: asked }) => (
    <>
      <FilterBar>
        <SelectFilter
          name="year"
          label="年度"
          choices={yearChoices(years)}
          empty={null}
          initial={String(year)}
        />
        <SelectFilter name="clause" label="条款" choices={clauseChoices(statistics, asked.clause)} />
      </FilterBar>
      {statistics.isCountComplete ? null : (
        <Notice
          tone="info"
          title={`本年裁定很多，条款统计只计最近的 ${statistics.decisionsCounted} 项；明细表不受影响。`}
        />
      )}
      <TooLong list={found} most={MOST} order="后发生的在前" />
      <DataTable
        caption={`${year} 年被拒绝和按例外通过的单据`}
        columns={columns(bookId, year)}
        rows={found.items}
        idOf={({ logIndex, kind }) => `${kind}-${logIndex}`}
        {...cursorsOf(found)}
        empty={
          found.nextCursor
            ? '这一页没有符合条件的单据，请点“下一页”继续。'
            : `${year} 年${asked.clause ? `没有因 ${asked.clause} ` : '没有'}被拒绝或按例外通过的单据。`
        }
        canExport
      />
      <h2>各条款拦住了什么</h2>
      <DataTable
        caption={`${year} 年起作用的条款`}
        columns={statisticColumns(bookId, year)}
        rows={statistics.items}
        part="clauses"
        canExport
        idOf={({ clause }) => clause}
        empty={`${year} 年没有条款拦下单据，也没有单据按例外通过。`}
      />
    </>
  ),
});

const clauseChoices = ({ items }: ClauseStatistics, asked: string | undefined) => {
  const clauses = items.map(
    ({ clause, quotation }) => [clause, `${clause} ${quotation.slice(0, 20)}`] as const,
  );
  const isKnown = asked === undefined || items.some(({ clause }) => clause === asked);
  return isKnown ? clauses : [[asked, asked] as const, ...clauses];
};
