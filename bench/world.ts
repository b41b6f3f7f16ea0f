import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Unit } from '../src/audit/index.js';
import type { NewClaim } from '../src/claims/index.js';
import { today } from '../src/core/dates.js';
import { newId } from '../src/core/ids.js';
import { KeyRing } from '../src/core/keys.js';
import type { Row } from '../src/db/database.js';
import { migrate } from '../src/db/migrate.js';
import { openStore, type Store } from '../src/db/store.js';
import { Checkpoints, OutsideFile } from '../src/evidence/index.js';
import { addFundDocument, createFund } from '../src/ledger/index.js';
import type { Actor, Caller, Role } from '../src/organisations/index.js';

/** A temporary SQLite installation with one county book, a station, and a fund with money in it. */
export interface World {
  readonly store: Store;
  readonly url: string;
  readonly folder: string;
  readonly checkpoints: Checkpoints;
  readonly bookId: string;
  readonly fundId: string;
  readonly stationId: string;
  readonly operator: Actor;
  readonly finance: Actor;
  close(): Promise<void>;
}

/** Known, so that another process can open the same installation. */
export const BENCH_KEYS = new KeyRing(Buffer.alloc(32, 7));

/** `kept`: a folder of its own that stays when the world is closed. */
export async function openWorld(kept?: string): Promise<World> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'funds-bench-'));
  const store = await openStore(urlIn(folder), { keys: BENCH_KEYS });
  await migrate(store);
  await store.admin.insertInto('installation').values({ id: 1, masterKeyId: store.keys.id }).execute();
  const { bookId, stationId, operator, finance } = await seed(store);
  const fund = await createFund(store, caller(finance), bookId, {
    level: 'county',
    year: 2022,
    name: '本级财政社工站经费',
    documentNo: '泸县财预〔2022〕示例号',
    documentDate: '2022-01-10',
    programme: null,
    isExample: true,
    terms: { type: 'local_budget', budgetCode: '2022-SW-001' },
  });
  for (const kind of ['grant', 'arrival'] as const) {
    await addFundDocument(store, caller(finance), bookId, fund.id, {
      kind,
      documentNo: kind,
      effectiveDate: '2022-01-10',
      amount: '900000000.00',
      counterparty: '泸县财政局',
    });
  }
  return worldIn(folder, store, { bookId, fundId: fund.id, stationId, operator, finance }, !kept);
}

type Seeded = Pick<World, 'bookId' | 'fundId' | 'stationId' | 'operator' | 'finance'>;

const urlIn = (folder: string) => `sqlite:${join(folder, 'bench.db')}`;

function worldIn(folder: string, store: Store, seeded: Seeded, isTemporary: boolean): World {
  return {
    ...seeded,
    store,
    folder,
    url: urlIn(folder),
    checkpoints: new Checkpoints(store, OutsideFile.open(join(folder, 'checkpoints.log'))),
    async close() {
      await store.close();
      if (isTemporary) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A world that was kept, brought to the schema of today. */
export async function reopenWorld(folder: string, seeded: Seeded): Promise<World> {
  const store = await openStore(urlIn(folder), { keys: BENCH_KEYS });
  await migrate(store);
  return worldIn(folder, store, seeded, false);
}

export const caller = (actor: Actor): Caller => ({
  actor,
  context: { actorId: actor.personId, requestId: newId(), now: new Date(), idempotency: null },
});

/** The bureau with its book, and who works in it; the first entry of the book's log tells all of it. */
async function seed(store: Store) {
  const bookId = newId();
  const bureauId = newId();
  const book = {
    id: bookId,
    bureauId,
    name: '泸县民政局',
    createdAt: new Date().toISOString(),
    logSize: 0,
    logFrontier: '',
    registeredIn: bookId,
  };
  return store.write(bookId, async (trx) => {
    const context = { actorId: 'bench', requestId: newId(), now: new Date(), idempotency: null };
    const unit = new Unit(store.keys, trx, book, context);
    const bureau = await insertOrganisation(unit, 'bureau_county', '泸县民政局', null, bureauId);
    await unit.insert('book', book);
    const township = await insertOrganisation(unit, 'township', '示例镇', bureau);
    const station = await insertOrganisation(unit, 'station_township', '示例镇社工站', township);
    const finance = await insertActor(unit, bureau, 'finance');
    const operator = await insertActor(unit, station, 'operator');
    await unit.append({ action: 'bench.seed', subject: { type: 'book', id: bookId } });
    return { bookId, stationId: station.id, finance, operator };
  });
}

function insertOrganisation(
  unit: Unit,
  kind: 'bureau_county' | 'township' | 'station_township',
  name: string,
  parent: Row<'organisation'> | null,
  id = newId(),
): Promise<Row<'organisation'>> {
  return unit.insert('organisation', {
    id,
    kind,
    name,
    parentId: parent?.id ?? null,
    path: `${parent?.path ?? ''}${id}/`,
    divisionCode: '510521',
    creditCode: null,
    providerKind: null,
    districtClass: null,
    openedDate: '2020-01-01',
    closedDate: null,
    createdAt: today(),
    version: 1,
  });
}

async function insertActor(unit: Unit, organisation: Row<'organisation'>, role: Role): Promise<Actor> {
  const personId = newId();
  await unit.insert('person', {
    id: personId,
    organisationId: organisation.id,
    loginName: await unit.seal(personId, `person/${personId}`),
    loginIndex: unit.keys.index('login', personId),
    displayName: await unit.seal(role, `person/${personId}`),
    passwordHash: null,
    isActive: 1,
    createdAt: today(),
    version: 1,
  });
  await unit.insert('roleGrant', {
    id: newId(),
    personId,
    organisationId: organisation.id,
    role,
    grantedBy: personId,
    grantedAt: today(),
    revokedAt: null,
  });
  const grant = { organisationId: organisation.id, organisationPath: organisation.path, role };
  return {
    personId,
    displayName: role,
    via: 'system',
    grants: [{ ...grant, organisationKind: organisation.kind as 'bureau_county' }],
  };
}

/** A claim of one line with an invoice of its own. */
export const claimOf = (world: World, n: number): NewClaim => ({
  organisationId: world.stationId,
  contractId: null,
  title: '为老服务活动材料',
  payeeType: 'supplier',
  payeeId: null,
  payeeName: '某文具店',
  businessDate: '2022-06-30',
  isFinalPayment: false,
  lines: [
    {
      fundId: world.fundId,
      amount: '12.34',
      economicCode: '30201',
      serviceItem: 'station_service',
      beneficiaryGroups: ['elderly'],
      stationId: world.stationId,
      endUser: 'beneficiary',
      rosterCoverage: null,
      description: '为老服务活动材料',
      invoice: {
        number: (10n ** 19n + BigInt(n)).toString(),
        sellerName: '某文具店',
        issuedDate: '2022-06-29',
        faceAmount: '12.34',
      },
      evidence: [],
    },
  ],
});
