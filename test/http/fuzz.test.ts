import fc from 'fast-check';
import { loadPacks } from '../../src/policy/index.js';
import { openClaim, openContract, openFund, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import type { Document } from './document.js';
import { malformedRequests } from './malformed.js';
import { serve } from './service.js';

const RUNS = 300;

forEachEngine('requests derived from the OpenAPI document, spoilt, never get a 5xx', async (t, store) => {
  const packs = loadPacks();
  const world = await seedWorld(store, { packs });
  const { county } = world;
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '1000.00' }]);
  const claims = await Promise.all(
    (['draft', 'submitted', 'reviewed', 'approved', 'paid'] as const).map((until) =>
      openClaim(world, until, [{ fundId, amount: '10.00' }]),
    ),
  );
  const { app, tokenOf } = await serve(t, store, {
    packs,
    settings: { LOGIN_ATTEMPTS_PER_MINUTE: '1000' },
  });
  const known = {
    bookId: [county.bookId, county.bookId, county.bookId, world.province.bookId],
    fundId: [fundId],
    contractId: [contractId],
    id: [contractId, ...claims.map((claim) => claim.id)],
    organisationId: [world.station.id],
    stationId: [world.station.id],
    recipientId: [world.station.id],
    parentId: [county.id],
    buyerId: [county.id],
    providerId: [world.provider.id],
    payeeId: [world.provider.id],
    index: ['0', '5'],
  };
  const tokens = await Promise.all(
    [county.finance, county.finance2, county.payer, world.stationOperator, world.stationReviewer].map(
      tokenOf,
    ),
  );
  const statuses = new Map<number, number>();
  const requests = malformedRequests(app.swagger() as unknown as Document, known);
  await fc.assert(
    fc.asyncProperty(requests, fc.constantFrom(...tokens), async (request, token) => {
      const { name: _name, payload, ...rest } = request;
      const reply = await app.inject({
        ...rest,
        method: rest.method as 'GET',
        headers: { ...rest.headers, authorization: `Bearer ${token}` },
        ...(payload === undefined ? {} : { payload }),
      });
      statuses.set(reply.statusCode, (statuses.get(reply.statusCode) ?? 0) + 1);
      if (reply.statusCode >= 500) throw new Error(`${reply.statusCode} ${reply.body}`);
      const isProblem = String(reply.headers['content-type']).startsWith('application/problem+json');
      if (reply.statusCode >= 400 && !isProblem)
        throw new Error(`${reply.statusCode} is no problem document`);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  t.ok((statuses.get(400) ?? 0) > RUNS / 10, 'some were malformed');
  t.ok(
    (statuses.get(422) ?? 0) + (statuses.get(409) ?? 0) + (statuses.get(200) ?? 0) > 0,
    'some came through to the rules',
  );
  t.comment(JSON.stringify(Object.fromEntries([...statuses].sort())));
  await verifyClean(t, world);
});
