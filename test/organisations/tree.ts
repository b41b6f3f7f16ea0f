import type { CommandContext } from '../../src/audit/index.js';
import type { Store } from '../../src/db/store.js';
import {
  type Actor,
  actorOfPerson,
  bookOf,
  completeSetup,
  createOrganisation,
  createPerson,
  createSetupLink,
  type NewOrganisation,
  type Role,
} from '../../src/organisations/index.js';

export interface Place {
  readonly id: string;
  readonly path: string;
  /** The book that its affairs are kept in: its own for a bureau, the county's below it. */
  readonly bookId: string;
}

/** 四川省 → 泸州市 → 泸县 with what hangs under it, and 合江县 beside it. */
export interface Tree {
  readonly province: Place;
  readonly prefecture: Place;
  readonly county: Place;
  readonly siblingCounty: Place;
  readonly township: Place;
  /** 乡镇社工站, under the township. */
  readonly station: Place;
  /** 村社工室, under the township station. */
  readonly villageOffice: Place;
  /** 承接机构, registered at the county. */
  readonly provider: Place;
  readonly actors: Readonly<Record<ActorName, Actor>>;
}

/** The seven roles at the county, and who else tests need: a second pair of hands, other levels, other units. */
const PEOPLE = {
  operator: ['county', 'operator'],
  reviewer: ['county', 'reviewer'],
  finance: ['county', 'finance'],
  secondFinance: ['county', 'finance'],
  payer: ['county', 'payer'],
  auditor: ['county', 'auditor'],
  supervisor: ['county', 'supervisor'],
  admin: ['county', 'admin'],
  stationOperator: ['station', 'operator'],
  stationReviewer: ['station', 'reviewer'],
  providerOperator: ['provider', 'operator'],
  siblingFinance: ['siblingCounty', 'finance'],
  siblingOperator: ['siblingCounty', 'operator'],
  prefectureFinance: ['prefecture', 'finance'],
  prefecturePayer: ['prefecture', 'payer'],
  provinceFinance: ['province', 'finance'],
  provincePayer: ['province', 'payer'],
} as const satisfies Readonly<Record<string, readonly [Exclude<keyof Tree, 'actors'>, Role]>>;
export type ActorName = keyof typeof PEOPLE | 'rootAdmin';

export const ROOT_ADMIN = {
  loginName: 'root.admin',
  displayName: '李华',
  password: 'correct-horse-7',
} as const;
export const PROVIDER_CREDIT_CODE = '52510521MJ00000018';

/** Built by the use cases themselves, so that every book's log accounts for all of it. */
export async function seedTree(store: Store): Promise<Tree> {
  const now = new Date('2021-12-31T16:00:00.000Z');
  const context = (actorId: string): CommandContext => ({
    actorId,
    requestId: 'seed',
    now,
    idempotency: null,
  });
  const link = (await createSetupLink(store, now)) as string;
  const { bureau, admin } = await completeSetup(store, context(''), {
    token: link.split('token=')[1] as string,
    bureau: { kind: 'bureau_provincial', name: '四川省民政厅', divisionCode: '510000' },
    admin: ROOT_ADMIN,
  });
  const rootAdmin = await actorOfPerson(store.read, admin.id);
  const caller = { actor: rootAdmin, context: context(admin.id) };

  const placeOf = async (id: string): Promise<Place> => {
    const { organisationPath, bookId } = await bookOf(store.read, id);
    return { id, path: organisationPath, bookId };
  };
  const register = async (
    kind: NewOrganisation['kind'],
    name: string,
    parent: Place,
    divisionCode: string,
    rest: Partial<NewOrganisation> = {},
  ): Promise<Place> => {
    const given = {
      creditCode: null,
      providerKind: null,
      districtClass: null,
      openedDate: '2020-01-01',
      ...rest,
    };
    const created = await createOrganisation(store, caller, {
      kind,
      name,
      parentId: parent.id,
      divisionCode,
      ...given,
    });
    return placeOf(created.id);
  };
  const province = await placeOf(bureau.id);
  const prefecture = await register('bureau_prefecture', '泸州市民政局', province, '510500');
  const county = await register('bureau_county', '泸县民政局', prefecture, '510521');
  const siblingCounty = await register('bureau_county', '合江县民政局', prefecture, '510522');
  const township = await register('township', '福集镇', county, '510521');
  const station = await register('station_township', '福集镇社工站', township, '510521');
  const villageOffice = await register('station_village', '龙华村社工室', station, '510521');
  const provider = await register('provider', '泸县启明社会工作服务中心', county, '510521', {
    creditCode: PROVIDER_CREDIT_CODE,
    providerKind: 'social_organisation',
  });
  const places = { province, prefecture, county, siblingCounty, township, station, villageOffice, provider };

  const actors: Partial<Record<ActorName, Actor>> = { rootAdmin };
  for (const [name, [place, role]] of Object.entries(PEOPLE)) {
    const person = await createPerson(store, caller, {
      loginName: name.toLowerCase(),
      displayName: name,
      organisationId: places[place].id,
      password: null,
      roles: [role],
    });
    actors[name as ActorName] = await actorOfPerson(store.read, person.id);
  }
  return { ...places, actors: actors as Record<ActorName, Actor> };
}
