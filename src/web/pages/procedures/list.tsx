import { contractTitles } from '../../../contracts/index.js';
import { bureauSubject, fundTitles } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import {
  listProcedures,
  PROCEDURE_SORTS,
  type ProcedureRecordView,
  procedureRecordQuery,
} from '../../../procedures/index.js';
import { bookFunds } from '../../choices.js';
import { sheetOf } from '../../columns.js';
import { type Choice, choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Badge } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { renewableChoices } from '../contracts/choices.js';
import { KIND_CHOICES, STATE_LABELS } from './words.js';

const query = procedureRecordQuery.omit({ limit: true, count: true });

/** A record with the name of what it is for. */
interface Shown extends ProcedureRecordView {
  readonly of: string;
}

async function named(
  { deps }: Pick<PageContext, 'deps'>,
  items: readonly ProcedureRecordView[],
): Promise<Shown[]> {
  const { read } = deps.store;
  const funds = await fundTitles(
    read,
    items.flatMap(({ fundId }) => fundId ?? []),
  );
  const contracts = await contractTitles(
    read,
    items.map(({ contractId }) => contractId),
  );
  return items.map((item) => ({ ...item, of: subjectOf(item, funds, contracts) }));
}

function subjectOf(
  { fundId, contractId, year }: ProcedureRecordView,
  funds: Awaited<ReturnType<typeof fundTitles>>,
  contracts: Awaited<ReturnType<typeof contractTitles>>,
): string {
  if (fundId !== null) return funds[fundId]?.documentNo ?? '';
  if (contractId !== null) return contracts[contractId]?.contractNo ?? '';
  return `${year} 年度`;
}

const columnsOf = (bookId: string): readonly Column<Shown>[] => [
  { key: 'kind', label: '种类', value: ({ kindLabel }) => kindLabel },
  {
    key: 'title',
    label: '办了什么',
    isWide: true,
    value: ({ title }) => title,
    show: ({ id, title }) => <a href={`/books/${bookId}/procedures/${id}`}>{title}</a>,
  },
  {
    key: 'of',
    label: '资金或合同',
    value: ({ of }) => of,
    show: ({ of, fundId, contractId }) =>
      fundId ? (
        <a href={`/books/${bookId}/funds/${fundId}`}>{of}</a>
      ) : contractId ? (
        <a href={`/books/${bookId}/contracts/${contractId}`}>{of}</a>
      ) : (
        of
      ),
  },
  { key: 'year', label: '年度', value: ({ year }) => String(year) },
  { key: 'date', label: '办理日期', kind: 'date', value: ({ date }) => date },
  { key: 'documentNo', label: '文号', value: ({ documentNo }) => documentNo },
  {
    key: 'attachments',
    label: '附件',
    kind: 'count',
    basis: '附在记录上的文件份数。',
    value: ({ attachments }) => attachments.length,
  },
  {
    key: 'state',
    label: '状态',
    value: ({ withdrawnAt }) => (withdrawnAt === null ? STATE_LABELS.counting : STATE_LABELS.withdrawn),
    show: ({ withdrawnAt }) =>
      withdrawnAt === null ? <Badge tone="ok">有效</Badge> : <Badge tone="plain">已撤销</Badge>,
  },
];

/** What was done beside the money, by kind, year and what it was done for. */
export const proceduresPage = definePage({
  path: '/books/:bookId/procedures',
  params: inBook,
  query,
  title: '程序记录',
  load: async (page) => {
    const {
      deps: { store },
      actor,
      params: { bookId },
      query: asked,
    } = page;
    const list = await listProcedures(store, actor, bookId, { ...asked, limit: 50, count: true });
    return {
      list,
      rows: await named(page, list.items),
      funds: (await bookFunds(page, bookId)).map(({ id, documentNo }): Choice => [id, documentNo]),
      contracts: await renewableChoices(page, bookId),
      mayRecord: may(actor, 'procedure.record', await bureauSubject(store.read, bookId)).allowed,
    };
  },
  view: ({ list, rows, funds, contracts, mayRecord }, { params: { bookId } }) => (
    <>
      <FilterBar>
        <SelectFilter name="kind" label="种类" choices={KIND_CHOICES} />
        <TextFilter name="year" label="年度" type="number" />
        <SelectFilter name="fundId" label="资金" choices={funds} />
        <SelectFilter name="contractId" label="合同" choices={contracts} />
        <SelectFilter name="state" label="状态" choices={choicesOf(STATE_LABELS)} />
      </FilterBar>
      <DataTable
        caption="程序记录"
        columns={columnsOf(bookId)}
        rows={rows}
        idOf={({ id }) => id}
        sortable={PROCEDURE_SORTS}
        cursors={{
          next: list.nextCursor,
          prev: list.prevCursor,
          count: `${list.total?.count ?? 0}${list.total?.isCapped ? '+' : ''} 条`,
        }}
        canExport
        tools={
          mayRecord ? (
            <a class="button main" href={`/books/${bookId}/procedures/new`}>
              登记程序记录
            </a>
          ) : null
        }
        empty={
          mayRecord
            ? '没有符合条件的程序记录。政策要求做而账上看不出来的事（公告、督导、抽查、报送等），办完后在这里登记。'
            : '没有符合条件的程序记录。本级财务、审核或上级督导登记之后，这里会列出。'
        }
      />
    </>
  ),
  exported: async (page) => {
    const { bookId } = page.params;
    async function* all(): AsyncIterable<Shown> {
      let cursor: string | undefined;
      do {
        const asked = { ...page.query, limit: 200, cursor };
        const { items, nextCursor } = await listProcedures(page.deps.store, page.actor, bookId, asked);
        yield* await named(page, items);
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    return sheetOf('程序记录', columnsOf(bookId), all);
  },
});
