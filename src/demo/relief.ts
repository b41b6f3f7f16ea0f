import type { Outcome } from '../policy/index.js';
import { recordTrueUp } from '../relief/index.js';
import type { Demo } from './context.js';
import { attach } from './files.js';
import { sampleCreditCode, type Team } from './people.js';
import { type Found, founder } from './provinces.js';
import { claimsOn, directHelp } from './relief-use.js';
import { type ContractInput, contract, declare, fundInHand, type LineInput, prepare } from './steps.js';
import type { Yunnan } from './yunnan.js';

/** F068: relief paid in 临沧 in January to June 2022, declared as the year's estimated base. 5% of it is 15,500,000.00. */
const BASE = '310000000.00';
const BASE_DOCUMENT = '2022年1—6月社会救助资金发放（材料三 临沧 L4104，F068）';
const SIGNED = '2022-07-05';

/** 临沧's 5% and what relief money may buy (YN-02, YN-12, YN-13, YN-22); 耿马 without a base. */
export async function workRelief(demo: Demo, yunnan: Yunnan): Promise<void> {
  const { cases } = demo;
  cases.group(
    '云南·临沧市：救助资金购买服务 5% 上限（YN-22；3.1 亿元预计基数 × 5% = 15,500,000.00 元，4% 起预警）',
  );
  const found = await founder(demo, yunnan.root);
  const team = await yunnan.teamOf('530900');
  await declare(demo, team, {
    year: 2022,
    amount: BASE,
    basis: 'estimate',
    documentNo: BASE_DOCUMENT,
    declaredDate: '2022-07-01',
  });
  const fundId = await reliefFund(demo, team, '20000000.00', false);
  const providerId = await foundProvider(found, team, 2);
  const lineOf = (amount: string): LineInput => ({
    fundId,
    amount,
    economicCode: '30227',
    serviceItem: 'relief_care',
    beneficiaryGroups: ['subsistence_allowance', 'extreme_poverty'],
    endUser: 'beneficiary',
    rosterCoverage: 'all',
    description: '低保和特困人员照料护理',
  });
  const contractOf = (number: number, amount: string): ContractInput =>
    reliefContract(team, providerId, `临民购〔2022〕示例${number}号`, lineOf(amount));
  const signing = (what: string, number: number, amount: string, outcome: Outcome) =>
    cases.try({
      source: `救助补助2022·临沧·${what}`,
      amount,
      outcome,
      rule: 'YN-22.cap',
      work: () => contract(demo, team, contractOf(number, amount)),
    });
  const first = await signing('第一份合同', 1, '12000000.00', 'allow');
  await signing('累计恰为 4%（预警）', 2, '400000.00', 'allow');
  await signing('比余额多 1 分', 3, '3100000.01', 'block');
  await signing('恰好用满 5%', 4, '3100000.00', 'allow');
  await signing('用满后再签 1 分', 5, '0.01', 'block');
  if (!first) throw new Error('the first contract was not signed');
  await claimsOn(demo, team, first.contract.id, providerId, lineOf('50000.00'));
  await directHelp(demo, team, {
    ...lineOf('50000.00'),
    serviceItem: 'direct_assistance',
    economicCode: '30306',
  });
  await unknownBase(demo, yunnan, found);
  await yearEnd(demo, team);
}

/** 决算 (an example) below the estimate: what is over stands open until postings settle it; earlier decisions stay. */
async function yearEnd(demo: Demo, team: Team): Promise<void> {
  const day = '2023-02-10';
  const evidence = await attach(
    demo,
    team,
    team.finance,
    day,
    'budget_approval',
    '2022年度困难群众救助补助决算表',
  );
  await declare(demo, team, {
    year: 2022,
    amount: '300000000.00',
    basis: 'final',
    documentNo: '【示例】2022年度困难群众救助补助决算',
    declaredDate: day,
    attachmentId: evidence.attachmentId,
  });
  const { cap, overrun } = await recordTrueUp(
    demo.store,
    demo.packs,
    await demo.as(team.finance, day),
    team.bureau.bookId,
    2022,
    { date: day, note: '决算低于预计基数，超出部分须改由其他资金列支或退回' },
  );
  demo.say(
    `  年终校准：决算基数 300000000.00 元【示例】，上限 ${cap} 元，超支 ${overrun} 元待处理；此前的裁定不变`,
  );
}

async function reliefFund(demo: Demo, team: Team, amount: string, fromSurplus: boolean): Promise<string> {
  const name = fromSurplus ? '计提结余救助资金（F031）' : '【示例】2022年困难群众救助补助资金';
  const fund = await fundInHand(demo, team, '2022-02-20', amount, '市（州）财政局', {
    level: 'central',
    year: 2022,
    name,
    documentNo: `${name}（文号未载）`,
    documentDate: '2022-02-20',
    isExample: !fromSurplus,
    terms: {
      type: 'social_relief',
      isWorkFund: false,
      fromSurplus,
      capDocumentNo: '云办发〔2020〕32号（材料转引）',
    },
  });
  return fund.id;
}

async function foundProvider(found: Found, { bureau }: Team, serial: number): Promise<string> {
  const { id } = await found({
    kind: 'provider',
    name: `${bureau.name.replace('民政局', '')}示例社会工作服务中心`,
    parentId: bureau.id,
    divisionCode: bureau.divisionCode,
    creditCode: sampleCreditCode(bureau.divisionCode, serial),
    providerKind: 'social_organisation',
  });
  return id;
}

const reliefContract = (
  team: Team,
  providerId: string,
  contractNo: string,
  line: LineInput,
): ContractInput => {
  const { invoice: _invoice, evidence: _evidence, ...contractLine } = line;
  return {
    contractNo,
    title: '社会救助服务购买',
    buyerId: team.bureau.id,
    providerId,
    signedDate: SIGNED,
    startDate: SIGNED,
    endDate: '2023-07-04',
    pricing: 'by_service',
    lines: [contractLine],
  };
};

async function unknownBase(demo: Demo, yunnan: Yunnan, found: Found): Promise<void> {
  const team = await yunnan.teamOf('530926');
  const fundId = await reliefFund(demo, team, '500000.00', false);
  const providerId = await foundProvider(found, team, 3);
  const line: LineInput = {
    fundId,
    amount: '100000.00',
    economicCode: '30227',
    serviceItem: 'relief_counselling',
    beneficiaryGroups: ['subsistence_allowance'],
    endUser: 'beneficiary',
    rosterCoverage: 'all',
    description: '低保家庭心理疏导',
  };
  await demo.cases.pass({
    source: '救助补助2022·耿马县（未申报基数）',
    amount: line.amount,
    outcome: 'review',
    rule: 'YN-22.cap',
    work: () => prepare(demo, team, reliefContract(team, providerId, '耿民购〔2022〕示例1号', line)),
  });
}

/** 迪庆: 85万元 set aside out of a surplus for more full-time workers (F031, YN-26). */
export async function workSurplus(demo: Demo, yunnan: Yunnan): Promise<void> {
  const found = await founder(demo, yunnan.root);
  const team = await yunnan.teamOf('533400');
  const amount = '850000.00';
  const fundId = await reliefFund(demo, team, amount, true);
  const providerId = await foundProvider(found, team, 4);
  const line: LineInput = {
    fundId,
    amount,
    economicCode: '30227',
    serviceItem: 'relief_care',
    beneficiaryGroups: ['subsistence_allowance'],
    endUser: 'beneficiary',
    rosterCoverage: 'all',
    description: '三县（市）社工站救助服务',
  };
  await demo.cases.pass({
    source: '救助补助·迪庆计提结余',
    amount,
    outcome: 'review',
    rule: 'YN-26.surplus',
    work: () => prepare(demo, team, reliefContract(team, providerId, '迪民购〔2022〕示例1号', line)),
  });
}
