import type { Fen } from '../core/money.js';
import type { Db } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, may } from '../organisations/index.js';

/** What is used of an invoice: everywhere as a sum, in the book one by one. */
export interface InvoiceStanding {
  /** As its first use said. */
  readonly faceFen: Fen;
  /** By every book of the installation. */
  readonly usedFen: Fen;
  readonly uses: readonly {
    readonly owner: 'claim' | 'provider_report';
    /** Null for a claim that the actor may not see, and for what is no claim. */
    readonly claimId: string | null;
    readonly amountFen: Fen;
  }[];
}

const CHUNK = 500;

/** Invoices that are used, by number; those that nothing uses are missing. Drafts use none before they are submitted. */
export async function invoiceStandings(
  db: Db,
  actor: Actor,
  bookId: string,
  numbers: Iterable<string>,
): Promise<Map<string, InvoiceStanding>> {
  const wanted = [...new Set(numbers)];
  const bureau = await bureauSubject(db, bookId);
  const found = new Map<string, InvoiceStanding>();
  for (let start = 0; start < wanted.length; start += CHUNK) {
    const page = wanted.slice(start, start + CHUNK);
    const invoices = await db.selectFrom('invoice').selectAll().where('number', 'in', page).execute();
    const uses = await db
      .selectFrom('invoiceUse')
      .leftJoin('claim', 'claim.id', 'invoiceUse.ownerId')
      .leftJoin('organisation', 'organisation.id', 'claim.organisationId')
      .select(['invoiceUse.number', 'invoiceUse.amountFen', 'claim.id as claimId', 'organisation.path'])
      .where('invoiceUse.bookId', '=', bookId)
      .where('invoiceUse.number', 'in', page)
      .orderBy('invoiceUse.ownerId')
      .execute();
    for (const { number, faceFen, usedFen } of invoices) {
      const own = uses.filter((use) => use.number === number);
      found.set(number, {
        faceFen,
        usedFen,
        uses: own.map(({ amountFen, claimId, path }) => {
          const isVisible =
            may(actor, 'book.read', bureau).allowed ||
            may(actor, 'unit.read', { ...bureau, organisationPath: path ?? '' }).allowed;
          const owner = claimId === null ? ('provider_report' as const) : ('claim' as const);
          return { owner, claimId: isVisible ? claimId : null, amountFen };
        }),
      });
    }
  }
  return found;
}
