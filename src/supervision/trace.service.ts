import type { LogBody } from '../audit/index.js';
import { decisionView, linesOf, lineView } from '../contracts/index.js';
import { groupBy } from '../core/collections.js';
import { notFound } from '../core/errors.js';
import { formatYuan } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { reviveDecision } from '../policy/index.js';
import type { TraceQuery, TraceView } from './trace.schema.js';
import { tracedFunds } from './trace-funds.repository.js';

const MAX_ENTRIES = 500;

/**
 * The trail of an amount: the funds with their 文号 and what they were taken in from, contract, claim, decisions with
 * their facts, payments with their postings, and the log entries of all this with the checkpoint that covers each.
 * @throws DomainError `not_found`, also for what is of another book
 */
export async function traceOf(
  store: Store,
  actor: Actor,
  bookId: string,
  query: TraceQuery,
): Promise<TraceView> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const { focus, claimId, contractId } = await startOf(db, bookId, query);
  const claim = claimId === null ? null : await claimOf(db, bookId, claimId);
  const contract = await contractOf(db, bookId, claim?.row.contractId ?? contractId);
  const subjects = [...new Set([...(contract ? [contract.id] : []), claimId ?? focus.id])];
  const entries = await entriesOf(db, bookId, subjects, focus.logIndex);
  const lines = claim?.lines ?? (contract ? await linesOf(db, [contract.id]) : []);
  const fundIds =
    lines.length > 0 ? lines.map(({ fundId }) => fundId) : await fundsMovedBy(db, bookId, focus);
  return {
    bookId,
    focus,
    funds: await tracedFunds(db, actor, bookId, fundIds),
    contract,
    claim: claim?.view ?? null,
    decisions: entries.flatMap(decisionOf),
    payments: claimId === null ? [] : await paymentsOf(db, claimId),
    entries: await withCheckpoints(db, bookId, entries),
  };
}

interface Start {
  readonly focus: TraceView['focus'];
  readonly claimId: string | null;
  readonly contractId: string | null;
}

async function startOf(db: Db, bookId: string, query: TraceQuery): Promise<Start> {
  const { claimId, paymentId, logIndex } = query;
  if (claimId !== undefined)
    return { focus: { type: 'claim', id: claimId, logIndex: null }, claimId, contractId: null };
  if (paymentId !== undefined) {
    const payment = await db
      .selectFrom('payment')
      .select(['claimId', 'logIndex'])
      .where('id', '=', paymentId)
      .where('bookId', '=', bookId)
      .executeTakeFirst();
    if (!payment) throw notFound('支付记录');
    const focus = { type: 'payment', id: paymentId, logIndex: payment.logIndex };
    return { focus, claimId: payment.claimId, contractId: null };
  }
  const entry = await db
    .selectFrom('logEntry')
    .select(['subjectType', 'subjectId', 'logIndex'])
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex ?? -1)
    .executeTakeFirst();
  if (!entry) throw notFound('日志记录');
  const { subjectType, subjectId } = entry;
  // A command that was refused may name a claim that never came to be.
  const isClaim = subjectType === 'claim' && (await isOfBook(db, 'claim', bookId, subjectId));
  const isContract = subjectType === 'contract' && (await isOfBook(db, 'contract', bookId, subjectId));
  return {
    focus: { type: subjectType, id: subjectId, logIndex: entry.logIndex },
    claimId: isClaim ? subjectId : null,
    contractId: isContract ? subjectId : null,
  };
}

async function isOfBook(db: Db, table: 'claim' | 'contract', bookId: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom(table)
    .select('id')
    .where('id', '=', id)
    .where('bookId', '=', bookId)
    .executeTakeFirst();
  return row !== undefined;
}

async function claimOf(db: Db, bookId: string, id: string) {
  const row = await db
    .selectFrom('claim')
    .innerJoin('organisation', 'organisation.id', 'claim.organisationId')
    .selectAll('claim')
    .select('organisation.name as organisationName')
    .where('claim.id', '=', id)
    .where('claim.bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('报账单');
  const lines = await linesOf(db, [id]);
  const { title, status, organisationId, organisationName, businessDate } = row;
  const view: TraceView['claim'] = {
    id,
    title,
    status,
    organisationId,
    organisationName,
    businessDate,
    amount: formatYuan(row.amountFen),
    paid: formatYuan(row.paidFen),
    refunded: formatYuan(row.refundedFen),
    lines: lines.map(lineView),
  };
  return { row, lines, view };
}

async function contractOf(db: Db, bookId: string, id: string | null): Promise<TraceView['contract']> {
  if (id === null) return null;
  const row = await db
    .selectFrom('contract')
    .innerJoin('organisation', 'organisation.id', 'contract.providerId')
    .select(['contract.id', 'contractNo', 'title', 'status', 'signedDate', 'amountFen', 'providerId'])
    .select('organisation.name as providerName')
    .where('contract.id', '=', id)
    .where('contract.bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('合同');
  const { amountFen, ...contract } = row;
  return { ...contract, amount: formatYuan(amountFen) };
}

/** Entries about the subjects, the one asked about among them, in order. */
async function entriesOf(
  db: Db,
  bookId: string,
  subjects: readonly string[],
  logIndex: number | null,
): Promise<Row<'logEntry'>[]> {
  const about = await db
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('subjectId', 'in', subjects)
    .orderBy('logIndex')
    .limit(MAX_ENTRIES)
    .execute();
  if (logIndex === null || about.some((entry) => entry.logIndex === logIndex)) return about;
  const asked = await db
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .execute();
  return [...about.slice(0, MAX_ENTRIES - 1), ...asked];
}

/** Where no lines say which funds: those that the postings of the entry, or of its subject, moved; or the fund itself. */
async function fundsMovedBy(db: Db, bookId: string, { type, id, logIndex }: TraceView['focus']) {
  if (type === 'fund') return [id];
  const rows = await db
    .selectFrom('ledgerEntry')
    .innerJoin('posting', 'posting.entryId', 'ledgerEntry.id')
    .select('posting.fundId')
    .distinct()
    .where('ledgerEntry.bookId', '=', bookId)
    .where('ledgerEntry.logIndex', '=', logIndex)
    .execute();
  return rows.map(({ fundId }) => fundId);
}

function decisionOf(entry: Row<'logEntry'>): TraceView['decisions'] {
  if (entry.outcome === null) return [];
  const { decision, facts } = JSON.parse(entry.body) as LogBody;
  if (!decision || !facts) return [];
  const { logIndex, action, subjectType, subjectId } = entry;
  const view = decisionView(reviveDecision(decision));
  return [
    { logIndex, action, subjectType, subjectId, decision: view, facts: facts as Record<string, unknown> },
  ];
}

async function paymentsOf(db: Db, claimId: string): Promise<TraceView['payments']> {
  const rows = await db
    .selectFrom('payment')
    .select(['id', 'kind', 'voucherNo', 'effectiveDate', 'amountFen', 'reversesId', 'logIndex', 'entryId'])
    .where('claimId', '=', claimId)
    .orderBy('id')
    .execute();
  if (rows.length === 0) return [];
  const postings = await db
    .selectFrom('posting')
    .select(['entryId', 'fundId', 'fromLayer', 'toLayer', 'amountFen'])
    .where(
      'entryId',
      'in',
      rows.map(({ entryId }) => entryId),
    )
    .orderBy('entryId')
    .orderBy('seq')
    .execute();
  const byEntry = groupBy(postings, ({ entryId }) => entryId);
  return rows.map(({ amountFen, ...row }) => ({
    ...row,
    amount: formatYuan(amountFen),
    postings: (byEntry.get(row.entryId) ?? []).map((posting) => ({
      fundId: posting.fundId,
      from: posting.fromLayer,
      to: posting.toLayer,
      amount: formatYuan(posting.amountFen),
    })),
  }));
}

/** Each entry with the smallest signed checkpoint that has it. */
async function withCheckpoints(
  db: Db,
  bookId: string,
  entries: readonly Row<'logEntry'>[],
): Promise<TraceView['entries']> {
  const found: TraceView['entries'] = [];
  let covering: { size: number; root: string } | null | undefined;
  for (const { body: _body, bookId: _book, actorId: _actor, ...summary } of entries) {
    // Entries come in order: the checkpoint of one often covers the next.
    if (covering === undefined || (covering !== null && covering.size <= summary.logIndex))
      covering = await firstCovering(db, bookId, summary.logIndex);
    found.push({ ...summary, checkpoint: covering });
  }
  return found;
}

async function firstCovering(db: Db, bookId: string, logIndex: number) {
  const row = await db
    .selectFrom('checkpoint')
    .select(['size', 'root'])
    .where('bookId', '=', bookId)
    .where('size', '>', logIndex)
    .orderBy('size')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
