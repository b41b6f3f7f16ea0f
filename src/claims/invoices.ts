import type { Unit } from '../audit/index.js';
import { invoiceOf, type LineRow } from '../contracts/index.js';
import { type DomainError, refuse } from '../core/errors.js';
import { type Fen, parseYuan, showYuan } from '../core/money.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';

interface Use {
  /** Equal where seller and day of issue are. */
  readonly identity: string;
  readonly issuedDate: string;
  readonly faceFen: Fen;
  amountFen: Fen;
}

interface Uses {
  /** In invoice order (rows are locked in that order). */
  readonly uses: readonly (readonly [number: string, use: Use])[];
  /** Lines that say different things of one invoice. */
  readonly mismatches: readonly InvoiceFault[];
}

/** Why an invoice cannot be used so. */
export interface InvoiceFault {
  readonly error: DomainError;
  readonly number: string;
  /** Where the invoice is used up: what is left of it, and what the lines take. */
  readonly room: { readonly availableFen: Fen; readonly neededFen: Fen } | null;
}

/** What the lines take of each invoice. */
function usesOf(lines: readonly LineRow[]): Uses {
  const uses = new Map<string, Use>();
  const mismatches = new Map<string, InvoiceFault>();
  for (const line of lines) {
    const invoice = invoiceOf(line);
    if (!invoice) continue;
    const { number, identity, issuedDate } = invoice;
    const faceFen = parseYuan(invoice.faceAmount);
    const use = uses.get(number);
    if (use && (use.identity !== identity || use.faceFen !== faceFen)) {
      const message = `发票 ${number} 在不同明细中的销售方、日期或票面金额不一致`;
      mismatches.set(number, { error: refuse('invoice_mismatch', message), number, room: null });
    }
    if (use) use.amountFen += line.amountFen;
    else uses.set(number, { identity, issuedDate, faceFen, amountFen: line.amountFen });
  }
  return { uses: [...uses].sort(([a], [b]) => (a < b ? -1 : 1)), mismatches: [...mismatches.values()] };
}

function dateFault(number: string, { issuedDate }: Use, businessDate: string): InvoiceFault | null {
  if (issuedDate <= businessDate) return null;
  const message = `发票 ${number} 的开票日期 ${issuedDate} 晚于业务日期 ${businessDate}`;
  return { error: refuse('invoice_after_business', message), number, room: null };
}

/** What the uses before this one leave wrong with it. */
function standingFault(
  number: string,
  use: Use,
  known: Pick<Invoice, 'identity' | 'faceFen' | 'usedFen'>,
): InvoiceFault | null {
  if (known.identity !== use.identity || known.faceFen !== use.faceFen) {
    const message = `发票 ${number} 已在别处报销，但登记的销售方、日期或票面金额与本次不同`;
    return { error: refuse('invoice_mismatch', message), number, room: null };
  }
  const roomFen = use.faceFen - known.usedFen;
  if (use.amountFen <= roomFen) return null;
  const error = refuse(
    'invoice_overused',
    `发票 ${number} 票面 ${showYuan(use.faceFen)} 元，已报销 ${showYuan(known.usedFen)} 元，还可报销 ${showYuan(roomFen)} 元，本次 ${showYuan(use.amountFen)} 元`,
    { invoice: number, roomFen: roomFen.toString() },
  );
  return { error, number, room: { availableFen: roomFen, neededFen: use.amountFen } };
}

/** A claim has 500 lines at most. */
async function invoicesByNumber({ trx }: Unit, numbers: readonly string[]): Promise<Map<string, Invoice>> {
  if (numbers.length === 0) return new Map();
  const rows: Invoice[] = await trx
    .selectFrom('invoice')
    .selectAll()
    .where('number', 'in', numbers)
    .execute();
  return new Map(rows.map((row) => [row.number, row]));
}

/** Everything at once that `takeInvoices` would refuse, in the order in which it would; nothing is written or locked. */
export async function invoiceFaults(
  unit: Unit,
  lines: readonly LineRow[],
  businessDate: string,
): Promise<InvoiceFault[]> {
  const { uses, mismatches } = usesOf(lines);
  const faults: InvoiceFault[] = [...mismatches];
  const read = await invoicesByNumber(
    unit,
    uses.map(([number]) => number),
  );
  for (const [number, use] of uses) {
    const known = read.get(number) ?? { ...use, usedFen: 0n };
    faults.push(
      ...[dateFault(number, use, businessDate), standingFault(number, use, known)].filter(
        (fault) => fault !== null,
      ),
    );
  }
  return faults;
}

type Invoice = Row<'invoice'>;
const openInvoice = prepared<Omit<Invoice, 'usedFen'>>((db, value) =>
  db
    .insertInto('invoice')
    .values({
      number: value('number'),
      identity: value('identity'),
      faceFen: value('faceFen'),
      usedFen: 0n,
    })
    .onConflict((conflict) =>
      conflict.column('number').doUpdateSet((row) => ({ usedFen: row.ref('invoice.usedFen') })),
    ),
);
const invoiceByNumber = prepared<{ number: string }, Invoice>((db, value) =>
  db.selectFrom('invoice').selectAll().where('number', '=', value('number')),
);
const setUsed = prepared<Pick<Invoice, 'number' | 'usedFen'>>((db, value) =>
  db
    .updateTable('invoice')
    .set({ usedFen: value('usedFen') })
    .where('number', '=', value('number')),
);
const dropInvoice = prepared<{ number: string }>((db, value) =>
  db.deleteFrom('invoice').where('number', '=', value('number')),
);

/** The invoice's row, locked: opening it, or failing to, makes it ours on both engines. */
async function lockInvoice(unit: Unit, number: string, use: Use): Promise<Invoice> {
  await openInvoice(unit.trx, { number, identity: use.identity, faceFen: use.faceFen });
  const [known] = await invoiceByNumber(unit.trx, { number });
  if (!known) throw new Error(`invoice ${number} vanished`);
  return known;
}

/**
 * Takes what the lines of `ownerId` (a claim or a provider's report) need of their invoices, never beyond the face
 * value, across all funds and books of the installation. The total is the one row that books share: an invoice is a
 * thing of the world, not of a book. What each book uses of it, that book's log tells.
 * @throws DomainError `invoice_overused` with what is left, `invoice_mismatch`, `invoice_after_business`.
 */
export async function takeInvoices(
  unit: Unit,
  ownerId: string,
  lines: readonly LineRow[],
  businessDate: string,
): Promise<void> {
  const { uses, mismatches } = usesOf(lines);
  if (mismatches[0]) throw mismatches[0].error;
  for (const [number, use] of uses) {
    const early = dateFault(number, use, businessDate);
    if (early) throw early.error;
    const known = await lockInvoice(unit, number, use);
    const fault = standingFault(number, use, known);
    if (fault) throw fault.error;
    await setUsed(unit.trx, { number, usedFen: known.usedFen + use.amountFen });
    const { identity, faceFen, amountFen } = use;
    await unit.insert('invoiceUse', { ownerId, number, identity, faceFen, amountFen });
  }
}

/** Gives back what the lines of `ownerId` took; an invoice that nobody uses any more is forgotten. */
export async function releaseInvoices(unit: Unit, ownerId: string, lines: readonly LineRow[]): Promise<void> {
  for (const [number, use] of usesOf(lines).uses) {
    const { usedFen } = await lockInvoice(unit, number, use);
    const restFen = usedFen - use.amountFen;
    if (restFen === 0n) await dropInvoice(unit.trx, { number });
    else await setUsed(unit.trx, { number, usedFen: restFen });
    const own = await unit.trx
      .selectFrom('invoiceUse')
      .selectAll()
      .where('bookId', '=', unit.book.id)
      .where('ownerId', '=', ownerId)
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const keptFen = own.amountFen - use.amountFen;
    if (keptFen === 0n) await unit.remove('invoiceUse', own);
    else await unit.update('invoiceUse', own, { amountFen: keptFen });
  }
}
