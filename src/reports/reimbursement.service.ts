import { getClaim } from '../claims/index.js';
import { chineseAmount } from '../core/chinese-amount.js';
import { today } from '../core/dates.js';
import { parseYuan } from '../core/money.js';
import { PAYEE_LABELS, SERVICE_ITEMS, SOURCE_LABELS, type SourceType } from '../core/vocabulary.js';
import type { Db, Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { Decision } from '../policy/index.js';
import { economicLabel } from './expenditure.service.js';
import type { ReimbursementSheet } from './reimbursement.schema.js';
import { contractNames, organisationNames } from './reports.repository.js';

const OUTCOMES = { allow: '允许', review: '需复核', block: '拦截' } as const;
const EFFECTS = { block: '拦截', review: '需复核', warn: '提示', pass: '依据' } as const;
const PAYMENTS = { payment: '支付', refund: '退款', reversal: '冲红' } as const;

/**
 * What a 费用报销单 prints of a claim, for whoever may read the claim. Titles, descriptions, payee and people's names are
 * sealed references that the edge opens.
 * @throws DomainError `not_found`
 */
export async function reimbursementSheet(
  store: Store,
  actor: Actor,
  bookId: string,
  claimId: string,
): Promise<ReimbursementSheet> {
  const db = store.read;
  const claim = await getClaim(store, actor, bookId, claimId);
  const book = await db
    .selectFrom('book')
    .innerJoin('organisation', 'organisation.id', 'book.bureauId')
    .select(['book.name as bookName', 'organisation.name as bureauName'])
    .where('book.id', '=', bookId)
    .executeTakeFirstOrThrow();
  const funds = new Map(
    (
      await db
        .selectFrom('fund')
        .select(['id', 'documentNo', 'type'])
        .where('id', 'in', [...new Set(claim.lines.map((line) => line.fundId))])
        .execute()
    ).map((fund) => [fund.id, fund]),
  );
  const places = await organisationNames(db, [
    claim.organisationId,
    ...claim.lines.map((line) => line.stationId),
  ]);
  const contract = (await contractNames(db, [claim.contractId])).get(claim.contractId ?? '');
  const payers = await payersOf(db, claimId);
  const people = await peopleNames(db, [
    claim.makerId,
    claim.reviewerId,
    claim.approverId,
    ...payers.values(),
  ]);
  const nameOf = (id: string | null) => (id === null ? null : (people.get(id) ?? id));
  return {
    claimId,
    ...book,
    unitName: places.get(claim.organisationId) ?? claim.organisationId,
    title: claim.title,
    businessDate: claim.businessDate,
    createdDate: today(new Date(claim.createdAt)),
    statusLabel: claim.statusLabel,
    payeeName: claim.payeeName,
    payeeTypeLabel: PAYEE_LABELS[claim.payeeType],
    contractNo: contract?.contractNo ?? null,
    isFinalPayment: claim.isFinalPayment,
    lines: claim.lines.map((line, index) => ({
      number: index + 1,
      description: line.description,
      economicCode: line.economicCode,
      economicName: line.economicCode && economicLabel(line.economicCode),
      serviceItemLabel: line.serviceItem && SERVICE_ITEMS[line.serviceItem].label,
      stationName: line.stationId && (places.get(line.stationId) ?? line.stationId),
      fundDocumentNo: funds.get(line.fundId)?.documentNo ?? line.fundId,
      fundTypeLabel: SOURCE_LABELS[funds.get(line.fundId)?.type as SourceType],
      invoiceNo: line.invoice?.number ?? null,
      amount: line.amount,
    })),
    amount: claim.amount,
    amountInWords: chineseAmount(parseYuan(claim.amount)),
    paid: claim.paid,
    refunded: claim.refunded,
    attachmentCount: new Set(
      claim.lines.flatMap((line) => line.evidence.map((document) => document.attachmentId)),
    ).size,
    invoiceCount: new Set(claim.lines.flatMap((line) => line.invoice?.number ?? [])).size,
    makerName: nameOf(claim.makerId),
    reviewerName: nameOf(claim.reviewerId),
    isCoSigned: claim.isCoSigned,
    approverName: nameOf(claim.approverId),
    payments: claim.payments.map(({ id, voucherNo, kind, effectiveDate, amount }) => ({
      voucherNo,
      kindLabel: PAYMENTS[kind],
      effectiveDate,
      amount,
      payerName: nameOf(payers.get(id) as string) as string,
    })),
    decision: claim.decisionIndex === null ? null : await decisionOf(db, bookId, claim.decisionIndex),
  };
}

async function payersOf(db: Db, claimId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('payment')
    .select(['id', 'personId'])
    .where('claimId', '=', claimId)
    .execute();
  return new Map(rows.map(({ id, personId }) => [id, personId]));
}

async function peopleNames(db: Db, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const known = [...new Set(ids)].filter((id) => id !== null);
  const rows = await db.selectFrom('person').select(['id', 'displayName']).where('id', 'in', known).execute();
  return new Map(rows.map(({ id, displayName }) => [id, displayName]));
}

/** The recorded decision, clause by clause. */
async function decisionOf(db: Db, bookId: string, logIndex: number): Promise<ReimbursementSheet['decision']> {
  const { body } = await db
    .selectFrom('logEntry')
    .select('body')
    .where('bookId', '=', bookId)
    .where('logIndex', '=', logIndex)
    .executeTakeFirstOrThrow();
  const { decision } = JSON.parse(body) as { decision: Decision };
  const reasons = decision.reasons.map(({ clause, documentNo, quotation, effect, message }) => ({
    clause,
    documentNo,
    quotation,
    effectLabel: EFFECTS[effect],
    message,
  }));
  return {
    outcome: decision.outcome,
    outcomeLabel: OUTCOMES[decision.outcome],
    logIndex,
    // Lines found at fault alike say the same twice.
    reasons: [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()],
  };
}
