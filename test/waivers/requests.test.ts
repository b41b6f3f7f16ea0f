import { createClaim, getClaim } from '../../src/claims/index.js';
import type { Actor } from '../../src/organisations/index.js';
import { eraseSubject } from '../../src/privacy/index.js';
import {
  approveWaiver,
  getWaiver,
  listWaivers,
  type NewWaiver,
  rejectWaiver,
  requestWaiver,
  revokeWaiver,
} from '../../src/waivers/index.js';
import { by, claimInput, outcomesOf, refused, seedActor, TODAY, verifyClean } from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { openWaiver, PACKS, scene, waiverInput } from './scene.js';

const PAGE = { limit: 50 };

forEachEngine('asked for, decided by another, revoked; every step is logged', async (t, store) => {
  const stage = await scene(t, store);
  const { world } = stage;
  const { county, province, neighbour } = world;
  const { bookId, finance, finance2 } = county;
  const before = (await outcomesOf(world, bookId)).length;
  const ask = (actor: Actor, given: Partial<NewWaiver> = {}) =>
    requestWaiver(store, PACKS, by(actor), bookId, waiverInput(stage, given));
  const approve = (actor: Actor, id: string) =>
    approveWaiver(store, PACKS, by(actor), bookId, id, null, { documentNo: '泸县民函〔2022〕18号' });
  const asked = await ask(finance, { from: '2022-01-01', limit: '500.00' });
  t.match(await shown(store, asked), {
    clause: 'AA-01',
    status: 'requested',
    reason: '站点遭洪灾，须先行更换设备',
    evidence: [stage.fileId],
    limit: '500.00',
    used: '0.00',
    documentNo: null,
  });
  t.match(asked.reason, /^sealed:/, 'the reason is sealed');
  await refused(t, approve(finance, asked.id), 'separation_of_duties', 'nobody approves what one asked for');
  await refused(
    t,
    rejectWaiver(store, by(finance), bookId, asked.id, null, { reason: '不必' }),
    'separation_of_duties',
  );
  await refused(t, approve(county.auditor, asked.id), 'forbidden');
  await refused(t, approve(neighbour.finance, asked.id), 'forbidden', 'nor a neighbour');
  await refused(t, approve(province.finance, asked.id), 'forbidden', 'the upper 财务 is another’s');
  await refused(
    t,
    revokeWaiver(store, by(finance2), bookId, asked.id, null, { reason: '不必' }),
    'wrong_status',
    'what was not approved cannot be revoked',
  );
  const approved = await approve(await seedActor(store, province, 'supervisor'), asked.id);
  t.match(approved, { status: 'approved', documentNo: '泸县民函〔2022〕18号', version: 2 });
  t.equal(approved.from, TODAY, 'it does not work backwards');
  await refused(t, approve(finance2, asked.id), 'wrong_status');
  await refused(
    t,
    rejectWaiver(store, by(finance2), bookId, asked.id, null, { reason: '不必' }),
    'wrong_status',
  );
  await refused(t, revokeWaiver(store, by(finance2), bookId, asked.id, 1, { reason: '迟' }), 'stale_version');
  const admin = await seedActor(store, county, 'admin');
  const erasure = {
    kind: 'waiver',
    id: asked.id,
    name: null,
    documentNo: '泸县民政局个信处〔2022〕2号',
    reason: '本人申请',
  } as const;
  await refused(t, eraseSubject(store, by(admin), bookId, erasure), 'wrong_status', 'its words are in use');
  const revoked = await revokeWaiver(store, by(finance2), bookId, asked.id, 2, {
    reason: '设备已由捐赠解决',
  });
  t.match(await shown(store, revoked), {
    status: 'revoked',
    revokedBy: finance2.personId,
    revokedReason: '设备已由捐赠解决',
  });
  t.equal((await eraseSubject(store, by(admin), bookId, erasure)).values, 2, 'both reasons are gone');
  t.match(await shown(store, await getWaiver(store, county.auditor, bookId, asked.id)), {
    reason: '〔已删除〕',
    revokedReason: '〔已删除〕',
  });
  const second = await ask(finance);
  const rejected = await rejectWaiver(store, by(finance2), bookId, second.id, null, { reason: '理由不足' });
  t.match(await shown(store, rejected), { status: 'rejected', decisionReason: '理由不足' });
  await refused(t, approve(finance2, second.id), 'wrong_status', 'rejected is final');
  t.same((await outcomesOf(world, bookId)).slice(before), [
    'waiver.request',
    'waiver.approve refused:separation_of_duties',
    'waiver.reject refused:separation_of_duties',
    ...Array(3).fill('waiver.approve refused:forbidden'),
    'waiver.revoke refused:wrong_status',
    'waiver.approve',
    'waiver.approve refused:wrong_status',
    'waiver.reject refused:wrong_status',
    'data.erase refused:wrong_status',
    'waiver.revoke',
    'data.erase',
    'waiver.request',
    'waiver.reject',
    'waiver.approve refused:wrong_status',
  ]);
  t.equal((await listWaivers(store, county.auditor, bookId, PAGE)).items.length, 2);
  const query = { ...PAGE, status: 'revoked', clause: 'AA-01', fundId: stage.fundId } as const;
  t.match((await listWaivers(store, county.auditor, bookId, query)).items, [{ id: asked.id }]);
  await refused(t, getWaiver(store, neighbour.auditor, neighbour.bookId, asked.id), 'not_found');
  await refused(
    t,
    approveWaiver(store, PACKS, by(neighbour.finance), neighbour.bookId, asked.id, null, {
      documentNo: '他县〔2022〕1号',
    }),
    'not_found',
    'nor through another book',
  );
  await verifyClean(t, world);
});

forEachEngine('what cannot be waived is refused, with every reason at once', async (t, store) => {
  const stage = await scene(t, store);
  const { world } = stage;
  const { county } = world;
  const faultsOf = async (given: Partial<NewWaiver>): Promise<readonly string[]> => {
    const asking = requestWaiver(store, PACKS, by(county.finance), county.bookId, waiverInput(stage, given));
    const error = await refused(t, asking, 'waiver_not_possible', JSON.stringify(given));
    return (error?.options.details as { faults: string[] } | undefined)?.faults ?? [];
  };
  t.match(await faultsOf({ clause: 'AA-02' }), [/AA-02 不得例外：上位法的禁止规定/]);
  t.match(await faultsOf({ clause: 'AA-99' }), [/没有条款 AA-99/]);
  t.match(await faultsOf({ clause: 'AA-04' }), [/没有约束报账或合同的规则/]);
  t.match(await faultsOf({ clause: 'AA-07' }), [/没有约束报账或合同的规则/], 'of allotments alone');
  t.match(await faultsOf({ clause: 'AA-05' }), [/不约束本地/]);
  t.match(await faultsOf({ clause: 'AA-03' }), [/没有施行/, /不约束本级财政/]);
  t.match(await faultsOf({ fundId: null }), [/须指明所针对的资金批次/], 'no blanket over the book');
  t.match(await faultsOf({ from: '2023-01-01', until: '2022-12-31' }), [/起始日期晚于截止日期/]);
  t.match(await faultsOf({ until: '2022-07-30' }), [/起始日期晚于/, /已过/]);
  t.match(await faultsOf({ until: '2023-08-01' }), [/最长 12 个月，截止日期不能晚于 2023-07-31/]);
  t.match(await faultsOf({ clause: 'AA-02', fundId: null, until: '2024-01-01' }), [
    /须指明/,
    /最长 12 个月/,
    /不得例外/,
  ]);
  const asking = (given: Partial<NewWaiver>, actor = county.finance) =>
    requestWaiver(store, PACKS, by(actor), county.bookId, waiverInput(stage, given));
  await asking({ until: '2023-07-31' });
  for (const given of [
    { fundId: stage.foreignFundId },
    { evidence: [stage.fileId, stage.foreignFileId] },
    { evidence: ['nowhere'] },
    { subject: { type: 'claim', id: 'nowhere' } },
    { subject: { type: 'contract', id: 'nowhere' } },
  ] as const)
    await refused(t, asking({ ...given, evidence: [...(given.evidence ?? [stage.fileId])] }), 'not_found');
  await refused(t, asking({}, county.auditor), 'forbidden');
  // A clause that has become one nobody may waive, or a term that ran out, is seen at the approval, too.
  const { id } = await asking({ until: '2022-08-05' });
  const late = by(county.finance2, { at: '2022-08-06T02:00:00.000Z' });
  const approval = { documentNo: '泸县民函〔2022〕19号' };
  await refused(
    t,
    approveWaiver(store, PACKS, late, county.bookId, id, null, approval),
    'waiver_not_possible',
  );
  const forbidden = {
    ...PACKS,
    packs: PACKS.packs.map((pack) => ({
      ...pack,
      clauses: pack.clauses.map((clause) => ({ ...clause, nonWaivable: '现已不得例外' })),
    })),
  };
  await refused(
    t,
    approveWaiver(store, forbidden, by(county.finance2), county.bookId, id, null, approval),
    'waiver_not_possible',
  );
  await verifyClean(t, world);
});

forEachEngine('a station asks for its own claims, and sees those and what is for funds', async (t, store) => {
  const stage = await scene(t, store);
  const { world } = stage;
  const { county, stationOperator, station } = world;
  const { bookId } = county;
  const line = [{ fundId: stage.fundId, amount: '1.00' }];
  const own = await createClaim(store, by(stationOperator), bookId, claimInput(station.id, line));
  const aside = await createClaim(store, by(county.operator), bookId, claimInput(county.id, line));
  const ask = (actor: Actor, id: string) =>
    requestWaiver(
      store,
      PACKS,
      by(actor),
      bookId,
      waiverInput(stage, { fundId: null, subject: { type: 'claim', id } }),
    );
  const ofOwn = await ask(stationOperator, own.id);
  await refused(t, ask(stationOperator, aside.id), 'forbidden', 'not for another unit’s');
  await refused(
    t,
    requestWaiver(store, PACKS, by(stationOperator), bookId, waiverInput(stage)),
    'forbidden',
    'not for a fund',
  );
  const ofAside = await ask(county.operator, aside.id);
  const ofFund = await openWaiver(stage);
  const seen = async (actor: Actor) =>
    (await listWaivers(store, actor, bookId, PAGE)).items.map(({ id }) => id).sort();
  t.same(await seen(stationOperator), [ofOwn.id, ofFund].sort());
  t.same(await seen(county.auditor), [ofOwn.id, ofAside.id, ofFund].sort());
  await refused(t, getWaiver(store, stationOperator, bookId, ofAside.id), 'not_found');
  t.equal((await getWaiver(store, stationOperator, bookId, ofOwn.id)).id, ofOwn.id);
  await refused(t, listWaivers(store, world.neighbourOperator, bookId, PAGE), 'not_found');
  t.same((await getClaim(store, stationOperator, bookId, own.id)).waivers, [], 'asked for is not applied');
});
