import type { BacktestView } from '../../../backtests/index.js';
import { JOB_STATUS_LABELS, type JobSummary } from '../../../jobs/index.js';
import { listBooks } from '../../../ledger/index.js';
import type { PackFault } from '../../../policy/index.js';
import { CheckList, type Choice, FileField, TextArea, TextField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Empty, Section } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import type { PageContext, Said } from '../../context.js';
import { definePage } from '../../page.js';
import { showInstant } from '../audit/words.js';
import { PackFaults } from './policy-parts.js';

/** As many as one backtest takes. */
const MAX_BOOKS = 500;
const LISTED = 200;

const COLUMNS: readonly Column<JobSummary>[] = [
  {
    key: 'createdAt',
    label: '开始',
    kind: 'date',
    value: ({ createdAt }) => showInstant(createdAt),
    show: ({ id, createdAt }) => <a href={`/policy/backtests/${id}`}>{showInstant(createdAt)}</a>,
  },
  { key: 'status', label: '状态', value: ({ status }) => JOB_STATUS_LABELS[status] },
  { key: 'result', label: '结果', value: ({ problem, message }) => problem?.message ?? message },
];

const pastOf = async ({ deps, actor }: Pick<PageContext, 'deps' | 'actor'>) =>
  (await deps.jobs.list(actor, { kind: 'backtest', limit: LISTED })).items;

const packFaultsOf = (said: Said | null): readonly PackFault[] => {
  const faults = (said?.problem?.details as { faults?: readonly PackFault[] } | undefined)?.faults;
  return faults ?? [];
};

/** A pack tried on recorded cases. */
export const backtestsPage = definePage({
  path: '/policy/backtests',
  query: textQuery,
  title: '回测',
  load: async (page) => {
    const { deps, actor, visitor } = page;
    const { items } = await listBooks(deps.store, actor);
    const isAsked = actor.grants.some(({ role }) => role === 'finance' || role === 'admin');
    return {
      past: await pastOf(page),
      books: items.filter(({ access }) => access === 'book').slice(0, MAX_BOOKS),
      mayStart: isAsked && visitor?.workspace?.kind !== 'audit',
    };
  },
  view: ({ past, books, mayStart }, { said, today }) => {
    if (!mayStart || books.length === 0)
      return (
        <Empty>
          回测由民政部门的财务、系统管理岗办理。需要时请联系本级系统管理员；现行政策见“
          <a href="/policy">政策包</a>”。
        </Empty>
      );
    const faults = packFaultsOf(said);
    return (
      <>
        <Section title="新的回测">
          <p class="hint">
            用一个改动过的政策包重新判断已有的单据，看哪些结果会不同。回测不改变任何裁定，也不写入账套。
          </p>
          {faults.length > 0 ? <PackFaults title="政策包有错误，没有开始回测" faults={faults} /> : null}
          <Form name="start" values={{ from: `${today.slice(0, 4)}-01-01`, to: today }} hasFiles>
            <FileField
              name="_packFile"
              label="政策包文件"
              accept=".yaml,.yml"
              hint="YAML 文件。与现行政策包同一文件编号的，回测时替换它；也可以不选文件，把内容粘贴在下面。"
            />
            <TextArea name="yaml" label="政策包内容" rows={12} isWide />
            <div class="grid wide">
              <TextField name="from" label="业务日期从" type="date" isRequired />
              <TextField name="to" label="到" type="date" isRequired />
            </div>
            <details class="wide">
              <summary>只用部分账套的单据（共可用 {books.length} 个，不选为全部）</summary>
              <CheckList
                name="books"
                label="账套"
                choices={books.map(({ id, name }): Choice => [id, name])}
                isWide
              />
            </details>
            <Buttons>
              <Button action="start" look="main">
                开始回测
              </Button>
            </Buttons>
          </Form>
        </Section>
        <TextFilterBar label="日期、状态或结果" />
        <ListTable
          caption="我的回测（保留 30 天）"
          rows={past}
          idOf={({ id }) => id}
          empty="还没有做过回测。选好政策包文件和日期，点“开始回测”。"
          columns={COLUMNS}
        />
      </>
    );
  },
  exported: async (page) => listSheet(page, '回测', COLUMNS, await pastOf(page)),
  actions: {
    start: {
      operation: 'POST /policy/backtests',
      fileTexts: { _packFile: { into: 'yaml', as: 'utf8' } },
      done: ({ id }: BacktestView) => ({ to: `/policy/backtests/${id}` }),
    },
  },
});
