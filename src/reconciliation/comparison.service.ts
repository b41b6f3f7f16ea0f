import { groupBy } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import { notFound } from '../core/errors.js';
import type { Fen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead, layerTotals } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import {
  type BookPlace,
  fundsByIds,
  fundsOfBooks,
  isFromAbove,
  issuesTo,
  placesOf,
  recipientBooks,
  recordsOf,
} from './comparison.repository.js';
import type { LowerBookView, LowerComparisonView, UpperComparisonView } from './comparison.schema.js';
import { differenceRow, fundRow, type Movement, totalsView } from './comparison.views.js';
import { noteStates, UNSAID } from './notes.service.js';
import { type Basis, differencesOf, type Pair, pairUp, totalsOf, yearOf } from './pairs.js';

/** A year, and the day up to which both sides are read. */
export interface Span {
  readonly year: number;
  readonly asOf: BusinessDate;
}

/**
 * 上下级对账: what was issued to a book in a year against what it took in of that by a day, by fund and difference by
 * difference. What was issued to this book is read as its intakes read it; nothing else of an upper book is.
 * @throws DomainError `not_found`
 */
export async function upperComparison(
  store: Store,
  actor: Actor,
  bookId: string,
  span: Span,
): Promise<UpperComparisonView> {
  await demandBookRead(store.read, actor, bookId);
  return store.snapshot(async (db) => {
    const [place] = await placesOf(db, [bookId]);
    if (!place) throw notFound('账套');
    const funds = (await fundsOfBooks(db, [bookId])).filter((fund) => isFromAbove(fund, place));
    const [compared] = await compare(db, [place], span, { isChosen: () => true, funds });
    return {
      ...(compared as Compared).view,
      upper: place.upper.map(({ bookId: id, bureauName }) => ({ bookId: id, bureauName })),
    };
  });
}

/**
 * The same seen from above: what a book issued in a year against what each lower book took in. Whoever reads a book
 * reads those below it.
 * @throws DomainError `not_found` also for a lower book that nothing was issued to.
 */
export async function lowerComparison(
  store: Store,
  actor: Actor,
  bookId: string,
  span: Span & { readonly recipientBookId?: string | undefined },
): Promise<LowerComparisonView> {
  await demandBookRead(store.read, actor, bookId);
  const { year, asOf, recipientBookId } = span;
  return store.snapshot(async (db) => {
    const recipients = await recipientBooks(db, bookId, spanOf(span));
    if (recipientBookId && !recipients.includes(recipientBookId)) throw notFound('下级账套');
    const places = await placesOf(db, recipientBookId ? [recipientBookId] : recipients);
    const isChosen = ({ issue }: Pair) => issue?.bookId === bookId;
    const books = await compare(db, places, span, { isChosen, funds: [] });
    const items = books.map(({ view }) => view);
    items.sort(
      (a, b) => (b.oldestDays ?? -1) - (a.oldestDays ?? -1) || (a.bureauName < b.bureauName ? -1 : 1),
    );
    return { bookId, year, asOf, ...bothTotals(books.flatMap(({ pairs }) => pairs)), items };
  });
}

interface Compared {
  readonly pairs: readonly Pair[];
  readonly view: LowerBookView;
}

interface Chosen {
  /** Which pairs of the year count. */
  readonly isChosen: (pair: Pair) => boolean;
  /** Funds that are shown where they moved, although nothing of them was issued or taken in. */
  readonly funds: readonly Row<'fund'>[];
}

async function compare(
  db: Db,
  places: readonly BookPlace[],
  span: Span,
  chosen: Chosen,
): Promise<Compared[]> {
  const ids = places.map((place) => place.bookId);
  const issues = groupBy(await issuesTo(db, ids, span.asOf), (issue) => issue.toBookId);
  const records = groupBy(await recordsOf(db, places, span.asOf), (record) => record.bookId);
  const notes = await noteStates(db, ids);
  const books = places.map((place) => {
    const paired = pairUp(issues.get(place.bookId) ?? [], records.get(place.bookId) ?? []);
    const pairs = paired.filter((pair) => yearOf(pair) === span.year && chosen.isChosen(pair));
    return { place, pairs, fundIdOf: fundFinder(paired) };
  });
  const ownIds = books.flatMap(({ pairs, fundIdOf }) => pairs.map(fundIdOf)).filter((id) => id !== null);
  const moved = await movements(db, [...new Set([...ownIds, ...chosen.funds.map((fund) => fund.id)])], span);
  const upperIds = books.flatMap(({ pairs }) => pairs.map(({ issue }) => issue?.fundId ?? null));
  const fundIds = [...new Set([...ownIds, ...upperIds.filter((id) => id !== null)])];
  const funds = new Map([...(await fundsByIds(db, fundIds)), ...chosen.funds].map((fund) => [fund.id, fund]));

  return books.map(({ place, pairs, fundIdOf }) => {
    const fundOf = (pair: Pair) => funds.get((pair.issue ?? pair.own)?.fundId as string) as Row<'fund'>;
    const found = pairs.flatMap((pair) => differencesOf(pair, span.asOf));
    const differences = found
      .sort((a, b) => b.ageDays - a.ageDays)
      .map((difference) => {
        const state = notes.get(`${place.bookId} ${difference.key}`) ?? UNSAID;
        return differenceRow(difference, fundOf(difference).name, state, span.asOf);
      });
    const ages = found.filter(({ kind }) => kind === 'not_taken_in' || kind === 'in_transit');
    const groups = groupBy(pairs, (pair) => fundIdOf(pair) ?? upperKey(pair));
    const quiet = chosen.funds.filter(({ id }) => !groups.has(id) && hasMoved(moved.get(id)));
    const rows = [
      ...[...groups.values()].map((group) => {
        const ownId = fundIdOf(group[0] as Pair);
        const fund = (ownId === null ? undefined : funds.get(ownId)) ?? fundOf(group[0] as Pair);
        return fundRow(fund, ownId, group, moved.get(ownId ?? ''));
      }),
      ...quiet.map((fund) => fundRow(fund, fund.id, [], moved.get(fund.id))),
    ];
    const view: LowerBookView = {
      bookId: place.bookId,
      bureauName: place.bureauName,
      year: span.year,
      asOf: span.asOf,
      ...bothTotals(pairs),
      funds: rows,
      differences,
      unowned: differences.filter((difference) => difference.ownerId === null).length,
      oldestDays: ages.length === 0 ? null : Math.max(...ages.map(({ ageDays }) => ageDays)),
    };
    return { pairs, view };
  });
}

/** Cash that is not received yet belongs to the fund that its authority was taken into. */
function fundFinder(paired: readonly Pair[]): (pair: Pair) => string | null {
  const fundOfItem = new Map(
    paired.flatMap(({ basis, issue, own }) =>
      basis === 'authority' && issue && own ? [[issue.itemId, own.fundId]] : [],
    ),
  );
  return ({ issue, own }) => own?.fundId ?? fundOfItem.get(issue?.itemId ?? '') ?? null;
}

/** What nothing was taken in of is one row for each document of the upper fund. */
const upperKey = ({ issue }: Pair) => `${issue?.fundId} ${issue?.allotmentNo}`;

function bothTotals(pairs: readonly Pair[]) {
  const of = (basis: Basis) => totalsView(totalsOf(pairs.filter((pair) => pair.basis === basis)));
  return { authority: of('authority'), cash: of('cash') };
}

const MOVED = ['planned', 'spent', 'passed_down', 'returned'] as const;

/** What was booked of each fund within the year, by the day. */
async function movements(
  db: Db,
  fundIds: readonly string[],
  { year, asOf }: Span,
): Promise<Map<string, Movement>> {
  const { until } = spanOf({ year, asOf });
  const after = await layerTotals(db, fundIds, { effectiveBy: until });
  const before = await layerTotals(db, fundIds, { effectiveBy: `${year - 1}-12-31` });
  return new Map(
    fundIds.map((id) => {
      const within = MOVED.map((layer): [string, Fen] => [
        layer,
        (after.get(id)?.[layer] ?? 0n) - (before.get(id)?.[layer] ?? 0n),
      ]);
      return [id, Object.fromEntries(within) as unknown as Movement];
    }),
  );
}

const hasMoved = (movement: Movement | undefined) =>
  movement !== undefined && MOVED.some((layer) => movement[layer] !== 0n);

/** The days of a year, by a day. */
function spanOf({ year, asOf }: Span): { from: BusinessDate; until: BusinessDate } {
  const end = `${year}-12-31`;
  return { from: `${year}-01-01`, until: asOf < end ? asOf : end };
}
