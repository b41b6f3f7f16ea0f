import type { Unit } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import { notFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { formatYuan, parseYuan } from '../core/money.js';
import type { BeneficiaryGroup, EndUser, EvidenceKind, ServiceItem } from '../core/vocabulary.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Db, Trx } from '../db/store.js';
import type { LineView, SpendingLineInput } from './lines.schema.js';

export type LineRow = Row<'spendingLine'>;
type OwnerType = LineRow['ownerType'];

export type LineInput = Omit<SpendingLineInput, 'invoice' | 'evidence'> &
  Partial<Pick<SpendingLineInput, 'invoice' | 'evidence'>>;

/** Rows of an owner's lines; nothing is written. */
export function lineRows(ownerType: OwnerType, ownerId: string, lines: readonly LineInput[]): LineRow[] {
  return lines.map((line, seq) => ({
    id: newId(),
    ownerType,
    ownerId,
    seq,
    fundId: line.fundId,
    amountFen: parseYuan(line.amount),
    paidFen: 0n,
    refundedFen: 0n,
    economicCode: line.economicCode,
    serviceItem: line.serviceItem,
    beneficiaryGroups: line.beneficiaryGroups && canonicalJson([...new Set(line.beneficiaryGroups)]),
    stationId: line.stationId,
    endUser: line.endUser,
    rosterCoverage: line.rosterCoverage,
    description: line.description,
    invoice: line.invoice ? canonicalJson(line.invoice) : null,
    evidence: canonicalJson(line.evidence ?? []),
    pool: '',
  }));
}

export async function linesOf(db: Db | Trx, ownerIds: readonly string[]): Promise<LineRow[]> {
  if (ownerIds.length === 0) return [];
  return db
    .selectFrom('spendingLine')
    .selectAll()
    .where('ownerId', 'in', ownerIds)
    .orderBy('ownerId')
    .orderBy('seq')
    .execute();
}

/** An owner's lines in their order, on the hot path. */
export const linesOfOne = prepared<{ ownerId: string }, LineRow>((db, value) =>
  db.selectFrom('spendingLine').selectAll().where('ownerId', '=', value('ownerId')).orderBy('seq'),
);

export function lineView(row: LineRow): LineView {
  return {
    id: row.id,
    fundId: row.fundId,
    amount: formatYuan(row.amountFen),
    paid: formatYuan(row.paidFen),
    refunded: formatYuan(row.refundedFen),
    economicCode: row.economicCode,
    serviceItem: row.serviceItem as ServiceItem | null,
    beneficiaryGroups: groupsOf(row),
    stationId: row.stationId,
    endUser: row.endUser as EndUser | null,
    rosterCoverage: row.rosterCoverage as LineView['rosterCoverage'],
    description: row.description,
    invoice: invoiceOf(row),
    evidence: evidenceOf(row),
  };
}

export const groupsOf = (row: LineRow): BeneficiaryGroup[] | null =>
  row.beneficiaryGroups === null ? null : JSON.parse(row.beneficiaryGroups);

export const invoiceOf = (row: Pick<LineRow, 'invoice'>): SpendingLineInput['invoice'] =>
  row.invoice === null ? null : JSON.parse(row.invoice);

export const evidenceOf = (row: LineRow): { kind: EvidenceKind; attachmentId: string }[] =>
  JSON.parse(row.evidence);

/** The lines as the log holds them; descriptions and sellers' names become commitments. */
export async function loggedLines(unit: Unit, rows: readonly LineRow[]): Promise<Record<string, unknown>[]> {
  const logged: Record<string, unknown>[] = [];
  for (const row of rows) {
    const {
      description,
      ownerId: _owner,
      ownerType: _type,
      paidFen: _paid,
      refundedFen: _refunded,
      ...rest
    } = row;
    const invoice = invoiceOf(row);
    const seller = invoice ? { ...invoice, sellerName: await unit.commit(invoice.sellerName) } : null;
    logged.push({ ...rest, description: await unit.commit(description), invoice: seller });
  }
  return logged;
}

export const attachmentsOf = (lines: readonly LineRow[]): string[] =>
  lines.flatMap((line) => evidenceOf(line).map((item) => item.attachmentId));

/** @throws DomainError `not_found` unless every attachment is in the book. */
export async function demandAttachments(trx: Trx, bookId: string, given: readonly string[]): Promise<void> {
  const ids = [...new Set(given)];
  if (ids.length === 0) return;
  const found = await trx
    .selectFrom('attachment')
    .select('id')
    .where('id', 'in', ids)
    .where('bookId', '=', bookId)
    .execute();
  if (found.length < ids.length) throw notFound('附件');
}
