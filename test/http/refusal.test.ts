import { decisionSchema } from '../../src/contracts/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { contractInput, openFund, RELIEF, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from './service.js';

forEachEngine(
  'a refusal by the rules says everything, in yuan, and again under its key',
  async (t, store) => {
    const packs = loadPacks();
    const world = await seedWorld(store, { province: '53', packs });
    const { county } = world;
    const { ask } = await serve(t, store, { packs });
    const book = `/books/${county.bookId}`;
    const fundId = await openFund(world, { granted: '20000000.00', fund: { terms: RELIEF } });
    const base = {
      year: 2022,
      amount: '310000000.00',
      basis: 'estimate',
      documentNo: '预算',
      documentDate: '2022-01-31',
      declaredDate: '2022-02-01',
    };
    await ask(county.finance, 'POST', `${book}/relief-bases`, { body: base });
    const body = contractInput(world, [
      { fundId, amount: '15500000.01', stationId: world.station.id, serviceItem: 'relief_care' },
    ]);
    const headers = { 'idempotency-key': 'one-fen-over' };
    const refused = await ask(county.finance, 'POST', `${book}/contracts`, { body, headers });
    t.match(refused, { status: 422, body: { code: 'policy_blocked' } });
    const { decision } = refused.body.details;
    t.ok(decisionSchema.safeParse(decision).success, 'the decision has the documented form');
    t.ok(decision.reasons.some((reason: { headroom: string | null }) => reason.headroom === '15500000.00'));
    t.notMatch(JSON.stringify(refused.body), /Fen"/, 'amounts are yuan');
    const again = await ask(county.finance, 'POST', `${book}/contracts`, { body, headers });
    t.same({ ...again.body, instance: '' }, { ...refused.body, instance: '' });

    const preview = await ask(county.finance, 'POST', `${book}/contracts/preview`, { body });
    t.equal(preview.body.outcome, 'block');
    const log = await ask(county.auditor, 'GET', `${book}/log?outcome=refused:policy_blocked`);
    t.equal(log.body.items.length, 1, 'logged once; a preview writes nothing');
    const logged = await ask(county.auditor, 'GET', `${book}/decisions/${log.body.items[0].logIndex}`);
    t.same(logged.body.decision, decision);

    const spend = {
      kind: 'return',
      documentNo: '缴回1',
      effectiveDate: '2022-07-01',
      amount: '20000000.01',
      counterparty: '财政局',
    };
    t.match(await ask(county.finance, 'POST', `${book}/funds/${fundId}/documents`, { body: spend }), {
      status: 409,
      body: { code: 'insufficient_balance', details: { balance: '20000000.00', needed: '20000000.01' } },
    });
    await verifyClean(t, world);
  },
);
