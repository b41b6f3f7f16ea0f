import type { OrganisationView } from '../organisations/index.js';
import { type Demo, forAll } from './context.js';
import { type People, SAMPLE_PASSWORD, type Team } from './people.js';
import type { Places } from './places.js';
import { type Bureau, bureauName, foundBeside, founder, type Root, withBook } from './provinces.js';
import { foundPrefectures, foundTownships } from './sichuan.js';

/** Counties of Yunnan that the documents name with figures or that the cases need, besides 文山州's eight. */
const COUNTIES = ['530112', '530302', '530303', '530902', '530926', '532329', '533102', '533323'];
const WENSHAN = '5326';
/** 104 township stations at 20,000 yuan each are the 208万元 of F055. */
export const WENSHAN_STATIONS = 104;

export interface Yunnan {
  readonly root: Root;
  readonly supervisor: string;
  readonly bureaus: ReadonlyMap<string, Bureau>;
  /** 文山州's counties with their townships. */
  readonly wenshanCounties: readonly WenshanCounty[];
  readonly teamOf: (divisionCode: string) => Promise<Team>;
}

export interface WenshanCounty {
  readonly bureau: Bureau;
  readonly townships: readonly OrganisationView[];
  readonly stations: readonly OrganisationView[];
}

export async function foundYunnan(demo: Demo, places: Places, people: People): Promise<Yunnan> {
  const admin = { loginName: 'yunnan.admin', displayName: '系统管理员', password: SAMPLE_PASSWORD };
  const form = { kind: 'bureau_provincial', name: '云南省民政厅', divisionCode: '530000', admin } as const;
  const root = await foundBeside(demo, form);
  const found = await founder(demo, root);
  const prefectures = await foundPrefectures(found, root, places, '53');
  const bureaus = new Map<string, Bureau>([['530000', root.bureau]]);
  for (const [code, bureau] of prefectures) bureaus.set(`${code}00`, bureau);
  const county = async (code: string) => {
    const { name, cityCode } = places.county(code);
    const parent = prefectures.get(cityCode) as Bureau;
    const unit = {
      kind: 'bureau_county',
      name: bureauName(name),
      parentId: parent.id,
      divisionCode: code,
    } as const;
    const bureau = withBook(await found(unit));
    bureaus.set(code, bureau);
    return bureau;
  };
  await forAll(COUNTIES, county);
  let room = WENSHAN_STATIONS;
  const shares = places
    .countiesOf('53')
    .filter(({ cityCode }) => cityCode === WENSHAN)
    .map(({ code }) => {
      const townships = places.townshipsOf(code).slice(0, room);
      room -= townships.length;
      return { code, townships };
    });
  const wenshanCounties = await forAll(shares, async ({ code, townships }) => {
    const bureau = await county(code);
    return { bureau, ...(await foundTownships(found, bureau.id, townships)) };
  });
  const teams = new Map<string, Promise<Team>>();
  return {
    root,
    supervisor: await people.add(root, root.bureau, 'yunnan.dudao', ['supervisor'], true),
    bureaus,
    wenshanCounties,
    teamOf: (code) => {
      const known =
        teams.get(code) ??
        people.team(root, bureauAt(bureaus, code), SIGN_IN[code] ?? `yn${code}`, code in SIGN_IN);
      teams.set(code, known);
      return known;
    },
  };
}

/** Places whose people may sign in to look around, with the names that their login names begin with. */
const SIGN_IN: Readonly<Record<string, string>> = { '532601': 'wenshan', '530900': 'lincang' };

export function bureauAt(bureaus: ReadonlyMap<string, Bureau>, divisionCode: string): Bureau {
  const bureau = bureaus.get(divisionCode);
  if (!bureau) throw new Error(`the demonstration has no bureau at ${divisionCode}`);
  return bureau;
}
