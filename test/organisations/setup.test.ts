import { test } from 'tap';
import type { Store } from '../../src/db/store.js';
import {
  actorOfPerson,
  completeSetup,
  createSetupLink,
  type SetupForm,
} from '../../src/organisations/index.js';
import { engines, forEachEngine, prepare, testContext, testDatabaseUrl } from '../helper.js';
import { openAt } from '../keys.js';

const NOW = new Date('2022-07-31T02:00:00.000Z');
const secretOf = (link: string | null) => link?.split('token=')[1] as string;
const form = (token: string, loginName = 'li.hua'): SetupForm => ({
  token,
  bureau: { kind: 'bureau_county', name: '泸县民政局', divisionCode: '510521' },
  admin: { loginName, displayName: '李华', password: 'correct-horse-9' },
});

forEachEngine('the link makes bureau, book and administrator, once', async (t, store) => {
  const link = await createSetupLink(store, NOW);
  t.match(link, /^\/setup\?token=[\w-]{43}$/);
  const secret = secretOf(link);
  const made = await completeSetup(store, testContext(), form(secret));
  t.match(made, {
    bureau: { name: '泸县民政局', parentId: null, bookId: String },
    admin: { grants: [{ role: 'admin' }] },
  });
  const actor = await actorOfPerson(store.read, made.admin.id);
  t.match(actor.grants, [
    { organisationId: made.bureau.id, organisationPath: `${made.bureau.id}/`, role: 'admin' },
  ]);
  const entries = await store.read.selectFrom('logEntry').selectAll().execute();
  t.match(entries, [{ bookId: made.bureau.bookId, logIndex: 0, action: 'setup.complete' }]);
  t.notMatch(entries[0]?.body, /李华|li\.hua/);
  const book = await store.read.selectFrom('book').selectAll().executeTakeFirstOrThrow();
  t.match(book, { logSize: 1, logFrontier: entries[0]?.leafHash });
  await t.rejects(
    completeSetup(store, testContext(), form(secret)),
    { code: 'setup_link_invalid' },
    'a second use',
  );
  t.equal(await createSetupLink(store, NOW), null, 'no new link once there is a person');
});

forEachEngine('wrong, expired and weak: nothing is made, and the link stays good', async (t, store) => {
  const secret = secretOf(await createSetupLink(store, NOW));
  const cases: [string, SetupForm, string, string][] = [
    ['wrong token', form('x'), '2022-07-31T02:00:00.000Z', 'setup_link_invalid'],
    ['24 hours later', form(secret), '2022-08-01T02:00:00.000Z', 'setup_link_invalid'],
    [
      'weak password',
      { ...form(secret), admin: { loginName: 'a', displayName: 'b', password: 'short' } },
      '2022-07-31T03:00:00.000Z',
      'password_too_weak',
    ],
    [
      'a province’s code for a county',
      { ...form(secret), bureau: { kind: 'bureau_county', name: '泸县', divisionCode: '510000' } },
      '2022-07-31T03:00:00.000Z',
      'division_mismatch',
    ],
  ];
  for (const [name, given, at, code] of cases) {
    await t.rejects(completeSetup(store, testContext({ at }), given), { code }, name);
  }
  t.same(await store.read.selectFrom('organisation').selectAll().execute(), []);
  await t.resolves(completeSetup(store, testContext({ at: '2022-08-01T01:59:59.999Z' }), form(secret)));
});

for (const engine of engines) {
  void test(`two links used at once in two processes: one installation (${engine})`, async (t) => {
    const url = await testDatabaseUrl(t, engine);
    const stores: [Store, Store] = [await openAt(url), await openAt(url)];
    t.teardown(() => Promise.all(stores.map((store) => store.close())));
    await prepare(stores[0]);
    const links = [await createSetupLink(stores[0], NOW), await createSetupLink(stores[1], NOW)];
    const results = await Promise.allSettled(
      stores.map((store, index) =>
        completeSetup(store, testContext(), form(secretOf(links[index] ?? null), `admin${index}`)),
      ),
    );
    t.same(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
    t.match(
      results.find((result) => result.status === 'rejected'),
      { reason: { code: 'setup_link_invalid' } },
    );
    t.equal((await stores[0].read.selectFrom('organisation').selectAll().execute()).length, 1);
  });
}
