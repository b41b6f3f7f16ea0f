import { chunksOf } from '../core/collections.js';
import type { BusinessDate } from '../core/dates.js';
import { notFound } from '../core/errors.js';
import { type Fen, formatYuan, sumFen } from '../core/money.js';
import {
  LEVEL_LABELS,
  type Level,
  SOURCE_LABELS,
  SOURCE_TYPES,
  type SourceType,
} from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import { type AsOf, demandBookRead, type LayerTotals, layerTotals, settledAsOf } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import type { ReportCheck } from './reports.schema.js';

export interface PointInTime {
  readonly asOf?: BusinessDate | undefined;
  /** ISO instant. */
  readonly recordedUntil?: string | undefined;
}

export interface BookHead {
  readonly bookId: string;
  readonly bookName: string;
  readonly bureauId: string;
  readonly bureauName: string;
  readonly bureauKind: string;
  readonly bureauPath: string;
}

const books = (db: Db) =>
  db
    .selectFrom('book')
    .innerJoin('organisation as bureau', 'bureau.id', 'book.bureauId')
    .select([
      'book.id as bookId',
      'book.name as bookName',
      'bureau.id as bureauId',
      'bureau.name as bureauName',
      'bureau.kind as bureauKind',
      'bureau.path as bureauPath',
    ]);

/** The book of a report. @throws DomainError `not_found` unless the actor may read the whole book */
export async function readableBook(db: Db, actor: Actor, bookId: string): Promise<BookHead> {
  await demandBookRead(db, actor, bookId);
  return books(db).where('book.id', '=', bookId).executeTakeFirstOrThrow();
}

/** Books of the bureaus below, from the top level down. Who may read a book may read those below it. */
export const lowerBooks = (db: Db, { bureauPath }: BookHead): Promise<BookHead[]> =>
  books(db)
    // Paths hold ids and "/" only, so LIKE meets no wildcard in them.
    .where('bureau.path', 'like', `${bureauPath}%`)
    .where('bureau.path', '!=', bureauPath)
    .orderBy('bureau.path')
    .execute();

export interface FundFilter {
  readonly years?: readonly number[] | undefined;
  readonly type?: SourceType | undefined;
  readonly fundId?: string | undefined;
}

/** Funds of books: by type in the order of the word list, the newest year first. */
export async function fundsOf(
  db: Db,
  bookIds: readonly string[],
  filter: FundFilter,
): Promise<Row<'fund'>[]> {
  const { years, type, fundId } = filter;
  const found: Row<'fund'>[] = [];
  for (const ids of chunksOf(bookIds)) {
    let rows = db.selectFrom('fund').selectAll().where('bookId', 'in', ids);
    if (years && years.length > 0) rows = rows.where('year', 'in', years);
    if (type) rows = rows.where('type', '=', type);
    if (fundId) rows = rows.where('id', '=', fundId);
    found.push(...(await rows.orderBy('year', 'desc').orderBy('documentNo').orderBy('id').execute()));
  }
  const place = (fund: Row<'fund'>) => SOURCE_TYPES.indexOf(fund.type as SourceType);
  return found.sort((a, b) => place(a) - place(b));
}

/** One fund of a book. @throws DomainError `not_found` */
export async function fundIn(db: Db, bookId: string, fundId: string): Promise<Row<'fund'>> {
  const [fund] = await fundsOf(db, [bookId], { fundId });
  if (!fund) throw notFound('资金批次');
  return fund;
}

/** How a fund is named in every report. */
export const fundLabels = (fund: Row<'fund'>) => ({
  fundId: fund.id,
  documentNo: fund.documentNo,
  fundName: fund.name,
  type: fund.type as SourceType,
  typeLabel: SOURCE_LABELS[fund.type as SourceType],
  level: fund.level as Level,
  levelLabel: LEVEL_LABELS[fund.level as Level],
  year: fund.year,
});

/** Totals by fund and layer at a point in time: of the kept balances when nothing lies after it. */
export async function totalsAt(
  db: Db,
  bookIds: readonly string[],
  fundIds: readonly string[],
  { asOf, recordedUntil }: PointInTime,
): Promise<Map<string, LayerTotals>> {
  const at: AsOf = await settledAsOf(db, bookIds, { effectiveBy: asOf, recordedBy: recordedUntil });
  const totals = new Map<string, LayerTotals>();
  for (const ids of chunksOf(fundIds))
    for (const [id, layers] of await layerTotals(db, ids, at)) totals.set(id, layers);
  return totals;
}

export type Names = ReadonlyMap<string, string>;

/** Names of organisations; those of donors are sealed. */
export async function organisationNames(db: Db, ids: Iterable<string | null>): Promise<Names> {
  const names = new Map<string, string>();
  const known = [...new Set(ids)].filter((id): id is string => id !== null && id !== '');
  for (const chunk of chunksOf(known)) {
    const rows = await db
      .selectFrom('organisation')
      .select(['id', 'name'])
      .where('id', 'in', chunk)
      .execute();
    for (const { id, name } of rows) names.set(id, name);
  }
  return names;
}

export interface ContractName {
  readonly contractNo: string;
  readonly providerId: string;
}

export async function contractNames(
  db: Db,
  ids: Iterable<string | null>,
): Promise<ReadonlyMap<string, ContractName>> {
  const names = new Map<string, ContractName>();
  const known = [...new Set(ids)].filter((id): id is string => id !== null && id !== '');
  for (const chunk of chunksOf(known)) {
    const rows = await db
      .selectFrom('contract')
      .select(['id', 'contractNo', 'providerId'])
      .where('id', 'in', chunk)
      .execute();
    for (const { id, ...name } of rows) names.set(id, name);
  }
  return names;
}

/** Whose an account is, in words: a station's or bureau's name, a contract's number, a disbursement's voucher. */
export async function subjectNames(db: Db, subjects: Iterable<string>): Promise<Names> {
  const all = [...new Set(subjects)].filter((subject) => subject !== '');
  const names = new Map(await organisationNames(db, all));
  for (const [id, { contractNo }] of await contractNames(db, all)) names.set(id, `合同 ${contractNo}`);
  for (const chunk of chunksOf(all)) {
    const rows = await db
      .selectFrom('disbursement')
      .select(['id', 'voucherNo'])
      .where('id', 'in', chunk)
      .execute();
    for (const { id, voucherNo } of rows) names.set(id, `拨付 ${voucherNo}`);
  }
  return names;
}

const absolute = (fen: Fen): Fen => (fen < 0n ? -fen : fen);

/** A check that all differences are zero. */
export function checkOf(name: string, differences: Iterable<Fen>): ReportCheck {
  const total = sumFen([...differences].map(absolute));
  return { name, isHeld: total === 0n, difference: formatYuan(total) };
}
