import type { z } from 'zod';
import { runCommand } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, formatYuan, parseYuan, sumFen } from '../core/money.js';
import { SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { type Actor, type Caller, demand, may } from '../organisations/index.js';
import { type AsOf, fundAmounts, layerTotals } from './balances.js';
import { bureauOfBook, fundOfBook } from './books.js';
import type {
  baseView,
  consentView,
  DocumentKind,
  FundTerms,
  FundView,
  fundDocumentView,
  fundQuery,
  NewConsent,
  NewFund,
  newBase,
  newFundDocument,
} from './funds.schema.js';
import { type Account, pool } from './layers.js';
import { type Posting, post } from './post.js';

/** The subject of `may` for things that belong to the bureau itself. */
export async function bureauSubject(db: Db, bookId: string) {
  const bureau = await bureauOfBook(db, bookId);
  return { bureauPath: bureau.bureauPath, organisationPath: bureau.bureauPath };
}

/** @throws DomainError `not_found` unless the actor may read the book: what one may not see does not exist. */
export async function demandBookRead(db: Db, actor: Actor, bookId: string): Promise<void> {
  if (!may(actor, 'book.read', await bureauSubject(db, bookId)).allowed) throw notFound('账套');
}

/** Registers a grant. Its amounts come later, each from its own document. */
export async function createFund(
  store: Store,
  caller: Caller,
  bookId: string,
  input: NewFund,
): Promise<FundView> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'fund.create', subject: { type: 'fund', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    if ('from' in input.terms && input.terms.from > input.terms.until) {
      throw new DomainError('period_inverted', '期限的开始日期晚于结束日期');
    }
    const row = {
      id,
      bookId,
      type: input.terms.type,
      level: input.level,
      year: input.year,
      name: input.name,
      documentNo: input.documentNo,
      documentDate: input.documentDate,
      programme: input.programme,
      terms: canonicalJson(input.terms),
      isExample: input.isExample ? 1 : 0,
      createdAt: unit.recordedAt,
      version: 1,
    };
    await unit.trx.insertInto('fund').values(row).execute();
    await unit.append({ action: target.action, subject: target.subject, data: { ...input } });
    return toFundView(row, {}, 0n);
  });
}

/** How each kind of document moves money; 估值 moves none. */
const DOCUMENT_MOVES: Readonly<Record<DocumentKind, readonly (readonly [Account, Account])[]>> = {
  plan: [[pool('planned'), pool('expected')]],
  grant: [[pool('allotted'), pool('available')]],
  arrival: [[pool('received'), pool('bank')]],
  return: [
    [pool('available'), pool('returned')],
    [pool('bank'), pool('paid_out')],
  ],
  valuation: [],
};

/**
 * Records one document behind one amount of a fund.
 * @throws DomainError `in_kind_has_no_cash`, `already_exists` (same number), `insufficient_balance` (return).
 */
export async function addFundDocument(
  store: Store,
  caller: Caller,
  bookId: string,
  fundId: string,
  input: z.infer<typeof newFundDocument>,
): Promise<z.infer<typeof fundDocumentView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: `fund.${input.kind}`, subject: { type: 'fund', id: fundId } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    const fund = await fundOfBook(unit, fundId);
    const amountFen = parseYuan(input.amount);
    const terms = JSON.parse(fund.terms) as FundTerms;
    if (terms.type === 'charity' && terms.form === 'in_kind' && input.kind !== 'valuation') {
      throw refuse('in_kind_has_no_cash', '实物或链接资源只登记估值，不能计入计划、下达或到账');
    }
    await unit.trx
      .insertInto('fundDocument')
      .values({
        id,
        bookId,
        fundId,
        kind: input.kind,
        documentNo: input.documentNo,
        effectiveDate: input.effectiveDate,
        amountFen,
        counterparty: input.counterparty,
        logIndex: unit.logIndex,
      })
      .execute();
    const postings: Posting[] = DOCUMENT_MOVES[input.kind].map(([from, to]) => ({
      fundId,
      from,
      to,
      amountFen,
    }));
    if (postings.length > 0) {
      const { effectiveDate } = input;
      await post(unit, {
        kind: target.action,
        effectiveDate,
        subject: { type: 'fundDocument', id },
        postings,
      });
    }
    const { kind, documentNo, effectiveDate } = input;
    const counterparty = await unit.commit(input.counterparty);
    const data = { id, kind, documentNo, effectiveDate, counterparty, amountFen };
    await unit.append({ action: target.action, subject: target.subject, data });
    return { ...input, id, fundId, amount: formatYuan(amountFen), logIndex: unit.logIndex };
  });
}

/** The documents behind a fund's amounts, by 业务日期. @throws DomainError `not_found` */
export async function listFundDocuments(
  store: Store,
  actor: Actor,
  bookId: string,
  fundId: string,
): Promise<{ items: z.infer<typeof fundDocumentView>[] }> {
  await getFund(store, actor, bookId, fundId, {});
  const rows = await store.read
    .selectFrom('fundDocument')
    .selectAll()
    .where('fundId', '=', fundId)
    .orderBy('effectiveDate')
    .orderBy('id')
    .execute();
  return {
    items: rows.map(({ amountFen, bookId: _book, ...row }) => ({ ...row, amount: formatYuan(amountFen) })),
  };
}

/** Records a donor's consent to a wider use, from its date on. @throws DomainError `not_charity` */
export async function addConsent(
  store: Store,
  caller: Caller,
  bookId: string,
  fundId: string,
  input: NewConsent,
): Promise<z.infer<typeof consentView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'fund.consent', subject: { type: 'fund', id: fundId } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    const fund = await fundOfBook(unit, fundId);
    if (fund.type !== 'charity') throw new DomainError('not_charity', '只有慈善/社会资金需要捐赠人同意书');
    const { fromDate, documentNo, ...terms } = input;
    await unit.trx
      .insertInto('consent')
      .values({ id, fundId, fromDate, documentNo, terms: canonicalJson(terms), logIndex: unit.logIndex })
      .execute();
    await unit.append({ action: target.action, subject: target.subject, data: { id, ...input } });
    return { ...input, id, fundId, logIndex: unit.logIndex };
  });
}

/** Declares the year's base of the 5% cap; a later declaration replaces an earlier one for later decisions. */
export async function declareBase(
  store: Store,
  caller: Caller,
  bookId: string,
  input: z.infer<typeof newBase>,
): Promise<z.infer<typeof baseView>> {
  const id = newId();
  const subject = await bureauSubject(store.read, bookId);
  const target = { bookId, action: 'relief_base.declare', subject: { type: 'expenditureBase', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    demand(caller.actor, 'fund.manage', subject);
    const { amount, ...rest } = input;
    const amountFen = parseYuan(amount);
    await unit.trx
      .insertInto('expenditureBase')
      .values({ id, bookId, ...rest, amountFen, logIndex: unit.logIndex })
      .execute();
    await unit.append({ action: target.action, subject: target.subject, data: { ...rest, amountFen } });
    return { ...input, id, bookId, logIndex: unit.logIndex };
  });
}

/** Every declaration of a base in the book, by year and day. */
export async function listBases(
  store: Store,
  actor: Actor,
  bookId: string,
): Promise<{ items: z.infer<typeof baseView>[] }> {
  await demandBookRead(store.read, actor, bookId);
  const rows = await store.read
    .selectFrom('expenditureBase')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('year')
    .orderBy('declaredDate')
    .orderBy('id')
    .execute();
  return { items: rows.map(({ amountFen, ...row }) => ({ ...row, amount: formatYuan(amountFen) })) };
}

/** Funds of a book with their amounts at a point in time, newest first. */
export async function listFunds(
  store: Store,
  actor: Actor,
  bookId: string,
  query: z.infer<typeof fundQuery>,
): Promise<{ items: FundView[]; nextCursor: string | null }> {
  await demandBookRead(store.read, actor, bookId);
  let rows = store.read.selectFrom('fund').selectAll().where('bookId', '=', bookId);
  if (query.type) rows = rows.where('type', '=', query.type);
  if (query.year) rows = rows.where('year', '=', query.year);
  if (query.cursor) rows = rows.where('id', '<', query.cursor);
  const page = await rows
    .orderBy('id', 'desc')
    .limit(query.limit + 1)
    .execute();
  const items = page.slice(0, query.limit);
  return {
    items: await withAmounts(store.read, items, query),
    nextCursor: page.length > query.limit ? (items.at(-1)?.id ?? null) : null,
  };
}

/** @throws DomainError `not_found` */
export async function getFund(
  store: Store,
  actor: Actor,
  bookId: string,
  fundId: string,
  asOf: AsOf,
): Promise<FundView> {
  await demandBookRead(store.read, actor, bookId);
  const row = await store.read
    .selectFrom('fund')
    .selectAll()
    .where('id', '=', fundId)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('资金批次');
  const [view] = await withAmounts(store.read, [row], asOf);
  return view as FundView;
}

async function withAmounts(db: Db, rows: readonly Row<'fund'>[], asOf: AsOf): Promise<FundView[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const totals = await layerTotals(db, ids, asOf);
  let documents = db
    .selectFrom('fundDocument')
    .innerJoin('logEntry', (join) =>
      join
        .onRef('logEntry.bookId', '=', 'fundDocument.bookId')
        .onRef('logEntry.logIndex', '=', 'fundDocument.logIndex'),
    )
    .select(['fundId', 'amountFen'])
    .where('fundId', 'in', ids)
    .where('kind', '=', 'valuation');
  if (asOf.effectiveBy) documents = documents.where('effectiveDate', '<=', asOf.effectiveBy);
  if (asOf.recordedBy) documents = documents.where('recordedAt', '<=', asOf.recordedBy);
  const valuations = await documents.execute();
  return rows.map((row) =>
    toFundView(
      row,
      totals.get(row.id) ?? {},
      sumFen(
        valuations.filter((document) => document.fundId === row.id).map((document) => document.amountFen),
      ),
    ),
  );
}

function toFundView(
  row: Row<'fund'>,
  totals: Parameters<typeof fundAmounts>[0],
  valuationFen: Fen,
): FundView {
  const type = row.type as SourceType;
  return {
    id: row.id,
    bookId: row.bookId,
    type,
    typeLabel: SOURCE_LABELS[type],
    level: row.level as FundView['level'],
    year: row.year,
    name: row.name,
    documentNo: row.documentNo,
    documentDate: row.documentDate,
    programme: row.programme,
    isExample: row.isExample === 1,
    terms: JSON.parse(row.terms),
    amounts: fundAmounts(totals),
    valuation: formatYuan(valuationFen),
    version: row.version,
  };
}
