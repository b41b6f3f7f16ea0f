import type { OrganisationView } from '../../../organisations/index.js';
import { FilterBar, TextFilter } from '../../components/filter.js';
import { DataTable } from '../../components/table.js';
import { usePage } from '../../context.js';

/** Which organisation a new thing belongs to: found by name, chosen by a link to the same page. */
export function PickOrganisation({
  items,
  nextCursor,
  name,
}: {
  items: readonly OrganisationView[];
  nextCursor: string | null;
  /** Name in the address of the page that takes the choice. */
  name: string;
}) {
  const { path } = usePage();
  return (
    <>
      <FilterBar>
        <TextFilter name="text" label="单位名称" />
      </FilterBar>
      <DataTable
        caption="请先选择单位"
        rows={items}
        idOf={({ id }) => id}
        cursors={{ next: nextCursor }}
        empty="您管理的单位中没有名称相符的。请换一个名称查询，或点“重置”看全部。"
        columns={[
          {
            key: 'name',
            label: '单位',
            value: (one) => one.name,
            show: (one) => <a href={`${path}?${name}=${one.id}`}>{one.name}</a>,
          },
          { key: 'kind', label: '类别', value: (one) => one.kindLabel },
          { key: 'divisionCode', label: '行政区划', value: (one) => one.divisionCode },
        ]}
      />
    </>
  );
}
