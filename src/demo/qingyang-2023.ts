import { issueAllotment, newAllotment, newIntake, takeIn } from '../allotments/index.js';
import { newClaim, newProviderReport, previewClaim, reportSpending } from '../claims/index.js';
import type { BusinessDate } from '../core/dates.js';
import type { Demo } from './context.js';
import type { Team } from './people.js';
import type { Qingyang } from './sichuan.js';
import { addDocument, approve, claim, contract, fundInHand, type LineInput, pay, review } from './steps.js';

const DOCUMENT = '【示例】四川省2023年城乡社区综合服务提能力工程补助（文号为示例）';
const AMOUNT = '300000.00';
const ISSUED = '2023-01-10';

/** The day on which 川民发〔2023〕11号 begins to bind. */
const NOTICE_DAY: BusinessDate = '2023-02-08';
const DAY_BEFORE: BusinessDate = '2023-02-07';

/** A grant of 2023 (示例), judged by 川民发〔2023〕11号: SC-01, SC-02, SC-03, SC-12. */
export async function workQingyang2023(demo: Demo, province: Team, place: Qingyang): Promise<void> {
  const { cases } = demo;
  const { team, village, provider } = place;
  cases.group('四川·青羊区 2023：城乡社区综合服务提能力工程【示例资金】按川民发〔2023〕11号裁定');
  const fundId = await receive(demo, province, place);
  const source = '提能力2023示例·青羊区';
  const station = { organisationId: place.stations[0]?.id as string, operator: place.operator };
  const line: LineInput = {
    fundId,
    amount: '100000.00',
    economicCode: '30227',
    serviceItem: 'station_service',
    beneficiaryGroups: ['elderly', 'children_in_need'],
    stationId: village.id,
    endUser: 'beneficiary',
    description: '社区社工室综合服务',
  };
  const hardware: LineInput = {
    ...line,
    amount: '8000.00',
    economicCode: '31002',
    serviceItem: 'equipment',
    endUser: 'station',
    description: '社工室办公桌椅',
  };
  const direct = (businessDate: BusinessDate) =>
    newClaim.parse({
      organisationId: station.organisationId,
      title: '社工室办公桌椅',
      businessDate,
      payeeType: 'supplier',
      payeeName: '成都示例家具商行',
      lines: [hardware],
    });
  const preview = async (businessDate: BusinessDate) => ({
    decision: await previewClaim(
      demo.store,
      demo.packs,
      await demo.as(station.operator, '2023-02-10'),
      team.bureau.bookId,
      direct(businessDate),
    ),
  });
  await cases.pass({
    source: `${source}·${DAY_BEFORE} 预检买桌椅`,
    amount: '8000.00',
    outcome: 'allow',
    rule: 'SC-03.hardware',
    clause: 'SC-03 自 2023-02-08 起',
    because: '通知 2023-02-08 才印发，前一日尚不约束（日界）',
    absent: ['SC-03.hardware', 'SC-02.contract'],
    work: () => preview(DAY_BEFORE),
  });
  const onTheDay = await preview(NOTICE_DAY);
  await cases.pass({
    source: `${source}·${NOTICE_DAY} 预检买桌椅`,
    amount: '8000.00',
    outcome: 'block',
    rule: 'SC-03.hardware',
    work: async () => onTheDay,
  });

  const signed = await contract(demo, team, {
    contractNo: '青羊民政购〔2023〕示例1号',
    title: '2023年社区社工室政府购买服务',
    buyerId: team.bureau.id,
    providerId: provider.id,
    signedDate: '2023-03-01',
    startDate: '2023-03-10',
    endDate: '2024-03-09',
    pricing: 'by_service',
    lines: [{ ...line, amount: AMOUNT }],
  });
  const contractId = signed.contract.id;
  const onContract = {
    contractId,
    payeeType: 'provider',
    payeeId: provider.id,
    payeeName: provider.name,
  } as const;
  await cases.try({
    source: `${source}·合同内买设备`,
    amount: '8000.00',
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
  await cases.pass({
    source: `${source}·首期服务费`,
    amount: '100000.00',
    outcome: 'allow',
    rule: 'SC-02.declared',
    clause: 'SC-01、SC-02 川民发〔2023〕11号',
    because: '县级统筹、有购买服务合同、社工室在申报名单内',
    absent: ['SC-02.declared', 'SC-02.contract', 'SC-01.holder', 'SC-03.hardware'],
    work: async () => {
      const input = { ...onContract, title: '社工室首期服务费', businessDate: '2023-04-06', lines: [line] };
      const { claim: made } = await claim(demo, team, station, input);
      await review(demo, team, made.id, '2023-04-07', null, place.reviewer);
      await approve(demo, team, made.id, '2023-04-10');
      return pay(demo, team, made.id, '2023-04-12', '青羊付字2023-001');
    },
  });

  const report = async (businessDate: BusinessDate, lines: LineInput[]) =>
    reportSpending(
      demo.store,
      demo.packs,
      await demo.as(place.providerOperator, businessDate),
      team.bureau.bookId,
      newProviderReport.parse({ contractId, businessDate, lines }),
    );
  await cases.try({
    source: `${source}·承接机构二级支出：笔记本电脑`,
    amount: '6500.00',
    outcome: 'block',
    rule: 'SC-03.hardware',
    work: () =>
      report('2023-05-08', [
        { ...hardware, amount: '6500.00', endUser: 'provider', description: '笔记本电脑一台' },
      ]),
  });
  await cases.pass({
    source: `${source}·承接机构二级支出明细`,
    amount: '92300.00',
    outcome: 'allow',
    rule: 'SC-03.hardware',
    clause: 'SC-03 川民发〔2023〕11号',
    because: '社工薪酬、活动物料、差旅都属服务成本，不含硬件，且不超过已拨 10 万元',
    absent: ['SC-03.hardware', 'SC-03.keywords'],
    work: () =>
      report('2023-06-30', [
        {
          ...line,
          amount: '72000.00',
          economicCode: '30199',
          serviceItem: 'wages',
          endUser: 'provider',
          description: '项目社工薪酬',
        },
        { ...line, amount: '16300.00', economicCode: '30218', description: '长者小组活动物料' },
        { ...line, amount: '4000.00', economicCode: '30211', description: '入户探访交通' },
      ]),
  });
}

/** From the province's grant to the county's own fund, with the declared list coming down unchanged. */
async function receive(demo: Demo, province: Team, place: Qingyang): Promise<string> {
  const { team, village } = place;
  const fund = await fundInHand(demo, province, '2023-01-05', AMOUNT, '四川省财政厅', {
    level: 'provincial',
    year: 2023,
    name: '【示例】2023年城乡社区综合服务提能力工程补助',
    documentNo: DOCUMENT,
    documentDate: '2023-01-05',
    programme: '城乡社区综合服务提能力工程',
    isExample: true,
    terms: { type: 'provincial_subsidy', declaredStationIds: [village.id], declarationConfirmed: true },
  });
  const allotment = await issueAllotment(
    demo.store,
    demo.packs,
    await demo.as(province.finance, ISSUED),
    province.bureau.bookId,
    newAllotment.parse({
      fundId: fund.id,
      documentNo: DOCUMENT,
      effectiveDate: ISSUED,
      documentTotal: AMOUNT,
      items: [{ recipientId: team.bureau.id, amount: AMOUNT }],
    }),
  );
  const [item] = allotment.items;
  const intake = await takeIn(
    demo.store,
    await demo.as(team.finance, '2023-01-16'),
    team.bureau.bookId,
    newIntake.parse({
      kind: 'allotment',
      issueId: item?.id,
      documentNo: '收文2023-1',
      effectiveDate: '2023-01-16',
    }),
  );
  // The cash of the example is recorded at the county directly, as a treasury payment would arrive.
  await addDocument(demo, team, intake.fundId, {
    kind: 'arrival',
    documentNo: '国库集中支付额度2023-1【示例】',
    effectiveDate: '2023-02-01',
    amount: AMOUNT,
    counterparty: '青羊区财政局',
  });
  return intake.fundId;
}
