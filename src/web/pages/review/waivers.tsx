import type { z } from 'zod';
import { bureauSubject } from '../../../ledger/index.js';
import { may, type Names, personNames } from '../../../organisations/index.js';
import { listWaivers, WAIVER_STATUS_LABELS, type WaiverView, waiverQuery } from '../../../waivers/index.js';
import { sheetOf } from '../../columns.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Badge, type Tone } from '../../components/notice.js';
import { type Column, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { fundNames } from './fund-names.js';
import { showCount, showTime } from './words.js';

const query = waiverQuery.omit({ limit: true, count: true });
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

export const WAIVER_TONES: Readonly<Record<WaiverView['status'], Tone | 'plain'>> = {
  requested: 'warning',
  approved: 'ok',
  rejected: 'plain',
  revoked: 'danger',
};

interface Row extends WaiverView {
  readonly requestedByName: string;
  readonly scope: string;
}

export const scopeOf = ({ fundId, subject }: WaiverView, funds: Names): string =>
  [
    fundId === null ? null : `资金 ${funds[fundId] ?? ''}`,
    subject === null ? null : subject.type === 'claim' ? '一张报账单' : '一份合同',
  ]
    .filter(Boolean)
    .join('，');

async function rowsOf({ deps: { store }, params }: Page, items: readonly WaiverView[]): Promise<Row[]> {
  const people = await personNames(
    store.read,
    items.map(({ requestedBy }) => requestedBy),
  );
  const funds = await fundNames(
    store.read,
    params.bookId,
    items.flatMap(({ fundId }) => fundId ?? []),
  );
  return items.map((item) => ({
    ...item,
    requestedByName: people[item.requestedBy] ?? '',
    scope: scopeOf(item, funds),
  }));
}

const columns = (bookId: string): Column<Row>[] => [
  {
    key: 'clause',
    label: '条款',
    value: ({ clause }) => clause,
    show: ({ id, clause }) => <a href={`/books/${bookId}/waivers/${id}`}>{clause}</a>,
  },
  { key: 'scope', label: '针对', isWide: true, value: ({ scope }) => scope },
  {
    key: 'status',
    label: '状态',
    value: ({ statusLabel }) => statusLabel,
    show: ({ status, statusLabel }) => <Badge tone={WAIVER_TONES[status]}>{statusLabel}</Badge>,
  },
  { key: 'reason', label: '理由', isWide: true, value: ({ reason }) => reason },
  { key: 'requestedBy', label: '申请人', value: ({ requestedByName }) => requestedByName },
  { key: 'requestedAt', label: '申请时间', kind: 'date', value: ({ requestedAt }) => showTime(requestedAt) },
  { key: 'documentNo', label: '批准文号', value: ({ documentNo }) => documentNo },
  { key: 'from', label: '自', kind: 'date', value: ({ from }) => from },
  { key: 'until', label: '至', kind: 'date', value: ({ until }) => until },
  {
    key: 'limit',
    label: '限额',
    kind: 'amount',
    basis: '例外之下最多可以支出的金额；没有限额为空',
    value: ({ limit }) => limit,
  },
  {
    key: 'used',
    label: '已用',
    kind: 'amount',
    basis: '凭本例外已占用和已支付的金额，减去退款',
    value: ({ used }) => used,
  },
];

/** Exceptions from clauses: asked for, approved, turned down, revoked. */
export const waiversPage = definePage({
  path: '/books/:bookId/waivers',
  params: inBook,
  query,
  title: '例外批准',
  load: async (page) => {
    const { deps, actor, params, query: asked } = page;
    const found = await listWaivers(deps.store, actor, params.bookId, { ...asked, limit: 50, count: true });
    const bureau = await bureauSubject(deps.store.read, params.bookId);
    const mayRequest = actor.grants.some(
      ({ organisationPath }) => may(actor, 'waiver.request', { ...bureau, organisationPath }).allowed,
    );
    return { ...found, items: await rowsOf(page, found.items), mayRequest };
  },
  view: ({ items, nextCursor, prevCursor, total, mayRequest }, { params }) => (
    <>
      <FilterBar>
        <SelectFilter name="status" label="状态" choices={choicesOf(WAIVER_STATUS_LABELS)} />
        <TextFilter name="clause" label="条款编号" />
        <SelectFilter name="toDecide" label="等我批准" choices={[['true', '只列等我批准的']]} />
        <TextFilter name="validOn" label="在这一天有效" type="date" />
      </FilterBar>
      <DataTable
        caption="例外批准"
        columns={columns(params.bookId)}
        rows={items}
        idOf={({ id }) => id}
        cursors={{
          next: nextCursor,
          prev: prevCursor,
          ...(total ? { count: `${showCount(total)} 条` } : {}),
        }}
        sortable={['requestedAt', 'until']}
        canExport
        tools={
          mayRequest ? (
            <a class="button main" href={`/books/${params.bookId}/waivers/new`}>
              申请例外
            </a>
          ) : null
        }
        empty="没有符合条件的例外。某一条款在个案中确须放宽、且该条款允许例外时，附上材料申请，由另一人批准。"
      />
    </>
  ),
  exported: async (page) => {
    const { deps, actor, params, query: asked } = page;
    async function* rows() {
      let cursor: string | undefined;
      do {
        const given = { ...asked, cursor, limit: 200 };
        const { items, nextCursor } = await listWaivers(deps.store, actor, params.bookId, given);
        yield* await rowsOf(page, items);
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    return sheetOf('例外批准', columns(params.bookId), rows);
  },
});
