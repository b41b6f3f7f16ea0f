import { z } from 'zod';
import { choice } from '../../../core/fields.js';
import { SOURCE_LABELS, SOURCE_TYPES } from '../../../core/vocabulary.js';
import {
  TOTAL_COLUMNS,
  type UsageReport,
  type UsageRow,
  type UsageTotal,
  usageReport,
} from '../../../reports/index.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { type Group, GroupedTable } from './grouped-table.js';
import { Checks, columnsOf, Downloads, PointInTime, pastQuery, pointOf, Rate } from './parts.js';

export const query = z.object({
  ...pastQuery,
  /** As people type them: "2022、2023", "2022，2023". */
  years: z
    .string()
    .regex(/^\d{4}([,，、\s]+\d{4}){0,19}$/)
    .transform((text) => text.split(/[,，、\s]+/).map(Number))
    .optional(),
  type: choice(SOURCE_TYPES, 'Source type').optional(),
  lower: z.literal('true').optional(),
});
type Asked = z.output<typeof query>;

export const loadUsage = ({ deps, actor, params, query: asked }: PageContext<{ bookId: string }, Asked>) =>
  usageReport(deps.store, actor, params.bookId, {
    ...pointOf(asked),
    years: asked.years,
    type: asked.type,
    withLower: asked.lower === 'true',
  });

/** A fund, or a sum of funds: a sum has no fund to name. */
export type UsageCells = Partial<UsageRow> & Omit<UsageTotal, 'key' | 'label' | 'fundCount'>;

const rateShow = ({ executionRate, spent, received }: UsageCells) => (
  <Rate rate={executionRate} part={spent} whole={received} />
);

/** The grouping says the type already. */
export const usageColumns = (report: UsageReport, bookId: string, isSheet: boolean): Column<UsageCells>[] =>
  columnsOf<UsageCells>(
    report.columns.filter(({ key }) => key !== 'typeLabel' && (isSheet || key !== 'fundName')),
    isSheet
      ? {}
      : {
          documentNo: ({ fundId, documentNo, fundName }) => (
            <div>
              <a href={`/books/${bookId}/funds/${fundId}`}>{documentNo}</a>
              <span class="beneath">{fundName}</span>
            </div>
          ),
          executionRate: rateShow,
        },
  ).map((column) => ({ ...column, isFixed: false }));

export const usageGroups = ({ rows, byType }: UsageReport): Group<UsageCells>[] =>
  byType.map((total) => ({
    key: total.key,
    label: total.label,
    rows: rows.filter(({ type }) => type === total.key),
    total,
  }));

/** 资金拨付使用情况表: where the money of every fund stands, by source. */
export const usagePage = definePage({
  path: '/books/:bookId/reports/usage',
  params: inBook,
  query,
  title: '资金拨付使用情况表',
  load: loadUsage,
  view: (report, { params: { bookId }, query: asked, search }) => {
    const files = {
      ...pointOf(asked),
      years: asked.years?.join(','),
      type: asked.type,
      lower: asked.lower,
    };
    return (
      <>
        <FilterBar>
          <TextFilter name="years" label="年度（可填几个）" />
          <SelectFilter name="type" label="来源" choices={choicesOf(SOURCE_LABELS)} />
          <SelectFilter name="lower" label="范围" empty="只看本账套" choices={[['true', '加上下级各账套']]} />
          <TextFilter name="asOf" label="截至业务日期" type="date" />
          <TextFilter name="recordedBy" label="截至登记日期" type="date" />
        </FilterBar>
        <PointInTime {...asked} />
        <GroupedTable
          caption={`${report.bureauName}${asked.years ? ` ${asked.years.join('、')} 年度` : ' 全部年度'}`}
          columns={usageColumns(report, bookId, false)}
          groups={usageGroups(report)}
          total={report.total}
          idOf={({ fundId }) => fundId ?? ''}
          empty="没有符合条件的资金批次。登记或收文之后，这里列出每个文号的资金到了哪一步；换一个年度再查也可以。"
          tools={
            <>
              <a
                class="button plain"
                href={`/books/${bookId}/reports/usage/sheet${search.size > 0 ? `?${search}` : ''}`}
              >
                打印版
              </a>
              <Downloads report="usage" query={files} />
            </>
          }
        />
        {report.lower ? (
          <div class="dense">
            <h2>下级账套</h2>
            <p class="hint">
              同一笔资金在上下级账套中各记一次，因此不跨级相加。各批次的明细在导出的“下级明细”表中。
            </p>
            {(
              [
                ['各层级', report.lower.byKind],
                ['各单位', report.lower.byBureau],
              ] as const
            ).map(([caption, rows]) => (
              <DataTable
                key={caption}
                caption={`下级${caption}`}
                columns={totalColumns}
                rows={rows as readonly UsageTotal[]}
                idOf={({ key }) => key}
                empty="没有下级账套，或下级还没有符合条件的资金。"
              />
            ))}
          </div>
        ) : null}
        <Checks checks={report.checks} />
      </>
    );
  },
});

const totalColumns = columnsOf<UsageTotal>(TOTAL_COLUMNS, { executionRate: rateShow });
