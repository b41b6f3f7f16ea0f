import { ORGANISATION_LABELS } from '../../../core/vocabulary.js';
import {
  listOrganisations,
  type OrganisationView,
  organisationNames,
  organisationQuery,
} from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { cursorsOf, listSheet, TooLong, wholeOrPage } from '../../components/list.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { allRows, MOST } from './all-rows.js';

const query = organisationQuery.omit({ limit: true, bookId: true });

export type OrganisationRow = OrganisationView & { readonly parentName: string | null };

async function rowsOf(
  { deps, actor }: Pick<PageContext, 'deps' | 'actor'>,
  asked: Parameters<typeof listOrganisations>[2],
) {
  const { items, nextCursor } = await listOrganisations(deps.store, actor, asked);
  const names = await organisationNames(
    deps.store.read,
    items.map(({ parentId }) => parentId),
  );
  const rows = items.map(
    (one): OrganisationRow => ({ ...one, parentName: names[one.parentId ?? ''] ?? null }),
  );
  return { items: rows, nextCursor };
}

export const organisationColumns: readonly Column<OrganisationRow>[] = [
  {
    key: 'name',
    label: '单位',
    value: ({ name }) => name,
    show: ({ id, name }) => <a href={`/organisations/${id}`}>{name}</a>,
  },
  { key: 'kind', label: '类别', value: ({ kindLabel }) => kindLabel },
  {
    key: 'parent',
    label: '上级单位',
    value: ({ parentName }) => parentName,
    show: ({ parentId, parentName }) =>
      parentId ? <a href={`/organisations/${parentId}`}>{parentName}</a> : '—',
  },
  { key: 'divisionCode', label: '行政区划代码', value: ({ divisionCode }) => divisionCode },
  { key: 'creditCode', label: '统一社会信用代码', value: ({ creditCode }) => creditCode },
  { key: 'openedDate', label: '成立', kind: 'date', value: ({ openedDate }) => openedDate },
  {
    key: 'state',
    label: '状态',
    value: ({ closedDate }) => (closedDate ? `${closedDate} 撤销` : '正常'),
  },
];

/** Organisations that one may see, by kind, name and what is above them. */
export const organisationsPage = definePage({
  path: '/organisations',
  query,
  title: '单位',
  load: async ({ deps, actor, query: asked }) => ({
    list: await wholeOrPage((limit) => rowsOf({ deps, actor }, { ...asked, limit }), asked.cursor),
    above: asked.parentId
      ? ((await organisationNames(deps.store.read, [asked.parentId]))[asked.parentId] ?? null)
      : null,
    mayAdd: actor.grants.some(({ role }) => role === 'admin'),
  }),
  view: ({ list, above, mayAdd }, { query: asked }) => (
    <>
      <FilterBar>
        <SelectFilter name="kind" label="类别" choices={choicesOf(ORGANISATION_LABELS)} />
        <TextFilter name="text" label="名称" />
        {asked.parentId ? <input type="hidden" name="parentId" value={asked.parentId} /> : null}
      </FilterBar>
      <TooLong list={list} order="按登记先后排列" />
      <DataTable
        caption={above && list.items.length > 0 ? `“${above}”的下级单位` : '单位'}
        columns={organisationColumns}
        rows={list.items}
        idOf={({ id }) => id}
        {...cursorsOf(list)}
        canExport
        tools={
          mayAdd ? (
            <a class="button main" href="/organisations/new">
              登记单位
            </a>
          ) : null
        }
        empty={
          mayAdd
            ? '没有符合条件的单位。请点“重置”看全部，或点“登记单位”。'
            : '没有符合条件的单位。请点“重置”看全部；新的单位由上级的系统管理员登记。'
        }
      />
    </>
  ),
  exported: async (page) => {
    const { cursor: _, ...asked } = page.query;
    const list = await wholeOrPage((limit) => rowsOf(page, { ...asked, limit }), undefined);
    if (list.isWhole) return listSheet(page, '单位', organisationColumns, list.items);
    return sheetOf('单位', organisationColumns, () =>
      allRows((cursor) =>
        rowsOf(page, { ...asked, limit: MOST, ...(cursor === undefined ? {} : { cursor }) }),
      ),
    );
  },
});
