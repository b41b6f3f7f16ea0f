import { addDays } from '../../core/dates.js';
import {
  BENEFICIARY_GROUP_CODES,
  BENEFICIARY_GROUPS,
  type BeneficiaryGroup,
  GRADE_LABELS,
  GRADES,
  ORGANISATION_KINDS,
  ORGANISATION_LABELS,
  PAYEE_LABELS,
  PAYEE_TYPES,
  PRICINGS,
  PROVIDER_KINDS,
} from '../../core/vocabulary.js';
import type { Rule } from '../kinds/index.js';
import { type At, type Patch, type Variant, type Witness, withoutContract } from './case.js';
import { everyItem, onLine } from './spending.js';

/** Cases of the kinds that look at who is helped, paid, buys or holds the money. */

type Of<K extends Rule['kind']> = Extract<Rule, { kind: K }>;
const groupName = (group: BeneficiaryGroup) => BENEFICIARY_GROUPS[group].label;

export function beneficiaryPurpose(rule: Of<'beneficiary_purpose'>): Witness {
  const purposeOf = (group: BeneficiaryGroup) => BENEFICIARY_GROUPS[group].purpose;
  const isServed = (group: BeneficiaryGroup) => {
    const purpose = purposeOf(group);
    return purpose !== null && rule.purposes.includes(purpose);
  };
  const served = BENEFICIARY_GROUP_CODES.find(isServed)!;
  return {
    facts: { line: { beneficiaryGroups: [] }, fund: { namedPurposes: [] } },
    variants: [
      ...BENEFICIARY_GROUP_CODES.flatMap((group) => {
        const purpose = purposeOf(group);
        const alone = onLine(`受益群体：${groupName(group)}`, { beneficiaryGroups: [group] });
        const mixed = onLine(`受益群体：${groupName(group)}和${groupName(served)}`, {
          beneficiaryGroups: [group, served],
        });
        const named = { line: { beneficiaryGroups: [group] }, fund: { namedPurposes: [purpose] } };
        return [
          alone,
          ...(group === served ? [] : [mixed]),
          ...(purpose === null
            ? []
            : [{ name: `受益群体：${groupName(group)}，文号写明该方向`, facts: named }]),
        ];
      }),
      onLine('受益群体未填', { beneficiaryGroups: null }),
    ],
  };
}

export function beneficiaryGroup(rule: Of<'beneficiary_group'>): Witness {
  const outside = BENEFICIARY_GROUP_CODES.find((group) => !rule.groups.includes(group))!;
  const inside = rule.groups[0]!;
  return {
    facts: { line: { serviceItem: null, beneficiaryGroups: [outside] } },
    variants: [
      ...BENEFICIARY_GROUP_CODES.map((group) =>
        onLine(`受益群体：${groupName(group)}`, { beneficiaryGroups: [group] }),
      ),
      onLine(`受益群体：${groupName(inside)}和${groupName(outside)}`, {
        beneficiaryGroups: [inside, outside],
      }),
      onLine('没有受益群体', { beneficiaryGroups: [] }),
      onLine('受益群体未填', { beneficiaryGroups: null }),
      ...everyItem(),
    ],
  };
}

export const beneficiaryRoster = (): Witness => ({
  facts: { line: { serviceItem: null, rosterCoverage: 'none' } },
  variants: [
    ...(['all', 'some', 'none', null] as const).map((coverage) =>
      onLine(`名册比对：${coverage}`, { rosterCoverage: coverage }),
    ),
    ...everyItem(),
  ],
});

const everyOrganisation = (on: (kind: string) => Patch): Variant[] =>
  ORGANISATION_KINDS.map((kind) => ({ name: `组织：${ORGANISATION_LABELS[kind]}`, facts: on(kind) }));

export const fundHolder = (rule: Of<'fund_holder'>): Witness => ({
  facts: {
    fund: {
      holderKind: ORGANISATION_KINDS.find((kind) => rule.kinds.includes(kind) !== (rule.verdict === 'only')),
    },
  },
  variants: everyOrganisation((kind) => ({ fund: { holderKind: kind } })),
});

export const buyerKind = (rule: Of<'buyer_kind'>, at: At): Witness => ({
  facts: { contract: { buyerKind: ORGANISATION_KINDS.find((kind) => !rule.kinds.includes(kind)) } },
  variants: [...everyOrganisation((kind) => ({ contract: { buyerKind: kind } })), ...withoutContract(at)],
});

export const payeeType = (rule: Of<'payee_type'>): Witness => ({
  facts: { payee: { type: rule.denied[0] } },
  variants: [
    ...PAYEE_TYPES.map((type) => ({ name: `收款人：${PAYEE_LABELS[type]}`, facts: { payee: { type } } })),
    { name: '收款人未填', facts: { payee: null } },
  ],
});

export const employment = (rule: Of<'employment'>, at: At): Witness => ({
  facts: {
    contract: { pricing: rule.pricings[0] ?? 'by_service' },
    payee: { providerKind: rule.providerKinds[0] ?? 'company' },
  },
  variants: [
    ...[...PROVIDER_KINDS, null].flatMap((providerKind) =>
      [...PRICINGS, null].map((pricing) => ({
        name: `承接机构 ${providerKind}，计价 ${pricing}`,
        facts: { payee: { providerKind }, contract: { pricing } },
      })),
    ),
    { name: '收款人未填', facts: { payee: null } },
    ...withoutContract(at),
  ],
});

export function blacklist(_rule: Rule, at: At): Witness {
  const listed = (name: string, from: string, until: string | null): Variant => ({
    name,
    facts: { payee: { blacklistings: [{ from, until, documentNo: '测列〔2023〕1号' }] } },
  });
  const { date } = at;
  return {
    facts: listed('', '1990-01-01', null).facts,
    variants: [
      listed('当日列入', date, null),
      listed('次日列入', addDays(date, 1), null),
      listed('当日期满', '1990-01-01', date),
      listed('前一日期满', '1990-01-01', addDays(date, -1)),
      { name: '未列入名单', facts: { payee: { blacklistings: [] } } },
      { name: '收款人未填', facts: { payee: null } },
    ],
  };
}

export const unsettledExit = (): Witness => ({
  facts: { payee: { hasUnsettledExit: true } },
  variants: [
    { name: '没有未清算的退出', facts: { payee: { hasUnsettledExit: false } } },
    { name: '退出情况未登记', facts: { payee: { hasUnsettledExit: null } } },
    { name: '收款人未填', facts: { payee: null } },
  ],
});

export function renewalGrades(rule: Of<'renewal_grades'>, at: At): Witness {
  const other = GRADES.find((grade) => grade !== rule.grade)!;
  const graded = (name: string, earlierGrades: readonly string[] | null): Variant => ({
    name,
    facts: { contract: { earlierGrades } },
  });
  return {
    facts: { contract: { isRenewal: true, earlierGrades: [other] } },
    variants: [
      ...GRADES.map((grade) => graded(`评估结果：${GRADE_LABELS[grade]}`, [grade])),
      graded('一次不符', [rule.grade, other]),
      graded('没有评估', []),
      graded('评估结果未登记', null),
      { name: '不是续签', facts: { contract: { isRenewal: false } } },
      ...withoutContract(at),
    ],
  };
}
