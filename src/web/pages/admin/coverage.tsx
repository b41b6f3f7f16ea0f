import { z } from 'zod';
import { type CoverageRow, clauseCoverage, FORCES } from '../../../policy/index.js';
import type { Choice } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { CLAUSE_STATUSES, type ClauseStatus, ClauseStatusBadge } from './policy-parts.js';

const STATUSES = Object.keys(CLAUSE_STATUSES) as [ClauseStatus, ...ClauseStatus[]];

const query = z.object({
  pack: z.string().max(100).optional(),
  status: z.enum(STATUSES).optional(),
  text: z.string().trim().max(100).optional(),
});

const GRADES: Readonly<Record<CoverageRow['grade'], string>> = {
  V1: '法规库全文',
  V2: '官方或媒体存档页',
  V3: '第三方转载',
  seed: '本系统所依据的文件',
  remembered: '依据待核（规则只提示）',
};

/** A clause as it stands in the document, with the words that act marked in it. */
function Verbatim({ text, quotation }: { text: string; quotation: string }) {
  const at = text.indexOf(quotation);
  if (at < 0) return <p class="verbatim">{text}</p>;
  return (
    <p class="verbatim">
      {text.slice(0, at)}
      <mark>{quotation}</mark>
      {text.slice(at + quotation.length)}
    </p>
  );
}

const COLUMNS: readonly Column<CoverageRow>[] = [
  {
    key: 'clause',
    label: '条款',
    value: ({ clause }) => clause,
    show: ({ clause }) => <span class="whole">{clause}</span>,
  },
  {
    key: 'documentNo',
    label: '文号与位置',
    value: ({ documentNo, section }) => `${documentNo} ${section}`,
  },
  {
    key: 'text',
    label: '条款原句（标记处为起作用的文字）',
    value: ({ text }) => text,
    isFixed: true,
    show: (row) => <Verbatim text={row.text} quotation={row.quotation} />,
  },
  { key: 'force', label: '性质', value: ({ force }) => FORCES[force] },
  {
    key: 'status',
    label: '落实方式',
    value: ({ status }) => CLAUSE_STATUSES[status][1],
    show: ({ status }) => <ClauseStatusBadge status={status} />,
  },
  {
    key: 'by',
    label: '规则、留痕或理由',
    value: ({ by }) => by.join('；'),
    show: ({ by }) => (
      <ul class="bare-list">
        {by.map((one) => (
          <li key={one} class="long">
            {one}
          </li>
        ))}
      </ul>
    ),
  },
  {
    key: 'nonWaivable',
    label: '例外',
    value: ({ nonWaivable }) => (nonWaivable === null ? '可以申请' : `不得例外：${nonWaivable}`),
    show: ({ nonWaivable }) =>
      nonWaivable === null ? (
        '可以申请'
      ) : (
        <details class="inline-details">
          <summary>不得例外</summary>
          {nonWaivable}
        </details>
      ),
  },
  { key: 'grade', label: '依据核实', value: ({ grade }) => GRADES[grade] },
];

function rowsOf({ deps }: Pick<PageContext, 'deps'>, asked: z.output<typeof query>): CoverageRow[] {
  const { pack, status, text } = asked;
  return clauseCoverage(deps.policy.current).filter(
    (row) =>
      (!pack || row.pack === pack) &&
      (!status || row.status === status) &&
      (!text || [row.clause, row.text, row.section, ...row.by].some((part) => part.includes(text))),
  );
}

/** Every clause of the packs in force, verbatim, and what carries it. */
export const coveragePage = definePage({
  path: '/policy/coverage',
  query,
  title: '条款',
  load: async ({ deps, query: asked }) => ({
    rows: rowsOf({ deps }, asked),
    packs: deps.policy.current.packs.map(({ document }): Choice => [document.id, document.title]),
  }),
  view: ({ rows, packs }) => (
    <>
      <FilterBar>
        <SelectFilter name="pack" label="文件" choices={packs} />
        <SelectFilter
          name="status"
          label="落实方式"
          choices={STATUSES.map((status): Choice => [status, CLAUSE_STATUSES[status][1]])}
        />
        <TextFilter name="text" label="条款编号或文字" />
      </FilterBar>
      <DataTable
        caption="条款"
        columns={COLUMNS}
        rows={rows}
        idOf={({ pack, clause }) => `${pack} ${clause}`}
        canExport
        pageSize={25}
        empty="没有符合条件的条款。请点“重置”看全部。"
      />
    </>
  ),
  exported: async (page) => listSheet(page, '条款', COLUMNS, rowsOf(page, page.query)),
});
