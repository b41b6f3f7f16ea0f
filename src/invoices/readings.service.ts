import { type MediaType, readAttachment } from '../attachments/index.js';
import { invoiceStandings } from '../claims/index.js';
import { formatYuan, parseYuan } from '../core/money.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { InvoiceReadingView } from './invoices.schema.js';
import { readInvoice } from './read-invoice.js';

/**
 * Reads an uploaded 数电票 for whoever may read the file, and says what is used of it already. Nothing is written.
 * @throws DomainError `not_found`, `attachment_damaged`, `invoice_unreadable`, `xml_unreadable`, `archive_unreadable`
 */
export async function readInvoiceOf(
  store: Store,
  folder: string,
  actor: Actor,
  bookId: string,
  attachmentId: string,
): Promise<InvoiceReadingView> {
  const { attachment, bytes } = await readAttachment(store, folder, actor, bookId, attachmentId);
  const invoice = readInvoice(bytes, attachment.mediaType as MediaType);
  const standing = (await invoiceStandings(store.read, actor, bookId, [invoice.number])).get(invoice.number);
  const uses = standing?.uses ?? [];
  const roomFen = parseYuan(invoice.faceAmount) - (standing?.usedFen ?? 0n);
  return {
    attachmentId,
    invoice,
    isUsed: uses.length > 0,
    uses: uses.map(({ owner, claimId, amountFen }) => ({ owner, claimId, amount: formatYuan(amountFen) })),
    room: formatYuan(roomFen < 0n ? 0n : roomFen),
  };
}
