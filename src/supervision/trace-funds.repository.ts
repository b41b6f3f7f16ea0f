import { groupBy } from '../core/collections.js';
import { formatYuan } from '../core/money.js';
import type { Level, SourceType } from '../core/vocabulary.js';
import type { Db } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';
import type { TraceView } from './trace.schema.js';

type TracedFund = TraceView['funds'][number];

/**
 * Some funds of a book and those that they came from, from the top down: followed upward as far as the actor may read
 * the books. Of others only what the intake itself names is told.
 */
export async function tracedFunds(
  db: Db,
  actor: Actor,
  bookId: string,
  fundIds: readonly string[],
): Promise<TracedFund[]> {
  const levels: TracedFund[][] = [];
  const seen = new Set<string>();
  for (let next = [...new Set(fundIds)]; next.length > 0; ) {
    for (const id of next) seen.add(id);
    const funds = (await fundsOf(db, actor, next)).filter(
      (fund) => levels.length > 0 || fund.bookId === bookId,
    );
    levels.unshift(funds);
    const above = funds.flatMap(({ issues }) => issues.flatMap(({ upperFundId }) => upperFundId ?? []));
    next = [...new Set(above)].filter((id) => !seen.has(id));
  }
  return levels.flat();
}

async function fundsOf(db: Db, actor: Actor, ids: readonly string[]): Promise<TracedFund[]> {
  const funds = await db
    .selectFrom('fund')
    .innerJoin('book', 'book.id', 'fund.bookId')
    .selectAll('fund')
    .select('book.name as bookName')
    .where('fund.id', 'in', ids)
    .orderBy('fund.id')
    .execute();
  const documents = await db
    .selectFrom('fundDocument')
    .select(['fundId', 'id', 'kind', 'documentNo', 'effectiveDate', 'amountFen', 'logIndex'])
    .where('fundId', 'in', ids)
    .orderBy('effectiveDate')
    .orderBy('id')
    .execute();
  const documentsBy = groupBy(documents, ({ fundId }) => fundId);
  const issuesBy = groupBy(await issuesOf(db, ids), ({ fundId }) => fundId);
  const readable = await readableBooks(
    db,
    actor,
    [...issuesBy.values()].flat().map(({ issueBookId }) => issueBookId),
  );
  return funds.map((fund) => ({
    fundId: fund.id,
    bookId: fund.bookId,
    bookName: fund.bookName,
    documentNo: fund.documentNo,
    documentDate: fund.documentDate,
    name: fund.name,
    type: fund.type as SourceType,
    level: fund.level as Level,
    year: fund.year,
    documents: (documentsBy.get(fund.id) ?? []).map(({ fundId: _fund, amountFen, ...document }) => ({
      ...document,
      amount: formatYuan(amountFen),
    })),
    issues: (issuesBy.get(fund.id) ?? []).map(
      ({ fundId: _fund, amountFen, foundHash, upperFundId, ...row }) => ({
        ...row,
        amount: formatYuan(amountFen),
        isHashConfirmed: foundHash === row.issueLeafHash,
        upperFundId: readable.has(row.issueBookId) ? upperFundId : null,
      }),
    ),
  }));
}

async function readableBooks(db: Db, actor: Actor, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const readable = new Set<string>();
  for (const id of new Set(ids))
    if (may(actor, 'book.read', await bureauSubject(db, id)).allowed) readable.add(id);
  return readable;
}

/** Intakes of the funds, each with the issue that it names and the hash that stands at its place in the upper log. */
async function issuesOf(db: Db, fundIds: readonly string[]) {
  const intakes = db
    .selectFrom('intake')
    .innerJoin('book as upper', 'upper.id', 'intake.issueBookId')
    .leftJoin('logEntry as told', (join) =>
      join
        .onRef('told.bookId', '=', 'intake.issueBookId')
        .onRef('told.logIndex', '=', 'intake.issueLogIndex'),
    )
    .select([
      'intake.fundId',
      'intake.id as intakeId',
      'intake.kind',
      'intake.documentNo',
      'intake.effectiveDate',
      'intake.amountFen',
      'intake.logIndex',
      'intake.issueId',
      'intake.issueBookId',
      'upper.name as issueBookName',
      'intake.issueLogIndex',
      'intake.issueLeafHash',
      'told.leafHash as foundHash',
    ])
    .where('intake.fundId', 'in', fundIds);
  const authority = await intakes
    .innerJoin('allotmentItem as item', 'item.id', 'intake.issueId')
    .innerJoin('allotment', 'allotment.id', 'item.allotmentId')
    .select([
      'allotment.documentNo as issueDocumentNo',
      'allotment.effectiveDate as issueDate',
      'item.fundId as upperFundId',
    ])
    .where('intake.kind', '=', 'allotment')
    .execute();
  const cash = await intakes
    .innerJoin('disbursement', 'disbursement.id', 'intake.issueId')
    .select([
      'disbursement.voucherNo as issueDocumentNo',
      'disbursement.effectiveDate as issueDate',
      'disbursement.fundId as upperFundId',
    ])
    .where('intake.kind', '=', 'disbursement')
    .execute();
  return [...authority, ...cash].sort((a, b) =>
    a.effectiveDate === b.effectiveDate
      ? a.logIndex - b.logIndex
      : a.effectiveDate < b.effectiveDate
        ? -1
        : 1,
  );
}
