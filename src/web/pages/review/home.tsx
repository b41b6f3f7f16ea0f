import { listTransit } from '../../../allotments/index.js';
import { paidBetween } from '../../../claims/index.js';
import { daysBetween } from '../../../core/dates.js';
import { formatYuan, parseYuan, showPercent, sumFen } from '../../../core/money.js';
import { getReliefCap, type ReliefCapView } from '../../../relief/index.js';
import { type UsageReport, usageReport } from '../../../reports/index.js';
import { type WorkloadView, workloadOf } from '../../../workload/index.js';
import { CapGauge } from '../../charts/index.js';
import { Amount } from '../../components/amount.js';
import { Badge, Empty, Figure, Figures, Section } from '../../components/notice.js';
import { type PageContext, usePage } from '../../context.js';
import { showCount } from './words.js';

interface Money {
  readonly planned: string;
  readonly allotted: string;
  readonly received: string;
  readonly spent: string;
  /** 支出 ÷ 到账, and how much of the year has gone by. */
  readonly executionRate: string;
  readonly elapsed: string;
  readonly isBehind: boolean;
}

interface Data {
  readonly bookId: string;
  readonly year: number;
  readonly work: WorkloadView;
  readonly money: Money;
  readonly cap: ReliefCapView;
  /** Money on its way here and from here, in yuan, and for how long the oldest. */
  readonly transit: Readonly<Record<'in' | 'out', { amount: string; oldestDays: number; pieces: number }>>;
  readonly month: { readonly payments: number; readonly amount: string };
}

const COLUMNS = ['planned', 'allotted', 'received', 'spent'] as const;

function moneyOf({ rows }: UsageReport, year: number, today: string): Money {
  const own = rows.filter((row) => row.year === year);
  const sum = (key: (typeof COLUMNS)[number]) => sumFen(own.map((row) => parseYuan(row[key])));
  const days = BigInt(daysBetween(`${year}-01-01`, `${year + 1}-01-01`));
  const gone = BigInt(Math.max(0, daysBetween(`${year}-01-01`, today) + 1));
  const elapsed = gone < days ? gone : days;
  const [received, spent] = [sum('received'), sum('spent')];
  return {
    planned: formatYuan(sum('planned')),
    allotted: formatYuan(sum('allotted')),
    received: formatYuan(received),
    spent: formatYuan(spent),
    executionRate: showPercent(spent, received),
    elapsed: showPercent(elapsed, days),
    isBehind: received > 0n && spent * days < received * elapsed,
  };
}

/** What a finance officer, cashier or county reviewer comes for: what waits, and where the money of the year stands. */
export async function load(page: PageContext<unknown, unknown>): Promise<Data | null> {
  const { deps, actor, today, visitor } = page;
  const bookId = visitor?.workspace?.bookId ?? null;
  if (bookId === null) return null;
  const { store, policy } = deps;
  const usage = await usageReport(store, actor, bookId);
  // The last year that has funds: in January the new ones are not there yet.
  const years = usage.rows.map((row) => row.year).filter((year) => year <= Number(today.slice(0, 4)));
  const year = years.length > 0 ? Math.max(...years) : Number(today.slice(0, 4));
  const moving = (await listTransit(store, actor, bookId, today, { kind: 'disbursement' })).items;
  const transitOf = (items: typeof moving) => ({
    amount: formatYuan(sumFen(items.map(({ amount }) => parseYuan(amount)))),
    oldestDays: Math.max(0, ...items.map(({ ageDays }) => ageDays)),
    pieces: items.length,
  });
  return {
    bookId,
    year,
    work: await workloadOf(store, actor, bookId, today),
    money: moneyOf(usage, year, today),
    cap: await getReliefCap(store, policy.current, actor, bookId, { year, now: deps.now() }),
    transit: {
      in: transitOf(moving.filter(({ toBookId }) => toBookId === bookId)),
      out: transitOf(moving.filter(({ fromBookId }) => fromBookId === bookId)),
    },
    month: await paidBetween(store, actor, bookId, { from: `${today.slice(0, 7)}-01`, until: today }),
  };
}

type Item = WorkloadView['todo'][number];

/** Where something is done, rather than only listed. */
const DESKS: Partial<Record<Item['kind'], string>> = {
  review: 'review?tab=review',
  approve: 'review?tab=approve',
  pay: 'payments?tab=open',
  take_in_authority: 'intakes',
  take_in_cash: 'intakes',
  disburse: 'disbursements',
};

const addressOf = (bookId: string, list: string, query: Item['query']): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of [value].flat()) search.append(name, each);
  return `/books/${bookId}/${list}${search.size > 0 ? `?${search}` : ''}`;
};

/** The address where its page exists, else none. */
function usePageLink(bookId: string, href: string): string | undefined {
  const path = href.split('?')[0]?.replace(bookId, ':bookId') ?? '';
  return usePage().pages.has(path) ? href : undefined;
}

function Todo({ bookId, item, lateAfterDays }: { bookId: string; item: Item; lateAfterDays: number }) {
  const desk = DESKS[item.kind];
  const href = usePageLink(
    bookId,
    desk ? `/books/${bookId}/${desk}` : addressOf(bookId, item.list, item.query),
  );
  const isLate = item.late.count > 0;
  return (
    <Figure label={item.label} href={href} tone={isLate ? 'danger' : item.count.count > 0 ? 'warning' : 'ok'}>
      {showCount(item.count)} <span class="unit">件</span>
      <span class="beneath">
        {item.oldestAgeDays === null ? '没有等待办理的' : `最早的已等 ${item.oldestAgeDays} 日`}
      </span>
      {isLate ? (
        <Badge tone="danger">
          {showCount(item.late)} 件超过 {lateAfterDays} 日
        </Badge>
      ) : null}
    </Figure>
  );
}

function Tally({ bookId, label, of }: { bookId: string; label: string; of: WorkloadView['drafts'] }) {
  const href = usePageLink(bookId, addressOf(bookId, of.list, of.query));
  return (
    <li>
      {href ? <a href={href}>{label}</a> : label} <strong>{showCount(of.count)}</strong> 张
    </li>
  );
}

function Work({ data: { bookId, work } }: { data: Data }) {
  return (
    <Section title="待办">
      {work.todo.length === 0 ? (
        <Empty>您的岗位没有需要办理的职责。请从左侧菜单查看报表和单据。</Empty>
      ) : (
        <Figures>
          {work.todo.map((item) => (
            <Todo key={item.kind} bookId={bookId} item={item} lateAfterDays={work.lateAfterDays} />
          ))}
        </Figures>
      )}
      <ul class="tallies">
        <Tally bookId={bookId} label="我的草稿" of={work.drafts} />
        <Tally bookId={bookId} label="近 30 日已办" of={work.handled} />
        <Tally bookId={bookId} label="已办结" of={work.concluded} />
      </ul>
    </Section>
  );
}

const BASES = {
  planned: ['计划', '计划文件登记的数额，不等于已经下达'],
  allotted: ['下达', '上级文件下达、已登记收文的指标'],
  received: ['到账', '到账凭证登记的资金，不含实物估值'],
  spent: ['支出', '已支付的报账，减去退款和冲红'],
} as const;

function YearMoney({ data: { bookId, year, money, transit, month } }: { data: Data }) {
  const page = usePage();
  const link = (path: string) =>
    page.pages.has(`/books/:bookId/${path}`) ? `/books/${bookId}/${path}` : undefined;
  return (
    <Section title={`${year} 年资金`} aside={<a href={`/books/${bookId}/funds?year=${year}`}>各批次</a>}>
      <Figures>
        {COLUMNS.map((key) => (
          <Figure key={key} label={BASES[key][0]} basis={BASES[key][1]} href={link('reports/usage')}>
            <Amount yuan={money[key]} />
          </Figure>
        ))}
        <Figure
          label="执行率"
          basis={`支出 ÷ 到账；序时进度 ${money.elapsed}（${year} 年已过天数 ÷ 全年天数）`}
          tone={money.isBehind ? 'warning' : 'ok'}
          href={link('reports/execution')}
        >
          {money.executionRate}
          <span class="beneath">
            {money.isBehind ? '落后于序时进度' : '不落后于序时进度'} {money.elapsed}
          </span>
        </Figure>
        <Figure
          label="本月已付"
          basis="业务日期在本月的支付，减去退款和冲红；各年度资金合计"
          href={link('payments')}
        >
          <Amount yuan={month.amount} />
          <span class="beneath">{month.payments} 笔支付</span>
        </Figure>
        <Figure
          label="在途：上级拨来"
          basis="上级已拨付、本级没有登记到账的资金"
          tone={transit.in.pieces > 0 ? 'warning' : 'ok'}
          href={link('intakes')}
        >
          <Amount yuan={transit.in.amount} />
          <Age of={transit.in} />
        </Figure>
        <Figure
          label="在途：拨往下级"
          basis="本级已拨付、下级没有登记到账的资金"
          href={link('upper-comparison')}
        >
          <Amount yuan={transit.out.amount} />
          <Age of={transit.out} />
        </Figure>
      </Figures>
    </Section>
  );
}

const Age = ({ of }: { of: Data['transit']['in'] }) => (
  <span class="beneath">{of.pieces === 0 ? '没有在途' : `${of.pieces} 笔，最早的 ${of.oldestDays} 日`}</span>
);

function Cap({ data: { bookId, year, cap } }: { data: Data }) {
  const { unit } = usePage();
  if (cap.base === null && cap.paid === '0.00' && cap.committed === '0.00') return null;
  const used = formatYuan(parseYuan(cap.paid) + parseYuan(cap.committed));
  return (
    <Section title="救助资金购买服务上限" aside={<a href={`/books/${bookId}/relief`}>详情</a>}>
      {cap.cap === null ? (
        <p>
          {year} 年还没有可以计算上限的支出基数，已用 <Amount yuan={used} />
          ；购买服务的支出须经人工复核。请在“救助资金上限”中申报基数。
        </p>
      ) : (
        <CapGauge
          id="relief-cap"
          title="购买服务支出与上限"
          basis={`已支付与已承诺之和；上限为基数的规定比例（条款 ${cap.capClause ?? ''}），截至 ${cap.on}`}
          unit={unit === 'wan' ? '万元' : '元'}
          label={`${year} 年救助资金购买服务`}
          used={used}
          limit={cap.cap}
        />
      )}
    </Section>
  );
}

export function View({ data }: { data: Data | null }) {
  if (data === null) return <Empty>您所在的单位没有账套。请联系系统管理员开立账套或调整岗位。</Empty>;
  return (
    <>
      <Work data={data} />
      <YearMoney data={data} />
      <Cap data={data} />
    </>
  );
}
