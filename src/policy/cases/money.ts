import { addDays } from '../../core/dates.js';
import { floorShare, parseRatio, parseYuan } from '../../core/money.js';
import { BASE_LEVELS, ORGANISATION_KINDS, ORGANISATION_LABELS } from '../../core/vocabulary.js';
import { within } from '../kinds/base.js';
import type { Rule } from '../kinds/index.js';
import {
  type At,
  aroundParameterDates,
  aroundValues,
  type Patch,
  type Variant,
  type Witness,
  windowsOf,
  withoutContract,
} from './case.js';
import { onLine } from './spending.js';

/** Cases of the kinds that look at a fund: shares, allotments, donors' terms, declarations. */

type Of<K extends Rule['kind']> = Extract<Rule, { kind: K }>;
const onFund = (name: string, fund: Patch): Variant => ({ name, facts: { fund } });

/** 1 亿元: large enough that a millionth of it is whole 分, so that the smallest step of a ratio shows. */
const QUARTER = 2_500_000_000n;
const CAP_BASE = QUARTER * BigInt(BASE_LEVELS.length);
const BASE: Patch = {
  amountFen: String(CAP_BASE),
  split: BASE_LEVELS.map((level) => ({ level, amountFen: String(QUARTER) })),
};
const ADDS = 1_000_000n;

export function ratioCap(rule: Of<'ratio_cap'>, at: At): Witness {
  const total = (fen: bigint): Patch => ({ paidFen: String(fen - ADDS), addsFen: String(ADDS) });
  const capped = (reliefCap: Patch | null): Patch => ({ fund: { reliefCap } });
  const valueOn = (id: string, date: string) =>
    windowsOf(at, id).find(({ from, until }) => within(date, from, until))?.value ?? null;
  /** What of the base counts on a date, of which each level has a quarter. */
  const counted = (date: string) => {
    const levels = valueOn(rule.levelsParameter, date)?.split(',') ?? BASE_LEVELS;
    return QUARTER * BigInt(levels.length);
  };
  const shareOn = (date: string, ratio: string) => floorShare(counted(date), parseRatio(ratio));
  const around = (id: string) =>
    aroundValues(at, id, (value, off, date) => capped(total(shareOn(date, value) + off)), '分');
  const added = (name: string, reliefCap: Patch): Variant => ({
    name,
    facts: capped({ addsFen: '0', ...reliefCap }),
  });
  return {
    facts: {
      contract: {},
      fund: { year: 2023, reliefCap: { base: BASE, ...total(CAP_BASE + ADDS) } },
    },
    variants: [
      ...around(rule.capParameter),
      ...around(rule.warnFromParameter),
      ...aroundValues(
        at,
        rule.levelsParameter,
        (_levels, off, date) => capped(total(shareOn(date, valueOn(rule.capParameter, date) ?? '1') + off)),
        '分',
      ),
      { name: '基数没有分级列示', facts: capped({ base: { split: null } }) },
      ...[rule.capParameter, rule.warnFromParameter, rule.levelsParameter].flatMap((id) =>
        aroundParameterDates(at, id),
      ),
      { name: '没有支出基数', facts: capped({ base: null }) },
      { name: '没有额度登记', facts: capped(null) },
      { name: '基数年度不符', facts: capped({ year: 2022 }) },
      { name: '社会救助工作经费', facts: { fund: { isReliefWorkFund: true } } },
      added('本次不新增', {}),
      ...withoutContract(at).map(({ name, facts }) => ({
        name: `${name}，本次不新增`,
        facts: { ...facts, ...capped({ addsFen: '0' }) },
      })),
      ...withoutContract(at),
      {
        name: '两笔资金合计超出 1 分',
        facts: {
          ...capped({ paidFen: '0', committedFen: '0', addsFen: String(CAP_BASE / 2n) }),
          funds: {
            F2: { type: 'social_relief', year: 2023, reliefCap: { addsFen: String(CAP_BASE / 2n + 1n) } },
          },
        },
      },
    ],
  };
}

export const declaredStation = (): Witness => ({
  facts: { line: { stationIsDeclared: false } },
  variants: [
    onLine('站点在名单内', { stationIsDeclared: true }),
    onLine('名单未登记', { stationIsDeclared: null }),
    onLine('服务站点未填', { stationId: null }),
  ],
});

export const declarationConfirmed = (): Witness => ({
  facts: { fund: { declarationConfirmed: false } },
  variants: [
    onFund('已确认', { declarationConfirmed: true }),
    onFund('确认情况未登记', { declarationConfirmed: null }),
  ],
});

/** Terms that the case keeps, so that each variant breaks one of them. */
export function donorTerms(_rule: Rule, { date, pack }: At): Witness {
  const area = pack.document.jurisdiction[0] ?? '11';
  const kept = {
    serviceItems: ['elderly_service'],
    beneficiaryGroups: ['elderly'],
    areas: [area],
    from: date,
    until: date,
    consents: [],
  };
  const charity = (name: string, terms: Patch, line: Patch = {}): Variant => ({
    name,
    facts: { fund: { charity: { ...kept, ...terms } }, line: { serviceItem: 'elderly_service', ...line } },
  });
  const consent = (from: string): Patch => ({
    consents: [
      {
        consentId: 'T1',
        from,
        serviceItems: ['child_service'],
        beneficiaryGroups: [],
        areas: [],
        extendsUntil: null,
      },
    ],
  });
  return {
    facts: {
      fund: {
        charity: {
          serviceItems: ['elderly_service'],
          areas: ['00'],
          from: '1990-01-01',
          until: '1990-01-01',
        },
      },
      line: { serviceItem: 'child_service' },
    },
    variants: [
      charity('符合约定', {}),
      charity('服务项目超出约定', {}, { serviceItem: 'child_service' }),
      charity('服务项目未填', {}, { serviceItem: null }),
      charity('没有约定用途', { serviceItems: [] }),
      charity('受益群体超出约定', {}, { beneficiaryGroups: ['elderly', 'students'] }),
      charity('没有受益群体', {}, { beneficiaryGroups: [] }),
      charity('受益群体未填', {}, { beneficiaryGroups: null }),
      charity('没有约定受益人', { beneficiaryGroups: [] }),
      charity('地域不符', { areas: ['99'] }),
      charity('没有约定地域', { areas: [] }),
      charity('期限次日开始', { from: addDays(date, 1), until: addDays(date, 1) }),
      charity('期限前一日结束', { from: addDays(date, -1), until: addDays(date, -1) }),
      charity('没有协议编号', { agreementNo: null }),
      charity('当日同意', consent(date), { serviceItem: 'child_service' }),
      charity('次日才同意', consent(addDays(date, 1)), { serviceItem: 'child_service' }),
      onFund('没有登记捐赠协议', { charity: null }),
    ],
  };
}

export const publicFundraising = (): Witness => ({
  facts: {
    fund: { charity: { isPublicRaising: true, raisedByQualified: false, filingNo: '备〔2023〕1号' } },
  },
  variants: [
    ...[true, false, null].flatMap((raisedByQualified) =>
      ['备〔2023〕1号', null].map((filingNo) =>
        onFund(`募捐资格 ${raisedByQualified}，备案 ${filingNo ?? '无'}`, {
          charity: { raisedByQualified, filingNo },
        }),
      ),
    ),
    onFund('不是公开募捐', { charity: { isPublicRaising: false } }),
    onFund('没有登记来源', { charity: null }),
  ],
});

const onAllotment = (name: string, allotment: Patch): Variant => ({ name, facts: { allotment } });

export const allotmentSums = (): Witness => ({
  facts: { allotment: { documentTotalFen: '1' } },
  variants: [
    ...[-1n, 0n, 1n].flatMap((off) => [
      onAllotment(`文件总额相差 ${off} 分`, { documentTotalFen: String(40_000_000n + off) }),
      onAllotment(`单位数相差 ${off}`, { documentTotalFen: '40000000', documentRecipients: 1 + Number(off) }),
      onAllotment(`项目数相差 ${off}`, { documentTotalFen: '40000000', documentParts: 2 + Number(off) }),
      onAllotment(`项目之和相差 ${off} 分`, {
        documentTotalFen: '40000000',
        recipients: [
          {
            organisationKind: 'bureau_county',
            amountFen: '40000000',
            partsFen: ['20000000', String(20_000_000n + off)],
          },
        ],
      }),
    ]),
    onAllotment('文件总额、单位数、项目数未登记', {
      documentTotalFen: null,
      documentRecipients: null,
      documentParts: null,
    }),
    onAllotment('另一笔资金的分配', { fundId: 'F2' }),
    { name: '没有分配表', facts: { stage: 'submission', allotment: null } },
  ],
});

export function allotmentRecipient(rule: Of<'allotment_recipient'>): Witness {
  const to = (kind: string | undefined): Patch => ({
    allotment: {
      recipients: [{ organisationKind: kind, amountFen: '40000000', partsFen: ['20000000', '20000000'] }],
    },
  });
  return {
    facts: to(ORGANISATION_KINDS.find((kind) => !rule.kinds.includes(kind))),
    variants: [
      ...ORGANISATION_KINDS.map((kind) => ({ name: `下达给${ORGANISATION_LABELS[kind]}`, facts: to(kind) })),
      onAllotment('另一笔资金的分配', { fundId: 'F2' }),
    ],
  };
}

export function allotmentFloor(rule: Of<'allotment_floor'>, at: At): Witness {
  const parts = (fen: bigint): Patch => ({
    allotment: {
      recipients: [{ organisationKind: 'bureau_county', amountFen: String(fen), partsFen: [String(fen)] }],
    },
  });
  return {
    facts: parts(1n),
    variants: [
      ...aroundValues(at, rule.floorParameter, (value, off) => parts(parseYuan(value) + off), '分'),
      ...aroundParameterDates(at, rule.floorParameter, parts(99_999_999_999n)),
      onAllotment('另一笔资金的分配', { fundId: 'F2' }),
    ],
  };
}

export const surplusMoney = (): Witness => ({
  facts: { fund: { fromSurplus: true } },
  variants: [onFund('不是计提结余', { fromSurplus: false })],
});
