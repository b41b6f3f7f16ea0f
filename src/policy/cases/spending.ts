import { ECONOMIC_CODES } from '../../core/economic-codes.js';
import {
  END_USER_LABELS,
  END_USERS,
  EVIDENCE_LABELS,
  type EvidenceKind,
  SERVICE_ITEM_CODES,
  SERVICE_ITEMS,
  type ServiceItem,
} from '../../core/vocabulary.js';
import type { Rule } from '../kinds/index.js';
import { matchTerms } from '../terms.js';
import { type At, type Patch, type Variant, type Witness, withoutContract } from './case.js';

/** Cases of the kinds that look at what a line buys. */

type Of<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

export const onLine = (name: string, line: Patch): Variant => ({ name, facts: { line } });

/** Every service item, and none. */
export const everyItem = (rest: Patch = {}): Variant[] => [
  ...SERVICE_ITEM_CODES.map((item) =>
    onLine(`服务项目：${SERVICE_ITEMS[item].label}`, { ...rest, serviceItem: item }),
  ),
  onLine('服务项目未填', { ...rest, serviceItem: null }),
];

/** Every end user, and none. */
export const everyUser = (): Variant[] => [
  ...END_USERS.map((user) => onLine(`最终使用方：${END_USER_LABELS[user]}`, { endUser: user })),
  onLine('最终使用方未填', { endUser: null }),
];

/** Each prefix itself, a finer code, its class, and the codes beside it; and none. */
function aroundCodes(prefixes: readonly string[], rest: Patch = {}): Variant[] {
  const codes = prefixes.flatMap((prefix) => [
    prefix,
    prefix.padEnd(5, '01').slice(0, 5),
    prefix.slice(0, 3),
    ...[-1, 1].map((step) => String(Number(prefix) + step)),
  ]);
  return [
    ...[...new Set(codes)].map((code) => onLine(`支出经济分类 ${code}`, { ...rest, economicCode: code })),
    onLine('支出经济分类未填', { ...rest, economicCode: null }),
  ];
}

const neutralCode = (prefixes: readonly string[]): string =>
  ['30227', ...Object.keys(ECONOMIC_CODES)].find(
    (code) => code.length === 5 && !prefixes.some((prefix) => code.startsWith(prefix)),
  )!;
const neutralItem = (items: readonly ServiceItem[]): ServiceItem =>
  (['elderly_service', ...SERVICE_ITEM_CODES] as const).find((item) => !items.includes(item))!;

export function expenditure(rule: Of<'expenditure'>, at: At): Witness {
  const isDenied = rule.verdict === 'denied';
  const [code, item] = [neutralCode(rule.codes), neutralItem(rule.serviceItems)];
  const isByItem = !isDenied || rule.codes.length === 0;
  const line = {
    economicCode: rule.codes[0] ?? code,
    serviceItem: (isByItem ? rule.serviceItems[0] : undefined) ?? item,
    endUser: rule.endUsers?.[0] ?? 'beneficiary',
  };
  // What is denied is denied by either; what is permitted needs both, so the other one stays as it is.
  const [otherCode, otherItem]: [Patch, Patch] = isDenied
    ? [{ economicCode: code }, { serviceItem: item }]
    : [{}, {}];
  return {
    facts: { line, contract: rule.channel === 'contract' || at.stage === 'contract' ? {} : null },
    variants: [
      ...aroundCodes([...rule.codes, ...rule.exceptCodes], otherItem),
      ...everyItem(otherCode),
      ...(rule.endUsers ? everyUser() : []),
      onLine('支出经济分类和服务项目都未填', { economicCode: null, serviceItem: null }),
      onLine('支出经济分类和服务项目都不符', { economicCode: code, serviceItem: item }),
      { name: '有合同', facts: { contract: {} } },
      ...withoutContract(at),
    ],
  };
}

export function textMatch(rule: Of<'text_match'>, at: At): Witness {
  const matchedTerms = (word: string) => matchTerms(at.packs, word);
  const code = neutralCode(rule.unlessCodes);
  return {
    facts: { line: { economicCode: code, matchedTerms: matchedTerms(rule.keywords[0]!) } },
    variants: [
      ...rule.keywords.map((word) => onLine(`摘要含“${word}”`, { matchedTerms: matchedTerms(word) })),
      onLine('摘要没有关键词', { matchedTerms: [] }),
      ...aroundCodes(rule.unlessCodes),
    ],
  };
}

const STATABLE = {
  economicCode: '支出经济分类',
  serviceItem: '服务项目',
  beneficiaryGroups: '受益群体',
  stationId: '服务站点',
  endUser: '最终使用方',
};

export const factsRequired = (rule: Of<'facts_required'>): Witness => ({
  facts: { line: Object.fromEntries(rule.facts.map((fact) => [fact, null])) },
  variants: [
    ...Object.entries(STATABLE).map(([fact, label]) => {
      const stated = {
        economicCode: '30227',
        serviceItem: 'elderly_service',
        beneficiaryGroups: ['elderly'],
      };
      return onLine(`只有${label}未填`, { ...stated, stationId: 'S1', endUser: 'beneficiary', [fact]: null });
    }),
    onLine('都已填', {
      economicCode: '30227',
      serviceItem: 'elderly_service',
      beneficiaryGroups: ['elderly'],
      stationId: 'S1',
      endUser: 'beneficiary',
    }),
  ],
});

export const endUser = (rule: Of<'end_user'>): Witness => ({
  facts: { line: { endUser: rule.denied[0] } },
  variants: everyUser(),
});

export const serviceScope = (rule: Of<'service_scope'>): Witness => ({
  facts: { line: { serviceItem: neutralItem(rule.serviceItems) } },
  variants: everyItem(),
});

export function manualReview(rule: Of<'manual_review'>): Witness {
  const [economicCode, serviceItem] = [neutralCode(rule.codes), neutralItem(rule.serviceItems)];
  const named =
    rule.codes.length > 0
      ? { economicCode: placeCode(rule.codes[0]!), serviceItem }
      : { economicCode, serviceItem: rule.serviceItems[0] };
  return {
    facts: { line: named },
    variants: [
      ...aroundCodes(rule.codes, { serviceItem }),
      ...everyItem({ economicCode }),
      onLine('支出经济分类和服务项目都未填', { economicCode: null, serviceItem: null }),
    ],
  };
}
const placeCode = (prefix: string) => prefix.padEnd(5, '01').slice(0, 5);

export function lineEvidence(rule: Of<'line_evidence'>): Witness {
  const [economicCode, serviceItem] = [neutralCode(rule.codes), neutralItem(rule.serviceItems)];
  const isByCode = rule.codes.length > 0;
  const named = {
    economicCode: isByCode ? placeCode(rule.codes[0]!) : economicCode,
    serviceItem: isByCode ? serviceItem : (rule.serviceItems[0] ?? serviceItem),
  };
  return {
    facts: { line: { ...named, endUser: rule.endUsers?.[0] ?? 'beneficiary', evidence: [] } },
    variants: [
      ...missingOnes(rule.evidence, (evidence) => ({ line: { evidence } })),
      ...aroundCodes(rule.codes, { serviceItem }),
      ...everyItem({ economicCode }),
      ...everyUser(),
      onLine('支出经济分类和服务项目都未填', { economicCode: null, serviceItem: null }),
    ],
  };
}

/** Nothing missing, then each document alone. */
export const missingOnes = (
  kinds: readonly EvidenceKind[],
  on: (evidence: readonly EvidenceKind[]) => Patch,
): Variant[] => [
  { name: '材料齐全', facts: on(kinds) },
  ...kinds.map((missing) => ({
    name: `只缺${EVIDENCE_LABELS[missing]}`,
    facts: on(kinds.filter((kind) => kind !== missing)),
  })),
];

export function serviceCatalogue(rule: Of<'service_catalogue'>, at: At): Witness {
  const outside = SERVICE_ITEM_CODES.find(
    (item) => !rule.catalogues.includes(SERVICE_ITEMS[item].catalogue),
  )!;
  return {
    facts: { contract: {}, line: { serviceItem: outside } },
    variants: [
      ...everyItem(),
      onLine('附批准文件', { evidence: ['approval_document'] }),
      ...withoutContract(at).flatMap(({ facts }) =>
        everyItem().map(({ name, facts: line }) => ({
          name: `没有合同，${name}`,
          facts: { ...facts, ...line },
        })),
      ),
    ],
  };
}
