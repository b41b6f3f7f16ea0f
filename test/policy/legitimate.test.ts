import t from 'tap';
import { decide, loadPacks } from '../../src/policy/index.js';
import { buildFacts } from '../../src/policy/packTests.js';

const packs = loadPacks();

/** 泸县民政局 2020 年福彩公益金使用情况公示 (2021-06-22): all fourteen items were spent rightly. */
const ITEMS: [name: string, yuan: string, level: string, group: string, code: string, item: string][] = [
  ['居家和社区养老服务改革试点补助', '2200000', 'central', 'elderly', '30399', 'subsidy'],
  ['孤儿助学工程', '260000', 'central', 'children_in_need', '30308', 'direct_assistance'],
  ['残疾孤儿手术康复明天计划', '46590', 'central', 'children_in_need', '30307', 'direct_assistance'],
  ['社区养老服务设施建设运营补贴', '2300000', 'provincial', 'elderly', '30399', 'subsidy'],
  ['县康复医院设施设备购置', '2350000', 'provincial', 'disabled', '31003', 'equipment'],
  ['养老院机构责任保险补贴', '6300', 'prefecture', 'elderly', '30399', 'subsidy'],
  ['社区治理创投项目', '200000', 'prefecture', 'other_public_welfare', '30227', 'community_governance'],
  ['社工站建设试点补助', '200000', 'prefecture', 'other_public_welfare', '30227', 'station_service'],
  ['互助养老家园', '428000', 'county', 'elderly', '31001', 'construction'],
  ['敬老院建设项目', '767700', 'county', 'elderly', '31001', 'construction'],
  ['资助残疾人事业', '217500', 'county', 'disabled', '30399', 'subsidy'],
  ['城乡困难群众医疗救助', '434700', 'county', 'temporary_relief', '30307', 'direct_assistance'],
  ['社区群众文化体育设施建设', '116700', 'county', 'other_public_welfare', '31005', 'construction'],
  ['县社会组织创新创业园', '200000', 'county', 'other_public_welfare', '30227', 'other'],
];

for (const stage of ['submission', 'payment']) {
  t.test(`泸县 2020, ${stage}`, async (t) => {
    for (const [name, amountYuan, level, group, economicCode, serviceItem] of ITEMS) {
      const judged = (namedPurposes: readonly string[]) =>
        decide(
          packs,
          buildFacts({
            stage,
            divisionCode: '510521',
            businessDate: '2020-10-15',
            fund: {
              type: 'welfare_lottery',
              level,
              year: 2020,
              documentNo: '泸市民〔2020〕10号',
              namedPurposes,
            },
            payee: { type: 'institution', providerKind: 'institution' },
            line: { amountYuan, economicCode, serviceItem, beneficiaryGroups: [group], stationId: null },
          }),
        );
      t.equal(judged(['other_public_welfare']).outcome, 'allow', name);
      t.equal(
        judged([]).outcome,
        group === 'other_public_welfare' ? 'review' : 'allow',
        `${name}, purpose not named`,
      );
    }
  });
}
