import { sql } from 'kysely';
import { Breather } from '../core/breather.js';
import { groupBy } from '../core/collections.js';
import { addDays, addMonths, type BusinessDate } from '../core/dates.js';
import { type Fen, sumFen } from '../core/money.js';
import type { Db, Trx } from '../db/store.js';
import type { Layer } from './layers.js';

/** What moved on an account; `withinFen` is what came from another account of its layer. */
export interface Moves {
  readonly fundId: string;
  readonly layer: Layer;
  readonly subject: string;
  readonly inFen: Fen;
  readonly outFen: Fen;
  readonly withinFen: Fen;
}

/** Business days from and until, both included; null: no limit. */
interface Span {
  readonly from: BusinessDate | null;
  readonly until: BusinessDate | null;
}

const monthOf = (day: BusinessDate) => day.slice(0, 7);
const firstOf = (month: string): BusinessDate => `${month}-01`;
const lastOf = (month: string): BusinessDate => addDays(addMonths(firstOf(month), 1), -1);
const [FIRST_MONTH, LAST_MONTH] = ['0000-01', '9999-12'] as const;

/** No entry is dated beyond; dates are only reckoned with between them. */
const [EARLIEST, LATEST] = ['1000-01-01', '9998-12-31'] as const;

/**
 * A span as whole months (YYYY-MM, both included; null: none) and the days beside them: at most two months of days are
 * read, however long it is. Each range of days is within one month.
 */
export function piecesOf(span: Span) {
  const from = span.from !== null && span.from <= EARLIEST ? null : span.from;
  const until = span.until !== null && span.until >= LATEST ? null : span.until;
  if ((from ?? EARLIEST) > (until ?? LATEST)) return { months: null, days: [] };
  const isFromFirst = from === null || from === firstOf(monthOf(from));
  const isUntilLast = until === null || until === lastOf(monthOf(until));
  const first = from === null ? FIRST_MONTH : monthOf(isFromFirst ? from : addMonths(from, 1));
  const last = until === null ? LAST_MONTH : monthOf(isUntilLast ? until : addMonths(until, -1));
  const isPartOfMonth = from !== null && until !== null && monthOf(from) === monthOf(until) && first > last;
  if (isPartOfMonth) return { months: null, days: [[from, until] as const] };
  return {
    months: first > last ? null : ([first, last] as const),
    days: [
      ...(isFromFirst ? [] : [[from as string, lastOf(monthOf(from as string))] as const]),
      ...(isUntilLast ? [] : [[firstOf(monthOf(until as string)), until as string] as const]),
    ],
  };
}

const sumOf = (column: 'inFen' | 'outFen' | 'withinFen') =>
  sql<Fen>`cast(sum(${sql.ref(column)}) as bigint)`.as(column);
const SUMS = [sumOf('inFen'), sumOf('outFen'), sumOf('withinFen')] as const;

/** One piece of a span: rows of days or of months of the funds, both with the month that they are of. */
function pieceOf(
  db: Db | Trx,
  fundIds: readonly string[],
  period: 'day' | 'month',
  [first, last]: readonly [string, string],
) {
  const rows = db
    // Both tables have the same columns but for the period's own.
    .selectFrom((period === 'day' ? 'accountDay' : 'accountMonth') as 'accountDay')
    .where('fundId', 'in', fundIds)
    .where(period as 'day', '>=', first)
    .where(period as 'day', '<=', last);
  return { rows, month: period === 'day' ? sql<string>`substr("day", 1, 7)` : sql<string>`"month"` };
}

function piecesIn(db: Db | Trx, fundIds: readonly string[], span: Span) {
  if (fundIds.length === 0) return [];
  const { months, days } = piecesOf(span);
  return [
    ...(months ? [pieceOf(db, fundIds, 'month', months)] : []),
    ...days.map((range) => pieceOf(db, fundIds, 'day', range)),
  ];
}

/** What moved on every account of the funds in a span of business days; costs the accounts, not their postings. */
export async function movesIn(db: Db | Trx, fundIds: readonly string[], span: Span): Promise<Moves[]> {
  const found: Moves[] = [];
  for (const { rows } of piecesIn(db, fundIds, span))
    found.push(
      ...((await rows
        .select(['fundId', 'layer', 'subject', ...SUMS])
        .groupBy(['fundId', 'layer', 'subject'])
        .execute()) as Moves[]),
    );
  return added(found);
}

/** What moved on a layer of the funds, by month of 业务日期. */
export async function layerMovesByMonth(
  db: Db | Trx,
  fundIds: readonly string[],
  layer: Layer,
  span: Span,
): Promise<{ fundId: string; month: string; inFen: Fen; outFen: Fen }[]> {
  const found: { fundId: string; month: string; inFen: Fen; outFen: Fen }[] = [];
  for (const { rows, month } of piecesIn(db, fundIds, span))
    found.push(
      ...(await rows
        .select(['fundId', month.as('month'), sumOf('inFen'), sumOf('outFen')])
        .where('layer', '=', layer)
        .groupBy(['fundId', month])
        .execute()),
    );
  return found;
}

/** Log entries whose postings are added up between two turns of others. */
const BATCH = 2000;

/**
 * The same for what was recorded up to an instant, which only the postings tell: the books' log is walked, and others
 * have their turn in between.
 */
export async function movesRecorded(
  db: Db | Trx,
  fundIds: readonly string[],
  span: Span,
  recordedBy: string,
): Promise<Moves[]> {
  if (fundIds.length === 0) return [];
  const books = await db
    .selectFrom('book')
    .select(['id', 'logSize'])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('fund')
          .select('fund.id')
          .whereRef('fund.bookId', '=', 'book.id')
          .where('fund.id', 'in', fundIds),
      ),
    )
    .execute();
  const wanted = new Set(fundIds);
  const breather = new Breather();
  let found: Moves[] = [];
  for (const { id, logSize } of books)
    for (let from = 0; from < logSize; from += BATCH) {
      const moved = await movesOfEntries(db, id, from, span, recordedBy);
      found = added([...found, ...moved.filter(({ fundId }) => wanted.has(fundId))]);
      if (breather.isDue) await breather.rest();
    }
  return found;
}

async function movesOfEntries(
  db: Db | Trx,
  bookId: string,
  fromIndex: number,
  { from, until }: Span,
  recordedBy: string,
): Promise<Moves[]> {
  let rows = db
    .selectFrom('ledgerEntry')
    .innerJoin('posting', 'posting.entryId', 'ledgerEntry.id')
    .where('bookId', '=', bookId)
    .where('logIndex', '>=', fromIndex)
    .where('logIndex', '<', fromIndex + BATCH)
    .where('recordedAt', '<=', recordedBy);
  if (from !== null) rows = rows.where('effectiveDate', '>=', from);
  if (until !== null) rows = rows.where('effectiveDate', '<=', until);
  const moved = await rows
    .select(['fundId', 'fromLayer', 'fromSubject', 'toLayer', 'toSubject'])
    .select(sql<Fen>`cast(sum("amountFen") as bigint)`.as('amountFen'))
    .groupBy(['fundId', 'fromLayer', 'fromSubject', 'toLayer', 'toSubject'])
    .execute();
  return moved.flatMap(({ fundId, fromLayer, fromSubject, toLayer, toSubject, amountFen }) => {
    const withinFen = fromLayer === toLayer ? amountFen : 0n;
    return [
      {
        fundId,
        layer: fromLayer as Layer,
        subject: fromSubject,
        inFen: 0n,
        outFen: amountFen,
        withinFen: 0n,
      },
      { fundId, layer: toLayer as Layer, subject: toSubject, inFen: amountFen, outFen: 0n, withinFen },
    ];
  });
}

export const accountKey = ({ fundId, layer, subject }: Pick<Moves, 'fundId' | 'layer' | 'subject'>): string =>
  `${fundId}/${layer}/${subject}`;

/** Moves of each account as one. */
const added = (moves: readonly Moves[]): Moves[] =>
  [...groupBy(moves, accountKey).values()].map((group) => {
    const [first, ...others] = group as [Moves, ...Moves[]];
    if (others.length === 0) return first;
    const total = (of: 'inFen' | 'outFen' | 'withinFen') => sumFen(group.map((each) => each[of]));
    return { ...first, inFen: total('inFen'), outFen: total('outFen'), withinFen: total('withinFen') };
  });
