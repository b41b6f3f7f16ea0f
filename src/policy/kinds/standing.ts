import { z } from 'zod';
import { GRADE_LABELS, GRADES } from '../../core/vocabulary.js';
import { action, breach, caseKind, NOTHING, needsReview, within } from './base.js';

/** The provider's standing: sanctions, exits and earlier grades. */

/** A listing in force refuses a new contract; work already delivered may be owed, so a payment is reviewed. */
export const blacklist = caseKind('blacklist', {}, (_rule, { facts }) => {
  if (facts.payee === null) {
    return needsReview('没有填写承接机构或收款人，无法核对黑名单，须经复核', [
      action('补填承接机构或收款人'),
    ]);
  }
  const { businessDate, stage } = facts;
  const listings = facts.payee.blacklistings.filter(({ from, until }) => within(businessDate, from, until));
  if (listings.length === 0) return NOTHING;
  const named = listings
    .map(({ from, until, documentNo }) => `${documentNo}（${from} 至 ${until ?? '未定'}）`)
    .sort()
    .join('、');
  if (stage === 'contract') {
    return breach(`承接机构在 ${businessDate} 处于名单有效期内：${named}，不得签订新合同`, [
      action('另行确定承接机构；对列入名单有异议的，先办理申辩或移出'),
    ]);
  }
  return needsReview(
    `收款机构在 ${businessDate} 处于名单有效期内：${named}，只能结算已履约的部分，须经复核`,
    [action('由复核人核对验收单和服务记录，只支付列入名单前已履约的部分')],
  );
});

/** Left another contract without clearing its money. */
export const unsettledExit = caseKind('unsettled_exit', {}, (_rule, { facts }) => {
  const unsettled = facts.payee === null ? null : facts.payee.hasUnsettledExit;
  if (unsettled === false) return NOTHING;
  if (unsettled === null) {
    return needsReview('没有登记承接机构退出后的资金清算情况，须经复核', [
      action('登记退出单和清算单，或注明没有退出'),
    ]);
  }
  return breach('承接机构退出其他合同后尚未清算资金，不得签订新合同', [
    action('先完成退出合同的资金清算并登记清算单'),
  ]);
});

/** A renewal rests on the grades of every evaluation of the contract that it renews. */
export const renewalGrades = caseKind('renewal_grades', { grade: z.enum(GRADES) }, (rule, { facts }) => {
  if (facts.contract === null || !facts.contract.isRenewal) return NOTHING;
  const grades = facts.contract.earlierGrades;
  const wanted = GRADE_LABELS[rule.grade];
  if (grades === null) {
    return needsReview(`续签合同没有登记上一合同的评估结果，无法判断是否均为${wanted}，须经复核`, [
      action('登记上一合同历次评估报告和等级'),
    ]);
  }
  if (grades.length > 0 && grades.every((grade) => grade === rule.grade)) return NOTHING;
  const found =
    grades.length === 0 ? '没有评估' : `评估结果为${grades.map((grade) => GRADE_LABELS[grade]).join('、')}`;
  return breach(`上一合同${found}，不是均为${wanted}，不能续签`, [action('重新履行采购程序确定承接机构')]);
});
