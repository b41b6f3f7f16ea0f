import { partySubject, Unit } from '../../src/audit/index.js';
import type { ClaimStatus } from '../../src/claims/index.js';
import { STATUSES } from '../../src/claims/index.js';
import { newId } from '../../src/core/ids.js';
import type { Store } from '../../src/db/store.js';
import { nextNo, openFund, seedActor, seedWorld, tell, type World } from '../fixture.js';
import { testContext } from '../helper.js';

/** A claim as it was written, in terms that a naive filter reads. */
export interface Written {
  readonly id: string;
  readonly organisationId: string;
  readonly contractId: null;
  readonly status: ClaimStatus;
  readonly outcome: 'allow' | 'review' | null;
  readonly makerId: string;
  readonly reviewerId: string | null;
  readonly approverId: string | null;
  readonly businessDate: string;
  readonly createdAt: string;
  readonly amountFen: bigint;
  readonly fundIds: readonly string[];
  readonly payeeName: string;
  readonly invoiceNumber: string | null;
  readonly hasWaiver: boolean;
}

export const PAYEES = ['某文具店', '某印刷厂', '某社会工作服务中心'] as const;

/** A small generator of its own, so that a failing case can be made again. */
export function draws(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    below: (bound: number) => Math.floor(next() * bound),
    of: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
  };
}

/** A county's book with `count` claims of every status, unit, fund and hand, each told by an entry of its maker. */
export async function claimScene(store: Store, count: number, seed = 7) {
  const world = await seedWorld(store);
  const { county, station, office, township, provider } = world;
  const funds = [await openFund(world), await openFund(world), await openFund(world)];
  const township2 = await seedActor(store, township, 'operator');
  const makers = [world.stationOperator, township2, county.operator];
  const { below, of } = draws(seed);
  const waiverId = await waiver(world, funds[0] as string);
  const claims: Written[] = [];
  for (let n = 0; n < count; n += 1) {
    const day = String(1 + below(28)).padStart(2, '0');
    const created = `2022-0${1 + below(7)}-${day}T0${below(3)}:00:00.000Z`;
    const first = of(funds);
    const status = of(STATUSES);
    const claim: Written = {
      id: newId(),
      organisationId: of([station, office, township, provider, county]).id,
      contractId: null,
      status,
      outcome: status === 'draft' ? null : of(['allow', 'allow', 'review'] as const),
      makerId: of(makers).personId,
      reviewerId:
        status === 'draft' ? null : (of([world.stationReviewer, county.finance, null])?.personId ?? null),
      approverId: of([county.finance, county.finance2, null])?.personId ?? null,
      businessDate: `2022-0${1 + below(7)}-${String(1 + below(28)).padStart(2, '0')}`,
      createdAt: created,
      // Few amounts, so that many are equal.
      amountFen: BigInt(1 + below(4)) * 1000n,
      fundIds: [...new Set([first, of(funds)])],
      payeeName: of(PAYEES),
      invoiceNumber: below(3) === 0 ? `24512000000000${String(n).padStart(6, '0')}` : null,
      hasWaiver: below(4) === 0,
    };
    claims.push(claim);
    await write(world, claim, waiverId);
  }
  return { world, claims, funds, township2 };
}

async function waiver({ store, county }: World, fundId: string): Promise<string> {
  const id = newId();
  await tell(store, county.bookId, async (unit) =>
    unit.insert('waiver', {
      id,
      clause: 'BB-01',
      fundId,
      subjectType: null,
      subjectId: null,
      limitFen: null,
      reason: await unit.seal('洪灾', `waiver/${id}`),
      evidence: '[]',
      fromDate: '2022-01-01',
      untilDate: '2022-12-31',
      status: 'approved',
      requestedBy: county.operator.personId,
      requestedAt: '2022-01-01T00:00:00.000Z',
      documentNo: nextNo('例外'),
      decidedBy: county.finance.personId,
      decidedAt: '2022-01-01T00:00:00.000Z',
      decisionReason: null,
      revokedBy: null,
      revokedAt: null,
      revokedReason: null,
      version: 1,
    }),
  );
  return id;
}

async function write({ store, county }: World, claim: Written, waiverId: string): Promise<void> {
  await store.write(county.bookId, async (trx) => {
    const book = await trx
      .selectFrom('book')
      .selectAll()
      .where('id', '=', county.bookId)
      .executeTakeFirstOrThrow();
    const context = testContext({ actorId: claim.makerId, at: claim.createdAt });
    const unit = new Unit(store.keys, trx, book, context);
    const { fundIds, invoiceNumber, hasWaiver, payeeName, ...row } = claim;
    const draft = {
      ...row,
      status: 'draft',
      title: await unit.seal('服务费', `claim/${claim.id}`),
      payeeType: 'supplier',
      payeeId: null,
      payeeName: await unit.seal(payeeName, partySubject(unit.keys, payeeName)),
      isFinalPayment: 0,
      paidFen: 0n,
      refundedFen: 0n,
      isCoSigned: 0,
      decisionIndex: null,
      holdEntryId: null,
      version: 1,
    };
    const inserted = { ...draft, bookId: county.bookId };
    await unit.insert('claim', draft);
    for (const [seq, fundId] of fundIds.entries())
      await unit.insert('spendingLine', {
        id: newId(),
        ownerType: 'claim',
        ownerId: claim.id,
        seq,
        fundId,
        amountFen: claim.amountFen / BigInt(fundIds.length),
        paidFen: 0n,
        refundedFen: 0n,
        economicCode: null,
        serviceItem: null,
        beneficiaryGroups: null,
        stationId: null,
        endUser: null,
        rosterCoverage: null,
        description: await unit.seal('服务', `claim/${claim.id}`),
        invoice: null,
        evidence: '[]',
        pool: '',
      });
    // As in life: what is summed of a claim begins with its first step.
    if (claim.status !== 'draft') await unit.update('claim', inserted, { status: claim.status });
    if (invoiceNumber !== null) {
      const number = invoiceNumber;
      await trx.insertInto('invoice').values({ number, identity: 'x', faceFen: 100n, usedFen: 1n }).execute();
      await unit.insert('invoiceUse', {
        ownerId: claim.id,
        number,
        identity: 'x',
        faceFen: 100n,
        amountFen: 1n,
      });
    }
    if (hasWaiver)
      await unit.insert('waiverUse', {
        waiverId,
        subjectId: claim.id,
        subjectType: 'claim',
        appliedBy: claim.makerId,
        appliedAt: claim.createdAt,
      });
    await unit.append({ action: 'claim.create', subject: { type: 'claim', id: claim.id } });
  });
}
