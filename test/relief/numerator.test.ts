import fc from 'fast-check';
import { t as root } from 'tap';
import {
  closeClaim,
  payClaim,
  refundClaim,
  rejectClaim,
  returnClaim,
  reversePayment,
} from '../../src/claims/index.js';
import { closeContract } from '../../src/contracts/index.js';
import { DomainError } from '../../src/core/errors.js';
import { type Fen, formatYuan, parseYuan } from '../../src/core/money.js';
import { SERVICE_ITEMS, type ServiceItem } from '../../src/core/vocabulary.js';
import {
  by,
  NO_PACKS,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  RELIEF,
  TODAY,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Scene, scene } from './scene.js';

root.setTimeout(900_000);

/** What the year bought, from contracts and claims alone: no posting and no account is read. */
async function boughtByRows({ store, county }: Scene, counted: readonly string[]): Promise<Fen> {
  const inBook = <Table extends 'contract' | 'claim' | 'spendingLine'>(table: Table) =>
    store.read
      .selectFrom(table as 'claim')
      .selectAll()
      .where('bookId', '=', county.bookId)
      .execute();
  const contracts = await inBook('contract');
  const claims = await inBook('claim');
  const lines = await store.read
    .selectFrom('spendingLine')
    .selectAll()
    .where('bookId', '=', county.bookId)
    .where('fundId', 'in', counted)
    .execute();
  let bought = 0n;
  const owners = new Map([...contracts, ...claims].map((row) => [row.id, row]));
  for (const line of lines) {
    const owner = owners.get(line.ownerId) as (typeof claims)[number];
    const contract =
      owner.contractId === undefined ? owner : owner.contractId && owners.get(owner.contractId);
    if (owner === contract) {
      if (owner.status === 'signed') bought += line.amountFen;
    } else if (contract) {
      if (contract.status === 'closed') bought += line.paidFen - line.refundedFen;
    } else if (!line.serviceItem || SERVICE_ITEMS[line.serviceItem as ServiceItem].catalogue !== 'direct') {
      if (['submitted', 'reviewed', 'approved', 'partly_paid'].includes(owner.status))
        bought += line.amountFen - line.refundedFen;
      else bought += line.paidFen - line.refundedFen;
    }
  }
  return bought;
}

const command = fc.record({
  what: fc.constantFrom(
    'contract',
    'closeContract',
    'claimOnContract',
    'claimOnContract',
    'service',
    'service',
    'aid',
    'pay',
    'pay',
    'refund',
    'reverse',
    'reject',
    'return',
    'closeClaim',
  ),
  amountFen: fc.integer({ min: 1, max: 900 }),
  fund: fc.nat(2),
  pick: fc.nat(),
});

/** One after the other, each of them works. */
const EVERY_MOVE = (
  ['contract', 'service', 'pay', 'reverse', 'pay', 'refund', 'aid', 'closeContract'] as const
).map((what) => ({ what, amountFen: 500, fund: 0, pick: 0 }));

forEachEngine('the numerator is always what contracts and claims say', async (t, store) => {
  const world = await scene(t, store, NO_PACKS);
  const { county, cap, provider } = world;
  const { bookId, finance, payer } = county;
  const work = await openFund(world, { fund: { terms: { ...RELIEF, isWorkFund: true } as typeof RELIEF } });
  const other = await openFund(world, { fund: { terms: RELIEF } });
  const funds = [world.fundId, other, work];
  const moved = new Map<string, number>();

  const pickOf = async (table: 'contract' | 'claim', statuses: readonly string[], n: number) => {
    const rows = await store.read
      .selectFrom(table as 'claim')
      .select('id')
      .where('bookId', '=', bookId)
      .where('status', 'in', statuses)
      .orderBy('id')
      .execute();
    return rows[n % rows.length]?.id;
  };
  const run = async ({
    what,
    amountFen,
    fund,
    pick,
  }: typeof command extends fc.Arbitrary<infer C> ? C : never) => {
    const amount = formatYuan(BigInt(amountFen));
    const line = { fundId: funds[fund] as string, amount, serviceItem: 'relief_care' as const };
    const note = { note: '核实' };
    const claim = (...statuses: string[]) => pickOf('claim', statuses, pick);
    if (what === 'contract') return openContract(world, [line]);
    if (what === 'service') return openClaim(world, 'approved', [line]);
    if (what === 'aid') return openClaim(world, 'paid', [{ ...line, serviceItem: 'direct_assistance' }]);
    if (what === 'claimOnContract' || what === 'closeContract') {
      const contractId = await pickOf('contract', ['signed'], pick);
      if (!contractId) return null;
      if (what === 'closeContract')
        return closeContract(store, by(finance), bookId, contractId, { effectiveDate: TODAY, version: null });
      const [own] = await store.read
        .selectFrom('spendingLine')
        .select(['fundId', 'serviceItem'])
        .where('ownerId', '=', contractId)
        .execute();
      const lines = [{ ...line, fundId: own?.fundId as string }];
      return openClaim(world, 'approved', lines, { contractId, payeeType: 'provider', payeeId: provider.id });
    }
    if (what === 'pay') {
      const id = await claim('approved', 'partly_paid');
      return id && payClaim(store, world.packs, by(payer), bookId, id, paymentInput({ amount }));
    }
    if (what === 'refund') {
      const id = await claim('partly_paid', 'paid', 'closed');
      return id && refundClaim(store, by(payer), bookId, id, { ...paymentInput(), amount });
    }
    if (what === 'reverse') {
      const id = await claim('partly_paid', 'paid');
      if (!id) return null;
      const payments = await store.read.selectFrom('payment').selectAll().where('claimId', '=', id).execute();
      const paymentId = payments[pick % payments.length]?.id as string;
      return reversePayment(store, by(finance), bookId, id, { ...paymentInput(), paymentId });
    }
    const id = await claim(...(what === 'closeClaim' ? ['partly_paid'] : ['submitted', 'approved']));
    const end = { reject: rejectClaim, return: returnClaim, closeClaim }[what];
    return id && end(store, by(finance), bookId, id, null, note);
  };

  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 30, maxLength: 30 }), async (commands) => {
      for (const one of commands) {
        try {
          if (await run(one)) moved.set(one.what, (moved.get(one.what) ?? 0) + 1);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
        const { paid, committed, months } = await cap(2022, TODAY);
        const bought = formatYuan(await boughtByRows(world, [world.fundId, other]));
        const told = formatYuan(parseYuan(paid) + parseYuan(committed));
        t.equal(told, bought, JSON.stringify(one));
        t.equal(months.at(-1)?.total ?? '0.00', bought, 'and so do the months');
      }
    }),
    { numRuns: 4, endOnFailure: true, examples: [[EVERY_MOVE]] },
  );
  for (const what of ['contract', 'closeContract', 'service', 'aid', 'pay', 'refund', 'reverse'])
    t.ok((moved.get(what) ?? 0) > 0, `${what} happened`);
  await verifyClean(t, world);
});
