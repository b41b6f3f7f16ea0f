import { z } from 'zod';
import {
  type ClaimStatus,
  type ClaimView,
  type ListedPayment,
  listClaims,
  listPayments,
  PAYMENT_SORTS,
  type PaymentBatchAnswer,
  paymentQuery,
} from '../../../claims/index.js';
import { bureauSubject } from '../../../ledger/index.js';
import { may, type Names, organisationNames, personNames } from '../../../organisations/index.js';
import { sheetOf } from '../../columns.js';
import { choicesOf } from '../../components/field.js';
import { FilterBar, SelectFilter, TextFilter } from '../../components/filter.js';
import { Tabs } from '../../components/notice.js';
import { type Column, type Cursors, DataTable } from '../../components/table.js';
import type { PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import type { Tree } from '../../tree.js';
import { BatchForm, BatchResult, chosenItems } from './batch.js';
import { PAYMENT_LABELS } from './words.js';

const query = paymentQuery.omit({ limit: true, count: true }).extend({
  tab: z.enum(['open', 'made']).optional(),
  all: z.enum(['1']).optional(),
});
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

/** As many as one batch may hold. */
const MOST = 200;
const PAGE_SIZE = 50;
const OPEN: ClaimStatus[] = ['approved', 'partly_paid'];

type Payment = ListedPayment & { readonly personName: string | null };

const columns = (bookId: string): Column<Payment>[] => [
  { key: 'voucherNo', label: '凭证号', isFixed: true, value: ({ voucherNo }) => voucherNo },
  { key: 'kind', label: '种类', isFixed: true, value: ({ kind }) => PAYMENT_LABELS[kind] },
  {
    key: 'effectiveDate',
    label: '业务日期',
    kind: 'date',
    value: ({ effectiveDate }) => effectiveDate,
  },
  {
    key: 'claim',
    label: '报账单',
    isWide: true,
    isFixed: true,
    value: ({ claimTitle }) => claimTitle,
    show: ({ claimId, claimTitle }) => <a href={`/books/${bookId}/claims/${claimId}`}>{claimTitle}</a>,
  },
  {
    key: 'organisation',
    label: '申报单位',
    isFixed: true,
    value: ({ organisationName }) => organisationName,
  },
  { key: 'payee', label: '收款人', isFixed: true, value: ({ payeeName }) => payeeName },
  {
    key: 'amount',
    label: '金额',
    kind: 'amount',
    basis: '凭证上的金额；退款和冲红是减项',
    value: ({ amount }) => amount,
  },
  { key: 'person', label: '办理人', isFixed: true, value: ({ personName }) => personName },
];

async function withNames({ deps }: Page, items: readonly ListedPayment[]): Promise<Payment[]> {
  const names = await personNames(
    deps.store.read,
    items.map(({ personId }) => personId),
  );
  return items.map((item) => ({ ...item, personName: names[item.personId] ?? null }));
}

const made = async (page: Page, limit: number, cursor: string | undefined, count = false) => {
  const { deps, actor, params, query: asked } = page;
  const { from, until, kind, sort, order } = asked;
  const given = { from, until, kind, sort, order, cursor, limit, count };
  return listPayments(deps.store, actor, params.bookId, given);
};

interface Data {
  readonly tab: 'open' | 'made';
  readonly mayPay: boolean;
  readonly claims: readonly ClaimView[];
  readonly isCut: boolean;
  readonly names: Names;
  readonly payments: readonly Payment[];
  readonly cursors: Cursors;
}

async function load(page: Page): Promise<Data> {
  const { deps, actor, params, query: asked } = page;
  const subject = await bureauSubject(deps.store.read, params.bookId);
  const mayPay = may(actor, 'claim.pay', subject).allowed;
  const tab = asked.tab ?? (mayPay ? 'open' : 'made');
  if (tab === 'made') {
    const { items, nextCursor, prevCursor, total } = await made(page, PAGE_SIZE, asked.cursor, true);
    const payments = await withNames(page, items);
    const count = `${total?.count ?? 0}${total?.isCapped ? '+' : ''} 条`;
    const cursors = { next: nextCursor, prev: prevCursor, count };
    return { tab, mayPay, claims: [], isCut: false, names: {}, payments, cursors };
  }
  const { items, nextCursor } = await listClaims(deps.store, actor, params.bookId, {
    ...(mayPay ? { task: 'pay' as const } : { status: OPEN }),
    sort: 'createdAt',
    order: 'asc',
    limit: MOST,
  });
  const names = await organisationNames(
    deps.store.read,
    items.map(({ organisationId }) => organisationId),
  );
  return {
    tab,
    mayPay,
    claims: items,
    isCut: nextCursor !== null,
    names,
    payments: [],
    cursors: { next: null },
  };
}

/** What is approved and waits to be paid, many at once; and everything that was paid. */
export const paymentsPage = definePage({
  path: '/books/:bookId/payments',
  params: inBook,
  query,
  title: '付款',
  load,
  view: (data, page) => {
    const { tab, mayPay, claims, names, payments, cursors } = data;
    const { path, params, said } = page;
    return (
      <>
        <Tabs
          items={[
            { label: '待付', href: `${path}?tab=open`, isCurrent: tab === 'open' },
            { label: '已付', href: `${path}?tab=made`, isCurrent: tab === 'made' },
          ]}
        />
        {said?.answer ? (
          <BatchResult answer={said.answer as PaymentBatchAnswer} bookId={params.bookId} claims={claims} />
        ) : null}
        {tab === 'open' ? (
          <BatchForm
            claims={claims}
            names={names}
            mayPay={mayPay}
            isCut={data.isCut}
            isAll={page.query.all === '1'}
          />
        ) : (
          <>
            <FilterBar>
              <TextFilter name="from" label="业务日期自" type="date" />
              <TextFilter name="until" label="至" type="date" />
              <SelectFilter name="kind" label="种类" choices={choicesOf(PAYMENT_LABELS)} />
            </FilterBar>
            <DataTable
              caption="支付、退款和冲红"
              columns={columns(params.bookId)}
              rows={payments}
              idOf={({ id }) => id}
              sortable={PAYMENT_SORTS}
              cursors={cursors}
              canExport
              empty="没有符合条件的付款记录。请放宽条件，或在“待付”中办理支付。"
            />
          </>
        )}
      </>
    );
  },
  exported: async (page) => {
    const { bookId } = page.params;
    async function* rows() {
      let cursor: string | undefined;
      do {
        const { items, nextCursor } = await made(page, MOST, cursor);
        yield* await withNames(page, items);
        cursor = nextCursor ?? undefined;
      } while (cursor !== undefined);
    }
    return sheetOf('付款记录', columns(bookId), rows);
  },
  actions: {
    sum: { local: async (typed) => ({ typed }) },
    pay: {
      operation: 'POST /books/:bookId/payments',
      prepare: (typed: Tree): Tree => ({ ...typed, items: chosenItems(typed) as never }),
      done: 'show',
    },
  },
});
