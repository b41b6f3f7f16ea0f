import {
  listPeople,
  organisationNames,
  PERSON_STATES,
  type PersonView,
  personQuery,
  ROLE_LABELS,
} from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { cursorsOf, listSheet, TooLong, wholeOrPage } from '../../components/list.js';
import { Badge, Empty, type Tone } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';
import { allRows, MOST } from './all-rows.js';

const query = personQuery.omit({ limit: true, bookId: true });

type PersonRow = PersonView & { readonly organisationName: string };

async function rowsOf(
  { deps, actor }: Pick<PageContext, 'deps' | 'actor'>,
  asked: Parameters<typeof listPeople>[2],
) {
  const { items, nextCursor } = await listPeople(deps.store, actor, asked);
  const names = await organisationNames(
    deps.store.read,
    items.map(({ organisationId }) => organisationId),
  );
  const rows = items.map((one): PersonRow => ({ ...one, organisationName: names[one.organisationId] ?? '' }));
  return { items: rows, nextCursor };
}

export const stateOf = ({ isActive, grants }: PersonView): readonly [Tone | 'plain', string] =>
  !isActive
    ? ['plain', PERSON_STATES.ended]
    : grants.length === 0
      ? ['warning', PERSON_STATES.without_role]
      : ['ok', PERSON_STATES.working];

const COLUMNS: readonly Column<PersonRow>[] = [
  {
    key: 'displayName',
    label: '姓名',
    value: ({ displayName }) => displayName,
    show: ({ id, displayName }) => <a href={`/people/${id}`}>{displayName}</a>,
  },
  { key: 'loginName', label: '登录名', value: ({ loginName }) => loginName },
  {
    key: 'organisation',
    label: '单位',
    value: ({ organisationName }) => organisationName,
    show: ({ organisationId, organisationName }) => (
      <a href={`/organisations/${organisationId}`}>{organisationName}</a>
    ),
  },
  {
    key: 'grants',
    label: '岗位',
    value: ({ grants, organisationId }) =>
      grants
        .map((grant) =>
          grant.organisationId === organisationId
            ? grant.roleLabel
            : `${grant.roleLabel}（${grant.organisationName}）`,
        )
        .join('、') || null,
  },
  {
    key: 'state',
    label: '状态',
    value: (person) => stateOf(person)[1],
    show: (person) => {
      const [tone, label] = stateOf(person);
      return <Badge tone={tone}>{label}</Badge>;
    },
  },
];

/** People whom one administers. */
export const peoplePage = definePage({
  path: '/people',
  query,
  title: '人员与岗位',
  load: async ({ deps, actor, query: asked }) => ({
    list: await wholeOrPage((limit) => rowsOf({ deps, actor }, { ...asked, limit }), asked.cursor),
    at: asked.organisationId
      ? ((await organisationNames(deps.store.read, [asked.organisationId]))[asked.organisationId] ?? null)
      : null,
    isAdmin: actor.grants.some(({ role }) => role === 'admin'),
  }),
  view: ({ list, at, isAdmin }, { query: asked }) => {
    if (!isAdmin)
      return <Empty>人员与岗位由系统管理岗办理。需要岗位时，请联系本单位或上级的系统管理员。</Empty>;
    const { organisationId } = asked;
    return (
      <>
        <FilterBar>
          <TextFilter name="text" label="姓名或登录名" />
          <SelectFilter name="role" label="岗位" choices={choicesOf(ROLE_LABELS)} />
          <SelectFilter name="state" label="状态" choices={choicesOf(PERSON_STATES)} />
          {organisationId ? <input type="hidden" name="organisationId" value={organisationId} /> : null}
        </FilterBar>
        <TooLong list={list} order="按登记先后排列" />
        <DataTable
          caption={at && list.items.length > 0 ? `“${at}”的人员` : '人员'}
          columns={COLUMNS}
          rows={list.items}
          idOf={({ id }) => id}
          {...cursorsOf(list)}
          canExport
          tools={
            <a
              class="button main"
              href={organisationId ? `/people/new?organisationId=${organisationId}` : '/people/new'}
            >
              登记人员
            </a>
          }
          empty="没有符合条件的人员。请点“重置”看全部，或点“登记人员”。"
        />
      </>
    );
  },
  exported: async (page) => {
    const { cursor: _, ...asked } = page.query;
    const list = await wholeOrPage((limit) => rowsOf(page, { ...asked, limit }), undefined);
    if (list.isWhole) return listSheet(page, '人员与岗位', COLUMNS, list.items);
    return sheetOf('人员与岗位', COLUMNS, () =>
      allRows((cursor) =>
        rowsOf(page, { ...asked, limit: MOST, ...(cursor === undefined ? {} : { cursor }) }),
      ),
    );
  },
});
