import { SOURCE_LABELS } from '../../../core/vocabulary.js';
import { bureauSubject, fundQuery, listFunds } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { DataTable } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';
import { fundColumns } from './columns.js';

const query = fundQuery.pick({ type: true, year: true, effectiveBy: true });

/** Funds by source with the four amounts, now or as of a day. */
export const fundsPage = definePage({
  path: '/books/:bookId/funds',
  params: inBook,
  query,
  title: '资金批次',
  load: async ({ deps, actor, params, query: asked }) => {
    const { items } = await listFunds(deps.store, actor, params.bookId, { ...asked, limit: 200 });
    const subject = await bureauSubject(deps.store.read, params.bookId);
    return { items, mayAdd: may(actor, 'fund.manage', subject).allowed };
  },
  view: ({ items, mayAdd }, { params }) => (
    <>
      <FilterBar>
        <SelectFilter name="type" label="来源" choices={choicesOf(SOURCE_LABELS)} />
        <TextFilter name="year" label="年度" type="number" />
        <TextFilter name="effectiveBy" label="截至业务日期" type="date" />
      </FilterBar>
      <DataTable
        caption="资金批次"
        columns={fundColumns(params.bookId)}
        rows={items}
        idOf={({ id }) => id}
        canExport
        tools={
          mayAdd ? (
            <a class="button main" href={`/books/${params.bookId}/funds/new`}>
              登记资金批次
            </a>
          ) : null
        }
        empty={
          mayAdd
            ? '没有符合条件的资金批次。收到上级文件后，请在“收文与到账”中收文；本级资金点“登记资金批次”。'
            : '没有符合条件的资金批次。本级财务登记或收文之后，这里会列出每个文号的可用经费。'
        }
      />
    </>
  ),
  exported: async ({ deps, actor, params, query: asked }) => {
    const { items } = await listFunds(deps.store, actor, params.bookId, { ...asked, limit: 200 });
    return sheetOf('资金批次', fundColumns(params.bookId), () => items);
  },
});
