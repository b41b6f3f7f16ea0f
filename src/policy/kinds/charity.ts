import type { BusinessDate } from '../../core/dates.js';
import type { BeneficiaryGroup, ServiceItem } from '../../core/vocabulary.js';
import type { CharityFacts } from '../facts.js';
import { action, attach, breach, type Finding, fundKind, lineKind, NOTHING, needsReview } from './base.js';
import { groupNames, itemName } from './wording.js';

interface Terms {
  readonly serviceItems: readonly ServiceItem[];
  readonly beneficiaryGroups: readonly BeneficiaryGroup[];
  readonly areas: readonly string[];
  readonly until: BusinessDate;
}

/** The donor's terms on `date`: what was agreed, widened by the consents given by then and by no later one. */
function termsOn(charity: CharityFacts, date: BusinessDate): Terms {
  const given = charity.consents.filter(({ from }) => from <= date);
  if (given.length === 0) return charity;
  return {
    serviceItems: [charity, ...given].flatMap((terms) => terms.serviceItems),
    beneficiaryGroups: [charity, ...given].flatMap((terms) => terms.beneficiaryGroups),
    areas: [charity, ...given].flatMap((terms) => terms.areas),
    until: given.reduce(
      (latest, { extendsUntil }) => (extendsUntil !== null && extendsUntil > latest ? extendsUntil : latest),
      charity.until,
    ),
  };
}

/** Charity money is spent on the purpose, people, area and period that the donor agreed to. */
export const donorTerms = lineKind('donor_terms', {}, (_rule, { line, fund, facts }) => {
  const { charity } = fund;
  if (charity === null) {
    return needsReview('该笔慈善资金没有登记捐赠协议或募捐方案，无法核对限定用途，须经复核', [
      action('登记捐赠协议或募捐方案的用途、受益人、地域和期限'),
      attach('agreement'),
    ]);
  }
  const date = facts.businessDate;
  const terms = termsOn(charity, date);
  const paper = charity.agreementNo ?? charity.filingNo;
  const findings: Finding[] = [];
  const later = charity.consents
    .map(({ from }) => from)
    .filter((from) => from > date)
    .sort()[0];
  const lateConsent = later === undefined ? '' : `；${later} 起生效的同意书不溯及此前的支出`;
  const consent = [
    attach('donor_consent'),
    action('取得捐赠人同意或办理募捐方案变更备案，自同意之日起支出；或改由其他资金支付'),
  ];
  const refuse = (message: string) => findings.push(...breach(`${message}${lateConsent}`, consent));
  const ask = (message: string, text: string) => findings.push(...needsReview(message, [action(text)]));

  if (paper === null) {
    findings.push(
      ...needsReview('该笔慈善资金没有登记协议编号或备案号，须经复核', [
        attach('agreement'),
        action('登记捐赠协议编号或募捐方案备案号'),
      ]),
    );
  }
  if (terms.serviceItems.length === 0) ask('捐赠协议没有登记约定用途，须经复核', '登记约定用途');
  else if (line.serviceItem === null)
    ask('本行没有填写服务项目，无法与捐赠用途核对，须经复核', '补填服务项目');
  else if (!terms.serviceItems.includes(line.serviceItem)) {
    const agreed = [...new Set(terms.serviceItems)].sort().map(itemName).join('、');
    refuse(`本行“${itemName(line.serviceItem)}”超出捐赠约定用途（${agreed}）`);
  }
  if (terms.beneficiaryGroups.length === 0) ask('捐赠协议没有登记约定受益人，须经复核', '登记约定受益人');
  else if (line.beneficiaryGroups === null)
    ask('本行没有填写受益群体，无法与捐赠约定核对，须经复核', '补填受益群体');
  else {
    const outside = line.beneficiaryGroups.filter((group) => !terms.beneficiaryGroups.includes(group));
    if (line.beneficiaryGroups.length === 0) refuse('本行没有受益群体，不符合捐赠约定的受益人');
    else if (outside.length > 0) {
      refuse(
        `本行受益群体${groupNames(outside)}超出捐赠约定的受益人（${groupNames([...new Set(terms.beneficiaryGroups)])}）`,
      );
    }
  }
  if (terms.areas.length === 0) ask('捐赠协议没有登记约定地域，须经复核', '登记约定地域');
  else if (!terms.areas.some((area) => facts.divisionCode.startsWith(area))) {
    refuse(
      `支出地区（行政区划 ${facts.divisionCode}）超出捐赠约定的地域（${[...new Set(terms.areas)].sort().join('、')}）`,
    );
  }
  if (date < charity.from) refuse(`业务日期 ${date} 早于捐赠约定的起始日 ${charity.from}`);
  else if (date > terms.until) refuse(`业务日期 ${date} 晚于捐赠约定的截止日 ${terms.until}`);
  return findings.length === 0 ? NOTHING : findings;
});

/** Money raised from the public needs a qualified organisation and a plan on file. */
export const publicFundraising = fundKind('public_fundraising', {}, (_rule, { fund }) => {
  const { charity } = fund;
  if (charity === null) {
    return needsReview('该笔慈善资金没有登记来源，无法判断是否公开募捐，须经复核', [
      action('登记捐赠协议或募捐方案'),
    ]);
  }
  if (!charity.isPublicRaising) return NOTHING;
  if (charity.raisedByQualified === false) {
    return breach('该笔资金由不具有公开募捐资格的组织向公众募集，不能使用', [
      action('与具有公开募捐资格的慈善组织合作，由其开展募捐，收支全部纳入其账户'),
    ]);
  }
  if (charity.raisedByQualified === null || charity.filingNo === null) {
    const missing = charity.raisedByQualified === null ? '募捐组织的公开募捐资格' : '募捐方案备案号';
    return needsReview(`该笔资金向公众募集，没有登记${missing}，须经复核`, [
      action(`登记${missing}`),
      attach('agreement'),
    ]);
  }
  return NOTHING;
});
