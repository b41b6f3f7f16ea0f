import type { Unit } from '../audit/index.js';
import { type LineRow, linesOf, linesOfOne, lineView } from '../contracts/index.js';
import { groupBy } from '../core/collections.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { PayeeType } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';
import { type BookBureau, bureauOfBook } from '../ledger/index.js';
import type { Subject } from '../organisations/index.js';
import { type AppliedWaiver, appliedWaivers } from '../waivers/index.js';
import { type ClaimStatus, type ClaimView, type PaymentView, STATUS_LABELS } from './claims.schema.js';

export type ClaimRow = Row<'claim'>;

/** A claim under way: its row, its lines, the bureau whose book it is in, and whom `may` asks about. */
export interface Case {
  readonly claim: ClaimRow;
  readonly lines: readonly LineRow[];
  readonly bureau: BookBureau;
  readonly subject: Subject;
}

const claimById = prepared<{ id: string }, ClaimRow>((db, value) =>
  db.selectFrom('claim').selectAll().where('id', '=', value('id')),
);
const pathOf = prepared<{ id: string }, Pick<Row<'organisation'>, 'path' | 'kind'>>((db, value) =>
  db.selectFrom('organisation').select(['path', 'kind']).where('id', '=', value('id')),
);

/**
 * As what an organisation claims in a bureau's book: as a unit whose nearest bureau this is, or as a provider, which
 * is nobody's unit wherever it is registered. Null: not in this book.
 */
export async function standingOf(
  db: Db | Trx,
  organisationId: string,
  bureau: BookBureau,
): Promise<'unit' | 'provider' | null> {
  const [organisation] = await pathOf(db, { id: organisationId });
  if (organisation?.kind === 'provider') return 'provider';
  if (!organisation?.path.startsWith(bureau.bureauPath)) return null;
  const between = organisation.path.slice(bureau.bureauPath.length).split('/').filter(Boolean);
  if (between.length === 0) return 'unit';
  const nearer = await db.selectFrom('book').select('id').where('bureauId', 'in', between).executeTakeFirst();
  return nearer ? null : 'unit';
}

/** @throws DomainError `not_found`, `stale_version` */
export async function loadCase(unit: Unit, id: string, version: number | null): Promise<Case> {
  const [claim] = await claimById(unit.trx, { id });
  if (!claim || claim.bookId !== unit.book.id) throw notFound('报账单');
  if (version !== null && version !== claim.version) {
    throw new DomainError('stale_version', '报账单已被他人修改，请刷新后再试');
  }
  const bureau = await bureauOfBook(unit.trx, unit.book.id);
  const subject = await claimSubject(unit.trx, claim, bureau);
  return { claim, lines: await linesOfOne(unit.trx, { ownerId: id }), bureau, subject };
}

export const claimSubject = (db: Db | Trx, claim: ClaimRow, bureau: BookBureau): Promise<Subject> =>
  subjectOfView(db, claim, bureau);

/** The same of what a view tells. */
export async function subjectOfView(
  db: Db | Trx,
  claim: Pick<ClaimView, 'organisationId' | 'makerId' | 'reviewerId' | 'approverId'>,
  bureau: BookBureau,
): Promise<Subject> {
  const [organisation] = await pathOf(db, { id: claim.organisationId });
  if (!organisation) throw notFound('申报单位');
  return {
    bureauPath: bureau.bureauPath,
    organisationPath: organisation.path,
    makerId: claim.makerId,
    ...(claim.reviewerId ? { reviewerId: claim.reviewerId } : {}),
    ...(claim.approverId ? { approverId: claim.approverId } : {}),
  };
}

/** @throws DomainError `wrong_status` naming what the claim is and what the step asks for. */
export function demandStatus(claim: ClaimRow, ...allowed: ClaimStatus[]): void {
  if ((allowed as string[]).includes(claim.status)) return;
  const now = STATUS_LABELS[claim.status as ClaimStatus];
  const wanted = allowed.map((status) => STATUS_LABELS[status]).join('、');
  throw refuse('wrong_status', `报账单现为“${now}”，这一步只适用于：${wanted}`);
}

/** Changes a claim, moves its version on, and gives the new row back. */
export async function updateClaim(
  unit: Unit,
  claim: ClaimRow,
  changes: Partial<ClaimRow>,
): Promise<ClaimRow> {
  return unit.update('claim', claim, { ...changes, version: claim.version + 1 });
}

export async function claimViews(db: Db | Trx, claims: readonly ClaimRow[]): Promise<ClaimView[]> {
  if (claims.length === 0) return [];
  const ids = claims.map((claim) => claim.id);
  const lines = groupBy(await linesOf(db, ids), (line) => line.ownerId);
  const payments = groupBy(
    await db.selectFrom('payment').selectAll().where('claimId', 'in', ids).orderBy('id').execute(),
    (payment) => payment.claimId,
  );
  const waivers = await appliedWaivers(db, ids);
  const partsOf = ({ id }: ClaimRow) =>
    [lines.get(id) ?? [], payments.get(id) ?? [], waivers.get(id) ?? []] as const;
  return claims.map((claim) => claimView(claim, ...partsOf(claim)));
}

export function claimView(
  claim: ClaimRow,
  lines: readonly LineRow[],
  payments: readonly Row<'payment'>[],
  waivers: readonly AppliedWaiver[],
): ClaimView {
  const status = claim.status as ClaimStatus;
  return {
    id: claim.id,
    bookId: claim.bookId,
    organisationId: claim.organisationId,
    contractId: claim.contractId,
    title: claim.title,
    payeeType: claim.payeeType as PayeeType,
    payeeId: claim.payeeId,
    payeeName: claim.payeeName,
    businessDate: claim.businessDate,
    isFinalPayment: claim.isFinalPayment === 1,
    amount: formatYuan(claim.amountFen),
    paid: formatYuan(claim.paidFen),
    refunded: formatYuan(claim.refundedFen),
    status,
    statusLabel: STATUS_LABELS[status],
    makerId: claim.makerId,
    reviewerId: claim.reviewerId,
    isCoSigned: claim.isCoSigned === 1,
    approverId: claim.approverId,
    outcome: claim.outcome as ClaimView['outcome'],
    decisionIndex: claim.decisionIndex,
    createdAt: claim.createdAt,
    lines: lines.map(lineView),
    payments: payments.map(paymentView),
    waivers: [...waivers],
    version: claim.version,
  };
}

export const paymentView = (payment: Row<'payment'>): PaymentView => ({
  id: payment.id,
  kind: payment.kind,
  voucherNo: payment.voucherNo,
  effectiveDate: payment.effectiveDate,
  amount: formatYuan(payment.amountFen),
  reversesId: payment.reversesId,
  logIndex: payment.logIndex,
});

/** What is still to be paid of a line. */
export const openFen = (line: LineRow): Fen => line.amountFen - line.paidFen;
