import type { Db } from '../db/store.js';
import { once, same } from './difference.js';

const PAGE = 1000;

/**
 * What lists by fund are read from, against claims and their lines, which were compared with the log before: for each
 * claim and fund of a line one row, that repeats the claim.
 */
export async function compareClaimFunds(db: Db, bookId: string): Promise<void> {
  const seen = new Set<string>();
  for (let last: readonly [string, string] | null = null, isEnd = false; !isEnd; ) {
    const page = await pageOf(db, bookId, last);
    for (const { fundId, claimId, ownBookId, owned, line, ...row } of page) {
      const place = `claimFund ${fundId}/${claimId}`;
      once(seen, place);
      if (ownBookId !== bookId || line === null) same(place, 'a line of this claim on this fund', 'none');
      for (const column of ['status', 'createdAt', 'businessDate', 'amountFen'] as const)
        same(`${place} ${column}`, String(owned[column]), String(row[column]));
    }
    const end = page.at(-1);
    last = end ? [end.fundId, end.claimId] : null;
    isEnd = page.length < PAGE;
  }
  const missing = await db
    .selectFrom('spendingLine as line')
    .select(['line.fundId', 'line.ownerId'])
    .where('line.bookId', '=', bookId)
    .where('line.ownerType', '=', 'claim')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('claimFund')
            .select('claimFund.claimId')
            .where('claimFund.bookId', '=', bookId)
            .whereRef('claimFund.fundId', '=', 'line.fundId')
            .whereRef('claimFund.claimId', '=', 'line.ownerId'),
        ),
      ),
    )
    .limit(1)
    .executeTakeFirst();
  if (missing) same(`claimFund ${missing.fundId}/${missing.ownerId}`, 'a row', 'missing');
}

async function pageOf(db: Db, bookId: string, last: readonly [string, string] | null) {
  let rows = db
    .selectFrom('claimFund')
    .leftJoin('claim', 'claim.id', 'claimFund.claimId')
    .selectAll('claimFund')
    .select([
      'claim.bookId as ownBookId',
      'claim.status as ownStatus',
      'claim.createdAt as ownCreatedAt',
      'claim.businessDate as ownBusinessDate',
      'claim.amountFen as ownAmountFen',
    ])
    .select(({ selectFrom }) =>
      selectFrom('spendingLine')
        .select('spendingLine.id')
        .whereRef('spendingLine.ownerId', '=', 'claimFund.claimId')
        .whereRef('spendingLine.fundId', '=', 'claimFund.fundId')
        .limit(1)
        .as('line'),
    )
    .where('claimFund.bookId', '=', bookId);
  if (last) {
    const [fundId, claimId] = last;
    rows = rows.where(({ or, and, eb }) =>
      or([
        eb('claimFund.fundId', '>', fundId),
        and([eb('claimFund.fundId', '=', fundId), eb('claimFund.claimId', '>', claimId)]),
      ]),
    );
  }
  const page = await rows.orderBy('claimFund.fundId').orderBy('claimFund.claimId').limit(PAGE).execute();
  return page.map(({ ownStatus, ownCreatedAt, ownBusinessDate, ownAmountFen, ...row }) => ({
    ...row,
    owned: {
      status: ownStatus,
      createdAt: ownCreatedAt,
      businessDate: ownBusinessDate,
      amountFen: ownAmountFen,
    },
  }));
}
