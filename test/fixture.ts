import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { Unit } from '../src/audit/index.js';
import {
  approveClaim,
  type ClaimView,
  createClaim,
  type NewClaim,
  payClaim,
  reviewClaim,
  submitClaim,
} from '../src/claims/index.js';
import { type NewContract, prepareContract, signContract } from '../src/contracts/index.js';
import { DomainError } from '../src/core/errors.js';
import { newId } from '../src/core/ids.js';
import type { OrganisationKind } from '../src/core/vocabulary.js';
import type { Row } from '../src/db/database.js';
import type { Store } from '../src/db/store.js';
import { verifyBook, verifyInstallation } from '../src/evidence/index.js';
import { addFundDocument, createFund, type FundTerms, type NewFund } from '../src/ledger/index.js';
import { isSource } from '../src/ledger/layers.js';
import { creditCheckCharacter } from '../src/organisations/credit-code.js';
import type { Actor, Caller, Role } from '../src/organisations/index.js';
import { RuleIndex } from '../src/policy/compile.js';
import type { PackSet, PolicySource } from '../src/policy/index.js';
import type { NewBase } from '../src/relief/index.js';
import { testContext } from './helper.js';

/** No policy at all: the tests of the ledger ask only what holds whatever the rules say. */
export const NO_PACKS: PackSet = { packs: [], terms: [], index: new RuleIndex([]) };

/** Packs that stay as they are. */
export const standing = (packs: PackSet): PolicySource => ({
  current: packs,
  loadedAt: '2022-01-01T00:00:00.000Z',
  fault: null,
  reload: async () => false,
});

/** The day on which all tests act, unless they say otherwise, and the instant of it. */
export const TODAY = '2022-07-31';

export interface Organisation {
  readonly id: string;
  readonly path: string;
  readonly kind: OrganisationKind;
}
export interface Bureau extends Organisation {
  readonly bookId: string;
  readonly finance: Actor;
  /** A second 财务, so that two pairs of hands exist. */
  readonly finance2: Actor;
  readonly payer: Actor;
  readonly reviewer: Actor;
  readonly operator: Actor;
  readonly auditor: Actor;
}
export interface World {
  readonly store: Store;
  readonly packs: PackSet;
  readonly province: Bureau;
  readonly county: Bureau;
  /** Another county of the province, with its own book. */
  readonly neighbour: Bureau;
  readonly township: Organisation;
  readonly station: Organisation;
  readonly office: Organisation;
  readonly provider: Organisation;
  readonly stationOperator: Actor;
  readonly stationReviewer: Actor;
  readonly providerOperator: Actor;
  readonly neighbourStation: Organisation;
  readonly neighbourOperator: Actor;
}

/** A province with two counties, one township with a station and a village office, a provider. No prefecture. */
export async function seedWorld(
  store: Store,
  options: { packs?: PackSet; province?: string } = {},
): Promise<World> {
  const prefix = options.province ?? '51';
  const place = async (
    kind: OrganisationKind,
    name: string,
    divisionCode: string,
    parent: Organisation | null,
    home: string | null = null,
  ) => {
    const id = newId();
    const path = `${parent?.path ?? ''}${id}/`;
    const isProvider = kind === 'provider';
    const creditCode = isProvider
      ? validCreditCode(`51510500${String(randomInt(1e8)).padStart(8, '0')}`)
      : null;
    await tell(store, await homeOf(store, parent, home), (unit) =>
      unit.insert('organisation', {
        id,
        kind,
        name,
        parentId: parent?.id ?? null,
        path,
        divisionCode,
        creditCode,
        providerKind: isProvider ? 'social_organisation' : null,
        districtClass: null,
        openedDate: '2020-01-01',
        closedDate: null,
        createdAt: SEEDED_AT,
        version: 1,
      }),
    );
    return { id, path, kind };
  };
  const actor = (organisation: Organisation, role: Role) => seedActor(store, organisation, role);
  const bureau = async (
    kind: OrganisationKind,
    name: string,
    code: string,
    parent: Organisation | null,
  ): Promise<Bureau> => {
    const bookId = newId();
    const book = { id: bookId, name, createdAt: SEEDED_AT, logSize: 0, logFrontier: '' };
    let organisation: Organisation;
    if (parent) {
      organisation = await place(kind, name, code, parent);
      await tell(store, await homeOf(store, parent, null), (unit) =>
        unit.insert('book', { ...book, bureauId: organisation.id }),
      );
    } else {
      organisation = await foundTop(store, kind, name, code, book);
    }
    return {
      ...organisation,
      bookId,
      finance: await actor(organisation, 'finance'),
      finance2: await actor(organisation, 'finance'),
      payer: await actor(organisation, 'payer'),
      reviewer: await actor(organisation, 'reviewer'),
      operator: await actor(organisation, 'operator'),
      auditor: await actor(organisation, 'auditor'),
    };
  };
  const province = await bureau('bureau_provincial', '省民政厅', `${prefix}0000`, null);
  const county = await bureau('bureau_county', '泸县民政局', `${prefix}0521`, province);
  const neighbour = await bureau('bureau_county', '合江县民政局', `${prefix}0522`, province);
  const township = await place('township', '玉蟾街道', `${prefix}0521`, county);
  const station = await place('station_township', '玉蟾街道社工站', `${prefix}0521`, township);
  const office = await place('station_village', '某村社工室', `${prefix}0521`, station);
  const provider = await place('provider', '某社会工作服务中心', `${prefix}0521`, null, province.bookId);
  const farTownship = await place('township', '合江镇', `${prefix}0522`, neighbour);
  const neighbourStation = await place('station_township', '合江镇社工站', `${prefix}0522`, farTownship);
  return {
    store,
    packs: options.packs ?? NO_PACKS,
    province,
    county,
    neighbour,
    township,
    station,
    office,
    provider,
    stationOperator: await actor(station, 'operator'),
    stationReviewer: await actor(station, 'reviewer'),
    providerOperator: await actor(provider, 'operator'),
    neighbourStation,
    neighbourOperator: await actor(neighbourStation, 'operator'),
  };
}

const SEEDED_AT = '2022-01-01T00:00:00.000Z';

/** The topmost bureau with its book, which tells both itself. */
async function foundTop(
  store: Store,
  kind: OrganisationKind,
  name: string,
  divisionCode: string,
  book: Omit<Row<'book'>, 'bureauId' | 'registeredIn'>,
): Promise<Organisation> {
  const id = newId();
  const path = `${id}/`;
  await store.write('seed', async (trx) => {
    const row = { ...book, bureauId: id, registeredIn: book.id };
    const unit = new Unit(store.keys, trx, row, testContext({ at: SEEDED_AT }));
    await unit.insert('organisation', {
      id,
      kind,
      name,
      parentId: null,
      path,
      divisionCode,
      creditCode: null,
      providerKind: null,
      districtClass: null,
      openedDate: '2020-01-01',
      closedDate: null,
      createdAt: SEEDED_AT,
      version: 1,
    });
    await unit.insert('book', row);
    await unit.append({ action: 'seed', subject: { type: 'seed', id } });
  });
  return { id, path, kind };
}

/** The book of the topmost bureau, which tells everything that is seeded, so that the logs under test begin empty. */
async function homeOf(store: Store, at: Organisation | null, home: string | null): Promise<string> {
  if (home) return home;
  const [top] = (at as Organisation).path.split('/');
  const { registeredIn } = await store.admin
    .selectFrom('organisation')
    .select('registeredIn')
    .where('id', '=', top as string)
    .executeTakeFirstOrThrow();
  return registeredIn;
}

/** Writes rows as a command would, so that a book's log tells them. */
export async function tell(
  store: Store,
  bookId: string,
  work: (unit: Unit) => Promise<unknown>,
): Promise<void> {
  await store.write(bookId, async (trx) => {
    const book = await trx.selectFrom('book').selectAll().where('id', '=', bookId).executeTakeFirstOrThrow();
    const unit = new Unit(store.keys, trx, book, testContext({ at: SEEDED_AT }));
    await work(unit);
    await unit.append({ action: 'seed', subject: { type: 'seed', id: newId() } });
  });
}

/** A person of the organisation who holds the roles there. */
export async function seedActor(store: Store, organisation: Organisation, ...roles: Role[]): Promise<Actor> {
  const personId = newId();
  await tell(store, await homeOf(store, organisation, null), async (unit) => {
    await unit.insert('person', {
      id: personId,
      loginName: await unit.seal(personId, `person/${personId}`),
      loginIndex: unit.keys.index('login', personId),
      displayName: await unit.seal(`${organisation.kind} ${roles.join()}`, `person/${personId}`),
      organisationId: organisation.id,
      passwordHash: null,
      isActive: 1,
      createdAt: SEEDED_AT,
      version: 1,
    });
    for (const role of roles) {
      await unit.insert('roleGrant', {
        id: newId(),
        personId,
        organisationId: organisation.id,
        role,
        grantedBy: 'seed',
        grantedAt: SEEDED_AT,
        revokedAt: null,
      });
    }
  });
  return {
    personId,
    displayName: roles.join(),
    via: 'session',
    grants: roles.map((role) => ({
      organisationId: organisation.id,
      organisationPath: organisation.path,
      organisationKind: organisation.kind,
      role,
    })),
  };
}

/** 18 characters that the check of GB 32100-2015 accepts, from 16 or 17 of content. */
export const validCreditCode = (content: string): string => {
  const padded = content.padEnd(17, '0');
  return padded + creditCheckCharacter(padded);
};

/** `actor` asking, with a context of its own. */
export const by = (
  actor: Actor,
  given: Omit<Parameters<typeof testContext>[0] & object, 'actorId'> = {},
): Caller => ({
  actor,
  context: testContext({ ...given, actorId: actor.personId }),
});

export const LOCAL: FundTerms = { type: 'local_budget', budgetCode: '2022-SW-001' };
export const RELIEF: FundTerms = {
  type: 'social_relief',
  isWorkFund: false,
  fromSurplus: false,
  capDocumentNo: null,
};

let serial = 0;
/** A number that no other document of this process has. */
export function nextNo(prefix: string): string {
  serial += 1;
  return `${prefix}${process.pid}-${serial}`;
}

export const fundInput = (given: Partial<NewFund> = {}): NewFund => ({
  level: 'county',
  year: 2022,
  name: '社工站经费',
  documentNo: nextNo('泸县财社〔2022〕'),
  documentDate: '2022-01-10',
  programme: null,
  isExample: false,
  terms: LOCAL,
  ...given,
});

/** A fund with its grant and, unless said otherwise, as much cash. Amounts in yuan. */
export async function openFund(
  world: World,
  given: {
    bureau?: Bureau;
    granted?: string;
    received?: string | null;
    date?: string;
    fund?: Partial<NewFund>;
  } = {},
): Promise<string> {
  const { store } = world;
  const bureau = given.bureau ?? world.county;
  const granted = given.granted ?? '100000.00';
  const received = given.received === undefined ? granted : given.received;
  const effectiveDate = given.date ?? '2022-01-10';
  const { id } = await createFund(store, by(bureau.finance), bureau.bookId, fundInput(given.fund));
  const document = { effectiveDate, counterparty: '县财政局' };
  await addFundDocument(store, by(bureau.finance), bureau.bookId, id, {
    ...document,
    kind: 'grant',
    documentNo: nextNo('下达'),
    amount: granted,
  });
  if (received !== null) {
    await addFundDocument(store, by(bureau.finance), bureau.bookId, id, {
      ...document,
      kind: 'arrival',
      documentNo: nextNo('到账'),
      amount: received,
    });
  }
  return id;
}

/** A base of relief spending, 预计 unless said otherwise. */
export const baseInput = (given: Partial<NewBase> & Pick<NewBase, 'amount'>): NewBase => ({
  year: 2022,
  split: null,
  basis: 'estimate',
  documentNo: nextNo('发放统计'),
  documentDate: given.declaredDate ?? '2022-07-01',
  declaredDate: '2022-07-01',
  attachmentId: null,
  spentToDate: null,
  spentAsOf: null,
  ...given,
});

/**
 * A true-up with a resolution of each kind, told as the service would tell them: the province of the world has no cap to
 * hold a base against.
 */
export async function tellTrueUp(world: World, baseId: string, targetFundId: string): Promise<void> {
  const { store, county } = world;
  const entries = await store.read
    .selectFrom('ledgerEntry')
    .select('id')
    .where('bookId', '=', county.bookId)
    .orderBy('id')
    .limit(2)
    .execute();
  const id = newId();
  const recordedBy = county.finance.personId;
  await tell(store, county.bookId, async (unit) => {
    const { logIndex } = unit;
    const note = await unit.seal('决算低于预计', `reliefTrueUp/${id}`);
    const amounts = { capFen: 50n, paidFen: 60n, committedFen: 40n, overrunFen: 50n };
    const trueUp = {
      id,
      year: 2021,
      baseId,
      trueUpDate: '2022-03-01',
      ...amounts,
      note,
      recordedBy,
      logIndex,
    };
    await unit.insert('reliefTrueUp', trueUp);
    for (const [n, { id: entryId }] of entries.entries()) {
      await unit.insert('reliefResolution', {
        id: newId(),
        trueUpId: id,
        kind: n === 0 ? 'give_back' : 'move_to_source',
        amountFen: 20n,
        entryId,
        targetFundId: n === 0 ? null : targetFundId,
        targetEntryId: n === 0 ? null : entryId,
        documentNo: nextNo('泸县民政'),
        recordedBy,
        logIndex,
      });
    }
  });
}

export interface LineGiven {
  readonly fundId: string;
  readonly amount: string;
  readonly stationId?: string | null;
  readonly invoice?: NewClaim['lines'][number]['invoice'];
  readonly serviceItem?: NewClaim['lines'][number]['serviceItem'];
  readonly economicCode?: string | null;
}

export const lineInput = (given: LineGiven): NewClaim['lines'][number] => ({
  fundId: given.fundId,
  amount: given.amount,
  economicCode: given.economicCode === undefined ? '30227' : given.economicCode,
  serviceItem: given.serviceItem === undefined ? 'station_service' : given.serviceItem,
  beneficiaryGroups: ['elderly'],
  stationId: given.stationId ?? null,
  endUser: 'beneficiary',
  rosterCoverage: 'all',
  description: '社工站服务',
  invoice: given.invoice ?? null,
  evidence: [],
});

export const invoiceOf = (
  number: string,
  faceAmount: string,
  given: { sellerName?: string; issuedDate?: string } = {},
) => ({
  number,
  sellerName: given.sellerName ?? '某社会工作服务中心',
  issuedDate: given.issuedDate ?? '2022-06-01',
  faceAmount,
});

export const claimInput = (
  organisationId: string,
  lines: readonly LineGiven[],
  given: Partial<Omit<NewClaim, 'lines'>> = {},
): NewClaim => ({
  organisationId,
  contractId: null,
  title: '社工站服务费',
  payeeType: 'supplier',
  payeeId: null,
  payeeName: '某文具店',
  businessDate: '2022-07-15',
  isFinalPayment: false,
  ...given,
  lines: lines.map(lineInput),
});

export const contractInput = (
  world: World,
  lines: readonly LineGiven[],
  given: Partial<Omit<NewContract, 'lines'>> = {},
): NewContract => ({
  contractNo: nextNo('泸县民政购〔2022〕'),
  title: '社工站政府购买服务',
  buyerId: world.county.id,
  providerId: world.provider.id,
  signedDate: '2022-03-01',
  startDate: '2022-03-01',
  endDate: '2023-02-28',
  pricing: 'by_service',
  budgetCode: '2022-SW-001',
  renewsId: null,
  unitLabourCost: null,
  certifiedWorkersPerStation: null,
  fulltimeWorkersPerStation: null,
  schedule: [],
  evidence: [],
  ...given,
  lines: lines.map(lineInput).map(({ invoice: _invoice, evidence: _evidence, ...line }) => line),
});

/** A contract of the county, prepared by one 财务 and signed by the other. */
export async function openContract(
  world: World,
  lines: readonly LineGiven[],
  given: Partial<Omit<NewContract, 'lines'>> = {},
): Promise<string> {
  const { store, packs, county } = world;
  const input = contractInput(world, lines, given);
  const { contract } = await prepareContract(store, packs, by(county.finance), county.bookId, input);
  const signing = { note: '已核', version: null };
  await signContract(store, packs, by(county.finance2), county.bookId, contract.id, signing);
  return contract.id;
}

export type Reached = 'draft' | 'submitted' | 'reviewed' | 'approved' | 'paid';
const ORDER: readonly Reached[] = ['draft', 'submitted', 'reviewed', 'approved', 'paid'];

/** A claim of the station, taken as far as `until` by four different people. */
export async function openClaim(
  world: World,
  until: Reached,
  lines: readonly LineGiven[],
  given: Partial<Omit<NewClaim, 'lines'>> = {},
): Promise<ClaimView> {
  const { store, packs, county } = world;
  const { bookId } = county;
  const goal = ORDER.indexOf(until);
  const input = claimInput(given.organisationId ?? world.station.id, lines, given);
  let claim = await createClaim(store, by(world.stationOperator), bookId, input);
  const { id } = claim;
  if (goal >= 1) claim = (await submitClaim(store, packs, by(world.stationOperator), bookId, id, null)).claim;
  if (goal >= 2)
    claim = await reviewClaim(store, by(world.stationReviewer), bookId, id, null, { note: '属实' });
  if (goal >= 3)
    claim = (await approveClaim(store, packs, by(county.finance), bookId, id, null, { note: '同意' })).claim;
  if (goal >= 4) claim = (await payClaim(store, packs, by(county.payer), bookId, id, paymentInput())).claim;
  return claim;
}

export const paymentInput = (
  given: { amount?: string; lines?: { lineId: string; amount: string }[]; effectiveDate?: string } = {},
) => ({
  voucherNo: nextNo('付字'),
  effectiveDate: TODAY,
  note: '已核验收单',
  ...given,
});

/** Asserts that `work` is refused (or fails) with a domain code; anything else is unexpected. */
export async function refused(
  t: Test,
  work: Promise<unknown>,
  code: string,
  message?: string,
): Promise<DomainError | null> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof DomainError) {
      t.equal(thrown.code, code, message ?? `refused: ${code}`);
      return thrown;
    }
    t.fail(`${message ?? code}: unexpected error ${(thrown as Error).stack}`);
    return null;
  }
  t.fail(message ?? `should have been refused: ${code}`);
  return null;
}

/** Non-zero balances of a fund, in yuan, by layer or `layer/subject label`; sources count as they stand, negative. */
export async function accountsOf(
  world: Pick<World, 'store'>,
  fundId: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const rows = await world.store.read
    .selectFrom('account')
    .selectAll()
    .where('fundId', '=', fundId)
    .execute();
  const found: Record<string, string> = {};
  let totalFen = 0n;
  for (const { layer, subject, balanceFen } of rows) {
    totalFen += balanceFen;
    if (isSource(layer) ? balanceFen > 0n : balanceFen < 0n)
      throw new Error(`${layer}/${subject} has the wrong sign`);
    if (balanceFen === 0n) continue;
    const name = subject === '' ? layer : `${layer}/${labels[subject] ?? subject}`;
    const sign = balanceFen < 0n ? '-' : '';
    const digits = (balanceFen < 0n ? -balanceFen : balanceFen).toString().padStart(3, '0');
    found[name] = `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  }
  if (totalFen !== 0n) throw new Error(`fund ${fundId} does not sum to zero: ${totalFen}`);
  return found;
}

/** Every book of the world agrees with its log. */
export async function verifyClean(t: Test, world: Pick<World, 'store' | 'packs'>): Promise<void> {
  const books = await world.store.read.selectFrom('book').select(['id', 'name']).execute();
  for (const book of books) {
    const result = await verifyBook(world.store.read, world.store.keys, world.packs, book.id);
    t.equal(result.difference, null, `${book.name} verifies`);
    t.equal(result.decisionsUnchecked, 0, `${book.name}: every decision was made again`);
  }
  t.equal(await verifyInstallation(world.store.read, world.store.keys), null, 'what books share verifies');
}

/** Outcomes of a book's log, in order: null for a plain success, `allow`, `refused:…`. */
export const outcomesOf = async (world: Pick<World, 'store'>, bookId: string) =>
  (
    await world.store.read
      .selectFrom('logEntry')
      .select(['action', 'outcome'])
      .where('bookId', '=', bookId)
      .orderBy('logIndex')
      .execute()
  ).map(({ action, outcome }) => (outcome === null ? action : `${action} ${outcome}`));

/** The folder of package.json, from test/ and dist/test/ alike. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
