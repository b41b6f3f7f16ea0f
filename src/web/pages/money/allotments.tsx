import { type AllotmentView, allotmentQuery, listAllotments } from '../../../allotments/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { bookFunds } from '../../choices.js';
import { sheetOf } from '../../columns.js';
import { Amount } from '../../components/amount.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { type Column, DataTable } from '../../components/table.js';
import { showTotal } from '../../counts.js';
import { definePage, inBook } from '../../page.js';
import { LogLink } from '../audit/links.js';
import { AllotmentTabs } from './tabs.js';

const query = allotmentQuery.omit({ count: true, recipientId: true });

const columns = (bookId: string, funds: Readonly<Record<string, string>>): Column<AllotmentView>[] => [
  { key: 'documentNo', label: '文号', isWide: true, value: ({ documentNo }) => documentNo },
  {
    key: 'fund',
    label: '资金',
    isWide: true,
    value: ({ fundId }) => funds[fundId] ?? '',
    show: ({ fundId }) => <a href={`/books/${bookId}/funds/${fundId}`}>{funds[fundId] ?? '资金批次'}</a>,
  },
  { key: 'effectiveDate', label: '业务日期', kind: 'date', value: ({ effectiveDate }) => effectiveDate },
  {
    key: 'recipients',
    label: '接收单位',
    isWide: true,
    value: ({ items }) => items.map(({ recipientName, amount }) => `${recipientName} ${amount}`).join('；'),
    show: ({ items }) => <Recipients items={items} />,
  },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '文件下达给各接收单位的合计',
    value: ({ amount }) => amount,
  },
  {
    key: 'log',
    label: '日志',
    value: ({ logIndex }) => logIndex + 1,
    show: ({ logIndex }) => <LogLink bookId={bookId} index={logIndex} />,
  },
];

const FEW = 3;
function Recipients({ items }: Pick<AllotmentView, 'items'>) {
  const list = (
    <ul class="plain">
      {items.map(({ id, recipientName, amount, parts }) => (
        <li key={id}>
          {recipientName} <Amount yuan={amount} isPlain />
          {parts.length > 0 ? `（分到 ${parts.length} 处）` : ''}
        </li>
      ))}
    </ul>
  );
  if (items.length <= FEW) return list;
  return (
    <details>
      <summary>{items.length} 个单位</summary>
      {list}
    </details>
  );
}

/** Authority passed down: each document with its recipients. */
export const allotmentsPage = definePage({
  path: '/books/:bookId/allotments',
  params: inBook,
  query,
  load: async (page) => {
    const { deps, actor, params, today } = page;
    const asked = { ...page.query, count: true as const };
    const funds = await bookFunds(page, params.bookId);
    return {
      list: await listAllotments(deps.store, actor, params.bookId, asked, today),
      funds: Object.fromEntries(funds.map(({ id, documentNo, name }) => [id, `${documentNo} ${name}`])),
      mayIssue: may(actor, 'allotment.issue', await bureauSubject(deps.store.read, params.bookId)).allowed,
    };
  },
  title: '下达指标',
  view: ({ list, funds, mayIssue }, { params: { bookId } }) => (
    <>
      <AllotmentTabs bookId={bookId} current="list" />
      <FilterBar>
        <SelectFilter name="fundId" label="资金" choices={Object.entries(funds)} />
        <TextFilter name="documentNo" label="文号含有" />
        <TextFilter name="year" label="年度" type="number" />
        <SelectFilter name="toDisburse" label="拨付情况" choices={[['true', '尚未拨足']]} />
      </FilterBar>
      <DataTable
        caption="下达记录"
        columns={columns(bookId, funds)}
        rows={list.items}
        idOf={({ id }) => id}
        cursors={{ next: list.nextCursor, prev: list.prevCursor, ...showTotal(list.total) }}
        sortable={['effectiveDate', 'amount']}
        canExport
        tools={
          mayIssue ? (
            <a class="button main" href={`/books/${bookId}/allotments/new`}>
              下达指标
            </a>
          ) : null
        }
        empty={mayIssue ? '没有符合条件的下达记录。点“下达指标”把资金分到下级。' : '没有符合条件的下达记录。'}
      />
    </>
  ),
  exported: async (page) => {
    const { deps, actor, params, today } = page;
    const funds = await bookFunds(page, params.bookId);
    const names = Object.fromEntries(funds.map(({ id, documentNo, name }) => [id, `${documentNo} ${name}`]));
    return sheetOf('下达记录', columns(params.bookId, names), async function* () {
      let cursor: string | undefined;
      do {
        const asked = { ...page.query, limit: 200, count: false as const, cursor };
        const list = await listAllotments(deps.store, actor, params.bookId, asked, today);
        yield* list.items;
        cursor = list.nextCursor ?? undefined;
      } while (cursor);
    });
  },
});
