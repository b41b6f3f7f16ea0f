import { isSealed } from '../../src/audit/index.js';
import type { Store } from '../../src/db/store.js';
import {
  actorOfPerson,
  changePassword,
  createPerson,
  deactivatePerson,
  getPerson,
  grantRole,
  listPeople,
  type NewPerson,
  resetPassword,
  revokeGrant,
  signIn,
} from '../../src/organisations/index.js';
import { loginIndexOf } from '../../src/organisations/people.repository.js';
import { asCaller, forEachEngine, seedTree, shown, testContext } from '../helper.js';

const PASSWORD = '红河社工站二〇二二春天';
const person = (fields: Partial<NewPerson> & Pick<NewPerson, 'organisationId'>): NewPerson => ({
  loginName: 'zhang.min',
  displayName: '张敏',
  password: null,
  roles: [],
  ...fields,
});
const enter = (store: Store, loginName: string, password: string) =>
  signIn(store, testContext(), { loginName, password }, 12);

async function logText(store: Store): Promise<string> {
  const rows = await store.read.selectFrom('logEntry').select('body').execute();
  return rows.map((row) => row.body).join('\n');
}

forEachEngine('a person is registered with roles; names stay out of the log', async (t, store) => {
  const { station, actors } = await seedTree(store);
  const input = person({ organisationId: station.id, password: PASSWORD, roles: ['operator', 'operator'] });
  const created = await createPerson(store, asCaller(actors.admin), input);
  t.ok(isSealed(created.loginName) && isSealed(created.displayName));
  t.match(
    await shown(store, created),
    { loginName: 'zhang.min', displayName: '张敏', isActive: true, version: 1 },
    'the vault holds them',
  );
  t.match(created.grants, [{ role: 'operator', roleLabel: '经办', organisationName: '福集镇社工站' }]);
  t.equal(created.grants.length, 1);
  const log = await logText(store);
  t.notMatch(log, /张敏|zhang\.min|argon2|二〇二二/);
  const row = await store.read
    .selectFrom('person')
    .select('passwordHash')
    .where('id', '=', created.id)
    .executeTakeFirstOrThrow();
  t.ok(isSealed(row.passwordHash));
  t.match((await shown(store, row)).passwordHash, /^\$argon2id\$/);
});

forEachEngine('registering: what is refused', async (t, store) => {
  const { county, siblingCounty, station, actors } = await seedTree(store);
  const create = (fields: Partial<NewPerson>, actor = actors.admin) =>
    createPerson(store, asCaller(actor), person({ organisationId: county.id, ...fields }));
  await create({});
  const cases: [string, () => Promise<unknown>, string][] = [
    ['duplicate login', () => create({}), 'already_exists'],
    ['short password', () => create({ loginName: 'a2', password: '短密码' }), 'password_too_weak'],
    ['common password', () => create({ loginName: 'a3', password: 'Password123' }), 'password_too_weak'],
    [
      'like the login',
      () => create({ loginName: 'a.hua.2022', password: 'A.HUA.2022' }),
      'password_too_weak',
    ],
    ['foreign county', () => create({ loginName: 'a4', organisationId: siblingCounty.id }), 'not_found'],
    ['no administrator', () => create({ loginName: 'a5', password: PASSWORD }, actors.finance), 'forbidden'],
    [
      'finance at a station',
      () => create({ loginName: 'a6', organisationId: station.id, roles: ['finance'] }),
      'role_misplaced',
    ],
  ];
  for (const [name, attempt, code] of cases) await t.rejects(attempt(), { code }, name);
  const refused = ['a2', 'a3', 'a.hua.2022', 'a4', 'a5', 'a6'];
  const left = await store.read
    .selectFrom('person')
    .select('id')
    .where(
      'loginIndex',
      'in',
      refused.map((name) => loginIndexOf(store.keys, name)),
    )
    .execute();
  t.same(left, [], 'nothing is left of what was refused');
});

forEachEngine('two who register one login name in two books at once: one is told', async (t, store) => {
  const { county, siblingCounty, actors } = await seedTree(store);
  const create = (organisationId: string) =>
    createPerson(store, asCaller(actors.rootAdmin), person({ organisationId }));
  const results = await Promise.allSettled([create(county.id), create(siblingCounty.id)]);
  t.same(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
  const refused = results.find((result) => result.status === 'rejected');
  t.match(refused, { reason: { code: 'already_exists' } });
});

forEachEngine('roles are granted and revoked, each once, within one’s own tree', async (t, store) => {
  const { county, siblingCounty, prefecture, actors } = await seedTree(store);
  const asAdmin = asCaller(actors.admin);
  const { id } = await createPerson(store, asAdmin, person({ organisationId: county.id }));
  const finance = { organisationId: county.id, role: 'finance' as const };
  const granted = await grantRole(store, asAdmin, id, finance);
  t.match((await actorOfPerson(store.read, id)).grants, [{ organisationPath: county.path, role: 'finance' }]);
  await t.rejects(grantRole(store, asAdmin, id, finance), { code: 'already_exists' });
  const elsewhere = { organisationId: siblingCounty.id, role: 'auditor' as const };
  await t.rejects(grantRole(store, asAdmin, id, elsewhere), { code: 'not_found' });
  const above = { organisationId: prefecture.id, role: 'admin' as const };
  await t.rejects(
    grantRole(store, asAdmin, id, above),
    { code: 'forbidden' },
    'nobody promotes above themselves',
  );
  await t.rejects(grantRole(store, asAdmin, actors.siblingFinance.personId, finance), { code: 'not_found' });
  await t.rejects(grantRole(store, asCaller(actors.finance), id, finance), { code: 'not_found' });
  const grantId = granted.grants[0]?.id as string;
  await t.rejects(
    revokeGrant(store, asAdmin, actors.finance.personId, grantId),
    { code: 'not_found' },
    'another person',
  );
  t.same((await revokeGrant(store, asAdmin, id, grantId)).grants, []);
  await t.rejects(revokeGrant(store, asAdmin, id, grantId), { code: 'wrong_status' });
  t.match((await grantRole(store, asAdmin, id, finance)).grants, [{ role: 'finance' }], 'and granted anew');
});

forEachEngine('deactivation ends roles and sign-ins', async (t, store) => {
  const { county, actors } = await seedTree(store);
  const input = person({ organisationId: county.id, password: PASSWORD, roles: ['finance', 'payer'] });
  const { id } = await createPerson(store, asCaller(actors.admin), input);
  await enter(store, 'zhang.min', PASSWORD);
  const gone = await deactivatePerson(store, asCaller(actors.admin), id);
  t.match(gone, { isActive: false, grants: [], version: 2 });
  t.same(await store.read.selectFrom('session').selectAll().where('personId', '=', id).execute(), []);
  await t.rejects(enter(store, 'zhang.min', PASSWORD), { code: 'login_failed' });
  await t.rejects(actorOfPerson(store.read, id), { code: 'not_found' });
  await t.rejects(deactivatePerson(store, asCaller(actors.admin), id), { code: 'wrong_status' });
  await t.rejects(deactivatePerson(store, asCaller(actors.admin), actors.siblingFinance.personId), {
    code: 'not_found',
  });
  const again = { organisationId: county.id, role: 'finance' as const };
  await t.rejects(grantRole(store, asCaller(actors.admin), id, again), { code: 'wrong_status' });
});

forEachEngine(
  'the root keeps an administrator, even when the last two go at once from two books',
  async (t, store) => {
    const { province, county, siblingCounty, actors } = await seedTree(store);
    const asRoot = asCaller(actors.rootAdmin);
    const first = actors.rootAdmin.personId;
    await t.rejects(deactivatePerson(store, asRoot, first), { code: 'last_admin' });
    const [grant] = (await getPerson(store, actors.rootAdmin, first)).grants;
    await t.rejects(revokeGrant(store, asRoot, first, grant?.id as string), { code: 'last_admin' });
    const rootAdmins = () =>
      store.read
        .selectFrom('roleGrant')
        .innerJoin('person', 'person.id', 'roleGrant.personId')
        .select('personId')
        .where('roleGrant.organisationId', '=', province.id)
        .where('role', '=', 'admin')
        .where('revokedAt', 'is', null)
        .where('isActive', '=', 1)
        .execute();
    const race = async (ids: readonly string[], name: string) => {
      const results = await Promise.allSettled(ids.map((id) => deactivatePerson(store, asRoot, id)));
      t.same(results.map((result) => result.status).sort(), ['fulfilled', 'rejected'], name);
      t.match(
        results.find((result) => result.status === 'rejected'),
        { reason: { code: 'last_admin' } },
      );
      t.equal((await rootAdmins()).length, 1);
    };
    const rootAdmin = async (loginName: string, organisationId: string) => {
      const { id } = await createPerson(store, asRoot, person({ loginName, organisationId }));
      await grantRole(store, asRoot, id, { organisationId: province.id, role: 'admin' });
      return id;
    };
    // The second is employed in the county, so the two removals run in two books.
    await race([first, await rootAdmin('second', county.id)], 'one of the root’s own people');
    for (let round = 0; round < 5; round += 1) {
      const [former] = await rootAdmins();
      // Neither removal ends a grant here: the province's log tells those of both.
      const two = [
        await rootAdmin(`here${round}`, county.id),
        await rootAdmin(`there${round}`, siblingCounty.id),
      ];
      await deactivatePerson(store, asRoot, former?.personId as string);
      await race(two, `both employed below, round ${round}`);
    }
  },
);

forEachEngine('one’s own password', async (t, store) => {
  const { county, actors } = await seedTree(store);
  const input = person({ organisationId: county.id, password: PASSWORD });
  const { id } = await createPerson(store, asCaller(actors.admin), input);
  const own = asCaller(await actorOfPerson(store.read, id));
  const here = await enter(store, 'zhang.min', PASSWORD);
  await enter(store, 'zhang.min', PASSWORD);
  const change = (currentPassword: string, newPassword: string) =>
    changePassword(store, own, { currentPassword, newPassword }, here.secret);
  await t.rejects(change('wrong', 'another-password'), { code: 'login_failed' });
  await t.rejects(change(PASSWORD, 'short'), { code: 'password_too_weak' });
  t.same(await change(PASSWORD, 'another-password'), { changed: true });
  const sessions = await store.read
    .selectFrom('session')
    .select('tokenHash')
    .where('personId', '=', id)
    .execute();
  t.equal(sessions.length, 1, 'only this sign-in goes on');
  await t.rejects(enter(store, 'zhang.min', PASSWORD), { code: 'login_failed' });
  await t.resolves(enter(store, 'zhang.min', 'another-password'));
});

forEachEngine('an administrator gives a new password, but not to one who is more', async (t, store) => {
  const { county, prefecture, actors } = await seedTree(store);
  const { id } = await createPerson(store, asCaller(actors.admin), person({ organisationId: county.id }));
  await t.rejects(enter(store, 'zhang.min', PASSWORD), { code: 'login_failed' }, 'no password yet');
  await resetPassword(store, asCaller(actors.admin), id, PASSWORD);
  await t.resolves(enter(store, 'zhang.min', PASSWORD));
  await t.rejects(resetPassword(store, asCaller(actors.admin), actors.siblingFinance.personId, PASSWORD), {
    code: 'not_found',
  });
  await t.rejects(resetPassword(store, asCaller(actors.finance), id, PASSWORD), { code: 'not_found' });
  await grantRole(store, asCaller(actors.rootAdmin), id, { organisationId: prefecture.id, role: 'auditor' });
  await t.rejects(resetPassword(store, asCaller(actors.admin), id, 'another-password'), {
    code: 'forbidden',
  });
});

forEachEngine('lists and single people: those whom one administers, and oneself', async (t, store) => {
  const { station, actors } = await seedTree(store);
  const list = async (actor = actors.admin, query = {}) =>
    (await shown(store, await listPeople(store, actor, { limit: 50, ...query }))).items.map(
      (item) => item.displayName,
    );
  t.equal((await list()).length, 11);
  t.equal((await list(actors.rootAdmin)).length, 18);
  t.same(await list(actors.finance), []);
  t.same(await list(actors.admin, { organisationId: station.id }), ['stationOperator', 'stationReviewer']);
  t.same(await list(actors.admin, { text: 'STATIONREV' }), ['stationReviewer']);
  const page = await listPeople(store, actors.admin, { limit: 10 });
  t.equal(
    (await listPeople(store, actors.admin, { limit: 10, cursor: page.nextCursor as string })).items.length,
    1,
  );
  const own = await getPerson(store, actors.finance, actors.finance.personId);
  t.match(await shown(store, own), { displayName: 'finance' });
  await t.rejects(getPerson(store, actors.finance, actors.payer.personId), { code: 'not_found' });
  await t.rejects(getPerson(store, actors.admin, actors.siblingFinance.personId), { code: 'not_found' });
});
