import { sql } from 'kysely';
import type { ContractView } from '../contracts/index.js';
import { type Fen, formatYuan } from '../core/money.js';
import type { Db, Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { type ClaimRow, claimViews } from './claims.repository.js';
import type { ClaimView } from './claims.schema.js';

/** How much of a contract was claimed and paid out of one of its funds, in yuan, refunds deducted. */
export interface FundProgress {
  readonly fundId: string;
  readonly claimed: string;
  readonly paid: string;
}

/**
 * By fund: what claims that are under way or done take of the contract, whoever submitted them. Drafts, returned and
 * rejected ones take nothing; of what is over, only what was paid counts. Ask only for a contract that may be seen.
 */
export async function contractProgress(
  db: Db,
  { id: contractId }: Pick<ContractView, 'id'>,
): Promise<FundProgress[]> {
  const rows = await db
    .selectFrom('claim')
    .innerJoin('spendingLine as line', 'line.ownerId', 'claim.id')
    .select([
      'line.fundId',
      sql<Fen>`cast(sum(case when "claim"."status" = 'closed' then line."paidFen" else line."amountFen" end
        - line."refundedFen") as bigint)`.as('claimedFen'),
      sql<Fen>`cast(sum(line."paidFen" - line."refundedFen") as bigint)`.as('paidFen'),
    ])
    .where('claim.contractId', '=', contractId)
    .where('claim.status', 'in', ['submitted', 'reviewed', 'approved', 'partly_paid', 'paid', 'closed'])
    .groupBy('line.fundId')
    .execute();
  return rows.map(({ fundId, claimedFen, paidFen }) => ({
    fundId,
    claimed: formatYuan(claimedFen),
    paid: formatYuan(paidFen),
  }));
}

const MOST = 50;

/** The newest claims on the book's contracts with a provider of which something was paid. @throws DomainError `not_found` */
export async function paidToProvider(
  store: Store,
  actor: Actor,
  bookId: string,
  providerId: string,
): Promise<ClaimView[]> {
  await demandBookRead(store.read, actor, bookId);
  const rows: ClaimRow[] = await store.read
    .selectFrom('contract')
    .innerJoin('claim', 'claim.contractId', 'contract.id')
    .selectAll('claim')
    .where('contract.bookId', '=', bookId)
    .where('contract.providerId', '=', providerId)
    .where('claim.paidFen', '>', 0n)
    .orderBy('claim.id', 'desc')
    .limit(MOST)
    .execute();
  return claimViews(store.read, rows);
}
