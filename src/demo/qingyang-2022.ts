import { coSign, type OnContract } from './co-sign.js';
import type { Demo } from './context.js';
import type { Qingyang } from './sichuan.js';
import { approve, type ClaimInput, claim, contract, type LineInput, pay, review } from './steps.js';

/** 社工站综合服务 under 30227: what the grant is for. */
function serviceLine(fundId: string, amount: string, stationId: string): LineInput {
  return {
    fundId,
    amount,
    economicCode: '30227',
    serviceItem: 'station_service',
    beneficiaryGroups: ['elderly', 'children_in_need'],
    stationId,
    endUser: 'beneficiary',
    description: '社工站为老为小服务',
  };
}

/** Goods described as services; a space does not hide the word. */
const KEYWORDS = [
  ['电脑', '服务用电脑一台'],
  ['空调', '活动室空 调保障'],
  ['装修', '活动室简易装修'],
] as const;

/** 青羊区 spends its share of the 2022 batch: the right way through, then what its clauses refuse. */
export async function workQingyang2022(demo: Demo, place: Qingyang, fundId: string): Promise<void> {
  const { cases } = demo;
  const { team, stations, provider } = place;
  cases.group('四川·成都市青羊区 2022：政府购买服务、养事不养人（SN-02、SN-03、国家购买服务负面清单）');
  const source = '省级奖补2022·青羊区';
  const signed = await cases.pass({
    source: `${source}·购买服务合同`,
    amount: '800000.00',
    outcome: 'allow',
    rule: 'SN-02.declared',
    clause: 'SN-02、SN-03 四川2022试点通知',
    because: '四个站点都在经省确认的名单内，向社会组织按服务购买',
    absent: ['SN-02.declared', 'SN-02.confirmed', 'CN-GPS-10-3.goods'],
    work: () =>
      contract(demo, team, {
        contractNo: '青羊民政购〔2022〕示例1号',
        title: '2022年社工站政府购买服务',
        buyerId: team.bureau.id,
        providerId: provider.id,
        signedDate: '2022-05-25',
        startDate: '2022-06-01',
        endDate: '2023-05-31',
        pricing: 'by_service',
        certifiedWorkersPerStation: 2,
        lines: stations.map((station) => serviceLine(fundId, '200000.00', station.id)),
      }),
  });
  const onContract: OnContract = {
    contractId: signed.contract.id,
    payeeType: 'provider',
    payeeId: provider.id,
    payeeName: provider.name,
  };
  const [first, second] = stations.map((station) => station.id) as [string, string];
  const station = { organisationId: first, operator: place.operator };

  const quarter = await cases.pass({
    source: `${source}·西御河站第一期服务费`,
    amount: '60000.00',
    outcome: 'allow',
    rule: 'SN-03.contract',
    clause: 'SN-03 四川2022试点通知',
    because: '有合同、付承接机构、站点已申报；经办→审核→审批→支付四人四步',
    absent: ['SN-03.contract', 'SN-03.payee', 'SN-02.declared'],
    work: async () => {
      const input = { ...onContract, title: '西御河站第一期服务费', businessDate: '2022-09-05' };
      const { claim: made } = await claim(demo, team, station, {
        ...input,
        lines: [serviceLine(fundId, '60000.00', first)],
      });
      await review(demo, team, made.id, '2022-09-06', null, place.reviewer);
      await approve(demo, team, made.id, '2022-09-08');
      return pay(demo, team, made.id, '2022-09-13', '青羊付字2022-001');
    },
  });
  if (quarter.claim.status !== 'paid') throw new Error('the first instalment was not paid');

  const refused = async (
    what: string,
    amount: string,
    rule: string,
    input: Omit<ClaimInput, 'organisationId'>,
  ) =>
    cases.try({
      source: `${source}·${what}`,
      amount,
      outcome: 'block',
      rule,
      work: () => claim(demo, team, station, input),
    });
  const businessDate = '2022-09-20';
  const desks: LineInput = {
    ...serviceLine(fundId, '15000.00', first),
    economicCode: '31002',
    serviceItem: 'equipment',
    endUser: 'station',
    description: '办公桌椅五套',
  };
  await refused('合同内买桌椅31002', '15000.00', 'CN-GPS-10-3.goods', {
    ...onContract,
    title: '站点桌椅',
    businessDate,
    lines: [desks],
  });
  await refused('不挂合同直接买桌椅', '15000.00', 'SN-03.contract', {
    title: '站点桌椅',
    businessDate,
    payeeType: 'supplier',
    payeeName: '成都示例家具商行',
    lines: [desks],
  });
  const wages: LineInput = {
    ...serviceLine(fundId, '5000.00', first),
    economicCode: '30101',
    serviceItem: 'wages',
    beneficiaryGroups: ['staff'],
    endUser: 'station',
    description: '站点人员工资',
  };
  const toPerson = {
    title: '站点人员工资',
    businessDate,
    payeeType: 'individual',
    payeeName: '示例人员',
  } as const;
  await refused('基本工资30101付个人', '5000.00', 'SN-03.wages', { ...toPerson, lines: [wages] });
  await refused('服务费直接付个人', '5000.00', 'SN-03.payee', {
    ...toPerson,
    lines: [serviceLine(fundId, '5000.00', first)],
  });
  await refused('名单外站点', '20000.00', 'SN-02.declared', {
    ...onContract,
    title: `${place.outside.name}服务费`,
    businessDate,
    lines: [serviceLine(fundId, '20000.00', place.outside.id)],
  });
  for (const [word, description] of KEYWORDS) {
    await cases.pass({
      source: `${source}·30227摘要写“${word}”`,
      amount: '6000.00',
      outcome: 'review',
      rule: 'SN-03.keywords',
      absent: ['CN-GPS-10-3.goods'],
      work: () => {
        const lines = [{ ...serviceLine(fundId, '6000.00', first), description }];
        return claim(demo, team, station, { ...onContract, title: '服务保障', businessDate, lines });
      },
    });
  }
  await coSign(demo, place, second, onContract, serviceLine(fundId, '50000.00', second));
}
