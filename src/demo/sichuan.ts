import type { OrganisationView } from '../organisations/index.js';
import { type Demo, forAll } from './context.js';
import { type People, SAMPLE_PASSWORD, sampleCreditCode, type Team } from './people.js';
import { BATCH, chooseBatch, type Places, type Township } from './places.js';
import { type Bureau, bureauName, type Found, founder, type Root, setUp, withBook } from './provinces.js';
import type { BatchMember } from './sichuan-batch.js';

export const LUXIAN_CODE = '510521';

/** Everybody and every place of Sichuan that the demonstration uses. */
export interface Sichuan {
  readonly root: Root;
  readonly province: Team;
  readonly supervisor: string;
  readonly members: readonly BatchMember[];
  readonly luxian: Team;
  readonly qingyang: Qingyang;
}

export interface Qingyang {
  readonly team: Team;
  /** Townships of the batch, each with its station; the last one is outside the batch. */
  readonly townships: readonly OrganisationView[];
  readonly stations: readonly OrganisationView[];
  readonly outside: OrganisationView;
  readonly village: OrganisationView;
  /** 经办 and 审核 of the first station. */
  readonly operator: string;
  readonly reviewer: string;
  /** The one person of the second station, with both duties. */
  readonly alone: string;
  readonly provider: OrganisationView;
  readonly providerOperator: string;
}

export async function foundSichuan(demo: Demo, places: Places, people: People): Promise<Sichuan> {
  const admin = { loginName: 'admin', displayName: '系统管理员', password: SAMPLE_PASSWORD };
  const root = await setUp(demo, {
    kind: 'bureau_provincial',
    name: '四川省民政厅',
    divisionCode: '510000',
    admin,
  });
  people.sampleUsers.push({ ...admin, organisation: root.bureau.name, roles: '系统管理' });
  const found = await founder(demo, root);
  const prefectures = await foundPrefectures(found, root, places, '51');
  const batch = chooseBatch(places, [LUXIAN_CODE]);
  explainChoice(demo);
  const members = await forAll(batch, async ({ county, townships }): Promise<BatchMember> => {
    const parentId = prefectures.get(county.cityCode)?.id as string;
    const kind = 'bureau_county';
    const bureau = withBook(
      await found({ kind, name: bureauName(county.name), parentId, divisionCode: county.code }),
    );
    const below = await foundTownships(found, bureau.id, townships);
    const finance = await people.add(root, bureau, `caiwu.${county.code}`, ['finance'], false);
    return { bureau, finance, ...below };
  });
  const luxian = withBook(
    await found({
      kind: 'bureau_county',
      name: '泸县民政局',
      parentId: prefectures.get('5105')?.id as string,
      divisionCode: LUXIAN_CODE,
    }),
  );
  const province = await people.team(root, root.bureau, 'sichuan', true);
  await people.add(root, root.bureau, 'sichuan.shenji', ['auditor'], true);
  const supervisor = await people.add(root, root.bureau, 'sichuan.dudao', ['supervisor'], true);
  return {
    root,
    province,
    supervisor,
    members,
    luxian: await people.team(root, luxian, 'luxian', true),
    qingyang: await foundQingyang(places, people, root, found, members[0] as BatchMember),
  };
}

export async function foundPrefectures(
  found: Found,
  root: Root,
  places: Places,
  provinceCode: string,
): Promise<Map<string, Bureau>> {
  const made = await forAll(places.prefecturesOf(provinceCode), async ({ code, name }) => {
    const parentId = root.bureau.id;
    const bureau = await found({
      kind: 'bureau_prefecture',
      name: bureauName(name),
      parentId,
      divisionCode: code,
    });
    return [code.slice(0, 4), withBook(bureau)] as const;
  });
  return new Map(made);
}

/** Townships of a county, each with its station. */
export async function foundTownships(found: Found, bureauId: string, townships: readonly Township[]) {
  const made = await Promise.all(
    townships.map(async ({ name, areaCode }) => {
      const township = await found({ kind: 'township', name, parentId: bureauId, divisionCode: areaCode });
      const station = await foundStation(found, township);
      return { township, station };
    }),
  );
  return { townships: made.map((one) => one.township), stations: made.map((one) => one.station) };
}

const foundStation = (found: Found, { id, name, divisionCode }: OrganisationView) =>
  found({ kind: 'station_township', name: `${name}社工站`, parentId: id, divisionCode });

function explainChoice({ say }: Demo): void {
  say('');
  say(
    `第二批 ${BATCH.counties} 个县只公布了成都市青羊区（首个乡镇为${BATCH.firstTownship}），其余 ${BATCH.counties - 1} 个县和`,
  );
  say(
    `${BATCH.townships - 1} 个乡镇的名单未见公布：【示例】按行政区划代码顺序等距选取（27 县各 4 个、42 县各 3 个乡镇），仅供演示。`,
  );
}

async function foundQingyang(
  places: Places,
  people: People,
  root: Root,
  found: Found,
  member: BatchMember,
): Promise<Qingyang> {
  const { bureau, townships, stations } = member;
  const [station, second] = stations as [OrganisationView, OrganisationView];
  const next = places
    .townshipsOf(bureau.divisionCode)
    .find(({ name }) => townships.every((one) => one.name !== name));
  const others = await foundTownships(found, bureau.id, next ? [next] : []);
  const provider = await found({
    kind: 'provider',
    name: '青羊区示例社会工作服务中心',
    parentId: bureau.id,
    divisionCode: bureau.divisionCode,
    creditCode: sampleCreditCode(bureau.divisionCode, 1),
    providerKind: 'social_organisation',
  });
  const village = await found({
    kind: 'station_village',
    name: '西御河街道示例社区社工室',
    parentId: station.id,
    divisionCode: bureau.divisionCode,
  });
  return {
    team: await people.team(root, bureau, 'qingyang', true),
    townships,
    stations,
    outside: others.stations[0] as OrganisationView,
    village,
    operator: await people.add(root, station, 'xiyuhe.jingban', ['operator'], true),
    reviewer: await people.add(root, station, 'xiyuhe.shenhe', ['reviewer'], true),
    alone: await people.add(root, second, 'zhan2.yiren', ['operator', 'reviewer'], true),
    provider,
    providerOperator: await people.add(root, provider, 'jigou.jingban', ['operator'], true),
  };
}
