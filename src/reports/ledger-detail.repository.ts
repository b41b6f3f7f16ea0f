import { sql } from 'kysely';
import { Breather } from '../core/breather.js';
import { chunksOf, groupBy } from '../core/collections.js';
import type { Row } from '../db/database.js';
import type { Db } from '../db/store.js';
import type { LedgerQuery } from './ledger-detail.service.js';

export type EntryRow = Row<'ledgerEntry'>;

/** With more postings than this, a fund's entries are found by walking the days on which it moved. */
const MANY_POSTINGS = 5000;

interface Start {
  readonly after: Pick<EntryRow, 'effectiveDate' | 'logIndex' | 'id'> | null;
  readonly logSize: number;
}

/** The next entries of a fund (or of a layer or account of it) by business date, log index and id. */
export async function entriesFrom(
  db: Db,
  bookId: string,
  query: LedgerQuery,
  start: Start,
  limit: number,
): Promise<EntryRow[]> {
  const rows = entries(db, bookId, query, start);
  if (!(await hasMany(db, query.fundId, query.manyPostings ?? MANY_POSTINGS)))
    return inOrder(rows.where('ledgerEntry.id', 'in', touching(db, query, false).select('entryId')), limit);
  const walked = rows.where(({ exists }) =>
    exists(
      touching(db, query, true)
        .select('seq')
        .where('posting.entryId', '=', sql<string>`${sql.ref('ledgerEntry.id')}`),
    ),
  );
  const found: EntryRow[] = [];
  const breather = new Breather();
  let from = start.after?.effectiveDate ?? query.from ?? '';
  // Each of these days has an entry of the fund, so that a first round finds enough unless later records are left out.
  for (let isOver = false; !isOver && found.length < limit; ) {
    const days = await daysMoved(db, query, from, limit);
    if (days.length > 0)
      found.push(...(await inOrder(walked.where('effectiveDate', 'in', days), limit - found.length)));
    isOver = days.length < limit;
    // No text lies between a day and this.
    from = `${days.at(-1)}~`;
    if (breather.isDue) await breather.rest();
  }
  return found;
}

/** The book's entries that a page may show, whatever they move. */
function entries(db: Db, bookId: string, { from, until, recordedUntil }: LedgerQuery, start: Start) {
  const { after, logSize } = start;
  let rows = db
    .selectFrom('ledgerEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('logIndex', '<', logSize);
  if (from) rows = rows.where('effectiveDate', '>=', from);
  if (until) rows = rows.where('effectiveDate', '<=', until);
  if (recordedUntil) rows = rows.where('recordedAt', '<=', recordedUntil);
  if (!after) return rows;
  const { effectiveDate, logIndex, id } = after;
  return rows
    .where('effectiveDate', '>=', effectiveDate)
    .where((where) =>
      where.or([
        where('effectiveDate', '>', effectiveDate),
        where('logIndex', '>', logIndex),
        where.and([where('logIndex', '=', logIndex), where('ledgerEntry.id', '>', id)]),
      ]),
    );
}

const inOrder = (rows: ReturnType<typeof entries>, limit: number): Promise<EntryRow[]> =>
  rows.orderBy('effectiveDate').orderBy('logIndex').orderBy('ledgerEntry.id').limit(limit).execute();

/** The next days on which the fund, layer or account moved. */
async function daysMoved(
  db: Db,
  { fundId, layer, subject, until }: LedgerQuery,
  from: string,
  limit: number,
): Promise<string[]> {
  let rows = db
    .selectFrom('accountDay')
    .select('day')
    .distinct()
    .where('fundId', '=', fundId)
    .where('day', '>=', from);
  if (until) rows = rows.where('day', '<=', until);
  if (layer) rows = rows.where('layer', '=', layer);
  if (layer && subject !== undefined) rows = rows.where('subject', '=', subject);
  const found = await rows.orderBy('day').limit(limit).execute();
  return found.map(({ day }) => day);
}

/**
 * Postings of the fund that move the layer or account asked for; all of them when none is. With `isByEntry` they are
 * looked up by their entry: no index answers an expression, or a planner might read the whole fund for every entry.
 */
function touching(db: Db, { fundId, layer, subject }: LedgerQuery, isByEntry: boolean) {
  const postings = isByEntry
    ? db.selectFrom('posting').where(sql<boolean>`"fundId" || '' = ${fundId}`)
    : db.selectFrom('posting').where('fundId', '=', fundId);
  if (!layer) return postings;
  return postings.where((where) =>
    where.or(
      (['from', 'to'] as const).map((side) =>
        where.and([
          where(`${side}Layer`, '=', layer),
          ...(subject === undefined ? [] : [where(`${side}Subject`, '=', subject)]),
        ]),
      ),
    ),
  );
}

async function hasMany(db: Db, fundId: string, many: number): Promise<boolean> {
  const found = await db
    .selectFrom('posting')
    .select('fundId')
    .where('fundId', '=', fundId)
    .offset(many)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** The postings to show of entries, in their order. */
export async function postingsOf(
  db: Db,
  query: LedgerQuery,
  entryIds: readonly string[],
): Promise<ReadonlyMap<string, Row<'posting'>[]>> {
  const rows: Row<'posting'>[] = [];
  for (const chunk of chunksOf(entryIds))
    rows.push(
      ...(await touching(db, query, true)
        .selectAll()
        .where('entryId', 'in', chunk)
        .orderBy('entryId')
        .orderBy('seq')
        .execute()),
    );
  return groupBy(rows, (row) => row.entryId);
}

export interface EntryDocument {
  readonly voucherNo: string | null;
  readonly subjectName: string | null;
}

/** The voucher or document of entries, and what they are about. Titles of claims are sealed. */
export async function documentsOf(
  db: Db,
  entries: readonly EntryRow[],
): Promise<ReadonlyMap<string, EntryDocument>> {
  const found = new Map<string, EntryDocument>();
  for (const [type, group] of groupBy(entries, (entry) => entry.subjectType)) {
    for (const chunk of chunksOf(group)) {
      const bySubject = await (READERS[type] ?? noDocuments)(db, [...new Set(chunk.map((e) => e.subjectId))]);
      for (const { id, subjectId } of chunk) {
        const document = bySubject.get(subjectId);
        if (document) found.set(id, document);
      }
    }
  }
  const ids = entries.filter((entry) => entry.subjectType === 'claim').map((entry) => entry.subjectId);
  for (const chunk of chunksOf([...new Set(ids)])) {
    const payments = await db
      .selectFrom('payment')
      .select(['entryId', 'voucherNo'])
      .where('claimId', 'in', chunk)
      .execute();
    for (const { entryId, voucherNo } of payments) {
      const document = found.get(entryId);
      if (document) found.set(entryId, { ...document, voucherNo });
    }
  }
  return found;
}

type Reader = (db: Db, ids: readonly string[]) => Promise<Map<string, EntryDocument>>;
const noDocuments: Reader = async () => new Map();
const byId = (rows: readonly ({ readonly id: string } & EntryDocument)[]) =>
  new Map(rows.map(({ id, ...document }) => [id, document]));

/** By the type of an entry's subject. */
const READERS: Readonly<Record<string, Reader>> = {
  claim: async (db, ids) => {
    const rows = await db.selectFrom('claim').select(['id', 'title']).where('id', 'in', ids).execute();
    return byId(rows.map(({ id, title }) => ({ id, voucherNo: null, subjectName: title })));
  },
  contract: async (db, ids) => {
    const rows = await db
      .selectFrom('contract')
      .select(['id', 'contractNo', 'title'])
      .where('id', 'in', ids)
      .execute();
    return byId(rows.map(({ id, contractNo, title }) => ({ id, voucherNo: contractNo, subjectName: title })));
  },
  fundDocument: async (db, ids) => {
    const rows = await db
      .selectFrom('fundDocument')
      .select(['id', 'documentNo', 'counterparty'])
      .where('id', 'in', ids)
      .execute();
    return byId(
      rows.map(({ id, documentNo, counterparty }) => ({
        id,
        voucherNo: documentNo,
        subjectName: counterparty,
      })),
    );
  },
  allotment: async (db, ids) => {
    const rows = await db
      .selectFrom('allotment')
      .select(['id', 'documentNo'])
      .where('id', 'in', ids)
      .execute();
    return byId(rows.map(({ id, documentNo }) => ({ id, voucherNo: documentNo, subjectName: null })));
  },
  intake: async (db, ids) => {
    const rows = await db.selectFrom('intake').select(['id', 'documentNo']).where('id', 'in', ids).execute();
    return byId(rows.map(({ id, documentNo }) => ({ id, voucherNo: documentNo, subjectName: null })));
  },
  disbursement: async (db, ids) => {
    const rows = await db
      .selectFrom('disbursement')
      .innerJoin('book', 'book.id', 'disbursement.recipientBookId')
      .innerJoin('organisation', 'organisation.id', 'book.bureauId')
      .select(['disbursement.id', 'voucherNo', 'organisation.name as subjectName'])
      .where('disbursement.id', 'in', ids)
      .execute();
    return byId(rows);
  },
  providerReport: async (db, ids) => {
    const rows = await db
      .selectFrom('providerReport')
      .innerJoin('contract', 'contract.id', 'providerReport.contractId')
      .select(['providerReport.id', 'contract.contractNo as voucherNo', 'contract.title as subjectName'])
      .where('providerReport.id', 'in', ids)
      .execute();
    return byId(rows);
  },
};
