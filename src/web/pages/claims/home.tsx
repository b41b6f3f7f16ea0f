import {
  type ClaimView,
  listClaims,
  listUnfinished,
  type UnfinishedClaimList,
  unitsToClaimFor,
} from '../../../claims/index.js';
import { DomainError } from '../../../core/errors.js';
import { type BookView, type FundView, listBooks } from '../../../ledger/index.js';
import { type WorkloadView, workloadOf } from '../../../workload/index.js';
import { bookFunds } from '../../choices.js';
import { Amount } from '../../components/amount.js';
import { Badge, Empty, Section } from '../../components/notice.js';
import { DataTable } from '../../components/table.js';
import { type PageContext, usePage } from '../../context.js';
import { claimHref, StatusBadge } from './columns.js';
import { Unfinished } from './list.js';

/** So many of each kind are named; the rest is behind the link. */
const FEW = 5;

export interface OperatorHome {
  readonly bookId: string | null;
  readonly books: readonly BookView[];
  readonly mayMake: boolean;
  readonly workload: WorkloadView | null;
  readonly unfinished: string;
  readonly returned: readonly ClaimView[];
  readonly drafts: readonly ClaimView[];
  readonly underWay: readonly ClaimView[];
  readonly concluded: readonly ClaimView[];
  readonly funds: readonly FundView[];
}

/** What an operator begins the day with: what waits, what is under way, what there is to spend. */
export async function load(page: PageContext<unknown, unknown>): Promise<OperatorHome> {
  const { deps, actor, today, visitor } = page;
  const { store } = deps;
  const bookId = visitor?.workspace?.bookId ?? null;
  const nothing = {
    workload: null,
    unfinished: '{"items":[]}',
    returned: [],
    drafts: [],
    underWay: [],
    concluded: [],
  };
  if (bookId === null) {
    const { items } = await listBooks(store, actor);
    return { bookId, books: items, mayMake: false, funds: [], ...nothing };
  }
  const few = async (query: Partial<Parameters<typeof listClaims>[3]>) =>
    (await listClaims(store, actor, bookId, { limit: FEW, ...query })).items;
  const mayMake = (await unitsToClaimFor(store.read, actor, bookId)).length > 0;
  return {
    bookId,
    books: [],
    mayMake,
    workload: await workloadOf(store, actor, bookId, today),
    unfinished: JSON.stringify(
      mayMake ? await listUnfinished(store, actor, bookId, deps.now()) : { items: [] },
    ),
    returned: mayMake ? await few({ task: 'correct' }) : [],
    drafts: mayMake ? await few({ task: 'draft' }) : [],
    underWay: await few({ status: ['submitted', 'reviewed', 'approved', 'partly_paid'] }),
    concluded: await few({ status: ['paid', 'closed', 'rejected'] }),
    funds: await fundsOrNone(page, bookId),
  };
}

async function fundsOrNone(page: PageContext<unknown, unknown>, bookId: string): Promise<FundView[]> {
  try {
    return await bookFunds(page, bookId);
  } catch (error) {
    // Providers are paid out of contracts and see no funds.
    if (error instanceof DomainError && error.code === 'not_found') return [];
    throw error;
  }
}

export function View({ data }: { data: OperatorHome }) {
  const page = usePage();
  const { bookId } = data;
  if (bookId === null) return <Books books={data.books} />;
  const at = `/books/${bookId}/claims`;
  return (
    <>
      {data.mayMake ? (
        <p class="buttons">
          <a class="button main" href={`${at}/new`}>
            填写报账单
          </a>
          <a class="button plain" href={`/books/${bookId}/claim-import`}>
            批量导入
          </a>
        </p>
      ) : null}
      <Todo workload={data.workload} bookId={bookId} />
      <Unfinished items={(JSON.parse(data.unfinished) as UnfinishedClaimList).items} at={at} />
      <Claims title="退回待修改" claims={data.returned} more={`${at}?task=correct`} />
      <Claims title="我的草稿" claims={data.drafts} more={`${at}?task=draft`} />
      <Claims
        title="进行中"
        claims={data.underWay}
        more={`${at}?status=submitted&status=reviewed&status=approved&status=partly_paid`}
        empty="没有在审核或付款途中的报账单。"
      />
      <Claims
        title="最近办结"
        claims={data.concluded}
        more={`${at}?status=paid&status=closed&status=rejected`}
      />
      {data.funds.length > 0 ? (
        <Section title="可用经费">
          <DataTable
            caption="可用经费"
            rows={data.funds}
            idOf={({ id }) => id}
            pageSize={20}
            empty=""
            columns={[
              {
                key: 'fund',
                label: '经费',
                isWide: true,
                value: ({ documentNo, name }) => `${documentNo} ${name}`,
                show: ({ id, documentNo, name }) =>
                  page.pages.has('/books/:bookId/funds/:fundId') ? (
                    <a href={`/books/${bookId}/funds/${id}`}>{`${documentNo} ${name}`}</a>
                  ) : (
                    `${documentNo} ${name}`
                  ),
              },
              { key: 'type', label: '来源', value: ({ typeLabel }) => typeLabel },
              {
                key: 'allotted',
                label: '下达',
                kind: 'amount',
                basis: '上级文件下达、已登记收文的指标',
                value: ({ amounts }) => amounts.allotted,
              },
              {
                key: 'available',
                label: '可用',
                kind: 'amount',
                basis: '下达减去占用、支出、下拨和缴回',
                value: ({ amounts }) => amounts.available,
              },
            ]}
          />
        </Section>
      ) : null}
    </>
  );
}

function Books({ books }: { books: readonly BookView[] }) {
  if (books.length === 0)
    return <Empty>还没有可以报账的账套。承接机构与民政部门的合同登记之后，这里列出对应的账套。</Empty>;
  return (
    <Section title="选择账套">
      <ul class="plain-list">
        {books.map(({ id, name }) => (
          <li key={id}>
            <a href={`/books/${id}/claims`}>{name}</a>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What waits for this person, with its age; what is late stands out. */
function Todo({ workload, bookId }: { workload: WorkloadView | null; bookId: string }) {
  const items = (workload?.todo ?? []).filter(({ count, list }) => count.count > 0 && list === 'claims');
  const amountOf = ({ count, isCapped }: { count: number; isCapped: boolean }) =>
    `${count}${isCapped ? '+' : ''} 件`;
  return (
    <Section title="等我办的">
      {items.length === 0 ? (
        <p class="hint">没有等您办的事。退回的报账单、要您审核的报账单会列在这里。</p>
      ) : (
        <ul class="plain-list">
          {items.map(({ kind, label, count, oldestAgeDays, late, lateLabel, query, lateQuery }) => (
            <li key={kind}>
              <a href={`/books/${bookId}/claims?${paramsOf(query)}`}>
                {label}：{amountOf(count)}
              </a>
              {oldestAgeDays === null ? null : <span class="hint">最早的已等 {oldestAgeDays} 天</span>}
              {late.count > 0 ? (
                <a href={`/books/${bookId}/claims?${paramsOf(lateQuery ?? query)}`}>
                  <Badge tone="warning">
                    {lateLabel} {amountOf(late)}
                  </Badge>
                </a>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const paramsOf = (query: Readonly<Record<string, string | readonly string[]>>): string =>
  new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    ),
  ).toString();

function Claims({
  title,
  claims,
  more,
  empty,
}: {
  title: string;
  claims: readonly ClaimView[];
  more: string;
  empty?: string;
}) {
  const page = usePage();
  if (claims.length === 0 && !empty) return null;
  return (
    <Section title={title} aside={claims.length > 0 ? <a href={more}>全部{title}</a> : null}>
      {claims.length === 0 ? (
        <p class="hint">{empty}</p>
      ) : (
        <ul class="plain-list">
          {claims.map((claim) => {
            const href = claimHref(claim, page);
            return (
              <li key={claim.id}>
                {href ? <a href={href}>{claim.title}</a> : <span>{claim.title}</span>}
                <span class="hint">{claim.businessDate}</span>
                <StatusBadge claim={claim} />
                <Amount yuan={claim.amount} />
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
