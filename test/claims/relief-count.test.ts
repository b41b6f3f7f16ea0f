import { closeClaim, payClaim } from '../../src/claims/index.js';
import { closeContract } from '../../src/contracts/index.js';
import {
  accountsOf,
  by,
  invoiceOf,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  RELIEF,
  refused,
  seedWorld,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';

forEachEngine(
  'what a contract promised of the 5% stays counted, whatever its claims call it',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county, provider } = world;
    const fundId = await openFund(world, { granted: '1000.00', fund: { terms: RELIEF } });
    const contractId = await openContract(world, [{ fundId, amount: '300.00', serviceItem: 'relief_care' }]);
    const onContract = { contractId, payeeType: 'provider' as const, payeeId: provider.id };
    await openClaim(
      world,
      'paid',
      [{ fundId, amount: '100.00', serviceItem: 'direct_assistance' }],
      onContract,
    );
    await openClaim(world, 'paid', [{ fundId, amount: '50.00', serviceItem: 'relief_care' }], onContract);
    const names = { [contractId]: 'contract' };
    const during = await accountsOf(world, fundId, names);
    t.equal(during['service_paid'], '150.00', 'direct_assistance under a contract counts as a service');
    t.equal(during['service_committed/contract'], '150.00');
    await closeContract(store, by(county.finance), county.bookId, contractId, {
      effectiveDate: '2022-07-31',
      version: null,
    });
    const after = await accountsOf(world, fundId, names);
    t.equal(after['service_paid'], '150.00', 'closing gives back only what was not paid');
    t.equal(after['service_quota'], '-150.00');
    await verifyClean(t, world);
  },
);

forEachEngine('relief handed to persons outside a contract does not count', async (t, store) => {
  const world = await seedWorld(store);
  const fundId = await openFund(world, { granted: '1000.00', fund: { terms: RELIEF } });
  await openClaim(world, 'paid', [{ fundId, amount: '100.00', serviceItem: 'direct_assistance' }]);
  await openClaim(world, 'paid', [{ fundId, amount: '30.00', serviceItem: null }]);
  const accounts = await accountsOf(world, fundId);
  t.equal(accounts['service_paid'], '30.00', 'an item that is not known counts');
  t.equal(accounts['spent'], '130.00');
});

forEachEngine(
  'closing a partly paid claim gives back the unpaid part of its invoice, no more',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county } = world;
    const fundId = await openFund(world, { granted: '1000.00' });
    const invoice = invoiceOf('12345678901234567890', '100.00');
    const claim = await openClaim(world, 'approved', [{ fundId, amount: '100.00', invoice }]);
    const part = paymentInput({ amount: '60.00' });
    await payClaim(store, world.packs, by(county.payer), county.bookId, claim.id, part);
    await refused(
      t,
      openClaim(world, 'submitted', [{ fundId, amount: '0.01', invoice }]),
      'invoice_overused',
    );
    await closeClaim(store, by(county.finance), county.bookId, claim.id, null, { note: '余款不再支付' });
    await openClaim(world, 'submitted', [{ fundId, amount: '40.00', invoice }]);
    await refused(
      t,
      openClaim(world, 'submitted', [{ fundId, amount: '0.01', invoice }]),
      'invoice_overused',
    );
    await verifyClean(t, world);
  },
);
