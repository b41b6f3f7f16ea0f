import { z } from 'zod';
import {
  ORGANISATION_KINDS,
  ORGANISATION_LABELS,
  type OrganisationKind,
  PAYEE_LABELS,
  PAYEE_TYPES,
  PRICING_LABELS,
  PRICINGS,
  PROVIDER_KIND_LABELS,
  PROVIDER_KINDS,
} from '../../core/vocabulary.js';
import { action, attach, breach, caseKind, fundKind, NOTHING, needsReview } from './base.js';
import { sourceName } from './wording.js';

const kindNames = (kinds: readonly OrganisationKind[]) =>
  kinds.map((kind) => ORGANISATION_LABELS[kind]).join('、');

/** Who may hold the money's indicator (指标单位). */
export const fundHolder = fundKind(
  'fund_holder',
  { verdict: z.enum(['only', 'never']), kinds: z.array(z.enum(ORGANISATION_KINDS)).min(1) },
  (rule, { fund }) => {
    const isListed = rule.kinds.includes(fund.holderKind);
    if (isListed === (rule.verdict === 'only')) return NOTHING;
    const holder = ORGANISATION_LABELS[fund.holderKind];
    if (rule.verdict === 'only') {
      return breach(
        `${sourceName(fund)}（${fund.documentNo}）的指标单位是${holder}，应由${kindNames(rule.kinds)}统筹使用`,
        [action(`把指标调整到${kindNames(rule.kinds)}后再使用`)],
      );
    }
    return breach(`${sourceName(fund)}（${fund.documentNo}）由${holder}直接受赠和使用，须核对受赠依据`, [
      attach('agreement', 'approval_document'),
      action('核对是否因自然灾害或境外捐赠人要求受赠；否则转交公益性社会团体或公益性事业单位'),
    ]);
  },
);

/** Who may buy (甲方). */
export const buyerKind = caseKind(
  'buyer_kind',
  { kinds: z.array(z.enum(ORGANISATION_KINDS)).min(1) },
  (rule, { facts, fund }) => {
    if (facts.contract === null || rule.kinds.includes(facts.contract.buyerKind)) return NOTHING;
    return breach(
      `合同购买主体是${ORGANISATION_LABELS[facts.contract.buyerKind]}，使用${sourceName(fund)}的购买主体应为${kindNames(rule.kinds)}`,
      [action(`改由${kindNames(rule.kinds)}作为购买主体签订合同`)],
    );
  },
);

/** 养事不养人: the money buys a service from an organisation and is not paid to people. */
export const payeeType = caseKind(
  'payee_type',
  { denied: z.array(z.enum(PAYEE_TYPES)).min(1) },
  (rule, { facts, fund }) => {
    if (facts.payee === null) {
      return needsReview('没有填写收款人，无法判断付款对象，须经复核', [action('补填收款人及其类型')]);
    }
    if (!rule.denied.includes(facts.payee.type)) return NOTHING;
    return breach(`收款人是${PAYEE_LABELS[facts.payee.type]}，${sourceName(fund)}只能付给承接服务的机构`, [
      action('改为支付给政府购买服务合同的承接机构'),
    ]);
  },
);

/**
 * Hiring people under the name of buying a service. With `all`, a dispatch company and a price per head
 * together break the rule and either alone passes; with `any`, either one does.
 */
export const employment = caseKind(
  'employment',
  {
    providerKinds: z.array(z.enum(PROVIDER_KINDS)).default([]),
    pricings: z.array(z.enum(PRICINGS)).default([]),
    match: z.enum(['all', 'any']),
  },
  (rule, { facts }) => {
    if (facts.contract === null) return NOTHING;
    const provider = facts.payee === null ? null : facts.payee.providerKind;
    const { pricing } = facts.contract;
    const tests: (boolean | null)[] = [];
    if (rule.providerKinds.length > 0)
      tests.push(provider === null ? null : rule.providerKinds.includes(provider));
    if (rule.pricings.length > 0) tests.push(pricing === null ? null : rule.pricings.includes(pricing));
    const isBroken = rule.match === 'all' ? !tests.some((test) => test !== true) : tests.includes(true);
    const isClear = rule.match === 'all' ? tests.includes(false) : !tests.some((test) => test !== false);
    if (isClear) return NOTHING;
    if (!isBroken) {
      return needsReview('合同没有写明计价方式或承接机构的类型，无法判断是否变相用工，须经复核', [
        action('补填计价方式和承接机构类型'),
      ]);
    }
    const parts = [
      rule.providerKinds.length > 0 && provider !== null ? `承接机构是${PROVIDER_KIND_LABELS[provider]}` : '',
      rule.pricings.length > 0 && pricing !== null ? PRICING_LABELS[pricing] : '',
    ].filter((part) => part !== '');
    return breach(
      `合同${parts.join('，')}，${rule.severity === 'block' ? '属以购买服务名义用工，不能列作政府购买服务' : '可能属以购买服务名义用工，须经复核'}`,
      [action('改为按服务内容和数量计价，由具备专业服务能力的机构承接')],
    );
  },
);
