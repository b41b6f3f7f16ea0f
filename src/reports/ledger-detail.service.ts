import { canonicalJson } from '../core/canonical-json.js';
import type { BusinessDate } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import type { KeyRing } from '../core/keys.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { Db, Store } from '../db/store.js';
import { accountMoves, ENTRY_LABELS, isSource, LAYER_LABELS, type Layer } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { documentsOf, type EntryRow, entriesFrom, postingsOf } from './ledger-detail.repository.js';
import { DETAIL_COLUMNS, type LedgerDetail, type LedgerRow } from './ledger-reports.schema.js';
import { fundIn, fundLabels, readableBook, subjectNames } from './reports.repository.js';
import { sheetOf, timeNote } from './sheets.js';

export interface LedgerQuery {
  readonly fundId: string;
  readonly layer?: Layer | undefined;
  readonly subject?: string | undefined;
  readonly from?: BusinessDate | undefined;
  readonly until?: BusinessDate | undefined;
  /** ISO instant. */
  readonly recordedUntil?: string | undefined;
  readonly cursor?: string | undefined;
  /** Entries per page; an entry is never divided. */
  readonly limit: number;
  /** A fund with more postings is walked by date; tests lower it. */
  readonly manyPostings?: number;
}

/** Where a page begins. The log only grows, so what was below `logSize` is the same on every later page. */
interface Position {
  /** The last entry before; null on the first page. */
  readonly after: Pick<EntryRow, 'effectiveDate' | 'logIndex' | 'id'> | null;
  readonly balanceFen: Fen;
  readonly logSize: number;
}

/**
 * 明细账 of a fund: entries by 业务日期 with the running balance of a layer (可用指标 unless one is named), a page at a
 * time. A page costs its entries, not the history before it: the balance comes with the cursor.
 * @throws DomainError `not_found`, `validation_failed` for a cursor of another query
 */
export const ledgerDetail = (
  store: Store,
  actor: Actor,
  bookId: string,
  query: LedgerQuery,
): Promise<LedgerDetail> =>
  store.snapshot(async (db) => {
    const book = await readableBook(db, actor, bookId);
    const fund = await fundIn(db, bookId, query.fundId);
    const start = query.cursor
      ? openCursor(store.keys, bookId, query, query.cursor)
      : await firstPosition(db, bookId, query);
    const entries = await entriesFrom(db, bookId, query, start, query.limit + 1);
    const shown = entries.slice(0, query.limit);
    const { rows, balanceFen } = await rowsOf(db, query, shown, start.balanceFen);
    const last = entries.length > query.limit ? shown.at(-1) : undefined;
    const layer = query.layer ?? 'available';
    const { fundId, documentNo, fundName } = fundLabels(fund);
    return {
      title: '明细账',
      bookId,
      bookName: book.bookName,
      bureauName: book.bureauName,
      asOf: query.until ?? null,
      recordedUntil: query.recordedUntil ?? null,
      from: query.from ?? null,
      columns: DETAIL_COLUMNS,
      checks: [],
      fundId,
      documentNo,
      fundName,
      layer,
      layerLabel: LAYER_LABELS[layer],
      opening: formatYuan(start.balanceFen),
      rows,
      closing: formatYuan(balanceFen),
      nextCursor: last
        ? sealCursor(store.keys, bookId, query, { after: last, balanceFen, logSize: start.logSize })
        : null,
    };
  });

async function firstPosition(db: Db, bookId: string, query: LedgerQuery): Promise<Position> {
  const { logSize } = await db
    .selectFrom('book')
    .select('logSize')
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  if (!query.from) return { after: null, balanceFen: 0n, logSize };
  const layer = query.layer ?? 'available';
  const at = { recordedBy: query.recordedUntil };
  let balanceFen = 0n;
  for (const move of await accountMoves(db, [query.fundId], query.from, at)) {
    const isWanted = move.layer === layer && (query.subject === undefined || move.subject === query.subject);
    if (isWanted) balanceFen += isSource(layer) ? -move.openingFen : move.openingFen;
  }
  return { after: null, balanceFen, logSize };
}

async function rowsOf(
  db: Db,
  query: LedgerQuery,
  entries: readonly EntryRow[],
  openingFen: Fen,
): Promise<{ rows: LedgerRow[]; balanceFen: Fen }> {
  const layer = query.layer ?? 'available';
  const postings = await postingsOf(
    db,
    query,
    entries.map((entry) => entry.id),
  );
  const documents = await documentsOf(db, entries);
  const names = await subjectNames(
    db,
    [...postings.values()].flat().flatMap(({ fromSubject, toSubject }) => [fromSubject, toSubject]),
  );
  const place = (of: string, subject: string) =>
    LAYER_LABELS[of as Layer] + (subject === '' ? '' : `（${names.get(subject) ?? subject}）`);
  const isAccount = (of: string, subject: string) =>
    of === layer && (query.subject === undefined || subject === query.subject);
  let balanceFen = openingFen;
  const rows: LedgerRow[] = [];
  for (const entry of entries) {
    const document = documents.get(entry.id);
    for (const posting of postings.get(entry.id) ?? []) {
      const { fromLayer, fromSubject, toLayer, toSubject, amountFen } = posting;
      const [isFrom, isTo] = [isAccount(fromLayer, fromSubject), isAccount(toLayer, toSubject)];
      // What goes out of a source is what comes in.
      const [isIn, isOut] = isSource(layer) ? [isFrom, isTo] : [isTo, isFrom];
      balanceFen += (isIn ? amountFen : 0n) - (isOut ? amountFen : 0n);
      rows.push({
        effectiveDate: entry.effectiveDate,
        recordedAt: entry.recordedAt,
        logIndex: entry.logIndex,
        entryId: entry.id,
        kind: entry.kind,
        kindLabel: ENTRY_LABELS[entry.kind] ?? entry.kind,
        voucherNo: document?.voucherNo ?? null,
        subjectType: entry.subjectType,
        subjectId: entry.subjectId,
        subjectName: document?.subjectName ?? null,
        fromLabel: place(fromLayer, fromSubject),
        toLabel: place(toLayer, toSubject),
        amount: formatYuan(amountFen),
        in: isIn ? formatYuan(amountFen) : null,
        out: isOut ? formatYuan(amountFen) : null,
        balance: formatYuan(balanceFen),
      });
    }
  }
  return { rows, balanceFen };
}

/** What a cursor is for: with any of it changed the balance in it would be that of something else. */
const purposeOf = (bookId: string, { fundId, layer, subject, from, until, recordedUntil }: LedgerQuery) => [
  bookId,
  fundId,
  layer ?? null,
  subject ?? null,
  from ?? null,
  until ?? null,
  recordedUntil ?? null,
];

function sealCursor(keys: KeyRing, bookId: string, query: LedgerQuery, position: Position): string {
  const { effectiveDate, logIndex, id } = position.after as NonNullable<Position['after']>;
  const text = [effectiveDate, logIndex, id, position.balanceFen, position.logSize].join('~');
  return `${text}~${markOf(keys, bookId, query, text)}`;
}

const markOf = (keys: KeyRing, bookId: string, query: LedgerQuery, text: string) =>
  keys.index('ledgerCursor', canonicalJson([...purposeOf(bookId, query), text])).slice(0, 32);

function openCursor(keys: KeyRing, bookId: string, query: LedgerQuery, cursor: string): Position {
  const text = cursor.slice(0, cursor.lastIndexOf('~'));
  const [effectiveDate, logIndex, id, balance, logSize] = text.split('~');
  if (cursor !== `${text}~${markOf(keys, bookId, query, text)}`)
    throw new DomainError('validation_failed', '翻页位置无效，请从第一页重新查询');
  return {
    after: { effectiveDate: effectiveDate as string, logIndex: Number(logIndex), id: id as string },
    balanceFen: BigInt(balance as string),
    logSize: Number(logSize),
  };
}

/**
 * The whole account as a sheet. `pageAt` gives the page at a cursor, its sealed texts opened; pages are asked for while
 * the sheet is written, so that a large book is never held as a whole.
 */
export function ledgerSheets(
  first: LedgerDetail,
  pageAt: (cursor: string) => Promise<LedgerDetail>,
): readonly [ReturnType<typeof sheetOf>] {
  const note = `${timeNote(first)}；资金：${first.documentNo}；科目：${first.layerLabel}；期间起始：${first.from ?? '最早'}；期初余额：${first.opening} 元`;
  async function* rows() {
    for (let page = first; ; page = await pageAt(page.nextCursor)) {
      yield* page.rows;
      if (page.nextCursor === null) return;
    }
  }
  return [sheetOf({ sheet: '明细账', columns: first.columns, note, rows })];
}
