import { z } from 'zod';
import { ORGANISATION_LABELS } from '../../../core/vocabulary.js';
import { type BookView, listBooks } from '../../../ledger/index.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { listSheet } from '../../components/list.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage } from '../../page.js';

const BUREAUS = ['bureau_provincial', 'bureau_prefecture', 'bureau_county'] as const;
const KINDS = Object.fromEntries(BUREAUS.map((kind) => [kind, ORGANISATION_LABELS[kind]]));
const ACCESS = { book: '整个账套', unit: '本单位业务' } as const;

const query = z.object({
  kind: z.enum(BUREAUS).optional(),
  text: z.string().trim().max(100).optional(),
});

const columns = (pages: ReadonlySet<string>): readonly Column<BookView>[] => [
  {
    key: 'name',
    label: '账套',
    value: ({ name }) => name,
    show: ({ id, name }) => {
      const entry = ['supervision', 'funds', 'claims'].find((part) => pages.has(`/books/:bookId/${part}`));
      return entry ? <a href={`/books/${id}/${entry}`}>{name}</a> : name;
    },
  },
  { key: 'kind', label: '级别', value: ({ bureauKind }) => ORGANISATION_LABELS[bureauKind] },
  {
    key: 'bureau',
    label: '民政部门',
    value: ({ bureauName }) => bureauName,
    show: ({ bureauId, bureauName }) => <a href={`/organisations/${bureauId}`}>{bureauName}</a>,
  },
  { key: 'divisionCode', label: '行政区划代码', value: ({ divisionCode }) => divisionCode },
  { key: 'access', label: '可以查看', value: ({ access }) => ACCESS[access] },
  {
    key: 'logSize',
    label: '日志条数',
    kind: 'count',
    basis: '审计日志的条数，包括被拒绝的办理；登录等不记账的操作不在内',
    value: ({ logSize }) => logSize,
  },
];

async function booksOf({ deps, actor }: Pick<PageContext, 'deps' | 'actor'>, asked: z.output<typeof query>) {
  const { items } = await listBooks(deps.store, actor);
  return items.filter(
    ({ bureauKind, name, bureauName, divisionCode }) =>
      (!asked.kind || bureauKind === asked.kind) &&
      (!asked.text || [name, bureauName, divisionCode].some((part) => part.includes(asked.text as string))),
  );
}

const LINKS = [
  ['funds', '资金'],
  ['supervision', '总览'],
  ['log', '日志'],
  ['verification', '核验'],
  ['evidence', '证据包'],
] as const;

/** The books that one may see, with the ways into each. */
export const booksPage = definePage({
  path: '/books',
  query,
  title: '账套',
  load: async ({ deps, actor, query: asked }) => booksOf({ deps, actor }, asked),
  view: (books, { pages }) => {
    const links = LINKS.filter(([part]) => pages.has(`/books/:bookId/${part}`));
    return (
      <>
        <FilterBar>
          <SelectFilter name="kind" label="级别" choices={choicesOf(KINDS)} />
          <TextFilter name="text" label="名称或区划代码" />
        </FilterBar>
        <DataTable
          caption="账套"
          rows={books}
          idOf={({ id }) => id}
          canExport
          empty="没有符合条件的账套。请点“重置”看全部；新的账套在登记民政部门时建立。"
          columns={[
            ...columns(pages),
            {
              key: 'links',
              label: '进入',
              isFixed: true,
              value: () => null,
              show: ({ id, access }) =>
                (access === 'book' ? links : links.slice(0, 1)).map(([part, label]) => (
                  <span key={part}>
                    <a href={`/books/${id}/${part}`}>{label}</a>{' '}
                  </span>
                )),
            },
          ]}
        />
      </>
    );
  },
  exported: async (page) => listSheet(page, '账套', columns(page.pages), await booksOf(page, page.query)),
});
