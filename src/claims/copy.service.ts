import { today } from '../core/dates.js';
import type { Store } from '../db/store.js';
import type { Actor } from '../organisations/index.js';
import type { NewClaim } from './claims.schema.js';
import { getClaim } from './drafts.service.js';

/**
 * A new claim prefilled from an earlier one that the actor may see: dated today, without invoices and documents, which
 * belong to the earlier one. Nothing is written; sealed texts are opened at the edge like those of a view.
 * @throws DomainError `not_found`
 */
export async function copyOfClaim(
  store: Store,
  actor: Actor,
  bookId: string,
  id: string,
  now: Date,
): Promise<NewClaim> {
  const claim = await getClaim(store, actor, bookId, id);
  const { organisationId, contractId, title, payeeType, payeeId, payeeName } = claim;
  return {
    organisationId,
    contractId,
    title,
    payeeType,
    payeeId,
    payeeName,
    businessDate: today(now),
    // A contract has one last payment, and this is another.
    isFinalPayment: false,
    lines: claim.lines.map(({ id: _id, paid: _paid, refunded: _refunded, ...line }) => ({
      ...line,
      invoice: null,
      evidence: [],
    })),
  };
}
