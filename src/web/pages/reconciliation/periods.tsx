import type { ComponentChildren } from 'preact';
import type { z } from 'zod';
import { listTransit } from '../../../allotments/index.js';
import { claimQuery, listClaims, STATUS_LABELS } from '../../../claims/index.js';
import { addDays, addMonths, type BusinessDate } from '../../../core/dates.js';
import { bureauSubject, type Closing, closingOf, newPeriod } from '../../../ledger/index.js';
import { may } from '../../../organisations/index.js';
import { upperComparison } from '../../../reconciliation/index.js';
import { listWaivers, waiverQuery } from '../../../waivers/index.js';
import { Amount } from '../../components/amount.js';
import { HiddenField } from '../../components/field.js';
import { Button, Buttons, Form } from '../../components/form.js';
import { ListTable, listSheet, TextFilterBar, textQuery } from '../../components/list.js';
import { Badge, Notice, Section } from '../../components/notice.js';
import type { Column } from '../../components/table.js';
import { hrefWith, type PageContext } from '../../context.js';
import { definePage, inBook } from '../../page.js';
import { PageLink } from '../audit/links.js';
import { showInstant } from '../audit/words.js';
import { sumOf } from './columns.js';

const query = textQuery.extend({ month: newPeriod.shape.month.optional() });
type Page = PageContext<{ bookId: string }, z.output<typeof query>>;

/** Claims on their way; drafts as well, since they could not be submitted with a date in a closed month. */
const UNFINISHED = ['draft', 'returned', 'submitted', 'reviewed', 'approved', 'partly_paid'] as const;
/** Examples under a point of the checklist; the link leads to all. */
const FEW = 5;

interface Month {
  readonly month: string;
  readonly closed: Closing['closed'][number] | null;
}

/** From the first month with entries to this one, newest first. */
function monthsOf({ firstMonth, closed }: Closing, today: BusinessDate): Month[] {
  const of = new Map(closed.map((one) => [one.month, one]));
  const first = [firstMonth, closed[0]?.month].filter((month) => typeof month === 'string').sort()[0];
  const months: Month[] = [];
  if (first === undefined) return months;
  for (let day = `${first}-01`; day <= today; day = addMonths(day, 1)) {
    const month = day.slice(0, 7);
    months.push({ month, closed: of.get(month) ?? null });
  }
  return months.reverse();
}

/** What should be settled before a month is closed. None of it is enforced: only dates in closed months are refused. */
async function checklistOf({ deps, actor, params: { bookId }, today }: Page, month: string) {
  const { store } = deps;
  const from = `${month}-01`;
  const end = addDays(addMonths(from, 1), -1);
  const asOf = end < today ? end : today;
  const asked = claimQuery.parse({ limit: FEW, count: true, businessFrom: from, businessUntil: end });
  const claims = await listClaims(store, actor, bookId, { ...asked, status: [...UNFINISHED] });
  const year = Number(month.slice(0, 4));
  const { differences } = await upperComparison(store, actor, bookId, { year, asOf });
  const { items: transit } = await listTransit(store, actor, bookId, asOf);
  const waivers = await listWaivers(
    store,
    actor,
    bookId,
    waiverQuery.parse({ limit: FEW, count: true, status: 'requested' }),
  );
  return {
    from,
    end,
    year,
    claims,
    unexplained: differences.filter(({ explanation }) => explanation === null),
    transit,
    waivers,
  };
}
type Checklist = Awaited<ReturnType<typeof checklistOf>>;

/** 结账: which months are closed, what is left to do before the next one is, and the button that closes it. */
export const periodsPage = definePage({
  path: '/books/:bookId/periods',
  params: inBook,
  query,
  title: '结账',
  load: async (page) => {
    const { deps, actor, params, query: asked, today } = page;
    const closing = await closingOf(deps.store, actor, params.bookId);
    const subject = await bureauSubject(deps.store.read, params.bookId);
    const month = asked.month ?? closing.nextMonth;
    return {
      closing,
      month,
      months: monthsOf(closing, today),
      checklist: month === null ? null : await checklistOf(page, month),
      mayClose: may(actor, 'period.close', subject).allowed,
    };
  },
  view: ({ closing, month, months, checklist, mayClose }, page) => {
    const { today, params } = page;
    const isOver = (one: string) => one < today.slice(0, 7);
    const isNext = month === closing.nextMonth;
    const isClosed = closing.closed.some((one) => one.month === month);
    return (
      <>
        <Notice tone="info" title="结账之后，这个月不能再记入任何业务">
          <p>
            按月依次结账，结了不能重开。已结月份的差错，在没有结账的月份冲红后重新登记；报账、支付、收文、到账的业务日期也只能落在没有结账的月份。
          </p>
        </Notice>
        {month === null || checklist === null ? null : (
          <Section title={`${month} 结账前核对`}>
            <ul class="checklist">
              <Points checklist={checklist} bookId={params.bookId} month={month} />
            </ul>
            {isClosed ? (
              <p>{month} 已经结账。</p>
            ) : !isNext ? (
              <p>
                还没有轮到 {month}：下一个应结的是{' '}
                <a href={hrefWith(page, { month: closing.nextMonth })}>{closing.nextMonth}</a>。
              </p>
            ) : !isOver(month) ? (
              <p>{month} 还没有结束，下个月才能结账。</p>
            ) : mayClose ? (
              <Form name="close">
                <HiddenField name="month" value={month} />
                <p class="hint">上面没有办完的事项不妨碍结账，但办理时只能用以后月份的业务日期。</p>
                <Buttons>
                  <Button action="close" look="main">
                    {`结账 ${month}`}
                  </Button>
                </Buttons>
              </Form>
            ) : (
              <p>由本级财务办理结账。</p>
            )}
          </Section>
        )}
        <TextFilterBar label="月份、状态或结账人" />
        <ListTable
          caption="会计期间"
          rows={months}
          idOf={(one) => one.month}
          pageSize={24}
          columns={monthColumns(page, closing.nextMonth)}
          empty="账套里还没有业务，因此没有可结的月份。登记资金之后，第一笔业务的月份起按月结账。"
        />
      </>
    );
  },
  exported: async (page) => {
    const closing = await closingOf(page.deps.store, page.actor, page.params.bookId);
    const months = monthsOf(closing, page.today);
    return listSheet(page, '会计期间', monthColumns(page, closing.nextMonth), months);
  },
  actions: {
    close: {
      operation: 'POST /books/:bookId/periods',
      done: (answer: { month: string }, { path }) => ({ to: path, say: `${answer.month} 已结账` }),
    },
  },
});

const stateOf = ({ month, closed }: Month, nextMonth: string | null, today: BusinessDate) => {
  const isOver = month < today.slice(0, 7);
  if (closed) return ['ok', '✓', '已结账'] as const;
  if (month === nextMonth && isOver) return ['warning', '!', '待结账'] as const;
  return ['plain', '', isOver ? '未结账' : '进行中'] as const;
};

const monthColumns = (page: Page, nextMonth: string | null): Column<Month>[] => [
  {
    key: 'month',
    label: '月份',
    value: ({ month }) => month,
    show: ({ month }) => <a href={hrefWith(page, { month })}>{month}</a>,
  },
  {
    key: 'state',
    label: '状态',
    value: (month) => stateOf(month, nextMonth, page.today)[2],
    show: (month) => {
      const [tone, mark, label] = stateOf(month, nextMonth, page.today);
      return (
        <Badge tone={tone}>
          {mark} {label}
        </Badge>
      );
    },
  },
  {
    key: 'closedAt',
    label: '结账时间',
    value: ({ closed }) => closed && showInstant(closed.closedAt),
  },
  { key: 'closedBy', label: '结账人', value: ({ closed }) => closed?.closedBy ?? null },
];

function Point({
  count,
  label,
  children,
}: {
  count: string | null;
  label: string;
  children?: ComponentChildren;
}) {
  return (
    <li class={count === null ? 'done' : 'open'}>
      <p>
        <Badge tone={count === null ? 'ok' : 'warning'}>{count === null ? '✓ 没有' : `! ${count}`}</Badge>{' '}
        {label}
      </p>
      {count === null ? null : children}
    </li>
  );
}

const counted = (total: { count: number; isCapped: boolean } | null, shown: number) => {
  const count = total?.count ?? shown;
  return count === 0 ? null : `${count}${total?.isCapped ? '+' : ''} 件`;
};

function Points({ checklist, bookId, month }: { checklist: Checklist; bookId: string; month: string }) {
  const { claims, unexplained, transit, waivers, from, end, year } = checklist;
  const of = { bookId };
  const toPay = transit.filter(({ kind }) => kind === 'disbursement');
  const toTakeIn = transit.filter(({ kind }) => kind === 'allotment');
  return (
    <>
      <Point
        count={counted(claims.total, claims.items.length)}
        label={`业务日期在 ${month}、没有办完的报账单`}
      >
        <ul>
          {claims.items.map((claim) => (
            <li key={claim.id}>
              <PageLink pattern="/books/:bookId/claims/:id" of={{ bookId, id: claim.id }}>
                {claim.title}
              </PageLink>
              　{STATUS_LABELS[claim.status]}　<Amount yuan={claim.amount} />
            </li>
          ))}
        </ul>
        <PageLink
          pattern="/books/:bookId/claims"
          of={of}
          query={new URLSearchParams([
            ...UNFINISHED.map((status) => ['status', status] as [string, string]),
            ['businessFrom', from],
            ['businessUntil', end],
          ]).toString()}
        >
          全部这些报账单
        </PageLink>
      </Point>
      <Point count={counted(null, unexplained.length)} label="与上级对账没有说明的差异">
        <ul>
          {unexplained.slice(0, FEW).map(({ key, kindLabel, fundName, amount }) => (
            <li key={key}>
              {kindLabel}　{fundName}　<Amount yuan={amount} />
            </li>
          ))}
        </ul>
        <a href={`/books/${bookId}/upper-comparison?side=upper&year=${year}`}>到上下级对账说明</a>
      </Point>
      <Point count={counted(null, toPay.length)} label="在途资金（已拨付、接收单位没有登记到账）">
        <p>
          合计 <Amount yuan={sumOf(toPay.map(({ amount }) => amount))} />　
          <a href={`/books/${bookId}/disbursements`}>拨付资金</a>　
          <a href={`/books/${bookId}/intakes`}>收文与到账</a>
        </p>
      </Point>
      <Point count={counted(null, toTakeIn.length)} label="已下达、没有收文的指标">
        <p>
          合计 <Amount yuan={sumOf(toTakeIn.map(({ amount }) => amount))} />　
          <a href={`/books/${bookId}/intakes`}>收文与到账</a>
        </p>
      </Point>
      <Point count={counted(waivers.total, waivers.items.length)} label="没有批复的例外申请">
        <PageLink pattern="/books/:bookId/waivers" of={of} query="status=requested">
          全部例外申请
        </PageLink>
      </Point>
    </>
  );
}
