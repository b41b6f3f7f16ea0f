import { claimInput, fundInput, nextNo, openFund, outcomesOf, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { serve } from './service.js';

forEachEngine('every faulty field is named at once, in Chinese, by JSON pointer', async (t, store) => {
  const world = await seedWorld(store);
  const { ask } = await serve(t, store);
  const book = `/books/${world.county.bookId}`;
  const body = {
    organisationId: '',
    payeeType: 'friend',
    businessDate: '2022-02-30',
    title: '甲\u0007',
    payeeName: '某文具店',
    'a/b~c': 1,
    lines: [
      {
        fundId: 'f',
        amount: '1.234',
        description: '一',
        invoice: { number: '12', faceAmount: '0' },
        colour: 'red',
      },
      { fundId: 'f', amount: 12, description: '二', economicCode: '99999' },
    ],
  };
  const answer = await ask(world.stationOperator, 'POST', `${book}/claims`, {
    body,
    headers: { 'if-match': 'x' },
  });
  t.equal(answer.status, 400);
  t.match(String(answer.headers['content-type']), /^application\/problem\+json/);
  t.match(answer.body, { type: 'about:blank', code: 'validation_failed', status: 400 });
  const faults = answer.body.errors
    .map((fault: { in: string; path: string }) => `${fault.in} ${fault.path}`)
    .sort();
  t.same(faults, [
    'body /a~1b~0c',
    'body /businessDate',
    'body /lines/0/amount',
    'body /lines/0/colour',
    'body /lines/0/invoice/faceAmount',
    'body /lines/0/invoice/issuedDate',
    'body /lines/0/invoice/number',
    'body /lines/0/invoice/sellerName',
    'body /lines/1/amount',
    'body /lines/1/economicCode',
    'body /organisationId',
    'body /payeeType',
    'body /title',
  ]);
  for (const fault of answer.body.errors)
    t.match(fault.message, /\p{Script=Han}/u, `${fault.path}: ${fault.message}`);

  const parts = await ask(world.county.finance, 'PUT', `/books/${'x'.repeat(65)}/claims/%20?limit=0`, {
    body: [],
    headers: { 'if-match': '3', 'idempotency-key': '键' },
  });
  t.same(
    parts.body.errors.map((fault: { in: string; path: string }) => `${fault.in} ${fault.path}`),
    ['path /bookId', 'path /id', 'header /if-match', 'header /idempotency-key', 'body '],
  );
  const query = await ask(
    world.county.finance,
    'GET',
    `${book}/funds?limit=201&year=1&type=x&effectiveBy=x&cursor=%20`,
  );
  t.same(query.body.errors.map((fault: { path: string }) => fault.path).sort(), [
    '/cursor',
    '/effectiveBy',
    '/limit',
    '/type',
    '/year',
  ]);
  const terms = await ask(world.county.finance, 'POST', `${book}/funds`, {
    body: { ...fundInput(), terms: { type: 'lottery' }, year: 1e20 },
  });
  t.same(terms.body.errors.map((fault: { path: string }) => fault.path).sort(), ['/terms/type', '/year']);
  t.same(terms.body.errors.map((fault: { message: string }) => fault.message).sort(), [
    '数值不能大于 2100',
    '没有这一类型，请从允许的类型中选择',
  ]);
});

forEachEngine('the same key and request get the same answer, success and refusal alike', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask } = await serve(t, store);
  const book = `/books/${county.bookId}`;
  const headers = { 'idempotency-key': 'k-1' };
  const body = fundInput();
  const first = await ask(county.finance, 'POST', `${book}/funds`, { body, headers });
  const again = await ask(county.finance, 'POST', `${book}/funds`, { body, headers });
  t.equal(first.status, 201);
  t.same(again.body, first.body);
  t.same([again.status, again.headers['etag']], [201, '"1"']);
  const other = await ask(county.finance, 'POST', `${book}/funds`, { body: fundInput(), headers });
  t.match(other, { status: 409, body: { code: 'idempotency_conflict' } });
  t.equal(
    (await ask(county.finance2, 'POST', `${book}/funds`, { body: fundInput(), headers })).status,
    201,
    'keys are one’s own',
  );

  const refusal = {
    headers: { 'idempotency-key': 'k-2' },
    body: {
      kind: 'return',
      documentNo: nextNo('缴'),
      effectiveDate: '2022-07-01',
      amount: '5.00',
      counterparty: '县财政局',
    },
  };
  const path = `${book}/funds/${first.body.id}/documents`;
  const refused = await ask(county.finance, 'POST', path, refusal);
  t.match(refused, { status: 409, body: { code: 'insufficient_balance' } });
  await ask(county.finance, 'POST', path, {
    body: { ...refusal.body, kind: 'grant', documentNo: nextNo('下达') },
  });
  const replayed = await ask(county.finance, 'POST', path, refusal);
  t.same({ ...replayed.body, instance: '' }, { ...refused.body, instance: '' }, 'although it would pass now');
  t.equal(replayed.status, 409);
  const kept = await outcomesOf(world, county.bookId);
  t.equal(kept.filter((outcome) => outcome.includes('insufficient_balance')).length, 1, 'and is logged once');

  const racing = { headers: { 'idempotency-key': 'k-3' }, body: fundInput() };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => ask(county.finance, 'POST', `${book}/funds`, racing)),
  );
  t.same(new Set(answers.map((answer) => `${answer.status} ${answer.body.id}`)).size, 1);
});

forEachEngine('ETag and If-Match', async (t, store) => {
  const world = await seedWorld(store);
  const { ask } = await serve(t, store);
  const fundId = await openFund(world);
  const book = `/books/${world.county.bookId}`;
  const maker = world.stationOperator;
  const body = claimInput(world.station.id, [{ fundId, amount: '10.00' }]);
  const created = await ask(maker, 'POST', `${book}/claims`, { body });
  const path = `${book}/claims/${created.body.id}`;
  t.equal((await ask(maker, 'GET', path)).headers['etag'], '"1"');
  t.match(await ask(maker, 'PUT', path, { body }), { status: 428, body: { code: 'precondition_required' } });
  const edit = { body: { ...body, title: '改' }, headers: { 'if-match': '"1"' } };
  t.match(await ask(maker, 'PUT', path, edit), {
    status: 200,
    headers: { etag: '"2"' },
    body: { title: '改', version: 2 },
  });
  t.match(await ask(maker, 'PUT', path, edit), { status: 412, body: { code: 'stale_version' } });
  const submit = (version: string) =>
    ask(maker, 'POST', `${path}/submit`, { headers: { 'if-match': version } });
  t.match(await submit('"1"'), { status: 412 });
  t.match(await submit('W/"2"'), { status: 400 });
  t.match(await submit('"2"'), { status: 200, headers: { etag: '"3"' } });
  t.match(
    await ask(maker, 'POST', `${path}/withdraw`, { body: {} }),
    { status: 200, body: { status: 'draft' } },
    'optional',
  );

  const keyed = { headers: { 'if-match': '"4"', 'idempotency-key': 'e-1' }, body };
  t.equal((await ask(maker, 'PUT', path, keyed)).status, 200);
  t.equal(
    (await ask(maker, 'PUT', path, keyed)).status,
    200,
    'a lost answer is given again, not found stale',
  );
  const moved = { ...keyed, headers: { ...keyed.headers, 'if-match': '"5"' } };
  t.match(await ask(maker, 'PUT', path, moved), { status: 409, body: { code: 'idempotency_conflict' } });
});
