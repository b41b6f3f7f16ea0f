import type { ComponentChildren } from 'preact';
import { type Figures, type OverviewView, supervisionOverview } from '../../../supervision/index.js';
import { Amount } from '../../components/amount.js';
import { Empty, Notice, Section } from '../../components/notice.js';
import type { PageContext } from '../../context.js';
import { askedOf, dayAsked, yearsOf } from './asked.js';
import { capTone, OverviewFigures, signed } from './figures.js';

const IDLE_DAYS = 90;
/** How many places are named under each heading. */
const MOST = 8;

type Book = OverviewView['groups'][number]['books'][number];

/** What an auditor or supervisor comes for: how the year stands, and where to look first. */
export async function load(page: PageContext<unknown, unknown>) {
  const { deps, actor } = page;
  const { year } = await yearsOf(page, null, undefined);
  const { asOf } = dayAsked(undefined, year, page.today);
  const given = askedOf({ year, asOf, idleDays: IDLE_DAYS }, deps.now());
  return supervisionOverview(deps.store, deps.policy.current, actor, given);
}

/** The books with the most of something, the worst first. */
const worst = (books: readonly Book[], of: (figures: Figures) => number | null) =>
  books
    .map((book) => ({ book, weight: of(book.figures) ?? 0 }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MOST)
    .map(({ book }) => book);

export function View({ data: overview }: { data: OverviewView }) {
  const books = overview.groups.flatMap((group) => group.books);
  if (books.length === 0)
    return <Empty>您的岗位没有可以查看的账套。请联系系统管理员授予审计或督导岗位。</Empty>;
  const { year } = overview;
  const behind = worst(books, ({ executionGap }) =>
    executionGap === null ? null : -Number(executionGap) - 10,
  );
  const idle = worst(books, ({ idle: { overdueAmount, longestDays } }) =>
    overdueAmount === '0.00' ? null : longestDays,
  );
  const capped = worst(books, ({ cap }) =>
    capTone(cap) === 'ok' || cap.useRate === null ? null : Number(cap.useRate.slice(0, -1)),
  );
  const refused = worst(books, ({ refused: times }) => times);
  return (
    <>
      <Section
        title={`${year} 年（截至 ${overview.asOf}，${overview.books} 个账套）`}
        aside={<a href={`/supervision?year=${year}`}>各地总览</a>}
      >
        <OverviewFigures
          figures={overview.total}
          timeProgress={overview.timeProgress}
          idleDays={overview.idleDays}
        />
      </Section>
      <div class="looks">
        <Look title="执行落后序时进度 10 个百分点以上" books={behind} year={year} none="没有落后的账套。">
          {({ executionGap }) => `${signed(executionGap ?? '0')} 个百分点`}
        </Look>
        <Look title={`闲置超过 ${IDLE_DAYS} 天`} books={idle} year={year} none="没有超期闲置的资金。">
          {({ idle: { overdueAmount, longestDays } }) => (
            <>
              <Amount yuan={overdueAmount} />
              ，最长 {longestDays} 天
            </>
          )}
        </Look>
        <Look title="5% 上限已用八成以上" books={capped} year={year} none="没有接近上限的账套。">
          {({ cap }) => (
            <>
              {cap.useRate}，余 <Amount yuan={cap.headroom} />
            </>
          )}
        </Look>
        <Look title="规则拒绝最多" books={refused} year={year} page="refusals" none="没有被规则拒绝的单据。">
          {({ refused: times, waived }) => `拒绝 ${times} 次${waived > 0 ? `，例外 ${waived} 单` : ''}`}
        </Look>
      </div>
      <Notice tone="info" title="审计和督导岗位只读">
        <p>可以查看、追溯、核验和导出证据，不能改动账套的任何记录；您的导出本身也会留在日志里。</p>
      </Notice>
    </>
  );
}

function Look({
  title,
  books,
  year,
  page = 'supervision',
  none,
  children,
}: {
  title: string;
  books: readonly Book[];
  year: number;
  page?: string;
  none: string;
  children: (figures: Figures) => ComponentChildren;
}) {
  return (
    <Section title={title}>
      {books.length === 0 ? (
        <p class="none">{none}</p>
      ) : (
        <ul class="look-list">
          {books.map(({ bookId, bureauName, figures }) => (
            <li key={bookId}>
              <a href={`/books/${bookId}/${page}?year=${year}`}>{bureauName}</a>
              <span>{children(figures)}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
