import type { z } from 'zod';
import { FORCES } from '../../../policy/index.js';
import { clauseOfBook, clauseParams, clauseQuery } from '../../../procedures/index.js';
import { refusals } from '../../../supervision/index.js';
import { FilterBar, SelectFilter } from '../../components/filter.js';
import { Badge, Facts, Notice, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { yearChoices, yearQuery, yearsOf } from './asked.js';
import { Quoted, STATUS_LABELS, stateText } from './coverage.js';
import { SubjectLink } from './links.js';
import { actionLabel, showInstant, subjectLabel } from './words.js';

const query = clauseQuery.omit({ year: true }).extend(yearQuery.shape);
type Page = PageContext<z.output<typeof clauseParams>, z.output<typeof query>>;

const PER = { fund: '每笔资金', contract: '每份合同', year: '每年' } as const;
const GRADES = {
  V1: '法规库全文核对',
  V2: '官方或存档页核对',
  V3: '转载核对',
  seed: '按所依据的文件',
  remembered: '未核实，只提示',
} as const;

export const clausePage = definePage({
  path: '/books/:bookId/coverage/:clause',
  params: clauseParams,
  query,
  load: async (page: Page) => {
    const { deps, actor, params, query: asked } = page;
    const { year, years } = await yearsOf(page, params.bookId, asked.year);
    const of = {
      store: deps.store,
      packs: deps.policy.current,
      actor,
      bookId: params.bookId,
      year,
      now: deps.now(),
    };
    const shown = await clauseOfBook(of, params.clause, asked);
    const cases =
      shown.clause.status === 'enforced'
        ? await refusals(deps.store, actor, params.bookId, { year, clause: params.clause, limit: 20 })
        : null;
    return { years, shown, cases };
  },
  title: ({ shown }) => `条款 ${shown.clause.clause}`,
  view: ({ years, shown, cases }, { params: { bookId } }) => {
    const { clause, year } = shown;
    return (
      <>
        <Section title={`${clause.documentNo} ${clause.section}`}>
          <blockquote class="clause-text">
            <Quoted text={clause.text} quotation={clause.quotation} />
          </blockquote>
          <Facts
            items={[
              ['性质', FORCES[clause.force]],
              ['落实方式', STATUS_LABELS[clause.status]],
              ['依据核实', GRADES[clause.grade]],
              ['不得例外', clause.nonWaivable],
              [
                '须有的证据',
                clause.evidence ? `${clause.evidence.label}（${PER[clause.evidence.per]}）` : null,
              ],
              ['在哪里登记', clause.evidence?.where],
              [`${year} 年`, stateText(clause)],
            ]}
          />
        </Section>
        <FilterBar>
          <SelectFilter
            name="year"
            label="年度"
            choices={yearChoices(years)}
            empty={null}
            initial={String(year)}
          />
          {clause.evidence ? (
            <SelectFilter
              name="show"
              label="证据"
              empty={null}
              choices={[
                ['all', '全部'],
                ['missing', '只看缺少的'],
                ['shown', '只看已有的'],
              ]}
            />
          ) : null}
        </FilterBar>
        {clause.evidence ? (
          <DataTable
            caption={`${year} 年须有“${clause.evidence.label}”的资金、合同或年度`}
            rows={shown.items}
            idOf={({ subject }) => subject.id}
            cursors={{ next: shown.nextCursor }}
            empty={`${year} 年没有须提供这项证据的资金或合同。这不等于已经做到。`}
            columns={[
              {
                key: 'subject',
                label: '对象',
                value: ({ subject }) => subject.no,
                show: ({ subject }) => (
                  <SubjectLink bookId={bookId} type={subject.type} id={subject.id}>
                    {subject.no} {subject.title}
                  </SubjectLink>
                ),
              },
              {
                key: 'isShown',
                label: '证据',
                value: ({ isShown }) => (isShown ? '已有' : '缺少'),
                show: ({ isShown, missing }) =>
                  isShown ? <Badge tone="ok">已有</Badge> : <Badge tone="danger">{missing ?? '缺少'}</Badge>,
              },
              {
                key: 'shownBy',
                label: '凭什么',
                value: ({ shownByCount }) => shownByCount,
                show: ({ shownBy, shownByCount }) => (
                  <ul class="plain-list">
                    {shownBy.map(({ what, title, date, documentNo, id }, index) => (
                      <li key={`${id} ${index}`}>
                        {[date, what, title, documentNo].filter(Boolean).join(' ')}
                      </li>
                    ))}
                    {shownByCount > shownBy.length ? <li>另有 {shownByCount - shownBy.length} 项</li> : null}
                  </ul>
                ),
              },
            ]}
          />
        ) : null}
        {cases ? (
          <DataTable
            caption={`${year} 年因这一条被拒绝或按例外通过的单据（最近 20 项）`}
            rows={cases.items}
            idOf={({ logIndex, kind }) => `${kind}-${logIndex}`}
            cursors={{ next: null }}
            empty={`${year} 年没有单据因这一条被拒绝或按例外通过。`}
            tools={
              <a href={`/books/${bookId}/refusals?year=${year}&clause=${clause.clause}`}>全部拒绝与例外</a>
            }
            columns={[
              {
                key: 'recordedAt',
                label: '时间',
                kind: 'date',
                value: ({ recordedAt }) => showInstant(recordedAt),
              },
              { key: 'action', label: '办理事项', value: ({ action }) => actionLabel(action) },
              {
                key: 'title',
                label: '单据',
                value: ({ title, subjectType }) => title ?? subjectLabel(subjectType),
                show: ({ title, subjectType, subjectId }) => (
                  <SubjectLink bookId={bookId} type={subjectType} id={subjectId}>
                    {title ?? subjectLabel(subjectType)}
                  </SubjectLink>
                ),
              },
              { key: 'messages', label: '理由', value: ({ messages }) => messages.join('；') },
              {
                key: 'decision',
                label: '裁定',
                value: ({ logIndex }) => logIndex + 1,
                show: ({ logIndex }) => <a href={`/books/${bookId}/decisions/${logIndex}`}>查看裁定</a>,
              },
            ]}
          />
        ) : null}
        {clause.status === 'no_duty' ? (
          <Notice tone="info" title="这一条不给任何人设定义务">
            <p>{clause.by.join('；')}</p>
          </Notice>
        ) : null}
      </>
    );
  },
});
