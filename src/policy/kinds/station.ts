import { action, attach, breach, fundKind, lineKind, NOTHING, needsReview } from './base.js';
import { sourceName } from './wording.js';

/** The served station is on the grant's list, or stands above one that is. */
export const declaredStation = lineKind('declared_station', {}, (_rule, { line, fund }) => {
  if (line.stationId === null) {
    return needsReview('本行没有填写服务站点，无法与申报名单核对，须经复核', [action('补填服务站点')]);
  }
  if (line.stationIsDeclared === true) return NOTHING;
  if (line.stationIsDeclared === null) {
    return needsReview(`${fund.documentNo}没有登记申报名单，无法核对本行服务的站点，须经复核`, [
      action(`登记${fund.documentNo}的申报村（社区）名单`),
    ]);
  }
  return breach(
    `本行服务的站点不在${fund.documentNo}申报名单内，也不是名单内站点的上级站，${sourceName(fund)}不能支付`,
    [action('改为服务申报名单内的站点及其上级站，或改由其他资金支付'), attach('approval_document')],
  );
});

/** The declaration went through its steps before the grant is used. */
export const declarationConfirmed = fundKind('declaration_confirmed', {}, (_rule, { fund }) => {
  if (fund.declarationConfirmed === true) return NOTHING;
  if (fund.declarationConfirmed === null) {
    return needsReview(`${fund.documentNo}没有登记县申报、市审核、省确认的结果，须经复核`, [
      action('登记申报单、审核意见和确认文号'),
    ]);
  }
  return breach(`${fund.documentNo}的站点申报尚未经省级确认，${sourceName(fund)}不能使用`, [
    action('完成县申报、市审核、省确认后再使用'),
  ]);
});
