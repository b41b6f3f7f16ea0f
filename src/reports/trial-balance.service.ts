import { chunksOf, groupBy } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import { type Fen, formatYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import {
  type AccountMoves,
  accountMoves,
  isSource,
  LAYER_LABELS,
  type Layer,
  settledAsOf,
} from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { TRIAL_COLUMNS, type TrialBalance } from './ledger-reports.schema.js';
import {
  checkOf,
  type FundFilter,
  fundIn,
  fundLabels,
  fundsOf,
  type Names,
  type PointInTime,
  readableBook,
  subjectNames,
} from './reports.repository.js';
import { sheetOf, timeNote } from './sheets.js';

export interface TrialBalanceQuery extends PointInTime, FundFilter {
  readonly from?: BusinessDate | undefined;
  readonly detail?: 'layer' | 'subject';
}

/**
 * 余额表: opening, in, out and closing of every account, replayed from the postings; every fund sums to zero. When
 * nothing lies after the point in time, each account is compared with the balance that the database keeps.
 * @throws DomainError `not_found`
 */
export const trialBalance = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: TrialBalanceQuery = {},
): Promise<TrialBalance> =>
  store.snapshot(async (db) => {
    const book = await readableBook(db, actor, bookId);
    const { from, asOf, recordedUntil, fundId } = query;
    const funds = fundId ? [await fundIn(db, bookId, fundId)] : await fundsOf(db, [bookId], query);
    const at = { effectiveBy: asOf, recordedBy: recordedUntil };
    const moves: AccountMoves[] = [];
    for (const chunk of chunksOf(funds))
      moves.push(
        ...(await accountMoves(
          db,
          chunk.map(({ id }) => id),
          from ?? null,
          at,
        )),
      );
    const settled = await settledAsOf(db, [bookId], at);
    const isNow = !settled.effectiveBy && !settled.recordedBy;
    const shown = query.detail === 'subject' ? moves : byLayer(moves);
    const byFund = groupBy(shown, (move) => move.fundId);
    const names = await subjectNames(
      db,
      shown.map((move) => move.subject),
    );
    const sums = funds.map((fund) => sidesOf(fund, byFund.get(fund.id) ?? []));
    return {
      title: '余额表',
      bookId,
      bookName: book.bookName,
      bureauName: book.bureauName,
      asOf: asOf ?? null,
      recordedUntil: recordedUntil ?? null,
      from: from ?? null,
      columns: TRIAL_COLUMNS,
      checks: [
        checkOf(
          '每笔资金来源合计 ＝ 去向合计',
          sums.map(({ sourcesFen, usesFen }) => sourcesFen - usesFen),
        ),
        ...(isNow ? [checkOf('逐户余额 ＝ 账户余额', await differencesFromKept(db, funds, moves))] : []),
      ],
      rows: funds.flatMap((fund) => (byFund.get(fund.id) ?? []).sort(inOrder(names)).map(rowOf(fund, names))),
      funds: sums.map(({ fund, sourcesFen, usesFen }) => ({
        ...nameOf(fund),
        sources: formatYuan(sourcesFen),
        uses: formatYuan(usesFen),
        isBalanced: sourcesFen === usesFen,
      })),
    };
  });

const nameOf = (fund: Row<'fund'>) => {
  const { fundId, documentNo, fundName } = fundLabels(fund);
  return { fundId, documentNo, fundName };
};

const closingOf = ({ openingFen, inFen, outFen }: AccountMoves): Fen => openingFen + inFen - outFen;

/** The accounts of a layer as one. What moved between them did not move the layer, so it is neither in nor out. */
function byLayer(moves: readonly AccountMoves[]): AccountMoves[] {
  const groups = groupBy(moves, ({ fundId, layer }) => `${fundId}/${layer}`);
  return [...groups.values()].map((group) => {
    const total = (of: (move: AccountMoves) => Fen) => sumFen(group.map(of));
    const withinFen = total((move) => move.withinFen);
    return {
      ...(group[0] as AccountMoves),
      subject: '',
      openingFen: total((move) => move.openingFen),
      inFen: total((move) => move.inFen) - withinFen,
      outFen: total((move) => move.outFen) - withinFen,
      withinFen: 0n,
    };
  });
}

function sidesOf(fund: Row<'fund'>, accounts: readonly AccountMoves[]) {
  const total = (isWanted: boolean) =>
    sumFen(accounts.filter(({ layer }) => isSource(layer) === isWanted).map(closingOf));
  return { fund, sourcesFen: -total(true), usesFen: total(false) };
}

const ORDER = Object.keys(LAYER_LABELS) as Layer[];
const inOrder = (names: Names) => (a: AccountMoves, b: AccountMoves) =>
  ORDER.indexOf(a.layer) - ORDER.indexOf(b.layer) ||
  (names.get(a.subject) ?? '').localeCompare(names.get(b.subject) ?? '', 'zh') ||
  (a.subject < b.subject ? -1 : 1);

const rowOf = (fund: Row<'fund'>, names: Names) => (account: AccountMoves) => {
  const { layer, subject, openingFen, inFen, outFen } = account;
  const isFrom = isSource(layer);
  // What goes out of a source is what comes in.
  const [added, taken] = isFrom ? [outFen, inFen] : [inFen, outFen];
  const signed = (fen: Fen) => formatYuan(isFrom ? -fen : fen);
  return {
    ...nameOf(fund),
    layer,
    layerLabel: LAYER_LABELS[layer],
    side: isFrom ? ('source' as const) : ('use' as const),
    sideLabel: isFrom ? '来源' : '去向',
    subject,
    subjectName: subject === '' ? '' : (names.get(subject) ?? subject),
    opening: signed(openingFen),
    in: formatYuan(added),
    out: formatYuan(taken),
    closing: signed(closingOf(account)),
  };
};

/** Replayed less kept, account by account, also for accounts that only one side knows. */
async function differencesFromKept(
  db: Db,
  funds: readonly Row<'fund'>[],
  moves: readonly AccountMoves[],
): Promise<Fen[]> {
  const differences = new Map<string, Fen>(
    moves.map((move) => [`${move.fundId}/${move.layer}/${move.subject}`, closingOf(move)]),
  );
  for (const chunk of chunksOf(funds)) {
    const kept = await db
      .selectFrom('account')
      .selectAll()
      .where(
        'fundId',
        'in',
        chunk.map(({ id }) => id),
      )
      .execute();
    for (const { fundId, layer, subject, balanceFen } of kept) {
      const key = `${fundId}/${layer}/${subject}`;
      differences.set(key, (differences.get(key) ?? 0n) - balanceFen);
    }
  }
  return [...differences.values()];
}

/** The report as sheets: the accounts, and the two sides of every fund. */
export function trialBalanceSheets(report: TrialBalance) {
  const note = `${timeNote(report)}；期间起始：${report.from ?? '最早'}`;
  return [sheetOf({ sheet: '余额表', columns: report.columns, note, rows: () => report.rows })] as const;
}
