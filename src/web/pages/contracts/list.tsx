import {
  CONTRACT_SORTS,
  CONTRACT_STATUS_LABELS,
  type ContractView,
  contractQuery,
  listContracts,
  listProviders,
} from '../../../contracts/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { type Choice, choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { DataTable } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';
import { contractColumns } from './columns.js';

const query = contractQuery.omit({ limit: true, count: true });

/** Contracts of the book; a provider finds its own. */
export const contractsPage = definePage({
  path: '/books/:bookId/contracts',
  params: inBook,
  query,
  title: '合同',
  load: async ({ deps: { store }, actor, params: { bookId }, query: asked }) => {
    const list = await listContracts(store, actor, bookId, { ...asked, limit: 50, count: true });
    const subject = await bureauSubject(store.read, bookId);
    const isReader = may(actor, 'book.read', subject).allowed;
    const providers = isReader
      ? (await listProviders(store, actor, bookId, { scope: 'contracted' })).items
      : [];
    return {
      list,
      providers: providers.map(({ organisation: { id, name } }): Choice => [id, name]),
      mayPrepare: may(actor, 'contract.prepare', subject).allowed,
      maySign: may(actor, 'contract.sign', subject).allowed,
    };
  },
  view: ({ list, providers, mayPrepare, maySign }, { params: { bookId } }) => (
    <>
      <FilterBar>
        <TextFilter name="text" label="合同号或名称" />
        <SelectFilter name="status" label="状态" choices={choicesOf(CONTRACT_STATUS_LABELS)} />
        {providers.length > 0 ? (
          <SelectFilter name="providerId" label="承接机构" choices={providers} />
        ) : null}
        <TextFilter name="year" label="签订年度" type="number" />
        {maySign ? <SelectFilter name="toSign" label="范围" choices={[['true', '等我签订的']]} /> : null}
      </FilterBar>
      <DataTable
        caption="政府购买服务合同"
        columns={contractColumns(bookId)}
        rows={list.items}
        idOf={({ id }) => id}
        sortable={CONTRACT_SORTS}
        cursors={{
          next: list.nextCursor,
          prev: list.prevCursor,
          count: `${list.total?.count ?? 0}${list.total?.isCapped ? '+' : ''} 条`,
        }}
        canExport
        tools={
          mayPrepare ? (
            <a class="button main" href={`/books/${bookId}/contracts/new`}>
              起草合同
            </a>
          ) : null
        }
        empty={
          mayPrepare
            ? '没有符合条件的合同。点“起草合同”登记；起草后由另一位财务签订，才算合同占用。'
            : '没有符合条件的合同。本级民政局起草之后，这里会列出合同和付款进度。'
        }
      />
    </>
  ),
  exported: async ({ deps: { store }, actor, params: { bookId }, query: asked }) => {
    async function* all(): AsyncIterable<ContractView> {
      let cursor: string | undefined;
      do {
        const page = await listContracts(store, actor, bookId, { ...asked, limit: 200, cursor });
        yield* page.items;
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    return sheetOf('合同', contractColumns(bookId), all);
  },
});
