import { disburse, issueAllotment } from '../../src/allotments/index.js';
import { createClaim, submitClaim } from '../../src/claims/index.js';
import { addEvaluation, addEvidence } from '../../src/contracts/index.js';
import type { Store } from '../../src/db/store.js';
import { signGrown } from '../../src/evidence/index.js';
import { addConsent } from '../../src/ledger/index.js';
import {
  type Actor,
  createOrganisation,
  createSanction,
  settleSanction,
} from '../../src/organisations/index.js';
import { dutiesSeparated } from '../../src/procedures/duties.js';
import {
  bookCoverage,
  clauseOfBook,
  recordProcedure,
  withdrawProcedure,
} from '../../src/procedures/index.js';
import { declareBase } from '../../src/relief/index.js';
import { signing } from '../evidence/outside.js';
import {
  baseInput,
  by,
  claimInput,
  nextNo,
  openClaim,
  openContract,
  openFund,
  RELIEF,
  refused,
  seedActor,
  seedWorld,
  TODAY,
  validCreditCode,
  verifyClean,
  type World,
} from '../fixture.js';
import { forEachEngine, shown } from '../helper.js';
import { serve } from '../http/service.js';
import { clauseOf, KINDS, PACKS } from './scene.js';

const NOW = new Date('2022-07-31T02:00:00.000Z');
const asked = (store: Store, world: World, year = 2022, actor: Actor = world.county.auditor) => ({
  store,
  packs: PACKS,
  actor,
  bookId: world.county.bookId,
  year,
  now: NOW,
});
type Kind = (typeof KINDS)[number];

/** Per kind `state due/shown`. */
async function states(store: Store, world: World, year = 2022): Promise<Record<string, string>> {
  const { items } = await bookCoverage(asked(store, world, year));
  return Object.fromEntries(
    items.flatMap(({ evidence }) =>
      evidence ? [[evidence.kind, `${evidence.state} ${evidence.shown}/${evidence.due}`]] : [],
    ),
  );
}
const page = (store: Store, world: World, kind: Kind, given: object = {}) =>
  clauseOfBook(asked(store, world), clauseOf(kind), { limit: 50, show: 'all', ...given });

const CHARITY = {
  type: 'charity',
  form: 'cash',
  donorId: null,
  agreementNo: '捐赠协议2022-01',
  filingNo: null,
  isPublicRaising: false,
  raisedByQualified: null,
  serviceItems: ['station_service'],
  beneficiaryGroups: ['elderly'],
  areas: ['510521'],
  from: '2022-01-01',
  until: '2022-12-31',
} as const;
const SUBSIDY = { type: 'provincial_subsidy', declaredStationIds: null } as const;
const LOTTERY = { type: 'welfare_lottery', namedPurposes: ['elderly'], announcementDue: null } as const;

forEachEngine('of an empty book nothing counts as done', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const found = await states(store, world);
  t.same(Object.keys(found).sort(), [...KINDS].sort(), 'every kind is asked about');
  for (const [kind, state] of Object.entries(found)) {
    if (kind === 'flag') t.equal(state, 'shown 1/1', 'the list is made at every reading');
    else t.match(state, /^(missing 0\/1|nothing_due 0\/0)$/, kind);
  }
  const { items, decisionsCounted, packs } = await bookCoverage(asked(store, world));
  t.same(packs, ['aa-test'], 'of another province or expired: not in force');
  t.match(items[0], {
    clause: 'AA-01',
    decisions: { block: 0, review: 0, warn: 0, pass: 0 },
    evidence: null,
  });
  t.equal(decisionsCounted, 0);
  t.match((await page(store, world, 'finding')).items, [
    { isShown: false, missing: '没有记录', shownBy: [] },
  ]);
  t.same(
    (await bookCoverage(asked(store, world, 2021))).packs,
    ['aa-test', 'yy-test'],
    'that one was in force in 2021',
  );
});

forEachEngine('without a live row a fund or contract is missing, with one it is shown', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const { county } = world;
  const { bookId, finance } = county;
  const admin = await seedActor(store, county, 'admin');
  const provider = await createOrganisation(store, by(admin), {
    kind: 'provider',
    name: '某社会服务中心',
    parentId: county.id,
    divisionCode: '510521',
    creditCode: validCreditCode('91510500MJQ00000'),
    providerKind: 'company',
    districtClass: null,
    openedDate: '2021-01-01',
  });
  const bought = (amount: string, given: object = {}) =>
    openContract(world, [{ fundId, amount }], { providerId: provider.id, ...given });
  const fund = (terms: object, given: object = {}) =>
    openFund(world, { fund: { terms: terms as never }, ...given });
  const bare = await fund(SUBSIDY, { received: null });
  const declared = await fund({ ...SUBSIDY, declarationConfirmed: true });
  const lottery = await fund(LOTTERY);
  const charity = await fund(CHARITY);
  const fundId = await openFund(world, { fund: { terms: RELIEF }, granted: '5000.00' });
  const one = await bought('100.00');
  await bought('100.00');
  t.match(await states(store, world), {
    allotment_chain: 'shown 5/5',
    spending_report: 'shown 5/5',
    declaration: 'partly 1/2',
    announcement: 'missing 0/1',
    donation_register: 'shown 1/1',
    source_mix: 'shown 1/1',
    relief_cap: 'missing 0/1',
    separation_of_duties: 'missing 0/1',
    evidence_package: 'missing 0/1',
    blacklist: 'missing 0/1',
    exit: 'nothing_due 0/0',
    supervision: 'missing 0/2',
    performance: 'missing 0/2',
    staffing: 'missing 0/2',
    performance_targets: 'missing 0/2',
    asset_card: 'missing 0/2',
  });
  t.same(
    (await page(store, world, 'declaration')).items
      .map(({ subject, isShown }) => [subject.id, isShown])
      .sort(),
    [
      [bare, false],
      [declared, true],
    ].sort(),
  );

  const evidence = { date: '2022-06-01', documentNo: '泸县民督〔2022〕3号', attachmentId: null };
  const contract = (id: string, kind: string, given: object = {}) =>
    addEvidence(store, by(finance), bookId, id, { ...evidence, kind: kind as 'agreement', ...given });
  await contract(one, 'supervision_evaluation');
  await contract(one, 'staff_roster');
  await contract(one, 'performance_targets');
  await contract(one, 'asset_card');
  await bought('1.00', { certifiedWorkersPerStation: 2 });
  await addConsent(store, by(finance), bookId, charity, {
    fromDate: '2022-06-01',
    documentNo: '同意书1',
    serviceItems: ['station_service'],
    beneficiaryGroups: ['elderly'],
    areas: [],
    extendsUntil: null,
  });
  await declareBase(store, by(finance), bookId, baseInput({ amount: '1000000.00' }));
  await openClaim(world, 'paid', [{ fundId, amount: '10.00' }]);
  const decision = {
    reason: '虚报',
    documentNo: '泸县民〔2022〕1号',
    fromDate: '2022-07-01',
    bureauId: county.id,
  };
  await createSanction(store, by(finance), provider.id, { ...decision, kind: 'blacklist', untilDate: null });
  const exit = await createSanction(store, by(finance), provider.id, {
    ...decision,
    kind: 'exit',
    untilDate: null,
  });
  t.match(await states(store, world), { exit: 'missing 0/3' }, 'a decided exit is not yet settled');
  await settleSanction(store, by(finance), exit.id, TODAY);
  await signGrown(store, signing(t, store).checkpoints, NOW);
  t.match(await states(store, world), {
    relief_cap: 'missing 0/1',
    separation_of_duties: 'shown 1/1',
    evidence_package: 'shown 1/1',
    blacklist: 'shown 1/1',
    exit: 'shown 3/3',
    supervision: 'partly 1/3',
    performance: 'partly 1/3',
    staffing: 'partly 2/3',
    performance_targets: 'partly 1/3',
    asset_card: 'partly 1/3',
  });
  const cap = (await page(store, world, 'relief_cap')).items;
  t.match(cap, [{ isShown: false, missing: '没有现行的比例上限' }], 'no pack of the place sets a cap');
  t.match((await page(store, world, 'source_mix')).items[0]?.shownBy, [
    { what: /慈善\/社会资金：到账 100,000\.00 元（32\.79%），支出 0\.00 元（0\.00%）/ },
    { what: /省级奖补：到账 100,000\.00 元（32\.79%）/ },
    { what: /困难群众救助补助：到账 5,000\.00 元（1\.64%），支出 10\.00 元（100\.00%）/ },
    { what: /福彩公益金/ },
  ]);
  t.match((await page(store, world, 'supervision', { show: 'shown' })).items, [
    {
      subject: { id: one, type: 'contract' },
      shownBy: [{ date: '2022-06-01', documentNo: '泸县民督〔2022〕3号' }],
    },
  ]);
  t.match((await page(store, world, 'separation_of_duties')).items[0]?.shownBy[0], {
    what: /支付 1 笔.*不同人员的 1 笔/,
  });
  const papers = (await page(store, world, 'donation_register')).items[0];
  t.same(papers?.shownBy.map(({ what }) => what).sort(), ['捐赠人同意书', '捐赠到账', '捐赠协议'].sort());
  const four = (await page(store, world, 'spending_report')).items.find(
    ({ subject }) => subject.id === fundId,
  );
  t.match(four?.shownBy[0]?.what, '计划 0.00 元，下达 5,000.00 元，到账 5,000.00 元，支出 10.00 元');
  t.match(
    (await page(store, world, 'announcement')).items,
    [{ subject: { id: lottery }, isShown: false, missing: '没有记录' }],
    'only lottery money is announced',
  );

  await contract(one, 'supervision_record', { date: '2023-01-05' });
  t.match((await states(store, world))['supervision'], 'partly 1/3');
  await addEvaluation(store, by(finance), bookId, one, {
    kind: 'interim',
    executionYear: 1,
    date: '2022-07-01',
    grade: 'good',
    evaluatorCreditCode: validCreditCode('51510000MJQ00000'),
  });
  t.equal(
    (await page(store, world, 'supervision', { show: 'shown' })).items[0]?.shownByCount,
    2,
    'not of 2023',
  );
  await verifyClean(t, world);
});

forEachEngine(
  'recorded by hand, every kind is shown; withdrawn or of another year, it is not',
  async (t, store) => {
    const world = await seedWorld(store, { packs: PACKS });
    const { county } = world;
    const { bookId, finance } = county;
    for (const terms of [LOTTERY, CHARITY, SUBSIDY])
      await openFund(world, { fund: { terms: terms as never }, received: null });
    const fundId = await openFund(world);
    await openContract(world, [{ fundId, amount: '100.00' }]);
    const procedures = KINDS.filter((kind) => kind !== 'performance_targets' && kind !== 'asset_card');
    const before = await states(store, world);
    for (const kind of procedures) {
      if (kind === 'exit') continue;
      const { items } = await page(store, world, kind);
      const subject = items.find(({ isShown }) => !isShown)?.subject ?? items[0]?.subject;
      const given = {
        kind,
        year: 2022,
        fundId: subject?.type === 'fund' ? subject.id : null,
        contractId: subject?.type === 'contract' ? subject.id : null,
        date: '2022-07-20',
        documentNo: nextNo('记'),
        attachments: [],
        title: '已办理',
        note: null,
      };
      const record = await recordProcedure(store, by(finance), bookId, given);
      const after = await shown(store, await page(store, world, kind, { show: 'shown' }));
      const item = after.items.find((each) => each.subject.id === subject?.id);
      t.match(
        item?.shownBy.find(({ id }) => id === record.id),
        { title: '已办理', documentNo: given.documentNo },
        kind,
      );
      const elsewhere = await clauseOfBook(asked(store, world, 2021), clauseOf(kind), {
        limit: 50,
        show: 'all',
      });
      t.notMatch(JSON.stringify(elsewhere.items), record.id, `${kind}: not of 2021`);
      await withdrawProcedure(store, by(finance), bookId, record.id, { reason: '登记错误' });
    }
    t.same(await states(store, world), before, 'withdrawn, they count no more');
  },
);

forEachEngine(
  'whose hands payments went through: all of them, or the newest and said so',
  async (t, store) => {
    const world = await seedWorld(store, { packs: PACKS });
    const { bookId, finance } = world.county;
    const span = { store, bookId, from: '2022-01-01', until: '2022-12-31', range: { first: 0, end: 9999 } };
    t.same(await dutiesSeparated(span), { items: [], fault: '本年没有支付，无从核对' });
    const fundId = await openFund(world);
    const claims: string[] = [];
    for (const _each of [1, 2, 3])
      claims.push((await openClaim(world, 'paid', [{ fundId, amount: '10.00' }])).id);
    const said = async (most?: number) => {
      const { items, fault } = await dutiesSeparated(span, most);
      return [...items.map(({ what }) => what), fault];
    };
    const whole = (count: number) => `支付 3 笔，其中经办、审核、审批、付款为不同人员的 ${count} 笔`;
    t.same(await said(), [whole(3), undefined]);
    t.same(await said(3), [whole(3), undefined], 'just as many as are looked at');
    const part = (count: number) =>
      `支付 3 笔，已核对最近 2 笔，其中经办、审核、审批、付款为不同人员的 ${count} 笔`;
    t.same(await said(2), [part(2), undefined]);

    // Past the rules, as only a tampered book has it.
    const broken = (id: string | undefined) =>
      store.admin
        .updateTable('claim')
        .set({ makerId: finance.personId, approverId: finance.personId })
        .where('id', '=', id as string)
        .execute();
    await broken(claims[0]);
    t.same(await said(), [whole(2), '1 笔支付的岗位未全部分离']);
    t.same(await said(2), [part(2), undefined], 'the oldest was not looked at, as the words say');
    await broken(claims[2]);
    t.same(await said(), [whole(1), '2 笔支付的岗位未全部分离']);
    t.same(await said(2), [part(1), '最近 2 笔支付中有 1 笔的岗位未全部分离']);
    t.match((await page(store, world, 'separation_of_duties')).items[0], {
      isShown: false,
      missing: '2 笔支付的岗位未全部分离',
    });
    const elsewhere = { ...span, from: '2021-01-01', until: '2021-12-31' };
    t.match(await dutiesSeparated(elsewhere), { items: [], fault: '本年没有支付，无从核对' });
  },
);

forEachEngine('red flags: money in transit, money unspent', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const { county, province } = world;
  const upper = await openFund(world, { bureau: province, granted: '50000.00' });
  const { items } = await issueAllotment(store, PACKS, by(province.finance), province.bookId, {
    fundId: upper,
    documentNo: nextNo('川财社〔2022〕'),
    effectiveDate: '2022-02-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: county.id, amount: '10000.00', parts: [] }],
  });
  await disburse(store, by(province.payer), province.bookId, {
    allotmentItemId: items[0]?.id as string,
    voucherNo: nextNo('拨付'),
    effectiveDate: '2022-07-20',
    amount: '4000.00',
  });
  const old = await openFund(world, { date: '2021-06-01', fund: { year: 2021 } });
  const flags = async (year: number) =>
    (await clauseOfBook(asked(store, world, year), clauseOf('flag'), { limit: 50, show: 'all' })).items[0];
  t.match((await flags(2022))?.shownBy, [
    { what: /疑点 2 项/ },
    { what: /10000\.00 元在途 180 天/ },
    { what: /到账满一年，仍有余额 100,000\.00 元/, id: old },
  ]);
  t.match((await flags(2021))?.shownBy, [{ what: /疑点 0 项/ }], 'at the end of 2021 neither was due');
});

forEachEngine('decisions of the year are counted under their gravest effect', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const { county, stationOperator } = world;
  const fundId = await openFund(world);
  await openClaim(world, 'submitted', [{ fundId, amount: '10.00' }]);
  const lines = [1, 2].map((n) => ({ fundId, amount: `${n}.00`, economicCode: '31002' }));
  const bad = await createClaim(
    store,
    by(stationOperator),
    county.bookId,
    claimInput(world.station.id, lines),
  );
  const submit = () => submitClaim(store, PACKS, by(stationOperator), county.bookId, bad.id, null);
  await refused(t, submit(), 'policy_blocked');
  await refused(t, submit(), 'policy_blocked');
  const coverage = await bookCoverage(asked(store, world), 'AA-01');
  t.match(coverage.items, [{ clause: 'AA-01', decisions: { block: 2, review: 0, warn: 0 } }], 'not by lines');
  t.match(coverage, { decisionsCounted: 3, isCountComplete: true });
  const next = await bookCoverage(asked(store, world, 2023), 'AA-01');
  t.match(next, { decisionsCounted: 0, items: [{ decisions: { block: 0 } }] }, 'none of 2023');
});

forEachEngine('pages neither lose nor repeat a contract', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const { county } = world;
  const fundId = await openFund(world);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await openContract(world, [{ fundId, amount: '1.00' }]));
  const document = { kind: 'supervision_record', date: '2022-06-01', attachmentId: null } as const;
  for (let n = 0; n < 22; n += 1)
    await addEvidence(store, by(county.finance), county.bookId, ids[0] as string, {
      ...document,
      documentNo: `督${n}`,
    });
  const walk = async (show: 'all' | 'shown' | 'missing') => {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const next = await page(store, world, 'supervision', { limit: 2, show, cursor });
      t.ok(next.items.length <= 2);
      found.push(...next.items.map(({ subject }) => subject.id));
      cursor = next.nextCursor ?? undefined;
    } while (cursor);
    return found;
  };
  t.same(await walk('all'), ids);
  t.same(await walk('missing'), ids.slice(1));
  t.same(await walk('shown'), ids.slice(0, 1));
  const [first] = (await page(store, world, 'supervision', { show: 'shown' })).items;
  t.same([first?.shownBy.length, first?.shownByCount], [20, 22], 'rows of one contract are bounded, too');
});

forEachEngine('over HTTP: readers of the book only, in clear', async (t, store) => {
  const world = await seedWorld(store, { packs: PACKS });
  const { county, neighbour } = world;
  const { ask } = await serve(t, store, { packs: PACKS });
  const fundId = await openFund(world);
  await openContract(world, [{ fundId, amount: '1.00' }], { title: '为上官老人购买陪护' });
  const path = `/books/${county.bookId}/policy/coverage`;
  const one = `${path}/${clauseOf('supervision')}?year=2022`;
  const supervisor = await seedActor(store, world.province, 'supervisor');
  for (const actor of [county.auditor, county.finance, supervisor]) {
    t.match(await ask(actor, 'GET', `${path}?year=2022`), { status: 200, body: { asOf: TODAY } });
    t.match((await ask(actor, 'GET', one)).body, {
      clause: { force: 'M', text: '应当留痕备查', evidence: { state: 'missing', due: 1 } },
      items: [{ subject: { title: '为上官老人购买陪护' }, missing: '没有记录' }],
    });
  }
  for (const actor of [neighbour.auditor, world.stationOperator, world.providerOperator]) {
    t.match(await ask(actor, 'GET', `${path}?year=2022`), { status: 404 }, actor.displayName);
    t.match(await ask(actor, 'GET', one), { status: 404 }, actor.displayName);
  }
  t.match(await ask(county.auditor, 'GET', path), { status: 400 }, 'of which year?');
  for (const clause of ['ZZ-01', 'YY-01', 'QQ-99'])
    t.match(await ask(county.auditor, 'GET', `${path}?year=2022&clause=${clause}`), { status: 404 }, clause);
  t.match((await ask(county.auditor, 'GET', '/policy/coverage')).body.items[1], {
    force: 'M',
    text: '应当留痕备查',
    nonWaivable: null,
    evidenceKind: KINDS[0],
  });
});
