import type { LogBody } from '../../src/audit/index.js';
import { addDays } from '../../src/core/dates.js';
import type { Store } from '../../src/db/store.js';
import { creditCheckCharacter } from '../../src/organisations/credit-code.js';
import {
  actorOfPerson,
  closeOrganisation,
  createOrganisation,
  foundRoot,
  getOrganisation,
  listOrganisations,
  type NewOrganisation,
} from '../../src/organisations/index.js';
import { asCaller, forEachEngine, seedTree, testContext } from '../helper.js';
import { PROVIDER_CREDIT_CODE } from './tree.js';

const given = (
  fields: Partial<NewOrganisation> & Pick<NewOrganisation, 'kind' | 'parentId'>,
): NewOrganisation => ({
  name: '某单位',
  divisionCode: '510521',
  creditCode: null,
  providerKind: null,
  districtClass: null,
  openedDate: '2022-01-01',
  ...fields,
});

async function lastEntry(store: Store, bookId: string) {
  const row = await store.read
    .selectFrom('logEntry')
    .selectAll()
    .where('bookId', '=', bookId)
    .orderBy('logIndex', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return { ...row, rows: (JSON.parse(row.body) as LogBody).rows };
}

forEachEngine('a bureau gets its book, and the log entry stands in the book above', async (t, store) => {
  const { prefecture, actors } = await seedTree(store);
  const input = given({
    kind: 'bureau_county',
    name: '叙永县民政局',
    parentId: prefecture.id,
    divisionCode: '510524',
  });
  const created = await createOrganisation(store, asCaller(actors.rootAdmin), input);
  t.match(created, { kindLabel: '县（市、区）民政局', version: 1, closedDate: null, bookId: String });
  const book = await store.read
    .selectFrom('book')
    .selectAll()
    .where('bureauId', '=', created.id)
    .executeTakeFirstOrThrow();
  t.match(book, { id: created.bookId, name: '叙永县民政局社工站资金账套', logSize: 0 });
  const entry = await lastEntry(store, prefecture.bookId);
  t.match(entry, { action: 'organisation.create', subjectId: created.id, outcome: null });
  t.match(entry.rows, [
    ['organisation', created.id, { kind: 'bureau_county', registeredIn: prefecture.bookId }],
    ['book', created.bookId, { bureauId: created.id, registeredIn: prefecture.bookId }],
  ]);
  t.equal(entry.rows?.length, 2);
  const row = await store.read
    .selectFrom('organisation')
    .select('path')
    .where('id', '=', created.id)
    .executeTakeFirstOrThrow();
  t.equal(row.path, `${prefecture.path}${created.id}/`);
});

forEachEngine('placement: kinds, divisions and credit codes', async (t, store) => {
  const { province, prefecture, county, township, station, actors } = await seedTree(store);
  const create = (input: NewOrganisation) => createOrganisation(store, asCaller(actors.rootAdmin), input);
  const code = (content: string) => content + creditCheckCharacter(content);
  const good: Parameters<typeof given>[0][] = [
    { kind: 'bureau_county', parentId: province.id, divisionCode: '519001' },
    { kind: 'station_prefecture', parentId: prefecture.id, divisionCode: '510500' },
    { kind: 'station_county', parentId: county.id },
    { kind: 'station_township', parentId: county.id },
    { kind: 'station_village', parentId: township.id },
    { kind: 'township', name: '泸县农场管委会', parentId: county.id, districtClass: 'new' },
    { kind: 'donor', parentId: county.id, divisionCode: '110101' },
    {
      kind: 'provider',
      parentId: county.id,
      divisionCode: '110101',
      creditCode: code('52110101MJ0000002'),
      providerKind: 'company',
    },
  ];
  for (const fields of good) await t.resolves(create(given(fields)), `${fields.kind} is accepted`);
  const bad: [Parameters<typeof given>[0], string][] = [
    [{ kind: 'bureau_provincial', parentId: province.id, divisionCode: '520000' }, 'organisation_misplaced'],
    [{ kind: 'bureau_prefecture', parentId: county.id, divisionCode: '510600' }, 'organisation_misplaced'],
    [{ kind: 'township', parentId: prefecture.id, divisionCode: '510500' }, 'organisation_misplaced'],
    [{ kind: 'station_village', parentId: county.id }, 'organisation_misplaced'],
    [
      {
        kind: 'provider',
        parentId: station.id,
        creditCode: code('52110101MJ0000003'),
        providerKind: 'company',
      },
      'organisation_misplaced',
    ],
    [{ kind: 'bureau_prefecture', parentId: province.id, divisionCode: '510521' }, 'division_mismatch'],
    [{ kind: 'bureau_prefecture', parentId: province.id, divisionCode: '530500' }, 'division_mismatch'],
    [{ kind: 'bureau_county', parentId: prefecture.id, divisionCode: '510500' }, 'division_mismatch'],
    [{ kind: 'bureau_county', parentId: prefecture.id, divisionCode: '510625' }, 'division_mismatch'],
    [{ kind: 'township', parentId: county.id, divisionCode: '510522' }, 'division_mismatch'],
    [{ kind: 'provider', parentId: county.id, providerKind: 'company' }, 'credit_code_required'],
    [
      { kind: 'provider', parentId: county.id, creditCode: code('52110101MJ0000004') },
      'provider_kind_required',
    ],
    [{ kind: 'township', parentId: county.id, providerKind: 'company' }, 'provider_kind_unexpected'],
    [
      { kind: 'bureau_county', parentId: prefecture.id, divisionCode: '510524', districtClass: 'new' },
      'district_class_unexpected',
    ],
    [
      { kind: 'provider', parentId: county.id, creditCode: PROVIDER_CREDIT_CODE, providerKind: 'company' },
      'already_exists',
    ],
    [{ kind: 'township', parentId: 'nobody' }, 'not_found'],
  ];
  for (const [fields, expected] of bad)
    await t.rejects(create(given(fields)), { code: expected }, `${fields.kind}: ${expected}`);
});

forEachEngine(
  'who may register: an administrator at or above, and foreign parents do not exist',
  async (t, store) => {
    const { county, siblingCounty, actors } = await seedTree(store);
    const input = given({ kind: 'station_county', parentId: county.id });
    await t.resolves(createOrganisation(store, asCaller(actors.admin), input));
    await t.rejects(createOrganisation(store, asCaller(actors.finance), input), { code: 'forbidden' });
    t.match(await lastEntry(store, county.bookId), { outcome: 'refused:forbidden' }, 'the refusal is logged');
    await t.rejects(createOrganisation(store, asCaller(actors.siblingFinance), input), { code: 'not_found' });
    const foreign = given({ kind: 'station_county', parentId: siblingCounty.id, divisionCode: '510522' });
    await t.rejects(createOrganisation(store, asCaller(actors.admin), foreign), { code: 'not_found' });
  },
);

forEachEngine('closing: version, order, dates, and what a closed one no longer takes', async (t, store) => {
  const { station, villageOffice, province, actors } = await seedTree(store);
  const close = (id: string, version: number | null, closedDate = '2022-07-31', actor = actors.admin) =>
    closeOrganisation(store, asCaller(actor), id, { closedDate, version });
  await t.rejects(close(station.id, 1), { code: 'wrong_status' }, 'an open one hangs below');
  await t.rejects(close(villageOffice.id, null), { code: 'precondition_required' });
  await t.rejects(close(villageOffice.id, 2), { code: 'stale_version' });
  await t.rejects(
    close(villageOffice.id, 1, '2019-12-31'),
    { code: 'closing_date_invalid' },
    'before it opened',
  );
  await t.rejects(
    close(villageOffice.id, 1, addDays('2022-07-31', 1)),
    { code: 'closing_date_invalid' },
    'tomorrow',
  );
  await t.rejects(close(villageOffice.id, 1, '2022-07-31', actors.siblingFinance), { code: 'not_found' });
  t.match(await close(villageOffice.id, 1), { closedDate: '2022-07-31', version: 2 });
  await t.rejects(close(villageOffice.id, 2), { code: 'wrong_status' }, 'a second time');
  t.match(await close(station.id, 1), { closedDate: '2022-07-31' });
  const below = given({ kind: 'station_village', parentId: station.id });
  await t.rejects(createOrganisation(store, asCaller(actors.admin), below), { code: 'organisation_closed' });
  await t.rejects(
    close(province.id, 1, '2022-07-31', actors.rootAdmin),
    { code: 'wrong_status' },
    'the root',
  );
});

forEachEngine('of two who close the same version at once, one is told', async (t, store) => {
  const { villageOffice, actors } = await seedTree(store);
  const close = () =>
    closeOrganisation(store, asCaller(actors.admin), villageOffice.id, {
      closedDate: '2022-07-01',
      version: 1,
    });
  const results = await Promise.allSettled([close(), close()]);
  t.same(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
});

forEachEngine(
  'idempotency: the same answer again, another request under the key refused',
  async (t, store) => {
    const { county, actors } = await seedTree(store);
    const input = given({ kind: 'station_county', parentId: county.id });
    const once = await createOrganisation(store, asCaller(actors.admin, { key: 'k1' }), input);
    t.same(await createOrganisation(store, asCaller(actors.admin, { key: 'k1' }), input), once);
    const other = asCaller(actors.admin, { key: 'k1', request: 'another' });
    await t.rejects(createOrganisation(store, other, input), { code: 'idempotency_conflict' });
    const { items } = await listOrganisations(store, actors.admin, { kind: 'station_county', limit: 50 });
    t.equal(items.length, 1);
  },
);

forEachEngine('listing: what one may see, filters and pages', async (t, store) => {
  const tree = await seedTree(store);
  const list = (actor = tree.actors.admin, query = {}) =>
    listOrganisations(store, actor, { limit: 50, ...query });
  const names = async (...args: Parameters<typeof list>) =>
    (await list(...args)).items.map((item) => item.name);
  t.same(await names(), [
    '四川省民政厅',
    '泸州市民政局',
    '泸县民政局',
    '福集镇',
    '福集镇社工站',
    '龙华村社工室',
    '泸县启明社会工作服务中心',
  ]);
  t.same(await names(tree.actors.siblingFinance), [
    '四川省民政厅',
    '泸州市民政局',
    '合江县民政局',
    '泸县启明社会工作服务中心',
  ]);
  t.equal((await names(tree.actors.rootAdmin)).length, 8);
  t.same(await names({ ...tree.actors.admin, grants: [] }), []);
  t.same(await names(tree.actors.admin, { kind: 'township' }), ['福集镇']);
  t.same(await names(tree.actors.admin, { parentId: tree.township.id }), ['福集镇社工站']);
  t.same(await names(tree.actors.admin, { text: '社工' }), ['福集镇社工站', '龙华村社工室']);
  t.same(await names(tree.actors.admin, { text: '%' }), [], 'a wildcard is a character');
  const first = await list(tree.actors.admin, { limit: 4 });
  const second = await list(tree.actors.admin, { limit: 4, cursor: first.nextCursor });
  t.same([first.items.length, second.items.length, second.nextCursor], [4, 3, null]);
  await t.rejects(getOrganisation(store, tree.actors.admin, tree.siblingCounty.id), { code: 'not_found' });
  t.match(await getOrganisation(store, tree.actors.siblingFinance, tree.provider.id), {
    providerKind: 'social_organisation',
  });
});

forEachEngine('another root is another world', async (t, store) => {
  const { province, provider, actors } = await seedTree(store);
  const form = {
    bureau: { kind: 'bureau_provincial' as const, name: '云南省民政厅', divisionCode: '530000' },
    admin: { loginName: 'yunnan', displayName: '云南', password: 'unused-here' },
  };
  const made = await store.write('setup', (trx) =>
    foundRoot(store.keys, trx, testContext(), form, 'no hash'),
  );
  const yunnan = await actorOfPerson(store.read, made.admin.id);
  t.match((await listOrganisations(store, yunnan, { limit: 50 })).items, [{ name: '云南省民政厅' }]);
  t.equal((await listOrganisations(store, yunnan, { limit: 50 })).items.length, 1);
  for (const id of [province.id, provider.id]) {
    await t.rejects(getOrganisation(store, yunnan, id), { code: 'not_found' });
  }
  await t.rejects(getOrganisation(store, actors.rootAdmin, made.bureau.id), { code: 'not_found' });
  const input = given({ kind: 'bureau_prefecture', parentId: province.id, divisionCode: '510600' });
  await t.rejects(createOrganisation(store, asCaller(yunnan), input), { code: 'not_found' });
});
