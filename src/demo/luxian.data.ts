import type { BeneficiaryGroup, EndUser, Level, PayeeType, ServiceItem } from '../core/vocabulary.js';

/**
 * 泸县民政局 2020年度福彩公益金使用情况公示 (published 2021-06-22): the item names, amounts and levels are those of the
 * announcement. It prints no economic codes and no payees: those, and the day of payment, are ours (示例).
 */
export const LUXIAN_SOURCE = '泸县民政局2020年度福彩公益金使用情况公示（2021-06-22）';
/** The total that the announcement states. */
export const LUXIAN_TOTAL = '9727490.00';

export interface LuxianFund {
  readonly level: Level;
  readonly amount: string;
}
export const LUXIAN_FUNDS: readonly LuxianFund[] = [
  { level: 'central', amount: '2506590.00' },
  { level: 'provincial', amount: '4650000.00' },
  { level: 'prefecture', amount: '406300.00' },
  { level: 'county', amount: '2164600.00' },
];

export interface LuxianItem {
  readonly level: Level;
  readonly project: string;
  readonly amount: string;
  readonly group: BeneficiaryGroup;
  readonly code: string;
  readonly item: ServiceItem;
  readonly endUser: EndUser;
  readonly payee: PayeeType;
}

const item = (
  level: Level,
  project: string,
  amount: string,
  group: BeneficiaryGroup,
  [code, service, payee, endUser = 'beneficiary']: readonly [string, ServiceItem, PayeeType, EndUser?],
): LuxianItem => ({ level, project, amount, group, code, item: service, payee, endUser });

export const LUXIAN_ITEMS: readonly LuxianItem[] = [
  item('central', '居家和社区养老服务改革试点补助', '2200000.00', 'elderly', [
    '30399',
    'subsidy',
    'institution',
  ]),
  item('central', '孤儿助学工程', '260000.00', 'children_in_need', [
    '30308',
    'direct_assistance',
    'individual',
  ]),
  item('central', '残疾孤儿手术康复明天计划', '46590.00', 'children_in_need', [
    '30307',
    'direct_assistance',
    'institution',
  ]),
  item('provincial', '社区养老服务设施建设运营补贴', '2300000.00', 'elderly', [
    '30399',
    'subsidy',
    'institution',
  ]),
  item('provincial', '县康复医院设施设备购置', '2350000.00', 'disabled', ['31003', 'equipment', 'supplier']),
  item('prefecture', '养老院机构责任保险补贴', '6300.00', 'elderly', ['30399', 'subsidy', 'institution']),
  item('prefecture', '社区治理创投项目（两社区）', '200000.00', 'other_public_welfare', [
    '30227',
    'community_governance',
    'institution',
  ]),
  item('prefecture', '社工站建设试点补助（两社区）', '200000.00', 'other_public_welfare', [
    '30227',
    'station_service',
    'institution',
    'station',
  ]),
  item('county', '互助养老家园', '428000.00', 'elderly', ['31001', 'construction', 'supplier']),
  item('county', '敬老院建设项目', '767700.00', 'elderly', ['31001', 'construction', 'supplier']),
  item('county', '资助残疾人事业', '217500.00', 'disabled', ['30399', 'subsidy', 'institution']),
  item('county', '城乡困难群众医疗救助', '434700.00', 'subsistence_allowance', [
    '30307',
    'direct_assistance',
    'individual',
  ]),
  item('county', '社区群众文化体育设施建设', '116700.00', 'other_public_welfare', [
    '31001',
    'construction',
    'supplier',
  ]),
  item('county', '县社会组织创新创业园', '200000.00', 'other_public_welfare', [
    '30299',
    'other',
    'institution',
    'provider',
  ]),
];
