import { join } from 'node:path';
import type { Test } from 'tap';
import { acknowledge, disburse, issueAllotment, takeIn } from '../../src/allotments/index.js';
import { uploadAttachment } from '../../src/attachments/index.js';
import {
  applyToClaim,
  closeClaim,
  coSignClaim,
  createClaim,
  createUnfinished,
  payClaim,
  refundClaim,
  rejectClaim,
  reportSpending,
  returnClaim,
  reversePayment,
  submitClaim,
} from '../../src/claims/index.js';
import { readConfig } from '../../src/config.js';
import { addEvaluation, addEvidence, closeContract, prepareContract } from '../../src/contracts/index.js';
import { cosign } from '../../src/core/checkpoint.js';
import {
  addSignatureLines,
  COSIGNATURE,
  generateSeed,
  parseNote,
  verifierKeyOf,
} from '../../src/core/note.js';
import type { Store } from '../../src/db/store.js';
import {
  addWitness,
  type Checkpoints,
  importCosignatures,
  keepPacks,
  recordLowerCheckpoints,
  retireKey,
  retireWitness,
  revokeKey,
  rotateKey,
  signGrown,
} from '../../src/evidence/index.js';
import { createLogger } from '../../src/http/logging.js';
import { Jobs } from '../../src/jobs/index.js';
import {
  addConsent,
  addFundDocument,
  closePeriod,
  createFund,
  explainFigures,
  type FundTerms,
  type NewFund,
  recordFigure,
} from '../../src/ledger/index.js';
import {
  type Actor,
  createOrganisation,
  createSanction,
  createSetupLink,
  createToken,
  hashPassword,
  revokeToken,
  saveFilter,
  settleSanction,
  signIn,
} from '../../src/organisations/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { eraseSubject } from '../../src/privacy/index.js';
import { recordProcedure, withdrawProcedure } from '../../src/procedures/index.js';
import { noteDifference, upperComparison } from '../../src/reconciliation/index.js';
import { declareBase } from '../../src/relief/index.js';
import { approveWaiver, rejectWaiver, requestWaiver, revokeWaiver } from '../../src/waivers/index.js';
import {
  baseInput,
  by,
  claimInput,
  contractInput,
  fundInput,
  invoiceOf,
  lineInput,
  NO_PACKS,
  nextNo,
  openClaim,
  openContract,
  openFund,
  paymentInput,
  RELIEF,
  refused,
  seedActor,
  seedWorld,
  standing,
  tell,
  tellTrueUp,
  validCreditCode,
  type World,
} from '../fixture.js';
import { testContext } from '../helper.js';
import { temporaryFolder } from './outside.js';

export const NOW = new Date('2022-07-31T02:00:00.000Z');

export interface TamperWorld extends World {
  /** An administrator of the county, who rotates keys and erases. */
  readonly admin: Actor;
  /** 本级财政 of the county, with money left. */
  readonly fundId: string;
  /** A witness of the county's book. */
  readonly witness: Witness;
}

interface Witness {
  readonly name: string;
  readonly seed: Buffer;
}

/** Two full blocks of 256 and a bit more. */
const LONG_LOG = 520;

/**
 * An installation in which every table has rows, nearly all of them more than one: three books, one of them with a log
 * of more than two blocks, signed by keys that were rotated and revoked, witnessed, and with personal data erased.
 */
export async function populate(t: Test, store: Store, checkpoints: Checkpoints): Promise<TamperWorld> {
  for (const hour of [1, 2]) await createSetupLink(store, new Date(NOW.getTime() - hour * 3_600_000));
  const packs = loadPacks();
  for (const set of [NO_PACKS, packs]) await keepPacks(store, set, NOW);
  const seeded = await seedWorld(store, { packs });
  const admin = await seedActor(store, seeded.county, 'admin');
  const fundId = await openFund(seeded, { granted: '100000.00' });
  const witness = { name: 'audit.example', seed: generateSeed() };
  const world = { ...seeded, admin, fundId, witness };
  await people(world);
  await money(world);
  await passDown(world);
  const files = await attachments(t, world);
  await spending(t, world, files);
  await waivers(world, files);
  await procedures(world, files);
  await unfinished(world);
  await relief(world, files);
  await sanctions(world);
  await figures(world);
  await differences(world);
  await longLog(world);
  await eraseSubject(store, by(admin), world.county.bookId, {
    kind: 'party',
    id: null,
    name: '王某某',
    documentNo: '泸县民政局个信处〔2022〕1号',
    reason: '本人申请删除',
  });
  await evidence(world, checkpoints);
  await jobs(t, world, checkpoints);
  return world;
}

const PASSWORD = '红河社工站二〇二二春天';

async function people({ store, county, province }: TamperWorld): Promise<void> {
  const passwordHash = await hashPassword(PASSWORD);
  for (const { personId } of [county.finance, province.finance]) {
    const person = await store.read
      .selectFrom('person')
      .selectAll()
      .where('id', '=', personId)
      .executeTakeFirstOrThrow();
    await tell(store, person.bookId, async (unit) =>
      unit.update('person', person, { passwordHash: await unit.seal(passwordHash, `person/${personId}`) }),
    );
    await signIn(store, testContext(), { loginName: personId, password: PASSWORD }, 12);
  }
  await createToken(store, by(county.finance), { name: '月报脚本', days: 30 });
  const { id } = await createToken(store, by(province.finance), { name: '旧脚本', days: 30 });
  await revokeToken(store, by(province.finance), id);
}

/** A fund of every type, documents of every kind, consents, bases of the 5%, closed months. */
async function money(world: TamperWorld): Promise<void> {
  const { store, county, fundId } = world;
  const { bookId, finance } = county;
  const term = { from: '2022-01-01', until: '2022-12-31' };
  const charity = (form: 'cash' | 'in_kind'): FundTerms => ({
    type: 'charity',
    form,
    donorId: world.provider.id,
    agreementNo: '捐赠协议2022-01',
    filingNo: null,
    isPublicRaising: false,
    raisedByQualified: null,
    serviceItems: ['station_service'],
    beneficiaryGroups: ['elderly'],
    areas: ['510521'],
    ...term,
  });
  const open = async (given: Partial<NewFund>) =>
    (await createFund(store, by(finance), bookId, fundInput(given))).id;
  const cash = await open({ terms: charity('cash'), programme: '夕阳红' });
  const inKind = await open({ terms: charity('in_kind'), isExample: true });
  await open({ terms: { type: 'welfare_lottery', namedPurposes: ['elderly'], announcementDue: null } });
  await open({ terms: { type: 'department_purchase', department: '团县委', agreementNo: null, ...term } });
  await open({ terms: RELIEF, level: 'central' });
  const documents = [
    [fundId, 'plan', '120000.00'],
    [fundId, 'return', '50.00'],
    [cash, 'grant', '3000.00'],
    [cash, 'arrival', '3000.00'],
    [inKind, 'valuation', '800.00'],
  ] as const;
  for (const [id, kind, amount] of documents) {
    await addFundDocument(store, by(finance), bookId, id, {
      kind,
      amount,
      documentNo: nextNo('文'),
      effectiveDate: '2022-02-01',
      counterparty: '某慈善会',
    });
  }
  for (const extendsUntil of [null, '2023-06-30']) {
    await addConsent(store, by(finance), bookId, cash, {
      fromDate: '2022-06-01',
      documentNo: nextNo('同意书'),
      serviceItems: ['station_service'],
      beneficiaryGroups: ['elderly'],
      areas: [],
      extendsUntil,
    });
  }
  for (const [month, at] of [
    ['2021-11', '2022-01-05T02:00:00.000Z'],
    ['2021-12', '2022-02-05T02:00:00.000Z'],
  ] as const)
    await closePeriod(store, by(finance, { at }), bookId, month);
}

/** 下达, 收文, 拨付, 到账, 确认 between the province and its two counties. */
async function passDown(world: TamperWorld): Promise<void> {
  const { store, packs, province, county, neighbour, township } = world;
  const upper = await openFund(world, {
    bureau: province,
    granted: '50000.00',
    fund: {
      level: 'provincial',
      terms: { type: 'provincial_subsidy', declaredStationIds: null, declarationConfirmed: true },
    },
  });
  const shares = [
    [county, [{ organisationId: township.id, amount: '10000.00' }], '10000.00', 1],
    [neighbour, [], null, null],
  ] as const;
  for (const [bureau, parts, documentTotal, count] of shares) {
    const lower = { actor: by(bureau.finance), bookId: bureau.bookId };
    const { items } = await issueAllotment(store, packs, by(province.finance), province.bookId, {
      fundId: upper,
      documentNo: nextNo('川财社〔2022〕'),
      effectiveDate: '2022-02-01',
      documentTotal,
      documentRecipients: count,
      documentParts: count,
      items: [{ recipientId: bureau.id, amount: '10000.00', parts: [...parts] }],
    });
    const allotmentItemId = items[0]?.id as string;
    const paid = await disburse(store, by(province.payer), province.bookId, {
      allotmentItemId,
      voucherNo: nextNo('拨付'),
      effectiveDate: '2022-02-05',
      amount: '4000.00',
    });
    for (const [kind, issueId] of [
      ['allotment', allotmentItemId],
      ['disbursement', paid.id],
    ] as const) {
      const documentNo = nextNo('收文');
      await takeIn(store, lower.actor, lower.bookId, {
        kind,
        issueId,
        documentNo,
        effectiveDate: '2022-02-10',
      });
    }
    await acknowledge(store, by(province.finance), province.bookId, paid.id, '2022-02-12');
  }
}

/** Jobs that were done, refused and cancelled. */
async function jobs(t: Test, { store, packs, county }: TamperWorld, checkpoints: Checkpoints): Promise<void> {
  const { bookId, auditor } = county;
  const service = new Jobs({
    store,
    config: readConfig({ JOBS_DIR: join(temporaryFolder(t), 'jobs') }),
    policy: standing(packs),
    checkpoints,
    logger: createLogger('silent'),
    now: () => NOW,
  });
  const verify = (key: string) => service.start('verify_book', by(auditor, { key }), bookId, {});
  const done = await verify('verify-once');
  await service.whenEnded(done.id);
  const stopped = await verify('verify-again');
  await service.cancel(auditor, stopped.id);
  const whole = { kind: 'fund', id: 'no-such-fund', isRedacted: true };
  const failed = await service.start('evidence_package', by(auditor), bookId, whole);
  await service.whenEnded(failed.id);
  t.match((await service.get(auditor, failed.id)).problem, { code: 'not_found' });
  await service.close();
  await signGrown(store, checkpoints, NOW);
}

async function attachments(t: Test, { store, county, stationOperator }: TamperWorld): Promise<string[]> {
  const folder = join(temporaryFolder(t), 'attachments');
  const ids: string[] = [];
  for (const [actor, fileName] of [
    [stationOperator, '发票.pdf'],
    [county.finance, '中标通知书.pdf'],
  ] as const) {
    const upload = {
      fileName,
      mediaType: 'application/pdf',
      bytes: Buffer.from('%PDF-1.7\n1 0 obj'),
    } as const;
    const { id } = await uploadAttachment(store, folder, by(actor), county.bookId, upload);
    ids.push(id);
  }
  return ids;
}

/** Contracts and claims in every state, what providers say they spent, answers kept under an idempotency key. */
async function spending(t: Test, world: TamperWorld, files: readonly string[]): Promise<void> {
  const { store, packs, county, fundId, provider, station, stationOperator, office } = world;
  const { bookId, finance, finance2, payer } = county;
  const [file] = files as [string];
  const evidence = { kind: 'agreement', date: '2022-03-01', documentNo: '合同正本' } as const;
  const contractId = await openContract(world, [{ fundId, amount: '3000.00' }], {
    schedule: [{ dueDate: '2022-12-01', amount: '3000.00', condition: '中期评估合格' }],
    unitLabourCost: '60000.00',
    certifiedWorkersPerStation: 2,
    fulltimeWorkersPerStation: 3,
    evidence: [{ ...evidence, attachmentId: file }],
  });
  const renewed = await openContract(world, [{ fundId, amount: '10.00' }], {
    startDate: '2022-02-01',
    endDate: '2022-06-30',
  });
  await closeContract(store, by(finance), bookId, renewed, { effectiveDate: '2022-07-01', version: null });
  const next = contractInput(world, [{ fundId, amount: '20.00', stationId: station.id }], {
    renewsId: renewed,
  });
  await prepareContract(store, packs, by(finance), bookId, next);
  const supplement = { ...evidence, kind: 'acceptance', attachmentId: null } as const;
  await addEvidence(store, by(finance), bookId, contractId, supplement);
  for (const kind of ['interim', 'final'] as const) {
    await addEvaluation(store, by(finance), bookId, contractId, {
      kind,
      executionYear: 1,
      date: '2022-06-30',
      grade: 'good',
      evaluatorCreditCode: validCreditCode('51510000MJQ00000'),
    });
  }

  const ofContract = { contractId, payeeId: provider.id, payeeType: 'provider' } as const;
  const [first, second] = ['24512000000012345678', '24512000000087654321'];
  const evident = { fundId, amount: '400.00', invoice: invoiceOf(first, '1000.00') };
  await openClaim(world, 'paid', [evident, { fundId, amount: '100.00' }], ofContract);
  for (const amount of ['120.00', '30.00']) {
    await reportSpending(store, packs, by(world.providerOperator), bookId, {
      contractId,
      businessDate: '2022-07-20',
      lines: [lineInput({ fundId, amount, invoice: invoiceOf(second, '500.00'), economicCode: null })],
    });
  }
  const line = [{ fundId, amount: '20.00' }];
  for (const until of ['draft', 'submitted', 'reviewed', 'approved'] as const)
    await openClaim(world, until, line);
  const { id: returned } = await openClaim(world, 'approved', line);
  await returnClaim(store, by(finance2), bookId, returned, null, { note: '请补附件' });
  const { id: erased } = await openClaim(world, 'reviewed', line, {
    payeeType: 'individual',
    payeeName: '王某某',
  });
  await rejectClaim(store, by(finance2), bookId, erased, null, { note: null });
  const { id: coSigned } = await openClaim(world, 'draft', line, { organisationId: station.id });
  await submitClaim(store, packs, by(stationOperator), bookId, coSigned, null);

  const { id: partly } = await openClaim(world, 'approved', line);
  const half = () => paymentInput({ amount: '5.00' });
  const answer = by(payer, { key: 'pay-once' });
  await payClaim(store, packs, answer, bookId, partly, half());
  const { id: closed } = await openClaim(world, 'approved', line);
  await payClaim(store, packs, by(payer), bookId, closed, half());
  await closeClaim(store, by(finance), bookId, closed, null, { note: '尾款不再支付' });
  const { id: refunded } = await openClaim(world, 'paid', line);
  await refundClaim(store, by(payer), bookId, refunded, { ...half(), amount: '1.00' });
  const { id: reversed, payments } = await openClaim(world, 'paid', line);
  const paymentId = payments[0]?.id as string;
  await reversePayment(store, by(finance), bookId, reversed, { ...paymentInput(), paymentId });

  const kept = by(stationOperator, { key: 'too-much' });
  const { id: tooMuch } = await openClaim(world, 'draft', [{ fundId, amount: '99999999.00' }]);
  await refused(t, submitClaim(store, packs, kept, bookId, tooMuch, null), 'insufficient_balance');
  const own = await seedActor(store, office, 'operator');
  const input = claimInput(office.id, line);
  const { id: ofOffice } = await createClaim(store, by(own), bookId, input);
  await submitClaim(store, packs, by(own), bookId, ofOffice, null);
  await coSignClaim(store, by(county.reviewer), bookId, ofOffice, null, { note: '村级室无审核人员' });
}

/** Exceptions in every state, for a fund and for a claim, with and without a limit, and applied ones. */
async function waivers(world: TamperWorld, files: readonly string[]): Promise<void> {
  const { store, packs, county, fundId } = world;
  const { bookId, finance, finance2 } = county;
  const claims = [];
  for (let n = 0; n < 2; n += 1) claims.push(await openClaim(world, 'draft', [{ fundId, amount: '10.00' }]));
  const ask = async (given: object) => {
    const input = {
      clause: 'SP-05',
      fundId,
      subject: null,
      limit: null,
      reason: '站点遭洪灾',
      evidence: [files[0] as string],
      from: '2022-07-31',
      until: '2022-12-31',
      ...given,
    };
    return (await requestWaiver(store, packs, by(finance), bookId, input)).id;
  };
  const approved = [];
  for (const [n, claim] of claims.entries()) {
    const subject = { type: 'claim', id: claim.id } as const;
    const id = await ask({ subject, limit: '100.00' });
    const approval = { documentNo: nextNo('泸县民函〔2022〕') };
    await approveWaiver(store, packs, by(finance2), bookId, id, null, approval);
    const maker = by(world.stationOperator, { at: `2022-07-31T0${2 + n}:30:00.000Z` });
    await applyToClaim(store, maker, bookId, claim.id, null, [id]);
    approved.push(id);
  }
  const reason = { reason: '情况已经消失' };
  await revokeWaiver(store, by(finance2), bookId, approved[1] as string, null, reason);
  await rejectWaiver(store, by(finance2), bookId, await ask({}), null, reason);
  await ask({});
}

/** Forms that two people have not finished, and queries that they kept. */
async function unfinished({ store, county, stationOperator }: TamperWorld): Promise<void> {
  for (const [maker, title] of [
    [stationOperator, '茶叶'],
    [county.operator, '打印纸'],
  ] as const) {
    await createUnfinished(store, by(maker), county.bookId, { claimId: null, content: { title } });
    const path = `/books/${county.bookId}/claims`;
    await saveFilter(store, by(maker), { name: title, path, query: 'status=draft' });
  }
}

/** Duties recorded for a fund, a contract and the year, one of them withdrawn. */
async function procedures({ store, county, fundId }: TamperWorld, files: readonly string[]): Promise<void> {
  const { bookId, finance } = county;
  const contract = await store.read
    .selectFrom('contract')
    .select('id')
    .where('bookId', '=', bookId)
    .executeTakeFirstOrThrow();
  for (const given of [
    { kind: 'announcement', fundId, contractId: null, documentNo: null, attachments: [...files] },
    { kind: 'supervision', fundId: null, contractId: contract.id, documentNo: nextNo('督'), attachments: [] },
    { kind: 'inspection', fundId: null, contractId: null, documentNo: nextNo('查'), attachments: [] },
  ] as const) {
    const record = { ...given, year: 2022, date: '2022-07-20', title: '二季度', note: '已办' };
    const { id } = await recordProcedure(store, by(finance), bookId, {
      ...record,
      attachments: [...given.attachments],
    });
    if (given.kind === 'inspection')
      await withdrawProcedure(store, by(finance), bookId, id, { reason: '登记重复' });
  }
}

/** Bases at every stage, and what two final ones led to. */
async function relief(world: TamperWorld, files: readonly string[]): Promise<void> {
  const { store, county, fundId } = world;
  const { bookId, finance } = county;
  const split = { central: '4.00', provincial: '3.00', prefecture: '2.00', county: '1.00' };
  const dated = (date: string) => ({ documentDate: date, declaredDate: date, split });
  const given: Parameters<typeof baseInput>[0][] = [
    { amount: '10.00', ...dated('2021-02-01') },
    {
      amount: '10.00',
      ...dated('2021-07-10'),
      basis: 'projection',
      spentToDate: '5.00',
      spentAsOf: '2021-06-30',
    },
    { amount: '10.00', ...dated('2022-01-31'), basis: 'final' },
    { amount: '10.00', ...dated('2022-02-28'), basis: 'final' },
  ];
  for (const base of given) {
    const input = baseInput({ year: 2021, attachmentId: files[0] ?? null, ...base });
    const { id } = await declareBase(store, by(finance), bookId, input);
    if (base.basis === 'final') await tellTrueUp(world, id, fundId);
  }
}

async function sanctions({ store, county, province, admin }: TamperWorld): Promise<void> {
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
  const given = { documentNo: '泸县民〔2022〕示例号', reason: '弄虚作假', fromDate: '2022-07-30' };
  const blacklist = { ...given, kind: 'blacklist', bureauId: county.id, untilDate: '2023-07-30' } as const;
  await createSanction(store, by(county.finance), provider.id, blacklist);
  const exit = { ...given, kind: 'exit', bureauId: province.id, untilDate: null } as const;
  const { id } = await createSanction(store, by(province.finance), provider.id, exit);
  await settleSanction(store, by(province.finance), id, '2022-07-31');
}

async function figures({ store, county }: TamperWorld): Promise<void> {
  for (const topic of ['红河州福彩公益金投入社工站', '全省社工站数']) {
    for (const sourceType of ['welfare_lottery', null] as const) {
      await recordFigure(store, by(county.finance), county.bookId, {
        topic,
        basis: 'unstated',
        sourceType,
        amount: sourceType ? '4160000.00' : '3800000.00',
        qualifier: 'more',
        asOf: '截至2022-06',
        sourceName: '材料一',
        sourceSection: '二(五)',
      });
    }
    const text = '416万元含截至6月补充下达部分';
    await explainFigures(store, by(county.finance), county.bookId, { topic, text });
  }
}

/** What is said of differences with the upper level: by both levels, whole and in part. */
async function differences(world: TamperWorld): Promise<void> {
  const { store, packs, county, province } = world;
  const fundId = await openFund(world, { bureau: province, fund: { level: 'provincial' } });
  await issueAllotment(store, packs, by(province.finance), province.bookId, {
    fundId,
    documentNo: nextNo('川财社〔2022〕'),
    effectiveDate: '2022-05-01',
    documentTotal: null,
    documentRecipients: null,
    documentParts: null,
    items: [{ recipientId: county.id, amount: '9.00', parts: [] }],
  });
  const span = { year: 2022, asOf: '2022-07-31' };
  const { differences } = await upperComparison(store, county.auditor, county.bookId, span);
  const key = differences[0]?.key as string;
  const said = { ownerId: county.finance.personId, explanation: '文件在途', expectedDate: '2022-08-31' };
  for (const [actor, note] of [
    [county.finance, said],
    [county.finance2, { ...said, explanation: '文件已到，尚未收文' }],
    [province.finance, { ...said, ownerId: null, expectedDate: null }],
    [province.finance, { ...said, explanation: null }],
  ] as const)
    await noteDifference(store, by(actor), county.bookId, { ...note, key });
}

/** A log of more than two full blocks, so that blocks are kept of it. */
async function longLog(world: TamperWorld): Promise<void> {
  const { store, neighbour, neighbourOperator, neighbourStation } = world;
  const fundId = await openFund(world, { bureau: neighbour });
  for (const amount of ['1.00', '2.00']) {
    const input = claimInput(neighbourStation.id, [{ fundId, amount }]);
    await createClaim(store, by(neighbourOperator), neighbour.bookId, input);
  }
  await lengthen(store, neighbour.bookId, LONG_LOG);
}

/** So many entries that tell nothing. */
export async function lengthen(store: Store, bookId: string, entries: number): Promise<void> {
  for (let from = 0; from < entries; from += 40)
    await Promise.all(Array.from({ length: 40 }, () => tell(store, bookId, async () => {})));
}

/** Keys rotated and revoked, checkpoints signed by each, witnesses, time stamps; at last everything signed again. */
async function evidence(world: TamperWorld, checkpoints: Checkpoints): Promise<void> {
  const { store, county, neighbour, province, admin } = world;
  const { bookId } = county;
  await signGrown(store, checkpoints, NOW);
  const { items } = await rotateKey(store, by(admin), bookId);
  const both = await checkpoints.sign(bookId, NOW);
  await retireKey(store, by(admin), bookId, items[0]?.id as string);
  const farAdmin = await seedActor(store, neighbour, 'admin');
  const [farKey] = (await store.read.selectFrom('signingKey').selectAll().execute()).filter(
    (key) => key.bookId === neighbour.bookId,
  );
  await revokeKey(store, by(farAdmin), neighbour.bookId, farKey?.id as string, '主机失窃');

  const witnesses = [world.witness, { name: 'finance.example', seed: generateSeed() }];
  const added: string[] = [];
  for (const { name, seed } of witnesses) {
    const { id } = await addWitness(store, by(admin), bookId, verifierKeyOf(name, seed, COSIGNATURE));
    added.push(id);
  }
  const lines = witnesses.map((witness, index) =>
    cosign(parseNote(both.note).text, witness, 1_659_232_800 + index),
  );
  await importCosignatures(store, by(county.finance), bookId, addSignatureLines(both.note, lines));
  await retireWitness(store, by(admin), bookId, added[1] as string);
  await tell(store, bookId, async (unit) => {
    let renewsId: string | null = null;
    for (const id of ['timestamp-1', 'timestamp-2']) {
      const token = Buffer.from(`${id} of ${both.root}`).toString('base64');
      const signedAt = '2022-07-31T02:00:00.000Z';
      await unit.insert('timestamp', {
        id,
        size: both.size,
        token,
        renewsId,
        signedAt,
        logIndex: unit.logIndex,
      });
      renewsId = id;
    }
  });
  await recordLowerCheckpoints(store, by(province.finance), province.bookId);
  await signGrown(store, checkpoints, NOW);
}
