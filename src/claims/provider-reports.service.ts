import { demandAttachments } from '../attachments/index.js';
import { rehearse, runCommand, type Unit } from '../audit/index.js';
import {
  attachmentsOf,
  contractOfBook,
  type DecisionView,
  decisionView,
  type LineRow,
  lineRows,
  linesOf,
  lineView,
  type SpendingCase,
  spendingFacts,
} from '../contracts/index.js';
import { notFound, refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { formatYuan, sumFen } from '../core/money.js';
import type { Row } from '../db/database.js';
import type { Store } from '../db/store.js';
import { bureauOfBook, demandNotBlocked, type Posting, pool, post } from '../ledger/index.js';
import { type Actor, type Caller, demand, may } from '../organisations/index.js';
import { decide, type PackSet } from '../policy/index.js';
import type { NewProviderReport, ProviderReportView } from './claims.schema.js';
import { previewed } from './explain.service.js';
import { takeInvoices } from './invoices.js';
import { obstaclesOf } from './obstacles.js';
import type { SpendingPreview } from './preview.schema.js';

/**
 * 二级支出明细: the provider says what it spent a contract's money on; the same rules judge those lines, and it
 * cannot account for more than it was paid.
 * @throws DomainError `policy_blocked`, `fund_not_in_contract`, `insufficient_balance`, `invoice_overused`.
 */
export async function reportSpending(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewProviderReport,
): Promise<{ report: ProviderReportView; decision: DecisionView }> {
  const id = newId();
  const target = { bookId, action: 'provider_report.create', subject: { type: 'providerReport', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    const { contract, lines, spending, postings } = await reportCase(unit, caller, id, input);
    const facts = await spendingFacts(unit, packs, spending);
    const decision = decide(packs, facts);
    demandNotBlocked(decision, facts);
    await takeInvoices(unit, id, lines, input.businessDate);
    const report: Row<'providerReport'> = {
      id,
      bookId,
      contractId: contract.id,
      businessDate: input.businessDate,
      amountFen: sumFen(lines.map((line) => line.amountFen)),
      makerId: caller.actor.personId,
      outcome: decision.outcome,
      decisionIndex: unit.logIndex,
      createdAt: unit.recordedAt,
    };
    await unit.insert('providerReport', report);
    await unit.insertAll('spendingLine', lines);
    await post(unit, {
      kind: target.action,
      effectiveDate: input.businessDate,
      subject: target.subject,
      postings: postings(lines),
    });
    await unit.append({ action: target.action, subject: target.subject, decision, facts });
    return { report: toView(report, lines), decision: decisionView(decision) };
  });
}

/** 预检: everything that a report as typed would be refused for, and what would pass; nothing is written. */
export async function previewReport(
  store: Store,
  packs: PackSet,
  caller: Caller,
  bookId: string,
  input: NewProviderReport,
): Promise<SpendingPreview> {
  return rehearse(store, bookId, caller.context, async (unit) => {
    const { spending, postings } = await reportCase(unit, caller, newId(), input);
    const facts = await spendingFacts(unit, packs, spending);
    const { businessDate } = input;
    return previewed(unit, packs, spending, { decision: decide(packs, facts), facts }, async (lines) =>
      obstaclesOf(unit, { businessDate, lines, postings: postings(lines) }),
    );
  });
}

/** A report as it is to be judged and posted, with what has to be right before the rules look at it. */
async function reportCase(unit: Unit, caller: Caller, id: string, input: NewProviderReport) {
  const { trx, book } = unit;
  const contract = await contractOfBook(unit, input.contractId, null);
  const bureau = await bureauOfBook(trx, book.id);
  const provider = await trx
    .selectFrom('organisation')
    .select('path')
    .where('id', '=', contract.providerId)
    .executeTakeFirstOrThrow();
  demand(caller.actor, 'provider_report.create', {
    bureauPath: bureau.bureauPath,
    organisationPath: provider.path,
  });
  const lines = await lineRows(unit, 'provider_report', id, input.lines);
  const promised = new Set((await linesOf(trx, [contract.id])).map((line) => line.fundId));
  if (lines.some((line) => !promised.has(line.fundId))) {
    throw refuse('fund_not_in_contract', '明细的资金来源不在该合同的资金构成之内');
  }
  await demandAttachments(trx, book.id, attachmentsOf(lines));
  const spending: SpendingCase = {
    stage: 'provider_report',
    businessDate: input.businessDate,
    bureau,
    contract,
    claimId: null,
    payee: { type: 'provider', organisationId: contract.providerId },
    lines,
    isNewPromise: false,
  };
  const postings = (spent: readonly LineRow[]): Posting[] =>
    spent.map(({ fundId, amountFen }) => ({
      fundId,
      from: pool('held', contract.id),
      to: pool('consumed'),
      amountFen,
    }));
  return { contract, lines, spending, postings };
}

const toView = (row: Row<'providerReport'>, lines: Parameters<typeof lineView>[0][]): ProviderReportView => ({
  id: row.id,
  bookId: row.bookId,
  contractId: row.contractId,
  businessDate: row.businessDate,
  amount: formatYuan(row.amountFen),
  outcome: row.outcome as ProviderReportView['outcome'],
  lines: lines.map(lineView),
  decisionIndex: row.decisionIndex,
});

/** Reports on a contract, oldest first. */
export async function listProviderReports(
  store: Store,
  actor: Actor,
  bookId: string,
  contractId: string,
): Promise<{ items: ProviderReportView[] }> {
  const { bureauPath } = await bureauOfBook(store.read, bookId);
  const contract = await store.read
    .selectFrom('contract')
    .innerJoin('organisation', 'organisation.id', 'contract.providerId')
    .select('organisation.path')
    .where('contract.id', '=', contractId)
    .where('contract.bookId', '=', bookId)
    .executeTakeFirst();
  const subject = { bureauPath, organisationPath: contract?.path ?? bureauPath };
  const isVisible = may(actor, 'contract.read', subject).allowed || may(actor, 'unit.read', subject).allowed;
  if (!contract || !isVisible) throw notFound('合同');
  const rows = await store.read
    .selectFrom('providerReport')
    .selectAll()
    .where('contractId', '=', contractId)
    .orderBy('id')
    .execute();
  const lines = await linesOf(
    store.read,
    rows.map((row) => row.id),
  );
  return {
    items: rows.map((row) =>
      toView(
        row,
        lines.filter((line) => line.ownerId === row.id),
      ),
    ),
  };
}
