import { claimInput, contractInput, nextNo, TODAY, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Answer, serve } from '../http/service.js';
import { equipment, PACKS, scene, waiverInput } from './scene.js';

forEachEngine('asked for, approved, applied, listed and revoked over HTTP', async (t, store) => {
  const stage = await scene(t, store);
  const { world, fundId } = stage;
  const { county, station, stationOperator, stationReviewer } = world;
  const { ask } = await serve(t, store, { packs: PACKS });
  const book = `/books/${county.bookId}`;
  const ok = ({ status, body }: Answer, wanted: number) => {
    t.equal(status, wanted, JSON.stringify(body.detail ?? ''));
    return body;
  };
  const exception = waiverInput(stage, { limit: '1000.00' });
  const spoilt = { ...exception, clause: 'sc03', evidence: [], limit: '0.00', from: '2022-02-30', extra: 1 };
  const answer = await ask(county.finance, 'POST', `${book}/waivers`, { body: spoilt });
  t.equal(answer.status, 400);
  t.same(
    answer.body.errors.map((fault: { path: string }) => fault.path).sort(),
    ['/clause', '/evidence', '/extra', '/from', '/limit'],
    'every faulty field at once',
  );
  const blanket = { body: { ...exception, fundId: null } };
  t.match(await ask(county.finance, 'POST', `${book}/waivers`, blanket), {
    status: 422,
    body: { code: 'waiver_not_possible', details: { faults: [/须指明/] } },
  });
  const asked = await ask(county.finance, 'POST', `${book}/waivers`, { body: exception });
  const { id } = ok(asked, 201);
  t.equal(asked.headers['etag'], '"1"');
  t.match(asked.body, { reason: exception.reason, status: 'requested', statusLabel: '待批准' });
  const approval = { body: { documentNo: nextNo('泸县民函〔2022〕') }, headers: { 'if-match': '"1"' } };
  t.match(await ask(county.finance, 'POST', `${book}/waivers/${id}/approve`, approval), {
    status: 403,
    body: { code: 'separation_of_duties' },
  });
  ok(await ask(county.finance2, 'POST', `${book}/waivers/${id}/approve`, approval), 200);
  t.match(await ask(county.finance2, 'POST', `${book}/waivers/${id}/approve`, approval), { status: 412 });

  const claim = claimInput(station.id, [equipment(fundId)], { businessDate: TODAY });
  const draft = ok(await ask(stationOperator, 'POST', `${book}/claims`, { body: claim }), 201);
  const path = `${book}/claims/${draft.id}`;
  const choice = { body: { waiverIds: [id] }, headers: { 'if-match': '"1"' } };
  const applied = await ask(stationOperator, 'POST', `${path}/waivers`, choice);
  t.match(ok(applied, 200).waivers, [{ id, clause: 'AA-01' }]);
  t.equal(applied.headers['etag'], '"2"');
  t.match(await ask(stationOperator, 'POST', `${path}/waivers`, choice), { status: 412 });
  ok(await ask(stationOperator, 'POST', `${path}/submit`), 200);
  ok(await ask(stationReviewer, 'POST', `${path}/review`, { body: {} }), 200);
  const approved = ok(await ask(county.finance, 'POST', `${path}/approve`, { body: {} }), 200);
  t.match(approved, {
    claim: { waivers: [{ id }] },
    decision: { reasons: [{ waiver: id, effect: 'warn' }] },
  });
  const decisionPath = `${book}/decisions/${approved.claim.decisionIndex}`;
  t.match(JSON.stringify(ok(await ask(county.auditor, 'GET', decisionPath), 200)), id);

  const contract = contractInput(world, [equipment(fundId, '300.00')], {
    signedDate: TODAY,
    startDate: TODAY,
  });
  const body = { ...contract, waiverIds: [id] };
  t.match(ok(await ask(county.finance, 'POST', `${book}/contracts/preview`, { body: contract }), 200), {
    outcome: 'block',
  });
  t.match(ok(await ask(county.finance, 'POST', `${book}/contracts/preview`, { body }), 200), {
    outcome: 'allow',
  });
  const prepared = ok(await ask(county.finance, 'POST', `${book}/contracts`, { body }), 201);
  const contractPath = `${book}/contracts/${prepared.contract.id}`;
  const none = { body: { waiverIds: [] } };
  t.same(ok(await ask(county.finance, 'POST', `${contractPath}/waivers`, none), 200).waivers, []);
  const again = { body: { waiverIds: [id] } };
  ok(await ask(county.finance, 'POST', `${contractPath}/waivers`, again), 200);

  const shown = ok(await ask(county.auditor, 'GET', `${book}/waivers/${id}`), 200);
  t.match(shown, { used: '100.00', limit: '1000.00', reason: exception.reason, uses: { length: 2 } });
  t.match(
    shown.uses.find((use: { type: string }) => use.type === 'claim'),
    { id: draft.id, amount: '100.00' },
  );
  const other = ok(await ask(county.finance, 'POST', `${book}/waivers`, { body: exception }), 201);
  const listed = async (query: string) =>
    ok(await ask(county.auditor, 'GET', `${book}/waivers?${query}`), 200) as {
      items: { id: string }[];
      nextCursor: string | null;
    };
  t.same(
    (await listed('status=requested')).items.map((item) => item.id),
    [other.id],
  );
  t.same((await listed(`fundId=${stage.otherFundId}`)).items, []);
  t.equal((await listed('clause=AA-01')).items.length, 2);
  const first = await listed('limit=1');
  t.same(
    first.items.map((item) => item.id),
    [other.id],
    'newest first',
  );
  t.same(
    (await listed(`limit=1&cursor=${first.nextCursor}`)).items.map((item) => item.id),
    [id],
  );
  const ending = { body: { reason: '已无必要' } };
  ok(await ask(county.finance2, 'POST', `${book}/waivers/${other.id}/reject`, ending), 200);
  t.match(ok(await ask(county.finance2, 'POST', `${book}/waivers/${id}/revoke`, ending), 200), {
    status: 'revoked',
    revokedReason: '已无必要',
  });
  t.match(ok(await ask(stationOperator, 'GET', path), 200).waivers, [{ id, isRevoked: true }]);
  await verifyClean(t, world);
});
