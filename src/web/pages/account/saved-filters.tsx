import { listSavedFilters, type SavedFilterView } from '../../../organisations/index.js';
import { HiddenField, TextField } from '../../components/field.js';
import { Button, ButtonForm, Form } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import type { Column } from '../../components/table.js';
import { MENUS } from '../../menu.js';
import { definePage } from '../../page.js';
import { ownPath } from '../../pages.js';

const COLUMNS: readonly Column<SavedFilterView>[] = [
  {
    key: 'name',
    label: '名称',
    value: ({ name }) => name,
    show: ({ name, path, query }) => <a href={`${path}?${query}`}>{name}</a>,
  },
  { key: 'list', label: '列表', value: ({ path }) => listName(path) },
  {
    key: 'createdAt',
    label: '保存日期',
    kind: 'date',
    value: ({ createdAt }) => createdAt.slice(0, 10),
  },
];

/** What the menu calls the list. */
function listName(path: string): string | null {
  const items = Object.values(MENUS).flatMap((groups) => groups.flatMap((group) => group.items));
  const isThis = (pattern: string) => new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/]+')}$`).test(path);
  return items.find((item) => isThis(item.path))?.label ?? null;
}

/** All kept queries; lists post here to keep one or to forget one. */
export const savedFiltersPage = definePage({
  path: '/saved-filters',
  query: textQuery,
  load: async ({ deps, actor }) => (await listSavedFilters(deps.store, actor)).items,
  title: '常用查询',
  view: (filters, { said }) => (
    <>
      {said?.form === 'keep-filter' ? (
        <section class="card">
          <Form name="keep-filter">
            <TextField name="name" label="名称" hint="例如：本月待付" isRequired />
            <HiddenField name="path" />
            <HiddenField name="query" />
            <div class="buttons">
              <Button action="keep" look="main">
                保存
              </Button>
            </div>
          </Form>
        </section>
      ) : null}
      <TextFilterBar label="名称或列表" />
      <ListTable
        caption="常用查询"
        rows={filters}
        idOf={({ id }) => id}
        empty="还没有常用查询。在任何列表中设好条件查询后，可以起个名字存下来。"
        columns={[
          ...COLUMNS,
          {
            key: 'act',
            label: '操作',
            isFixed: true,
            value: () => null,
            show: ({ id }) => (
              <ButtonForm
                name={`drop-${id}`}
                action="drop"
                look="link"
                fields={{ ':id': id, _back: '/saved-filters' }}
              >
                删除
              </ButtonForm>
            ),
          },
        ]}
      />
    </>
  ),
  exported: async (page) =>
    listSheet(page, '常用查询', COLUMNS, (await listSavedFilters(page.deps.store, page.actor)).items),
  actions: {
    keep: {
      operation: 'POST /saved-filters',
      done: ({ path, query, name }: SavedFilterView) => ({
        to: `${path}?${query}`,
        say: `已存为常用查询“${name}”`,
      }),
    },
    drop: {
      operation: 'DELETE /saved-filters/:id',
      done: (_answer: unknown, _page, typed) => ({ to: ownPath(typed['_back']), say: '常用查询已删除' }),
    },
  },
});
