import Fastify from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import type { Test } from 'tap';
import { readConfig } from '../../src/config.js';
import type { Store } from '../../src/db/store.js';
import { registerAuth } from '../../src/http/auth.js';
import type { App, Dependencies } from '../../src/http/context.js';
import { handleError } from '../../src/http/errors.js';
import { registerReveal } from '../../src/http/reveal.js';
import { organisationRoutes } from '../../src/http/routes/organisations.js';
import { peopleRoutes } from '../../src/http/routes/people.js';
import { sessionRoutes } from '../../src/http/routes/session.js';
import { leaveToHook, validateRequest } from '../../src/http/validation.js';
import { createSetupLink, createToken, resetPassword } from '../../src/organisations/index.js';
import { asCaller, forEachEngine, seedTree } from '../helper.js';
import { ROOT_ADMIN } from '../organisations/tree.js';

const NOW = '2022-07-31T02:00:00.000Z';
const PASSWORD = 'correct-horse-8';

/** The routes under test on a server of their own, with a clock that the test moves. */
async function serve(t: Test, store: Store, settings: Record<string, string> = {}) {
  const clock = { now: new Date(NOW) };
  const logger = pino({ level: 'silent' });
  const config = readConfig({ LOGIN_ATTEMPTS_PER_MINUTE: '1000', ...settings });
  const deps: Dependencies = {
    store,
    config,
    logger,
    now: () => clock.now,
    policy: {} as Dependencies['policy'],
    checkpoints: {} as Dependencies['checkpoints'],
    tsaRoots: [],
    jobs: {} as Dependencies['jobs'],
  };
  const app = Fastify({ loggerInstance: logger }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.setValidatorCompiler(leaveToHook);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(handleError);
  app.addHook('preValidation', validateRequest);
  registerAuth(app, deps);
  registerReveal(app, deps);
  for (const routes of [sessionRoutes, organisationRoutes, peopleRoutes]) {
    await app.register(async (scope) => routes(scope as unknown as App, deps), { prefix: '/api/v1' });
  }
  t.teardown(() => app.close());
  type Method = 'GET' | 'POST' | 'DELETE';
  const ask = async (method: Method, path: string, headers: Record<string, string> = {}, body?: object) => {
    const options = { method, url: `/api/v1${path}`, headers, ...(body ? { payload: body } : {}) };
    const reply = await app.inject(options);
    return { status: reply.statusCode, headers: reply.headers, body: reply.json(), cookies: reply.cookies };
  };
  const cookieOf = async (loginName: string, password = PASSWORD) => {
    const { cookies } = await ask('POST', '/session', {}, { loginName, password });
    return `session=${cookies[0]?.value}`;
  };
  return { ask, clock, cookieOf };
}

forEachEngine('a session: cookie, who am I, sign-out, expiry', async (t, store) => {
  const { actors } = await seedTree(store);
  await resetPassword(store, asCaller(actors.admin), actors.finance.personId, PASSWORD);
  const { ask, clock, cookieOf } = await serve(t, store, { SECURE_COOKIES: 'true' });
  const entered = await ask('POST', '/session', {}, { loginName: ' Finance ', password: PASSWORD });
  t.equal(entered.status, 200);
  t.match(entered.cookies, [
    { name: 'session', httpOnly: true, sameSite: 'Strict', secure: true, path: '/' },
  ]);
  const [cookie] = entered.cookies;
  t.notMatch(JSON.stringify(entered.body), cookie?.value, 'the secret is in the cookie only');
  const headers = { cookie: `session=${cookie?.value}` };
  t.match(await ask('GET', '/me', headers), {
    status: 200,
    body: { via: 'session', person: { loginName: 'finance' } },
  });
  t.match(await ask('GET', '/session'), {
    status: 401,
    body: { code: 'unauthenticated', title: '请先登录' },
  });
  t.match(await ask('DELETE', '/session', headers), { status: 200, body: { signedOut: true } });
  t.equal((await ask('GET', '/me', headers)).status, 401);
  t.equal((await ask('DELETE', '/session', headers)).status, 200, 'signed out already');
  const second = { cookie: await cookieOf('finance') };
  clock.now = new Date(Date.parse(NOW) + 12 * 3_600_000);
  t.equal((await ask('GET', '/me', second)).status, 401, 'expired');
  t.equal((await ask('POST', '/session', second, { loginName: 'finance', password: PASSWORD })).status, 200);
});

forEachEngine('sign-in fails the same way for every reason, and is limited', async (t, store) => {
  await seedTree(store);
  const { ask } = await serve(t, store, { LOGIN_ATTEMPTS_PER_MINUTE: '3' });
  const attempt = (loginName: string) =>
    ask('POST', '/session', {}, { loginName, password: 'wrong-password' });
  const unknown = await attempt('nobody');
  const known = await attempt(ROOT_ADMIN.loginName);
  t.match(unknown, { status: 401, body: { code: 'login_failed' } });
  t.same({ ...known.body, instance: '' }, { ...unknown.body, instance: '' });
  t.equal((await attempt('nobody')).status, 401);
  t.match(await attempt(ROOT_ADMIN.loginName), { status: 429, body: { code: 'too_many_attempts' } });
});

forEachEngine('tokens: bearer only, revoked at once, never taken for a cookie', async (t, store) => {
  const { actors } = await seedTree(store);
  const token = await createToken(store, asCaller(actors.finance), { name: '对接', days: 1 });
  const { ask, clock } = await serve(t, store);
  const headers = { authorization: `Bearer ${token.secret}` };
  t.match(await ask('GET', '/me', headers), { status: 200, body: { via: 'token' } });
  for (const bad of [`Bearer ${token.secret}x`, `Basic ${token.secret}`, 'Bearer ', 'Bearer sfl_', '']) {
    t.match(
      await ask('GET', '/me', { authorization: bad }),
      { status: 401, body: { code: 'unauthenticated' } },
      bad,
    );
  }
  t.equal((await ask('GET', '/me', { cookie: `session=${token.secret}` })).status, 401);
  t.match(await ask('POST', '/tokens', headers, { name: '再来一个' }), { status: 403 });
  t.match(await ask('GET', '/tokens', headers), { status: 200, body: { items: [{ id: token.id }] } });
  t.equal((await ask('DELETE', `/tokens/${token.id}`, headers)).status, 200);
  t.equal((await ask('GET', '/me', headers)).status, 401, 'revoked');
  const short = await createToken(store, asCaller(actors.finance), { name: '对接', days: 1 });
  clock.now = new Date(Date.parse(NOW) + 86_400_000);
  t.equal((await ask('GET', '/me', { authorization: `Bearer ${short.secret}` })).status, 401, 'expired');
});

forEachEngine('a write by cookie must come from our own pages', async (t, store) => {
  await seedTree(store);
  const { ask, cookieOf } = await serve(t, store, { PUBLIC_URL: 'https://funds.example.cn' });
  const cookie = await cookieOf(ROOT_ADMIN.loginName, ROOT_ADMIN.password);
  const write = (headers: Record<string, string>) =>
    ask('POST', '/tokens', { cookie, ...headers }, { name: '对接' });
  const cases: [string, Record<string, string>, number][] = [
    ['no header: a program', {}, 201],
    ['own origin', { origin: 'https://funds.example.cn', 'sec-fetch-site': 'same-origin' }, 201],
    ['the host asked for', { origin: 'http://10.0.0.5:3000', host: '10.0.0.5:3000' }, 201],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sister site', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['a hidden origin', { origin: 'null' }, 403],
    ['a look-alike', { origin: 'https://funds.example.cn.evil.example' }, 403],
  ];
  for (const [name, headers, status] of cases) t.equal((await write(headers)).status, status, name);
  const foreign = { origin: 'https://evil.example' };
  t.equal((await ask('GET', '/me', { cookie, ...foreign })).status, 200, 'reads are not writes');
  const login = { loginName: ROOT_ADMIN.loginName, password: ROOT_ADMIN.password };
  t.equal((await ask('POST', '/session', foreign, login)).status, 403, 'nor may another site sign us in');
});

forEachEngine('set-up over HTTP', async (t, store) => {
  const { ask } = await serve(t, store);
  const token = (await createSetupLink(store, new Date(NOW)))?.split('token=')[1] as string;
  const form = {
    token,
    bureau: { kind: 'bureau_county', name: '泸县民政局', divisionCode: '510521' },
    admin: { loginName: 'Li.Hua', displayName: '李华', password: 'correct-horse-9' },
  };
  t.match(await ask('POST', '/setup', {}, { ...form, token: 'x' }), {
    status: 400,
    body: { code: 'setup_link_invalid' },
  });
  const faulty = await ask(
    'POST',
    '/setup',
    {},
    { ...form, bureau: { ...form.bureau, kind: 'township' }, extra: 1 },
  );
  t.match(faulty, { status: 400, body: { code: 'validation_failed', errors: Array } });
  t.match(await ask('POST', '/setup', {}, form), { status: 201, body: { admin: { loginName: 'li.hua' } } });
  t.equal((await ask('POST', '/setup', {}, form)).status, 400);
});

forEachEngine('organisations and people over HTTP', async (t, store) => {
  const tree = await seedTree(store);
  await resetPassword(store, asCaller(tree.actors.admin), tree.actors.admin.personId, PASSWORD);
  const { ask, cookieOf } = await serve(t, store);
  const cookie = await cookieOf('admin');
  const station = {
    kind: 'station_county',
    name: '泸县社工总站',
    parentId: tree.county.id,
    divisionCode: '510521',
    openedDate: '2022-01-01',
  };
  const keyed = { cookie, 'idempotency-key': 'k-1' };
  const made = await ask('POST', '/organisations', keyed, station);
  t.match(made, { status: 201, headers: { etag: '"1"' }, body: { name: '泸县社工总站', bookId: null } });
  t.same((await ask('POST', '/organisations', keyed, station)).body, made.body, 'replayed');
  const conflict = await ask('POST', '/organisations', keyed, { ...station, name: '另一个' });
  t.match(conflict, { status: 409, body: { code: 'idempotency_conflict' } });
  const path = `/organisations/${made.body.id}`;
  t.match(await ask('GET', path, { cookie }), { status: 200, headers: { etag: '"1"' } });
  t.equal(
    (await ask('GET', `/organisations/${tree.siblingCounty.id}`, { cookie })).status,
    404,
    'a foreign one',
  );
  t.equal((await ask('GET', '/organisations')).status, 401);
  const closing = { closedDate: '2022-07-31' };
  t.equal((await ask('POST', `${path}/close`, { cookie }, closing)).status, 428);
  t.equal((await ask('POST', `${path}/close`, { cookie, 'if-match': '"9"' }, closing)).status, 412);
  t.equal((await ask('POST', `${path}/close`, { cookie, 'if-match': '*' }, closing)).status, 400);
  t.match(await ask('POST', `${path}/close`, { cookie, 'if-match': '"1"' }, closing), {
    status: 200,
    headers: { etag: '"2"' },
  });

  const person = {
    loginName: 'zhang.min',
    displayName: '张敏',
    organisationId: tree.station.id,
    password: '红河社工站二〇二二春天',
    roles: ['operator'],
  };
  const created = await ask('POST', '/people', { cookie, 'idempotency-key': 'k-2' }, person);
  t.match(created, { status: 201, body: { loginName: 'zhang.min', grants: [{ role: 'operator' }] } });
  t.notMatch(JSON.stringify(created.body), /password|argon2/i);
  const replayed = await ask(
    'POST',
    '/people',
    { cookie, 'idempotency-key': 'k-2' },
    { ...person, password: 'x'.repeat(12) },
  );
  t.same(replayed.body, created.body, 'the key is bound to everything but the password');
  t.equal((await ask('POST', '/people', { cookie }, person)).status, 409);
  const grants = `/people/${created.body.id}/grants`;
  const granted = await ask(
    'POST',
    grants,
    { cookie },
    { organisationId: tree.station.id, role: 'reviewer' },
  );
  t.match(granted, { status: 201, body: { grants: [{ role: 'operator' }, { role: 'reviewer' }] } });
  t.match(await ask('DELETE', `${grants}/${granted.body.grants[0].id}`, { cookie }), {
    status: 200,
    body: { grants: [{ role: 'reviewer' }] },
  });
  const hers = { cookie: await cookieOf('zhang.min', person.password) };
  t.match(await ask('GET', '/organisations', hers), {
    status: 200,
    body: { items: Array, nextCursor: null },
  });
  t.match(await ask('GET', '/people', hers), { status: 200, body: { items: [] } });
  t.match(await ask('POST', '/organisations', hers, { ...station, parentId: tree.county.id }), {
    status: 403,
    body: { code: 'forbidden' },
  });
  t.match(await ask('POST', '/password', hers, { currentPassword: 'x', newPassword: 'another-password' }), {
    status: 401,
  });
  t.equal((await ask('POST', `/people/${created.body.id}/deactivate`, { cookie })).status, 200);
  t.equal((await ask('GET', '/me', hers)).status, 401, 'at once');
  t.equal((await ask('GET', `/people/${tree.actors.siblingFinance.personId}`, { cookie })).status, 404);
});
