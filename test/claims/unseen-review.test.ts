import { approveClaim, createClaim, payClaim, reviewClaim, submitClaim } from '../../src/claims/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { by, claimInput, openFund, paymentInput, refused, seedWorld, tell, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';

forEachEngine(
  'a finding that came up after approval needs a word at payment; one that was seen does not',
  async (t, store) => {
    const packs = loadPacks();
    const world = await seedWorld(store, { packs, province: '53' });
    const { county, provider, station } = world;
    const fundId = await openFund(world, {
      fund: {
        level: 'provincial',
        terms: { type: 'welfare_lottery', namedPurposes: ['elderly'], announcementDue: null },
      },
    });
    const line = { fundId, amount: '100.00' };
    const payee = { payeeType: 'provider' as const, payeeId: provider.id };
    const given = claimInput(station.id, [line, line], payee);
    const students = { beneficiaryGroups: ['students' as const] };
    const input = { ...given, lines: given.lines.map((each) => ({ ...each, ...students })) };
    const { id } = await createClaim(store, by(world.stationOperator), county.bookId, input);
    await submitClaim(store, packs, by(world.stationOperator), county.bookId, id, null);
    await reviewClaim(store, by(world.stationReviewer), county.bookId, id, null, { note: '属实' });
    const approval = { note: '同意', effectiveDate: '2022-07-20' };
    const { decision } = await approveClaim(
      store,
      packs,
      by(county.finance),
      county.bookId,
      id,
      null,
      approval,
    );
    t.equal(decision.outcome, 'review', 'the approver had something to look at');
    const pay = (note: string | null) =>
      payClaim(store, packs, by(county.payer), county.bookId, id, {
        ...paymentInput({ amount: '100.00' }),
        note,
      });
    t.equal((await pay(null)).claim.status, 'partly_paid', 'what the approver saw holds nobody up');
    await tell(store, county.bookId, async (unit) =>
      unit.insert('sanction', {
        id: 'listing',
        providerId: provider.id,
        bureauId: county.id,
        kind: 'blacklist',
        documentNo: '黑名单〔2022〕1号',
        reason: await unit.seal('弄虚作假', 'sanction/listing'),
        fromDate: '2022-07-25',
        untilDate: null,
        settledDate: null,
        createdAt: '2022-07-25T00:00:00.000Z',
      }),
    );
    const stopped = await refused(
      t,
      pay(null),
      'review_note_required',
      'listed since: somebody must say why',
    );
    t.match(stopped?.message, /名单/, 'the message is about the listing');
    t.equal((await pay('已履约部分应予支付')).claim.status, 'paid');
    await verifyClean(t, world);
  },
);
