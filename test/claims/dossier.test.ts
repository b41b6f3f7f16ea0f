import { t as root } from 'tap';
import { attachmentFiles } from '../../src/attachments/index.js';
import { reveal } from '../../src/audit/index.js';
import {
  claimDossier,
  createClaim,
  paidBetween,
  payClaim,
  refundClaim,
  reversePayment,
  standingPayments,
} from '../../src/claims/index.js';
import {
  by,
  claimInput,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  refused,
  seedWorld,
  TODAY,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { scene } from '../waivers/scene.js';

root.setTimeout(900_000);

forEachEngine('a dossier tells each person what they may know and do', async (t, store) => {
  const world = await seedWorld(store);
  const { county, neighbour, stationOperator, stationReviewer, providerOperator } = world;
  const { bookId } = county;
  const fundId = await openFund(world);
  const { id } = await openClaim(world, 'reviewed', [{ fundId, amount: '12.34' }]);
  const of = (actor: typeof stationOperator, claimId = id) => claimDossier(store, actor, bookId, claimId);

  const officer = await of(county.finance);
  t.equal(officer.funds[fundId]?.available, '99987.66', 'what is held is not available any more');
  t.equal(officer.decision?.outcome, 'allow');
  t.same(
    officer.history.map(({ action }) => action),
    ['claim.create', 'claim.submit', 'claim.review'],
  );
  t.match(officer.history[2]?.note, /^sealed:/, 'opinions are sealed until the edge');
  t.equal((await reveal(store.read, store.keys, officer)).history[2]?.note, '属实');
  t.equal(Object.keys(officer.people).length, 2, 'maker and reviewer have names');
  t.ok(officer.readsBook);
  t.notOk((await of(stationOperator)).readsBook);

  t.same([...officer.steps], ['return', 'reject', 'approve']);
  t.same([...(await of(stationOperator)).steps], ['withdraw']);
  t.same([...(await of(stationReviewer)).steps], ['return', 'reject']);
  for (const actor of [county.auditor, county.payer, county.operator])
    t.same([...(await of(actor)).steps], [], actor.displayName);
  for (const actor of [neighbour.finance, world.neighbourOperator, providerOperator])
    await refused(t, of(actor), 'not_found');
  await refused(t, claimDossier(store, neighbour.finance, neighbour.bookId, id), 'not_found', 'another book');

  const alone = await openClaim(world, 'submitted', [{ fundId, amount: '1.00' }], {
    organisationId: world.office.id,
  });
  t.same(
    [...(await of(county.finance, alone.id)).steps],
    ['co_sign', 'return', 'reject'],
    'nobody else reviews',
  );
  t.same(
    [...(await of(county.reviewer, alone.id)).steps],
    ['review', 'return', 'reject'],
    'who may review need not co-sign',
  );
  const manned = await openClaim(world, 'submitted', [{ fundId, amount: '1.00' }]);
  t.same([...(await of(county.finance, manned.id)).steps], ['return', 'reject'], 'the unit has a reviewer');
});

forEachEngine('a provider sees its claim, and nothing of the fund behind it', async (t, store) => {
  const world = await seedWorld(store);
  const { county, provider, providerOperator } = world;
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '100.00' }]);
  const lines = [{ fundId, amount: '10.00' }];
  const payee = { contractId, payeeId: provider.id, payeeType: 'provider' as const };
  const input = claimInput(provider.id, lines, payee);
  const { id } = await createClaim(store, by(providerOperator), county.bookId, input);
  const own = await claimDossier(store, providerOperator, county.bookId, id);
  t.match(own.contract, { id: contractId, amount: '100.00', paid: '0.00' });
  t.equal(own.funds[fundId]?.available, null);
  t.same([...own.steps], ['edit', 'submit']);
  t.notOk(own.readsBook);
  const officer = await claimDossier(store, county.finance, county.bookId, id);
  t.equal(officer.decision, null, 'nothing is decided of a draft');
  t.equal(officer.funds[fundId]?.available, '99900.00', 'the bureau sees it');
  const unit = await openClaim(world, 'draft', lines, payee);
  await refused(t, claimDossier(store, providerOperator, county.bookId, unit.id), 'not_found', 'of a unit');
});

forEachEngine('what was paid in a month, refunds and reversals deducted', async (t, store) => {
  const world = await seedWorld(store);
  const { county, packs, neighbour, stationOperator } = world;
  const { bookId } = county;
  const fundId = await openFund(world);
  const month = { from: '2022-07-01', until: TODAY };
  t.same(await paidBetween(store, county.finance, bookId, month), { payments: 0, amount: '0.00' });
  const one = await openClaim(world, 'paid', [{ fundId, amount: '100.01' }]);
  const two = await openClaim(world, 'approved', [{ fundId, amount: '50.00' }]);
  const half = paymentInput({ amount: '20.00' });
  const { claim } = await payClaim(store, packs, by(county.payer), bookId, two.id, half);
  await refundClaim(store, by(county.payer), bookId, one.id, { ...paymentInput(), amount: '0.01' });
  t.same(await paidBetween(store, county.finance, bookId, month), { payments: 2, amount: '120.00' });
  const [payment] = standingPayments(claim);
  const reversal = { ...paymentInput(), paymentId: payment?.id ?? '' };
  const reversed = await reversePayment(store, by(county.finance), bookId, two.id, reversal);
  t.same(standingPayments(reversed), [], 'what was reversed does not stand');
  const { steps } = await claimDossier(store, county.finance, bookId, two.id);
  t.notOk(steps.includes('reverse'));
  t.same(await paidBetween(store, county.finance, bookId, month), { payments: 2, amount: '100.00' });
  t.same(
    await paidBetween(store, county.finance, bookId, { from: '2022-08-01', until: '2022-08-31' }),
    { payments: 0, amount: '0.00' },
    'the day after the last one is another month',
  );
  for (const actor of [neighbour.finance, stationOperator])
    await refused(t, paidBetween(store, actor, bookId, month), 'not_found');
});

forEachEngine('files have names in their own book only', async (t, store) => {
  const { world, fileId, foreignFileId } = await scene(t, store);
  const found = await attachmentFiles(store.read, world.county.bookId, [fileId, foreignFileId, fileId]);
  t.same(Object.keys(found), [fileId]);
  t.match(found[fileId], { mediaType: 'application/pdf', sizeBytes: 8 });
  t.same(await attachmentFiles(store.read, world.county.bookId, []), {});
});
