import { newClaim, newProviderReport, previewClaim, reportSpending } from '../claims/index.js';
import type { BusinessDate } from '../core/dates.js';
import type { Demo } from './context.js';
import { GRANT_2023, receiveGrant2023 } from './grant-2023.js';
import type { Team } from './people.js';
import type { Qingyang } from './sichuan.js';
import { approve, claim, contract, type LineInput, pay, review } from './steps.js';

const SOURCE = '提能力2023示例·青羊区';

/** The day on which 川民发〔2023〕11号 begins to bind. */
const NOTICE_DAY: BusinessDate = '2023-02-08';
const DAY_BEFORE: BusinessDate = '2023-02-07';

/** A service line and a hardware line of the grant. */
interface Lines {
  readonly service: LineInput;
  readonly hardware: LineInput;
}

/** A grant of 2023 (示例), judged by 川民发〔2023〕11号: SC-01, SC-02, SC-03, SC-12. */
export async function workQingyang2023(demo: Demo, province: Team, place: Qingyang): Promise<void> {
  demo.cases.group('四川·青羊区 2023：城乡社区综合服务提能力工程【示例资金】按川民发〔2023〕11号裁定');
  const fundId = await receiveGrant2023(demo, province, place);
  const service: LineInput = {
    fundId,
    amount: '100000.00',
    economicCode: '30227',
    serviceItem: 'station_service',
    beneficiaryGroups: ['elderly', 'children_in_need'],
    stationId: place.village.id,
    endUser: 'beneficiary',
    description: '社区社工室综合服务',
  };
  const hardware: LineInput = {
    ...service,
    amount: '8000.00',
    economicCode: '31002',
    serviceItem: 'equipment',
    endUser: 'station',
    description: '社工室办公桌椅',
  };
  const lines = { service, hardware };
  await dayBoundary(demo, place, lines);
  const contractId = await spend(demo, place, lines);
  await reports(demo, place, contractId, lines);
}

const stationOf = (place: Qingyang) => ({
  organisationId: place.stations[0]?.id as string,
  operator: place.operator,
});

/** The same desks, asked about on the day before the notice and on its day; nothing is written (预检). */
async function dayBoundary(demo: Demo, place: Qingyang, { hardware }: Lines): Promise<void> {
  const { operator, organisationId } = stationOf(place);
  const preview = async (businessDate: BusinessDate) => {
    const caller = await demo.as(operator, '2023-02-10');
    const input = newClaim.parse({
      organisationId,
      title: '社工室办公桌椅',
      businessDate,
      payeeType: 'supplier',
      payeeName: '成都示例家具商行',
      lines: [hardware],
    });
    return { decision: await previewClaim(demo.store, demo.packs, caller, place.team.bureau.bookId, input) };
  };
  await demo.cases.pass({
    source: `${SOURCE}·${DAY_BEFORE} 预检`,
    amount: hardware.amount,
    outcome: 'allow',
    rule: 'SC-03.hardware',
    clause: `SC-03 自 ${NOTICE_DAY} 起`,
    because: `买桌椅：通知 ${NOTICE_DAY} 才印发，前一日尚不约束（日界）`,
    absent: ['SC-03.hardware', 'SC-02.contract'],
    work: () => preview(DAY_BEFORE),
  });
  await demo.cases.pass({
    source: `${SOURCE}·${NOTICE_DAY} 预检`,
    amount: hardware.amount,
    outcome: 'block',
    rule: 'SC-03.hardware',
    work: () => preview(NOTICE_DAY),
  });
}

/** Contract, hardware refused, the first instalment paid. */
async function spend(demo: Demo, place: Qingyang, { service, hardware }: Lines): Promise<string> {
  const { team, provider } = place;
  const station = stationOf(place);
  const signed = await contract(demo, team, {
    contractNo: '青羊民政购〔2023〕示例1号',
    title: '2023年社区社工室政府购买服务',
    buyerId: team.bureau.id,
    providerId: provider.id,
    signedDate: '2023-03-01',
    startDate: '2023-03-10',
    endDate: '2024-03-09',
    pricing: 'by_service',
    lines: [{ ...service, amount: GRANT_2023 }],
  });
  const contractId = signed.contract.id;
  const onContract = {
    contractId,
    payeeType: 'provider',
    payeeId: provider.id,
    payeeName: provider.name,
  } as const;
  await demo.cases.try({
    source: `${SOURCE}·合同内买设备`,
    amount: hardware.amount,
    outcome: 'block',
    rule: 'SC-03.hardware',
    work: () =>
      claim(demo, team, station, {
        ...onContract,
        title: '社工室设备',
        businessDate: '2023-04-03',
        lines: [hardware],
      }),
  });
  await demo.cases.pass({
    source: `${SOURCE}·首期服务费`,
    amount: service.amount,
    outcome: 'allow',
    rule: 'SC-02.declared',
    clause: 'SC-01、SC-02 川民发〔2023〕11号',
    because: '县级统筹、有购买服务合同、社工室在申报名单内',
    absent: ['SC-02.declared', 'SC-02.contract', 'SC-01.holder', 'SC-03.hardware'],
    work: async () => {
      const input = {
        ...onContract,
        title: '社工室首期服务费',
        businessDate: '2023-04-06',
        lines: [service],
      };
      const { claim: made } = await claim(demo, team, station, input);
      await review(demo, team, made.id, '2023-04-07', null, place.reviewer);
      await approve(demo, team, made.id, '2023-04-10');
      return pay(demo, team, made.id, '2023-04-12', '青羊付字2023-001');
    },
  });
  return contractId;
}

/** 二级支出: what the provider does with the money is judged by the same clause. */
async function reports(
  demo: Demo,
  place: Qingyang,
  contractId: string,
  { service, hardware }: Lines,
): Promise<void> {
  const report = async (businessDate: BusinessDate, lines: LineInput[]) => {
    const caller = await demo.as(place.providerOperator, businessDate);
    const input = newProviderReport.parse({ contractId, businessDate, lines });
    return reportSpending(demo.store, demo.packs, caller, place.team.bureau.bookId, input);
  };
  const laptop: LineInput = {
    ...hardware,
    amount: '6500.00',
    endUser: 'provider',
    description: '笔记本电脑一台',
  };
  await demo.cases.try({
    source: `${SOURCE}·二级支出：笔记本电脑`,
    amount: laptop.amount,
    outcome: 'block',
    rule: 'SC-03.hardware',
    work: () => report('2023-05-08', [laptop]),
  });
  const wages = { economicCode: '30199', serviceItem: 'wages', endUser: 'provider' } as const;
  await demo.cases.pass({
    source: `${SOURCE}·二级支出明细（合规）`,
    amount: '92300.00',
    outcome: 'allow',
    rule: 'SC-03.hardware',
    clause: 'SC-03 川民发〔2023〕11号',
    because: '社工薪酬、活动物料、差旅都属服务成本，不含硬件，且不超过已拨 10 万元',
    absent: ['SC-03.hardware', 'SC-03.keywords'],
    work: () =>
      report('2023-06-30', [
        { ...service, ...wages, amount: '72000.00', description: '项目社工薪酬' },
        { ...service, economicCode: '30218', amount: '16300.00', description: '长者小组活动物料' },
        { ...service, economicCode: '30211', amount: '4000.00', description: '入户探访交通' },
      ]),
  });
}
