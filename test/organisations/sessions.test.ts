import { sha256Hex } from '../../src/core/ids.js';
import {
  actorOfSession,
  actorOfToken,
  createToken,
  deactivatePerson,
  getMe,
  listTokens,
  resetPassword,
  revokeToken,
  signIn,
  signOut,
} from '../../src/organisations/index.js';
import { asCaller, forEachEngine, seedTree, shown, testContext } from '../helper.js';

const PASSWORD = 'correct-horse-8';
const AT = '2022-07-31T02:00:00.000Z';
const later = (hours: number) => new Date(Date.parse(AT) + hours * 3_600_000);

forEachEngine('sign-in: the secret is the only key, and only its hash is kept', async (t, store) => {
  const { county, actors } = await seedTree(store);
  await resetPassword(store, asCaller(actors.admin), actors.finance.personId, PASSWORD);
  const enter = (loginName: string, password: string) =>
    signIn(store, testContext({ at: AT }), { loginName, password }, 12);
  await t.rejects(enter('finance', 'wrong'), { code: 'login_failed' });
  await t.rejects(enter('nobody', PASSWORD), { code: 'login_failed' });
  await t.rejects(enter('payer', PASSWORD), { code: 'login_failed' }, 'a person without a password');
  const session = await enter('finance', PASSWORD);
  t.equal(session.expiresAt, later(12).toISOString());
  t.equal(
    (await store.read.selectFrom('session').selectAll().execute())[0]?.tokenHash,
    sha256Hex(session.secret),
  );
  const actor = await actorOfSession(store.read, session.secret, later(11.9));
  t.match(actor, { personId: actors.finance.personId, via: 'session' });
  t.match(actor?.grants, [
    { organisationPath: county.path, organisationKind: 'bureau_county', role: 'finance' },
  ]);
  t.equal(await actorOfSession(store.read, session.secret, later(12)), null, 'expired to the millisecond');
  t.equal(await actorOfSession(store.read, `${session.secret}x`, later(1)), null);
  t.equal(
    await actorOfSession(store.read, sha256Hex(session.secret), later(1)),
    null,
    'the stored hash opens nothing',
  );
  t.match(await shown(store, await getMe(store, actors.finance)), {
    organisation: { name: '泸县民政局' },
    person: { loginName: 'finance' },
  });
});

forEachEngine(
  'sign-out and deactivation hold at once; old sessions are cleared at sign-in',
  async (t, store) => {
    const { actors } = await seedTree(store);
    await resetPassword(store, asCaller(actors.admin), actors.finance.personId, PASSWORD);
    const enter = (at: string) =>
      signIn(store, testContext({ at }), { loginName: 'finance', password: PASSWORD }, 12);
    await enter('2022-07-01T00:00:00.000Z');
    const first = await enter(AT);
    const second = await enter(AT);
    t.equal(
      (await store.read.selectFrom('session').selectAll().execute()).length,
      2,
      'the expired one is gone',
    );
    await signOut(store, asCaller(actors.finance), first.secret);
    t.equal(await actorOfSession(store.read, first.secret, later(1)), null);
    t.ok(await actorOfSession(store.read, second.secret, later(1)), 'the other goes on');
    await t.resolves(signOut(store, asCaller(actors.finance), first.secret), 'twice does no harm');
    await deactivatePerson(store, asCaller(actors.admin), actors.finance.personId);
    t.equal(await actorOfSession(store.read, second.secret, later(1)), null);
  },
);

forEachEngine('API tokens: shown once, expire, are revoked by their owner', async (t, store) => {
  const { actors } = await seedTree(store);
  const own = asCaller(actors.finance, { at: AT, key: 'k1' });
  const token = await createToken(store, own, { name: '财务软件', days: 30 });
  t.match(token.secret, /^sfl_[\w-]{43}$/);
  t.match(await actorOfToken(store.read, token.secret, later(1)), {
    personId: actors.finance.personId,
    via: 'token',
  });
  t.equal(await actorOfToken(store.read, token.secret, later(30 * 24)), null, 'expired');
  t.equal(await actorOfToken(store.read, token.secret.slice(4), later(1)), null, 'without its prefix');
  const kept = await store.read.selectFrom('idempotency').selectAll().execute();
  t.notMatch(JSON.stringify(kept), token.secret, 'no answer with a secret is kept');
  t.same(Object.keys((await listTokens(store, actors.finance)).items[0] ?? {}).includes('secret'), false);
  t.same((await listTokens(store, actors.payer)).items, []);
  await t.rejects(
    revokeToken(store, asCaller(actors.payer), token.id),
    { code: 'not_found' },
    'another’s token',
  );
  t.match(await revokeToken(store, asCaller(actors.finance), token.id), { revokedAt: String });
  t.equal(await actorOfToken(store.read, token.secret, later(1)), null, 'revoked');
  await t.rejects(revokeToken(store, asCaller(actors.finance), token.id), { code: 'wrong_status' });
  const byToken = asCaller({ ...actors.finance, via: 'token' });
  await t.rejects(createToken(store, byToken, { name: '再来一个', days: 1 }), { code: 'forbidden' });
});
