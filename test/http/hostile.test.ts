import { Writable } from 'node:stream';
import type { Test } from 'tap';
import { claimInput, fundInput, openContract, openFund, seedWorld, verifyClean } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Answer, type Ask, type Method, serve } from './service.js';

const problem = (t: Test, answer: Answer, what: string) => {
  t.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
  t.match(String(answer.headers['content-type']), /^application\/problem\+json/, what);
  t.equal(answer.body.status, answer.status, what);
  t.match(answer.body.detail, /\p{Script=Han}/u, what);
};

const json = (raw: string, type = 'application/json'): Ask => ({ raw, headers: { 'content-type': type } });

forEachEngine('hostile requests are refused as problems, never with a 5xx', async (t, store) => {
  const world = await seedWorld(store);
  const { county } = world;
  const { ask } = await serve(t, store);
  const fundId = await openFund(world);
  const contractId = await openContract(world, [{ fundId, amount: '1.00' }]);
  const book = `/books/${county.bookId}`;
  const { finance } = county;
  const line = claimInput(world.station.id, [{ fundId, amount: '1.00' }]);
  const fund = (given: object) => ({ body: { ...fundInput(), ...given } });
  const document = (given: object) => ({
    body: {
      kind: 'grant',
      documentNo: 'x',
      effectiveDate: '2022-07-01',
      amount: '1.00',
      counterparty: 'y',
      ...given,
    },
  });
  const cases: [what: string, method: Method, path: string, ask?: Ask][] = [
    ['malformed JSON', 'POST', `${book}/funds`, json('{"a":')],
    ['empty JSON', 'POST', `${book}/funds`, json('')],
    ['no body', 'POST', `${book}/funds`],
    ['null', 'POST', `${book}/funds`, json('null')],
    ['a number', 'POST', `${book}/funds`, json('1e999')],
    ['an array', 'POST', `${book}/funds`, json('[[[[]]]]')],
    ['deep nesting', 'POST', `${book}/funds`, json('['.repeat(100_000))],
    ['deep nesting, closed', 'POST', `${book}/funds`, json(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
    ['__proto__', 'POST', `${book}/funds`, json('{"__proto__":{"isAdmin":true}}')],
    ['constructor.prototype', 'POST', `${book}/funds`, json('{"constructor":{"prototype":{"a":1}}}')],
    ['not JSON', 'POST', `${book}/funds`, json('a=1', 'application/x-www-form-urlencoded')],
    ['plain text', 'POST', `${book}/funds`, json('{}', 'text/plain')],
    ['nonsense content type', 'POST', `${book}/funds`, json('{}', 'x')],
    [
      'invalid UTF-8',
      'POST',
      `${book}/funds`,
      { raw: Buffer.from([0x22, 0xff, 0xfe, 0x22]), headers: { 'content-type': 'application/json' } },
    ],
    ['over 1 MiB', 'POST', `${book}/funds`, json(`"${'x'.repeat(1024 * 1024)}"`)],
    [
      'lone surrogate',
      'POST',
      `${book}/funds`,
      json(JSON.stringify(fund({ name: 'A' }).body).replace('"A"', '"\\ud800"')),
    ],
    ['lone surrogate in a key', 'POST', `${book}/funds`, json('{"\\udfff":1}')],
    ['NUL in text', 'POST', `${book}/funds`, fund({ name: 'a\0b' })],
    ['NUL in terms', 'POST', `${book}/funds`, fund({ terms: { type: 'local_budget', budgetCode: '\0' } })],
    ['NUL in an id', 'POST', `${book}/claims`, { body: { ...line, organisationId: 'a\0' } }],
    ['a huge year', 'POST', `${book}/funds`, fund({ year: 1e308 })],
    ['a fractional year', 'POST', `${book}/funds`, fund({ year: 2022.5 })],
    [
      'an amount as a number',
      'POST',
      `${book}/funds/${fundId}/documents`,
      document({ amount: 9007199254740991 }),
    ],
    [
      'a huge amount',
      'POST',
      `${book}/funds/${fundId}/documents`,
      document({ amount: '999999999999999.99' }),
    ],
    [
      'an endless amount',
      'POST',
      `${book}/funds/${fundId}/documents`,
      document({ amount: '9'.repeat(10_000) }),
    ],
    ['a negative amount', 'POST', `${book}/funds/${fundId}/documents`, document({ amount: '-1.00' })],
    ['a zero amount', 'POST', `${book}/funds/${fundId}/documents`, document({ amount: '0.00' })],
    ['year 0', 'POST', `${book}/funds/${fundId}/documents`, document({ effectiveDate: '0000-00-00' })],
    [
      'the far future',
      'POST',
      `${book}/funds/${fundId}/documents`,
      document({ effectiveDate: '9999-12-31' }),
    ],
    [
      'an unknown fund',
      'POST',
      `${book}/claims`,
      { body: { ...line, lines: [{ ...line.lines[0], fundId: 'x' }] } },
    ],
    [
      'an unknown attachment',
      'POST',
      `${book}/contracts/${contractId}/evidence`,
      { body: { kind: 'other', date: '2022-01-01', documentNo: 'x', attachmentId: 'x' } },
    ],
    ['NUL in the path', 'GET', '/books/%00'],
    ['NUL in the path, later', 'GET', `${book}/funds/%00`],
    ['a broken escape', 'GET', '/books/%zz'],
    ['an overlong UTF-8 escape', 'GET', '/books/%c0%80'],
    ['a surrogate escape', 'GET', '/books/%ed%a0%80'],
    ['an endless path', 'GET', `/books/${'a'.repeat(5000)}`],
    ['dots', 'GET', '/books/..%2f..%2fetc%2fpasswd'],
    ['NUL in the query', 'GET', `${book}/funds?cursor=%00`],
    ['NUL in an unknown query', 'GET', `${book}/funds?x=%00`],
    ['NUL in a query key', 'GET', `${book}/funds?%00=1`],
    ['SQL in the query', 'GET', `${book}/log?outcome=' or 1=1 --`],
    ['a year out of range', 'GET', `${book}/funds?year=99999999999`],
    ['limit twice', 'GET', `${book}/funds?limit=1&limit=2`],
    ['a log index out of range', 'GET', `${book}/log/99999999999`],
    ['a negative log index', 'GET', `${book}/log/-1`],
    ['a cursor out of range', 'GET', `${book}/log?cursor=99999999999`],
    ['an unknown address', 'GET', '/nothing'],
    ['an unknown method', 'PATCH', `${book}/funds`],
    [
      'a wrong If-Match',
      'PUT',
      `${book}/claims/x`,
      { body: line, headers: { 'if-match': '"99999999999999999999"' } },
    ],
    ['a key in Chinese', 'POST', `${book}/funds`, { ...fund({}), headers: { 'idempotency-key': '键' } }],
    [
      'an endless key',
      'POST',
      `${book}/funds`,
      { ...fund({}), headers: { 'idempotency-key': 'k'.repeat(201) } },
    ],
    ['a bad token', 'GET', '/books', { headers: { authorization: 'Bearer \u00ff' } }],
    ['NUL in the login name', 'POST', '/session', { body: { loginName: '\0', password: 'x' } }],
    ['another website', 'POST', '/session', { body: {}, headers: { origin: 'https://evil.example' } }],
  ];
  for (const [what, method, path, given] of cases) problem(t, await ask(finance, method, path, given), what);
  // Addresses that a person may type are answered without harm.
  t.equal((await ask(finance, 'GET', `${book}/funds?__proto__=1&constructor=2`)).status, 200);
  await verifyClean(t, world);
});

forEachEngine('the log of the service holds no secret and no name', async (t, store) => {
  const lines: string[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const world = await seedWorld(store);
  const fundId = await openFund(world);
  const { app, ask, tokenOf } = await serve(t, store, { log });
  const book = `/books/${world.county.bookId}`;
  const body = {
    ...claimInput(world.station.id, [{ fundId, amount: '1.00' }], {
      payeeName: '收款人王五',
      title: '标题甲',
    }),
  };
  body.lines[0] = { ...(body.lines[0] as (typeof body.lines)[number]), description: '说明乙' };
  const created = await ask(world.stationOperator, 'POST', `${book}/claims`, { body });
  t.equal(created.status, 201);
  await ask(world.stationOperator, 'POST', `${book}/claims`, {
    body: { ...body, payeeName: '收款人王五\0' },
  });
  await ask(world.county.finance, 'GET', '/people?text=张敏之');
  await ask(null, 'POST', '/session', { body: { loginName: 'zhang.min', password: 'pass-word-42' } });
  await ask(null, 'GET', '//setup?token=setup-secret');
  await ask(null, 'GET', '/books', {
    headers: { cookie: 'session=cookie-secret', authorization: 'Bearer bearer-secret' },
  });
  const error = Object.assign(new Error('duplicate key'), {
    code: 'XX000',
    detail: 'Key (loginName)=(zhang.min)',
  });
  app.log.error({
    err: error,
    headers: { authorization: 'a-secret' },
    payeeName: '收款人王五',
    password: 'pass-word-42',
  });
  const written = lines.join('');
  const secrets = [
    '王五',
    '标题甲',
    '说明乙',
    '张敏之',
    'zhang.min',
    'pass-word-42',
    'setup-secret',
    'cookie-secret',
    'bearer-secret',
    'a-secret',
  ];
  for (const secret of [...secrets, await tokenOf(world.stationOperator)]) {
    t.notOk(written.includes(secret), `no ${secret}`);
  }
  const line = lines.map((text) => JSON.parse(text)).find((entry) => entry.status === 201);
  t.match(line, {
    reqId: /^[0-9a-f-]{36}$/,
    method: 'POST',
    route: '/api/v1/books/:bookId/claims',
    actorId: world.stationOperator.personId,
  });
  t.equal(created.headers['x-request-id'], line.reqId);
});
