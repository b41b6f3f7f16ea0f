import type { OrganisationView } from '../organisations/index.js';
import type { Demo } from './context.js';
import { type People, SAMPLE_PASSWORD, sampleCreditCode, type Team } from './people.js';
import type { Places } from './places.js';
import { type Bureau, bureauName, foundBeside, founder, type Root, withBook } from './provinces.js';
import { foundTownships } from './sichuan.js';

const DISTRICT = '420106';

export interface Wuhan {
  readonly root: Root;
  readonly bureau: Bureau;
  readonly team: Team;
  readonly station: OrganisationView;
  readonly provider: OrganisationView;
  readonly listed: OrganisationView;
}

export async function foundWuhan(demo: Demo, places: Places, people: People): Promise<Wuhan> {
  const admin = { loginName: 'wuhan.admin', displayName: '系统管理员', password: SAMPLE_PASSWORD };
  const form = { kind: 'bureau_prefecture', name: '武汉市民政局', divisionCode: '420100', admin } as const;
  const root = await foundBeside(demo, form);
  const found = await founder(demo, root);
  const { name } = places.county(DISTRICT);
  const kind = 'bureau_county';
  const unit = { kind, name: bureauName(name), parentId: root.bureau.id, divisionCode: DISTRICT } as const;
  const bureau = withBook(await found(unit));
  const { stations } = await foundTownships(found, bureau.id, places.townshipsOf(DISTRICT).slice(0, 2));
  const provider = async (title: string, serial: number) =>
    found({
      kind: 'provider',
      name: title,
      parentId: bureau.id,
      divisionCode: DISTRICT,
      creditCode: sampleCreditCode(DISTRICT, serial),
      providerKind: 'social_organisation',
    });
  return {
    root,
    bureau,
    team: await people.team(root, bureau, 'wuchang', true),
    station: stations[0] as OrganisationView,
    provider: await provider('武昌区示例社会工作服务中心', 5),
    listed: await provider('武昌区示例失信社工机构', 6),
  };
}
