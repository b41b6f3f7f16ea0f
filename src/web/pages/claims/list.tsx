import {
  type ClaimQuery,
  claimQuery,
  listClaims,
  listUnfinished,
  STATUS_LABELS,
  type UnfinishedClaimList,
  unitsToClaimFor,
} from '../../../claims/index.js';
import { bookFunds } from '../../choices.js';
import { sheetOf } from '../../columns.js';
import { OUTCOMES } from '../../components/decision.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { ButtonForm } from '../../components/form.js';
import { Section, Tabs } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { claimColumns, claimRows, shownColumns } from './columns.js';
import { showInstant } from './instants.js';

const SORTABLE = ['amount', 'businessDate', 'createdAt'] as const;
type Asked = PageContext<{ bookId: string }, ClaimQuery>;

/** Claims of one's units, or of the book for who may read it; on top what one has not finished. */
export const claimsPage = definePage({
  path: '/books/:bookId/claims',
  params: inBook,
  query: claimQuery,
  title: '报账单',
  load: async (page) => {
    const { deps, actor, params, query } = page;
    const { store } = deps;
    const { bookId } = params;
    const { items, nextCursor, prevCursor, total } = await listClaims(store, actor, bookId, {
      ...query,
      count: true,
    });
    const units = await unitsToClaimFor(store.read, actor, bookId);
    const unfinished =
      units.length > 0 ? await listUnfinished(store, actor, bookId, deps.now()) : { items: [] };
    return {
      rows: await claimRows(store.read, items),
      cursors: {
        next: nextCursor,
        prev: prevCursor,
        count: `${total?.count ?? 0}${total?.isCapped ? '+' : ''} 条`,
      },
      units: units.map(({ id, name }) => ({ id, name })),
      funds: await fundsOrNone(page),
      // As JSON, since what somebody typed is never opened as a sealed text.
      unfinished: JSON.stringify(unfinished),
    };
  },
  view: ({ rows, cursors, units, funds, unfinished }, page) => {
    const { bookId } = page.params;
    const at = `/books/${bookId}/claims`;
    const mayMake = units.length > 0;
    return (
      <>
        {mayMake ? (
          <p class="buttons">
            <a class="button main" href={`${at}/new`}>
              填写报账单
            </a>
            {page.pages.has('/books/:bookId/claim-import') ? (
              <a class="button plain" href={`/books/${bookId}/claim-import`}>
                批量导入
              </a>
            ) : null}
          </p>
        ) : null}
        <Unfinished items={(JSON.parse(unfinished) as UnfinishedClaimList).items} at={at} />
        <Tabs items={tabs(at, page, mayMake)} />
        <FilterBar>
          <SelectFilter name="status" label="状态" choices={choicesOf(STATUS_LABELS)} />
          {units.length > 1 ? (
            <SelectFilter
              name="organisationId"
              label="申报单位"
              choices={units.map(({ id, name }) => [id, name])}
            />
          ) : null}
          {funds.length > 0 ? <SelectFilter name="fundId" label="经费" choices={funds} /> : null}
          <SelectFilter
            name="outcome"
            label="规则判断"
            choices={Object.entries(OUTCOMES).map(([word, [, text]]) => [word, text])}
          />
          <TextFilter name="businessFrom" label="业务日期从" type="date" />
          <TextFilter name="businessUntil" label="到" type="date" />
          <TextFilter name="amountMin" label="金额不低于（元）" />
          <TextFilter name="invoiceNumber" label="发票号码" />
        </FilterBar>
        <DataTable
          caption={mayMake ? '本单位的报账单' : '本账套的报账单'}
          columns={shownColumns(page, { isMaker: mayMake, units: units.length })}
          rows={rows}
          idOf={({ claim }) => claim.id}
          cursors={cursors}
          sortable={SORTABLE}
          canExport
          empty={
            mayMake
              ? '没有符合条件的报账单。点“填写报账单”写一张，或者用表格批量导入。'
              : '没有符合条件的报账单。站点经办人提交之后，会列在这里。'
          }
        />
      </>
    );
  },
  actions: {
    drop: {
      operation: 'DELETE /books/:bookId/unfinished-claims/:id',
      done: (_answer: unknown, { path }) => ({ to: path, say: '暂存已删除' }),
    },
  },
  exported: async (page) => sheetOf('报账单', claimColumns(page), () => everyRow(page)),
});

async function* everyRow({ deps, actor, params, query }: Asked) {
  let cursor: string | undefined;
  do {
    const asked: ClaimQuery = { ...query, limit: 200 };
    delete asked.cursor;
    const { items, nextCursor } = await listClaims(
      deps.store,
      actor,
      params.bookId,
      cursor ? { ...asked, cursor } : asked,
    );
    yield* await claimRows(deps.store.read, items);
    cursor = nextCursor ?? undefined;
  } while (cursor);
}

/** Funds to look for; none for who is paid out of contracts. */
async function fundsOrNone(page: Asked): Promise<[string, string][]> {
  try {
    return (await bookFunds(page, page.params.bookId)).map(({ id, documentNo, name }) => [
      id,
      `${documentNo} ${name}`,
    ]);
  } catch {
    return [];
  }
}

const GROUPS: readonly (readonly [label: string, statuses: readonly string[]])[] = [
  ['全部', []],
  ['草稿', ['draft']],
  ['已退回', ['returned']],
  ['进行中', ['submitted', 'reviewed', 'approved', 'partly_paid']],
  ['已办结', ['paid', 'closed']],
  ['已否决', ['rejected']],
];

function tabs(at: string, { search }: Pick<Asked, 'search'>, isMaker: boolean) {
  const current = search.getAll('status').sort().join();
  const hasTask = search.has('task');
  return GROUPS.filter(([, statuses]) => isMaker || !statuses.includes('draft')).map(([label, statuses]) => ({
    label,
    href: statuses.length > 0 ? `${at}?${statuses.map((status) => `status=${status}`).join('&')}` : at,
    isCurrent: !hasTask && current === [...statuses].sort().join(),
  }));
}

export function Unfinished({ items, at }: { items: UnfinishedClaimList['items']; at: string }) {
  if (items.length === 0) return null;
  return (
    <Section title={`未填完的（暂存 ${items.length} 份）`}>
      <ul class="unfinished">
        {items.map(({ id, claimId, title, updatedAt }) => (
          <li key={id}>
            <a href={claimId ? `${at}/${claimId}/edit?unfinished=${id}` : `${at}/new?unfinished=${id}`}>
              {title || '（还没有写事由）'}
            </a>
            <span class="hint">{showInstant(updatedAt)} 暂存</span>
            <ButtonForm name={`drop-${id}`} action="drop" fields={{ ':id': id }} look="link" at={at}>
              删除<span class="sr-only">暂存：{title}</span>
            </ButtonForm>
          </li>
        ))}
      </ul>
    </Section>
  );
}
