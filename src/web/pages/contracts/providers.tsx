import {
  listProviders,
  MAX_PROVIDERS,
  PROVIDER_SCOPE_LABELS,
  type ProviderView,
  providerQuery,
} from '../../../contracts/index.js';
import type { BusinessDate } from '../../../core/dates.js';
import { PROVIDER_KIND_LABELS } from '../../../core/vocabulary.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { Badge, Notice } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import { definePage, inBook } from '../../page.js';
import { openSanctions } from './words.js';

function columnsOf(bookId: string, today: BusinessDate): readonly Column<ProviderView>[] {
  return [
    {
      key: 'name',
      label: '名称',
      isWide: true,
      value: ({ organisation }) => organisation.name,
      show: ({ organisation: { id, name } }) => <a href={`/books/${bookId}/providers/${id}`}>{name}</a>,
    },
    { key: 'creditCode', label: '统一社会信用代码', value: ({ organisation }) => organisation.creditCode },
    {
      key: 'kind',
      label: '类别',
      value: ({ organisation: { providerKind } }) => providerKind && PROVIDER_KIND_LABELS[providerKind],
    },
    {
      key: 'contracts',
      label: '合同份数',
      kind: 'count',
      basis: '本账套已签订和已关闭的合同份数，待签订的不算。',
      value: ({ contractCount }) => contractCount,
    },
    {
      key: 'amount',
      label: '合同金额',
      kind: 'amount',
      basis: '本账套已签订和已关闭的合同金额之和。',
      value: ({ amount }) => amount,
    },
    {
      key: 'paid',
      label: '已付',
      kind: 'amount',
      basis: '本账套合同项下实际支付的累计数，退款和冲红已扣除。',
      value: ({ paid }) => paid,
    },
    {
      key: 'sanctions',
      label: '黑名单与退出',
      value: ({ sanctions }) =>
        openSanctions(sanctions, today) ?? (sanctions.length > 0 ? '曾有记录，现已解除' : '没有记录'),
      show: ({ sanctions }) => {
        const open = openSanctions(sanctions, today);
        if (open) return <Badge tone="danger">{open}</Badge>;
        return sanctions.length > 0 ? (
          <Badge tone="plain">曾有记录，现已解除</Badge>
        ) : (
          <span class="none">没有记录</span>
        );
      },
    },
    {
      key: 'closed',
      label: '登记状态',
      value: ({ organisation: { closedDate } }) => (closedDate === null ? '在册' : `${closedDate} 注销`),
    },
  ];
}

/** Registered providers, with what the book has contracted with them and what stands against new contracts. */
export const providersPage = definePage({
  path: '/books/:bookId/providers',
  params: inBook,
  query: providerQuery,
  title: '承接机构',
  load: async ({ deps, actor, params, query }) => listProviders(deps.store, actor, params.bookId, query),
  view: ({ items, isWhole }, { params: { bookId }, today }) => (
    <>
      <FilterBar>
        <TextFilter name="text" label="名称" />
        <SelectFilter name="scope" label="范围" choices={choicesOf(PROVIDER_SCOPE_LABELS)} />
      </FilterBar>
      {isWhole ? null : (
        <Notice tone="info" title={`只列出前 ${MAX_PROVIDERS} 家，请用名称或范围查找其余的。`} />
      )}
      <DataTable
        caption="已登记的承接机构"
        columns={columnsOf(bookId, today)}
        rows={items}
        idOf={({ organisation }) => organisation.id}
        canExport
        empty="没有符合条件的承接机构。承接机构由系统管理员在“单位”中登记，登记之后各账套都可以与它签合同。"
      />
    </>
  ),
  exported: async (page) => {
    const { bookId } = page.params;
    const { items } = await listProviders(page.deps.store, page.actor, bookId, page.query);
    return listSheet(page, '承接机构', columnsOf(bookId, page.today), items);
  },
});
