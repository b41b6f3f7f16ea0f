import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { today } from '../src/core/dates.js';
import { newId } from '../src/core/ids.js';
import type { NewRow } from '../src/db/database.js';
import { migrate } from '../src/db/migrate.js';
import { openStore, type Store } from '../src/db/store.js';
import { addFundDocument, createFund } from '../src/ledger/index.js';
import type { Actor, Caller, Role } from '../src/organisations/index.js';

/** A temporary SQLite installation with one county book, a station, and a fund with money in it. */
export interface World {
  readonly store: Store;
  readonly url: string;
  readonly bookId: string;
  readonly fundId: string;
  readonly stationId: string;
  readonly operator: Actor;
  readonly finance: Actor;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'funds-bench-'));
  const url = `sqlite:${join(folder, 'bench.db')}`;
  const store = await openStore(url);
  await migrate(store);
  const bureau = await insertOrganisation(store, 'bureau_county', '泸县民政局', null);
  const township = await insertOrganisation(store, 'township', '示例镇', bureau);
  const station = await insertOrganisation(store, 'station_township', '示例镇社工站', township);
  const bookId = newId();
  await store.admin
    .insertInto('book')
    .values({ id: bookId, bureauId: bureau.id, name: '泸县民政局', createdAt: new Date().toISOString() })
    .execute();
  const finance = await insertActor(store, bureau, 'finance');
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
  return {
    store,
    url,
    bookId,
    fundId: fund.id,
    stationId: station.id,
    operator: await insertActor(store, station, 'operator'),
    finance,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const caller = (actor: Actor): Caller => ({
  actor,
  context: { actorId: actor.personId, requestId: newId(), now: new Date(), idempotency: null },
});

type OrganisationRow = NewRow<'organisation'>;

async function insertOrganisation(
  store: Store,
  kind: 'bureau_county' | 'township' | 'station_township',
  name: string,
  parent: OrganisationRow | null,
): Promise<OrganisationRow> {
  const id = newId();
  const row = {
    id,
    kind,
    name,
    parentId: parent?.id ?? null,
    path: `${parent?.path ?? ''}${id}/`,
    divisionCode: '510521',
    openedDate: '2020-01-01',
    createdAt: today(),
  };
  await store.admin.insertInto('organisation').values(row).execute();
  return row;
}

async function insertActor(store: Store, organisation: OrganisationRow, role: Role): Promise<Actor> {
  const personId = newId();
  await store.admin
    .insertInto('person')
    .values({
      id: personId,
      organisationId: organisation.id,
      loginName: personId,
      displayName: role,
      createdAt: today(),
    })
    .execute();
  await store.admin
    .insertInto('roleGrant')
    .values({
      id: newId(),
      personId,
      organisationId: organisation.id,
      role,
      grantedBy: personId,
      grantedAt: today(),
      revokedAt: null,
    })
    .execute();
  const grant = { organisationId: organisation.id, organisationPath: organisation.path, role };
  return {
    personId,
    displayName: role,
    via: 'system',
    grants: [{ ...grant, organisationKind: organisation.kind as 'bureau_county' }],
  };
}
