import { DomainError } from '../core/errors.js';
import { ORGANISATION_KINDS, ORGANISATION_LABELS, type OrganisationKind } from '../core/vocabulary.js';
import { isCreditCode } from './credit-code.js';
import type { NewOrganisation } from './organisations.schema.js';

const BUREAUS: readonly OrganisationKind[] = ['bureau_provincial', 'bureau_prefecture', 'bureau_county'];
export const isBureau = (kind: string): boolean => BUREAUS.includes(kind as OrganisationKind);

/**
 * Under what each kind stands. A county may hang under a province directly (省直管县). 农场 and 管委会 are
 * registered as townships.
 */
const PARENTS: Readonly<Record<OrganisationKind, readonly OrganisationKind[]>> = {
  bureau_provincial: [],
  bureau_prefecture: ['bureau_provincial'],
  bureau_county: ['bureau_prefecture', 'bureau_provincial'],
  township: ['bureau_county'],
  station_prefecture: ['bureau_prefecture'],
  station_county: ['bureau_county'],
  station_township: ['township', 'bureau_county'],
  station_village: ['station_township', 'township'],
  provider: BUREAUS,
  donor: BUREAUS,
};

type Given = Pick<NewOrganisation, 'kind' | 'divisionCode' | 'creditCode' | 'providerKind' | 'districtClass'>;
/** Kinds that may stand directly under one of a kind. */
export const kindsUnder = (parent: OrganisationKind): OrganisationKind[] =>
  ORGANISATION_KINDS.filter((kind) => PARENTS[kind].includes(parent));

interface Parent {
  readonly kind: string;
  readonly divisionCode: string;
}

/** Each returns what is wrong, or null. */
const CHECKS: readonly ((given: Given, parent: Parent) => readonly [code: string, message: string] | null)[] =
  [
    function standsUnderFittingParent({ kind }, parent) {
      const parents = PARENTS[kind];
      if (parents.includes(parent.kind as OrganisationKind)) return null;
      const expected =
        parents.map((allowed) => ORGANISATION_LABELS[allowed]).join('、') ||
        '任何单位（只能在首次设置时建立）';
      const given = ORGANISATION_LABELS[parent.kind as OrganisationKind];
      const message = `${ORGANISATION_LABELS[kind]}不能设在${given}之下，上级应为：${expected}`;
      return [
        'organisation_misplaced',
        parents.length > 0 ? message : `${ORGANISATION_LABELS[kind]}只能在首次设置时建立`,
      ];
    },
    function divisionFitsKind({ kind, divisionCode }) {
      return checkDivisionOfBureau(kind, divisionCode);
    },
    function divisionLiesInParent({ kind, divisionCode }, parent) {
      if (kind === 'provider' || kind === 'donor') return null;
      const prefix = significantDivision(parent.divisionCode);
      if (divisionCode.startsWith(prefix)) return null;
      return [
        'division_mismatch',
        `行政区划代码 ${divisionCode} 不在上级单位的区划之内，应以 ${prefix} 开头`,
      ];
    },
    function providerIsIdentified({ kind, creditCode, providerKind }) {
      if (kind !== 'provider') {
        return providerKind === null ? null : ['provider_kind_unexpected', '只有承接机构需要填写机构类型'];
      }
      if (creditCode === null || !isCreditCode(creditCode)) {
        return ['credit_code_required', '承接机构必须填写正确的统一社会信用代码'];
      }
      return providerKind === null ? ['provider_kind_required', '承接机构必须填写机构类型'] : null;
    },
    function districtClassFits({ kind, districtClass }) {
      if (districtClass === null || kind === 'township' || kind === 'station_township') return null;
      return ['district_class_unexpected', '只有乡镇（街道）及其社工站需要填写城区类别'];
    },
  ];

/** @throws DomainError with the first fault: kind, division, credit code or provider kind. */
export function demandPlacement(given: Given, parent: Parent): void {
  for (const check of CHECKS) {
    const fault = check(given, parent);
    if (fault) throw new DomainError(...fault);
  }
}

/** What the code of a bureau's own level looks like: 510000, 510500, 510521 (GB/T 2260). */
const DIVISION_OF_BUREAU: Readonly<Partial<Record<OrganisationKind, readonly [RegExp, string]>>> = {
  bureau_provincial: [/^[1-9]\d0000$/, '省级，形如 510000'],
  bureau_prefecture: [/^[1-9]\d(?!00)\d\d00$/, '市州级，形如 510500'],
  bureau_county: [/^[1-9]\d{3}(?!00)\d\d$/, '县级，形如 510521'],
};

export function checkDivisionOfBureau(kind: OrganisationKind, divisionCode: string) {
  const [pattern, expected] = DIVISION_OF_BUREAU[kind] ?? [];
  if (!pattern || pattern.test(divisionCode)) return null;
  return ['division_mismatch', `行政区划代码 ${divisionCode} 与单位级别不符，应为${expected}`] as const;
}

/** The part of a division code that its subdivisions share: 510500 → 5105. */
const significantDivision = (code: string) => code.replace(/(00)+$/, '');
