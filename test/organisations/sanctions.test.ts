import { isSealed } from '../../src/audit/index.js';
import {
  createSanction,
  listSanctions,
  type NewSanction,
  settleSanction,
} from '../../src/organisations/index.js';
import { asCaller, forEachEngine, seedTree, shown } from '../helper.js';

const given = (bureauId: string, fields: Partial<NewSanction> = {}): NewSanction => ({
  kind: 'blacklist',
  bureauId,
  documentNo: '泸县民〔2022〕示例号',
  reason: '王某虚报服务次数',
  fromDate: '2022-07-01',
  untilDate: '2024-06-30',
  ...fields,
});

forEachEngine(
  'a blacklisting is logged in the deciding bureau’s book, its reason only as a commitment',
  async (t, store) => {
    const { county, provider, actors } = await seedTree(store);
    const made = await createSanction(store, asCaller(actors.finance), provider.id, given(county.id));
    t.ok(isSealed(made.reason));
    t.match(await shown(store, made), { kindLabel: '黑名单', reason: '王某虚报服务次数', settledDate: null });
    const entry = await store.read
      .selectFrom('logEntry')
      .selectAll()
      .where('action', '=', 'sanction.blacklist')
      .executeTakeFirst();
    t.match(entry, { bookId: county.bookId, subjectId: made.id });
    t.match(entry?.body, '泸县民〔2022〕示例号');
    t.notMatch(entry?.body, '王某');
    t.match(entry?.body, made.reason as string, 'the log holds what the row holds');
    t.match((await listSanctions(store, actors.auditor, provider.id)).items, [made]);
    const seenElsewhere = (await listSanctions(store, actors.siblingFinance, provider.id)).items;
    t.match(
      seenElsewhere,
      [{ documentNo: made.documentNo, reason: null }],
      'other counties see that, not why',
    );
    await t.rejects(settleSanction(store, asCaller(actors.finance), made.id, '2022-07-20'), {
      code: 'wrong_status',
    });
  },
);

forEachEngine('who may, and about whom', async (t, store) => {
  const { county, siblingCounty, prefecture, township, provider, actors } = await seedTree(store);
  const create = (actor: typeof actors.finance, organisationId: string, input: NewSanction) =>
    createSanction(store, asCaller(actor), organisationId, input);
  await t.resolves(create(actors.supervisor, provider.id, given(county.id)));
  await t.resolves(
    create(actors.prefectureFinance, provider.id, given(county.id)),
    'an upper level, in its tree',
  );
  await t.resolves(
    create(actors.siblingFinance, provider.id, given(siblingCounty.id)),
    'another county, for itself',
  );
  await t.rejects(create(actors.payer, provider.id, given(county.id)), { code: 'forbidden' });
  await t.rejects(create(actors.finance, provider.id, given(prefecture.id)), { code: 'forbidden' });
  await t.rejects(create(actors.siblingFinance, provider.id, given(county.id)), { code: 'not_found' });
  await t.rejects(create(actors.finance, township.id, given(county.id)), { code: 'not_a_provider' });
  await t.rejects(create(actors.finance, provider.id, given(township.id)), { code: 'not_a_bureau' });
  const inverted = given(county.id, { untilDate: '2022-06-30' });
  await t.rejects(create(actors.finance, provider.id, inverted), { code: 'period_inverted' });
});

forEachEngine('an exit is settled once, not before it began and not in advance', async (t, store) => {
  const { county, provider, actors } = await seedTree(store);
  const exit = given(county.id, { kind: 'exit', untilDate: null });
  const { id } = await createSanction(store, asCaller(actors.finance), provider.id, exit);
  const settle = (settledDate: string, actor = actors.finance) =>
    settleSanction(store, asCaller(actor), id, settledDate);
  await t.rejects(settle('2022-06-30'), { code: 'settlement_date_invalid' });
  await t.rejects(settle('2022-08-01'), { code: 'settlement_date_invalid' });
  await t.rejects(settle('2022-07-31', actors.siblingFinance), { code: 'not_found' });
  await t.rejects(settle('2022-07-31', actors.payer), { code: 'forbidden' });
  t.match(await settle('2022-07-31'), { settledDate: '2022-07-31' });
  await t.rejects(settle('2022-07-31'), { code: 'wrong_status' });
});
