import { t as root } from 'tap';
import { prepareContract } from '../../src/contracts/index.js';
import { newId } from '../../src/core/ids.js';
import type { Row } from '../../src/db/database.js';
import { reliefCaps } from '../../src/evidence/package/relief-table.js';
import type { PackageSource } from '../../src/evidence/package/source.js';
import { declareBase, listBases, type NewBase, recordTrueUp } from '../../src/relief/index.js';
import {
  baseInput,
  by,
  contractInput,
  openContract,
  openFund,
  outcomesOf,
  RELIEF,
  refused,
  TODAY,
  tell,
  verifyClean,
} from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { capPack, FINAL, PROJECTION, scene } from './scene.js';

root.setTimeout(900_000);

const SPLIT = { central: '600.00', provincial: '250.00', prefecture: '100.00', county: '50.00' };

forEachEngine('a year goes from 预计 over 年中投影 to 决算, each with its evidence', async (t, store) => {
  const world = await scene(t, store);
  const { county, declare, cap } = world;
  await declare({ amount: '1000.00', split: SPLIT, declaredDate: '2022-01-20' });
  await declare({ amount: '900.00', ...PROJECTION });
  await declare({ amount: '800.00', ...FINAL });
  const { items } = await listBases(store, county.auditor, county.bookId);
  t.match(items, [
    { basis: 'estimate', split: SPLIT, attachmentId: null, spentToDate: null },
    {
      basis: 'projection',
      split: null,
      attachmentId: world.fileId,
      spentToDate: '500.00',
      spentAsOf: '2022-06-30',
    },
    { basis: 'final', documentDate: '2023-01-31' },
  ]);
  for (const [on, basis, limit] of [
    ['2022-01-19', null, null],
    ['2022-01-20', 'estimate', '50.00'],
    ['2022-07-09', 'estimate', '50.00'],
    ['2022-07-10', 'projection', '45.00'],
    ['2023-01-31', 'projection', '45.00'],
    ['2023-02-01', 'final', '40.00'],
  ] as const)
    t.match(await cap(2022, on), { basis, cap: limit }, `${on}: effective from its day, never backwards`);
  t.match((await cap(2022, '2023-02-01')).bases, [{ cap: '50.00' }, { cap: '45.00' }, { cap: '40.00' }]);
  await verifyClean(t, world);
});

forEachEngine('a declaration is refused with everything that is wrong about it', async (t, store) => {
  const world = await scene(t, store);
  const { county, fileId } = world;
  const at = '2023-03-01T02:00:00.000Z';
  const attempt = (given: Parameters<typeof baseInput>[0]) =>
    declareBase(store, by(county.finance, { at }), county.bookId, baseInput(given));
  const faultsOf = async (given: Parameters<typeof baseInput>[0]) =>
    (await refused(t, attempt(given), 'relief_base_invalid'))?.options.details?.['faults'];

  t.same(await faultsOf({ amount: '1000.00', split: { ...SPLIT, county: '50.01' } }), [
    '分级金额合计 1,000.01 元，与总额 1,000.00 元不符',
  ]);
  t.same(
    await faultsOf({ amount: '1000.00', split: { ...SPLIT, county: '-50.00', central: '700.00' } }),
    ['分级金额不能为负'],
    'sums, but not of amounts',
  );
  t.same(await faultsOf({ amount: '499.99', ...PROJECTION, documentDate: '2022-06-29', spentAsOf: null }), [
    '年中投影须附依据文件',
    '年中投影须写明截至何日、实际支出多少',
    '全年投影 499.99 元低于已经支出的 500.00 元',
  ]);
  t.same(
    await faultsOf({ amount: '500.00', ...PROJECTION, attachmentId: fileId, documentDate: '2022-06-29' }),
    ['实际支出的截止日 2022-06-30 晚于依据文件日期 2022-06-29'],
  );
  t.same(await faultsOf({ amount: '500.00', ...PROJECTION, attachmentId: fileId, spentAsOf: '2021-12-31' }), [
    '实际支出的截止日 2021-12-31 不在 2022 年内',
  ]);
  t.same(await faultsOf({ amount: '1.00', spentToDate: '1.00' }), [
    '只有年中投影填写截至某日的实际支出，预计不填',
  ]);
  t.same(
    await faultsOf({
      amount: '1.00',
      basis: 'final',
      documentDate: '2022-12-31',
      declaredDate: '2023-03-02',
    }),
    ['决算须附依据文件', '申报日 2023-03-02 尚未到来', '2022 年尚未终了，2022-12-31 的文件不能作为决算依据'],
  );
  t.same(await faultsOf({ amount: '1.00', documentDate: '2022-07-02' }), [
    '依据文件日期 2022-07-02 晚于申报日 2022-07-01',
  ]);
  await refused(t, attempt({ amount: '1.00', ...FINAL, attachmentId: 'unknown' }), 'not_found');
  await refused(
    t,
    declareBase(store, by(county.auditor), county.bookId, baseInput({ amount: '1.00' })),
    'forbidden',
  );

  await attempt({ amount: '500.00', ...PROJECTION, attachmentId: fileId });
  t.same(await faultsOf({ amount: '1.00', declaredDate: '2022-07-09' }), [
    '2022-07-10 已有申报，申报日不能倒签为 2022-07-09',
    '2022 年已申报年中投影，不能再申报预计',
  ]);
  await attempt({ amount: '1.00', ...FINAL, documentDate: '2023-01-01', attachmentId: fileId });
  t.same(
    await faultsOf({ amount: '600.00', ...PROJECTION, declaredDate: '2023-02-02', attachmentId: fileId }),
    ['2022 年已申报决算，不能再申报年中投影'],
  );
  await attempt({ amount: '2.00', ...FINAL, attachmentId: fileId });
  await attempt({ amount: '3.00', year: 2023, declaredDate: '2023-02-01' });
  const log = await outcomesOf(world, county.bookId);
  t.ok(log.includes('relief_base.declare refused:relief_base_invalid'), 'refusals are logged');
  await verifyClean(t, world);
});

for (const [basis, given] of [
  ['estimate', {}],
  ['projection', PROJECTION],
  ['final', FINAL],
] as const satisfies readonly (readonly [string, Partial<NewBase>])[]) {
  forEachEngine(`5% to the 分 by a base that is ${basis}`, async (t, store) => {
    const world = await scene(t, store);
    const { fundId, declare } = world;
    // Relief of 2021 is judged in 2022, after its year has been closed.
    const year = basis === 'final' ? 2021 : 2022;
    const last = (date: string | undefined) => date?.replace('2023', '2022') ?? '2022-07-01';
    const dates =
      basis === 'final'
        ? { documentDate: last(FINAL.documentDate), declaredDate: last(FINAL.declaredDate) }
        : {};
    await declare({ amount: '1000.19', year, ...given, ...dates });
    const money =
      year === 2022 ? fundId : await openFund(world, { granted: '1000.00', fund: { terms: RELIEF, year } });
    const line = (amount: string) => [{ fundId: money, amount, serviceItem: 'relief_care' as const }];
    const on = { signedDate: TODAY, startDate: TODAY, endDate: '2023-07-30' };
    await refused(t, openContract(world, line('50.01'), on), 'policy_blocked', 'a 分 over');
    await openContract(world, line('50.00'), on);
    await refused(t, openContract(world, line('0.01'), on), 'policy_blocked', 'used up');
    t.match(await world.cap(year, TODAY), {
      basis,
      cap: '50.00',
      headroom: '0.00',
      utilisation: '100.00%',
      levels: ['central', 'provincial', 'prefecture', 'county'],
      months: [{ month: '2022-07', added: '50.00', paid: '0.00', total: '50.00' }],
    });
    await verifyClean(t, world);
  });
}

forEachEngine(
  'a level that does not count is left out, and an unsplit base is no guess',
  async (t, store) => {
    const world = await scene(t, store, capPack('central,provincial,prefecture'));
    const { fundId, declare, cap } = world;
    const line = (amount: string) => [{ fundId, amount, serviceItem: 'relief_care' as const }];
    const on = { signedDate: TODAY, startDate: TODAY, endDate: '2023-07-30' };
    await declare({ amount: '1000.00', declaredDate: '2022-07-01' });
    t.match(await cap(2022, TODAY), {
      base: null,
      cap: null,
      levels: ['central', 'provincial', 'prefecture'],
    });
    const input = contractInput(world, line('0.01'), on);
    const { county } = world;
    const prepared = await prepareContract(store, world.packs, by(county.finance), county.bookId, input);
    t.match(prepared.decision, {
      outcome: 'review',
      reasons: [
        {
          message:
            '现行口径只计中央、省级、市（州）级资金，而 2022 年支出基数没有分级列示，无法计算购买服务上限，须经复核',
        },
      ],
    });
    await declare({ amount: '1000.00', split: SPLIT, declaredDate: '2022-07-02' });
    t.match(await cap(2022, TODAY), { base: '950.00', cap: '47.50' });
    await refused(t, openContract(world, line('47.51'), on), 'policy_blocked');
    await openContract(world, line('47.50'), on);
    await verifyClean(t, world);
  },
);

forEachEngine('an evidence package lists every base with what it rests on', async (t, store) => {
  const world = await scene(t, store);
  const { county, declare, fileId } = world;
  await openFund(world, { fund: { terms: RELIEF, year: 2021 } });
  await declare({ amount: '1000.00', split: SPLIT, declaredDate: '2022-01-20' });
  await declare({ amount: '900.00', ...PROJECTION });
  await declare({ amount: '800.00', ...FINAL });
  const at = { at: '2023-03-01T02:00:00.000Z' };
  const input = { date: '2023-03-01', note: '未超支' };
  await recordTrueUp(store, world.packs, by(county.finance, at), county.bookId, 2022, input);
  const { contentSha256 } = await store.read
    .selectFrom('attachment')
    .select('contentSha256')
    .where('id', '=', fileId)
    .executeTakeFirstOrThrow();
  const source = { db: store.read, packs: world.packs, bookId: county.bookId, divisionCode: '510521' };
  const table = reliefCaps({ ...source, now: new Date(at.at) } as PackageSource);
  const rows: Record<string, unknown>[] = [];
  for await (const row of table.rows())
    rows.push(Object.fromEntries(table.columns.map(({ title, of }) => [title, of(row)])));
  t.match(rows, [
    { 年度: 2021, 基数口径: null, 上限: null, 已支付: 0n },
    { 年度: 2022, 基数口径: '预计', 其中中央: 60000n, 上限: 5000n, 是否生效: '', 已支付: null, 校准日: null },
    {
      基数口径: '年中投影',
      依据附件校验值: contentSha256,
      投影时实际支出: 50000n,
      实际支出截止日: '2022-06-30',
    },
    {
      基数口径: '决算',
      计入级次: '中央、省级、市（州）级、县级',
      是否生效: '生效',
      上限: 4000n,
      余额: 4000n,
      校准日: '2023-03-01',
      校准时超支: 0n,
    },
  ]);
  t.equal(rows.length, 4);
});

forEachEngine('a base declared before it had parts still verifies and still counts', async (t, store) => {
  const world = await scene(t, store);
  const old = { year: 2022, amountFen: 100_000n, basis: 'estimate', documentNo: '统计' };
  await tell(store, world.county.bookId, (unit) => {
    const row = { id: newId(), ...old, declaredDate: '2022-03-01', logIndex: unit.logIndex };
    return unit.insert('expenditureBase', row as unknown as Row<'expenditureBase'>);
  });
  t.match(await world.cap(2022, TODAY), {
    cap: '50.00',
    bases: [{ documentDate: null, split: null, attachmentId: null, spentToDate: null }],
  });
  await verifyClean(t, world);
});
