import { z } from 'zod';
import {
  BENEFICIARY_GROUP_CODES,
  BENEFICIARY_GROUPS,
  PURPOSE_LABELS,
  PURPOSES,
  SERVICE_ITEM_CODES,
} from '../../core/vocabulary.js';
import { action, attach, breach, lineKind, NOTHING, needsReview } from './base.js';
import { groupNames, sourceName } from './wording.js';

/**
 * The issuing purposes of the lottery. A line passes when one of its groups answers to one of `purposes`, or to
 * a purpose of `whenNamed` that the grant's 文号 names. Provinces word the list differently.
 */
export const beneficiaryPurpose = lineKind(
  'beneficiary_purpose',
  {
    purposes: z.array(z.enum(PURPOSES)).min(1),
    whenNamed: z.array(z.enum(PURPOSES)).default([]),
    /** Groups that stand for no purpose as a whole but may contain people who do. */
    reviewGroups: z.array(z.enum(BENEFICIARY_GROUP_CODES)).default([]),
  },
  (rule, { line, fund }) => {
    const groups = line.beneficiaryGroups;
    const purposes = rule.purposes.map((purpose) => PURPOSE_LABELS[purpose]).join('、');
    if (groups === null) {
      return needsReview(`本行没有填写受益群体，无法判断是否符合${purposes}，须经复核`, [
        action('补填受益群体'),
        attach('beneficiary_roster'),
      ]);
    }
    let asksName: (typeof PURPOSES)[number] | null = null;
    let asksReview = false;
    for (const group of groups) {
      const { purpose } = BENEFICIARY_GROUPS[group];
      if (purpose !== null && rule.purposes.includes(purpose)) return NOTHING;
      if (purpose !== null && rule.whenNamed.includes(purpose)) {
        if (fund.namedPurposes.includes(purpose)) return NOTHING;
        asksName = purpose;
      }
      if (rule.reviewGroups.includes(group)) asksReview = true;
    }
    if (asksName !== null) {
      return needsReview(
        `本行受益群体为${groupNames(groups)}，而${fund.documentNo}没有写明可用于${PURPOSE_LABELS[asksName]}，须经复核`,
        [action(`登记${fund.documentNo}写明的资助方向，或改填${purposes}对象`), attach('approval_document')],
      );
    }
    if (asksReview) {
      return needsReview(
        `本行受益群体为${groupNames(groups)}，须说明其中${purposes}对象的比例，经复核后支付`,
        [action(`补填其中的${purposes}对象并附名册`), attach('beneficiary_roster')],
      );
    }
    const named = groups.length === 0 ? '本行没有受益群体' : `本行受益群体为${groupNames(groups)}`;
    return breach(`${named}，不属${purposes}，${sourceName(fund)}不能支付`, [
      action(`改由其他资金支付；确有${purposes}对象受益的，补填受益群体并附名册`),
    ]);
  },
);

const exempt = {
  /** 事务性 services, whose beneficiaries are not on a roster. */
  exemptItems: z.array(z.enum(SERVICE_ITEM_CODES)).default([]),
};

/** Groups that the money is for: all inside passes, some inside is reviewed, none inside is refused. */
export const beneficiaryGroup = lineKind(
  'beneficiary_group',
  { groups: z.array(z.enum(BENEFICIARY_GROUP_CODES)).min(1), as: z.string().min(2), ...exempt },
  (rule, { line, fund }) => {
    if (line.serviceItem !== null && rule.exemptItems.includes(line.serviceItem)) return NOTHING;
    const groups = line.beneficiaryGroups;
    if (groups === null) {
      return needsReview(`本行没有填写受益群体，无法判断是否属${rule.as}，须经复核`, [
        action('补填受益群体'),
      ]);
    }
    const outside = groups.filter((group) => !rule.groups.includes(group));
    if (outside.length === 0 && groups.length > 0) return NOTHING;
    if (outside.length < groups.length) {
      return needsReview(`本行受益群体中的${groupNames(outside)}不属${rule.as}，须经复核`, [
        action(`按受益群体拆分本行，${rule.as}以外的部分改由其他资金支付`),
        attach('cost_allocation'),
      ]);
    }
    const named = groups.length === 0 ? '本行没有受益群体' : `本行受益群体为${groupNames(groups)}`;
    return breach(`${named}，不属${rule.as}，${sourceName(fund)}不能支付`, [
      action(`改由其他资金支付，或改为服务${rule.as}并附名册`),
    ]);
  },
);

/** How many of the people served stand in the relief roster. */
export const beneficiaryRoster = lineKind('beneficiary_roster', exempt, (rule, { line, fund }) => {
  if (line.serviceItem !== null && rule.exemptItems.includes(line.serviceItem)) return NOTHING;
  switch (line.rosterCoverage) {
    case 'all':
      return NOTHING;
    case 'some':
      return needsReview('本行受益人只有部分在救助或低收入名册内，须经复核', [
        action('核对名册：名册外的受益人另行列支，或补录身份类别'),
        attach('beneficiary_roster'),
      ]);
    case 'none':
      return breach(`本行受益人都不在救助或低收入名册内，${sourceName(fund)}不能支付`, [
        action('改由其他资金支付，或更正受益人名册后重新提交'),
        attach('beneficiary_roster'),
      ]);
    default:
      return needsReview('本行没有与救助或低收入名册比对，无法判断受益人身份，须经复核', [
        attach('beneficiary_roster'),
      ]);
  }
});
