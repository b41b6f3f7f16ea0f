import { partySubject, type Unit } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
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

/**
 * Rows of an owner's lines, their descriptions and sellers sealed; the rows themselves are not written yet.
 * A description belongs to its owner, a seller's name to the seller wherever it occurs in the book.
 */
export async function lineRows(
  unit: Unit,
  ownerType: OwnerType,
  ownerId: string,
  lines: readonly LineInput[],
): Promise<LineRow[]> {
  const subject = `${ownerType}/${ownerId}`;
  const rows: LineRow[] = [];
  for (const [seq, line] of lines.entries()) {
    const invoice = line.invoice ? await sealedInvoice(unit, line.invoice) : null;
    rows.push({
      ...rowOf(ownerType, ownerId, seq, line),
      bookId: unit.book.id,
      description: await unit.seal(line.description, subject),
      invoice: invoice && canonicalJson(invoice),
    });
  }
  return rows;
}

const sealedInvoice = async (unit: Unit, invoice: NonNullable<LineInput['invoice']>) => ({
  ...invoice,
  identity: unit.keys.index('invoice', canonicalJson([invoice.sellerName, invoice.issuedDate])),
  sellerName: await unit.seal(invoice.sellerName, partySubject(unit.keys, invoice.sellerName)),
});

function rowOf(
  ownerType: OwnerType,
  ownerId: string,
  seq: number,
  line: LineInput,
): Omit<LineRow, 'bookId' | 'description' | 'invoice'> {
  return {
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
    evidence: canonicalJson(line.evidence ?? []),
    pool: '',
  };
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
    invoice: invoiceView(row),
    evidence: evidenceOf(row),
  };
}

export const groupsOf = (row: LineRow): BeneficiaryGroup[] | null =>
  row.beneficiaryGroups === null ? null : JSON.parse(row.beneficiaryGroups);

/** An invoice as a line keeps it: the seller sealed, and a blind index that is equal where seller and day are. */
export type LineInvoice = NonNullable<SpendingLineInput['invoice']> & { readonly identity: string };
export const invoiceOf = (row: Pick<LineRow, 'invoice'>): LineInvoice | null =>
  row.invoice === null ? null : JSON.parse(row.invoice);

function invoiceView(row: LineRow): SpendingLineInput['invoice'] {
  const invoice = invoiceOf(row);
  if (!invoice) return null;
  const { identity: _identity, ...shown } = invoice;
  return shown;
}

export const evidenceOf = (row: LineRow): { kind: EvidenceKind; attachmentId: string }[] =>
  JSON.parse(row.evidence);

export const fundsOf = (lines: readonly Pick<LineRow, 'fundId'>[]): string[] => [
  ...new Set(lines.map((line) => line.fundId)),
];

export const attachmentsOf = (lines: readonly LineRow[]): string[] =>
  lines.flatMap((line) => evidenceOf(line).map((item) => item.attachmentId));
