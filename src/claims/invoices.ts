import type { Unit } from '../audit/index.js';
import { invoiceOf, type LineRow } from '../contracts/index.js';
import { refuse } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { type Fen, parseYuan, showYuan } from '../core/money.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';

interface Use {
  readonly sellerName: string;
  readonly issuedDate: string;
  readonly faceFen: Fen;
  usedFen: Fen;
}

/** What the lines take of each invoice, in invoice order (rows are locked in that order). */
function usesOf(lines: readonly LineRow[]): [string, Use][] {
  const uses = new Map<string, Use>();
  for (const line of lines) {
    const invoice = invoiceOf(line);
    if (!invoice) continue;
    const { number, sellerName, issuedDate } = invoice;
    const faceFen = parseYuan(invoice.faceAmount);
    const use = uses.get(number);
    if (use && (use.sellerName !== sellerName || use.issuedDate !== issuedDate || use.faceFen !== faceFen)) {
      throw refuse('invoice_mismatch', `发票 ${number} 在不同明细中的销售方、日期或票面金额不一致`);
    }
    if (use) use.usedFen += line.amountFen;
    else uses.set(number, { sellerName, issuedDate, faceFen, usedFen: line.amountFen });
  }
  return [...uses].sort(([a], [b]) => (a < b ? -1 : 1));
}

type Invoice = Row<'invoice'>;
const openInvoice = prepared<Omit<Invoice, 'usedFen'>>((db, value) =>
  db
    .insertInto('invoice')
    .values({
      id: value('id'),
      number: value('number'),
      sellerName: value('sellerName'),
      issuedDate: value('issuedDate'),
      faceFen: value('faceFen'),
      usedFen: 0n,
    })
    .onConflict((conflict) =>
      conflict.column('number').doUpdateSet((row) => ({ usedFen: row.ref('invoice.usedFen') })),
    ),
);
const takeInvoice = prepared<{ number: string }, Invoice>((db, value) =>
  db.selectFrom('invoice').selectAll().where('number', '=', value('number')),
);
const useInvoice = prepared<Omit<Invoice, 'id'>>((db, value) =>
  db
    .updateTable('invoice')
    .set({
      sellerName: value('sellerName'),
      issuedDate: value('issuedDate'),
      faceFen: value('faceFen'),
      usedFen: value('usedFen'),
    })
    .where('number', '=', value('number')),
);

/**
 * Takes what the lines need of their invoices, never beyond the face value, across all funds and books of the
 * installation. This is the one row that books share: an invoice is a thing of the world, not of a book.
 * @throws DomainError `invoice_overused` with what is left, `invoice_mismatch`, `invoice_after_business`.
 */
export async function takeInvoices(
  unit: Unit,
  lines: readonly LineRow[],
  businessDate: string,
): Promise<void> {
  for (const [number, use] of usesOf(lines)) {
    if (use.issuedDate > businessDate) {
      throw refuse(
        'invoice_after_business',
        `发票 ${number} 的开票日期 ${use.issuedDate} 晚于业务日期 ${businessDate}`,
      );
    }
    const { trx } = unit;
    await openInvoice(trx, { id: newId(), number, ...use });
    // Opening it, or failing to, made the row ours on both engines.
    const [known] = await takeInvoice(trx, { number });
    if (!known) throw new Error(`invoice ${number} vanished`);
    const isSame =
      known.sellerName === use.sellerName &&
      known.issuedDate === use.issuedDate &&
      known.faceFen === use.faceFen;
    if (known.usedFen > 0n && !isSame) {
      throw refuse(
        'invoice_mismatch',
        `发票 ${number} 已在别处报销，但登记的销售方、日期或票面金额与本次不同`,
      );
    }
    const roomFen = use.faceFen - known.usedFen;
    if (use.usedFen > roomFen) {
      throw refuse(
        'invoice_overused',
        `发票 ${number} 票面 ${showYuan(use.faceFen)} 元，已报销 ${showYuan(known.usedFen)} 元，还可报销 ${showYuan(roomFen)} 元，本次 ${showYuan(use.usedFen)} 元`,
        { invoice: number, roomFen: roomFen.toString() },
      );
    }
    await useInvoice(trx, { number, ...use, usedFen: known.usedFen + use.usedFen });
  }
}

/** Gives back what the lines took. */
export async function releaseInvoices(unit: Unit, lines: readonly LineRow[]): Promise<void> {
  for (const [number, { usedFen }] of usesOf(lines)) {
    await unit.trx
      .updateTable('invoice')
      .set((row) => ({ usedFen: row('usedFen', '-', usedFen) }))
      .where('number', '=', number)
      .execute();
  }
}
