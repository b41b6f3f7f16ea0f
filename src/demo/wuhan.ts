import { addEvaluation, addEvidence, newEvaluation, newEvidence } from '../contracts/index.js';
import { EVIDENCE_LABELS } from '../core/vocabulary.js';
import { createSanction, newSanction } from '../organisations/index.js';
import type { Outcome } from '../policy/index.js';
import type { Demo } from './context.js';
import { sampleCreditCode } from './people.js';
import {
  approve,
  type ContractInput,
  claim,
  contract,
  fundInHand,
  type LineInput,
  pay,
  prepare,
  review,
} from './steps.js';
import type { Wuhan } from './wuhan-places.js';

const BUDGET = '【示例】武昌-社工站-2022';

const DOCUMENTS = [
  'budget_approval',
  'procurement_record',
  'performance_targets',
  'budget_assurance',
] as const;

/** 武民政〔2021〕26号: the five steps, the three years, the yearly evaluation (WH-01, WH-04, WH-05). */
export async function workWuhan(demo: Demo, place: Wuhan): Promise<void> {
  const { cases } = demo;
  const { team, bureau } = place;
  cases.group('武汉市武昌区：购买服务五环节、合同最长 3 年、年度中期评估（武民政〔2021〕26号）');
  const { id: fundId } = await fundInHand(demo, team, '2022-01-05', '1800000.00', '武昌区财政局', {
    level: 'county',
    year: 2022,
    name: '【示例】2022年街道社工站购买服务预算',
    documentNo: '【示例】武昌区2022年部门预算批复',
    documentDate: '2022-01-05',
    isExample: true,
    terms: { type: 'local_budget', budgetCode: BUDGET },
  });
  const line: LineInput = {
    fundId,
    amount: '600000.00',
    economicCode: '30227',
    serviceItem: 'station_service',
    beneficiaryGroups: ['elderly', 'children_in_need'],
    stationId: place.station.id,
    endUser: 'beneficiary',
    description: '街道社工站综合服务',
  };
  const contractOf = (number: number, changes: Partial<ContractInput> = {}): ContractInput => ({
    contractNo: `武昌民政购〔2022〕示例${number}号`,
    title: '街道社工站运营服务',
    buyerId: bureau.id,
    providerId: place.provider.id,
    signedDate: '2022-01-14',
    startDate: '2022-01-15',
    endDate: '2025-01-15',
    pricing: 'by_service',
    budgetCode: BUDGET,
    fulltimeWorkersPerStation: 3,
    lines: [line],
    evidence: DOCUMENTS.map((kind, index) => ({
      kind,
      date: `2022-01-${10 + index}`,
      documentNo: `【示例】${EVIDENCE_LABELS[kind]}`,
    })),
    ...changes,
  });
  const attempt = (what: string, rule: string, input: ContractInput) =>
    cases.try({
      source: `本级财政·武昌区·${what}`,
      amount: line.amount,
      outcome: 'block' as Outcome,
      rule,
      work: () => prepare(demo, team, input),
    });

  await attempt('合同 3 年零 1 天', 'WH-04.term', contractOf(1, { endDate: '2025-01-16' }));
  const withoutPapers = contractOf(2, {
    evidence: [{ kind: 'performance_targets', date: '2022-01-12', documentNo: '【示例】' }],
  });
  await attempt('没有预算批复和采购文件', 'WH-01.steps', withoutPapers);
  await blacklist(demo, place);
  await attempt('承接机构在黑名单期内', 'CN-GP-77.blacklist', contractOf(3, { providerId: place.listed.id }));
  const signed = await cases.pass({
    source: '本级财政·武昌区·合同恰好 3 年',
    amount: line.amount,
    outcome: 'allow',
    rule: 'WH-04.term',
    clause: 'WH-04 武民政〔2021〕26号',
    because: '2022-01-15 至 2025-01-15 恰为 36 个月，预算、采购、绩效目标齐全',
    absent: ['WH-04.term', 'WH-01.steps', 'WH-02.targets'],
    work: () => contract(demo, team, contractOf(4)),
  });
  await payYears(demo, place, signed.contract.id, line);
}

async function blacklist(demo: Demo, { team, bureau, listed }: Wuhan): Promise<void> {
  const sanction = newSanction.parse({
    kind: 'blacklist',
    bureauId: bureau.id,
    documentNo: '【示例】武昌民罚〔2021〕9号',
    reason: '弄虚作假（示例）',
    fromDate: '2021-11-01',
    untilDate: '2022-10-31',
  });
  await createSanction(demo.store, await demo.as(team.finance, '2021-11-01'), listed.id, sanction);
}

/** The first year is paid; the second waits until the first has had its interim evaluation. */
async function payYears(demo: Demo, place: Wuhan, contractId: string, line: LineInput): Promise<void> {
  const { cases, store } = demo;
  const { team, bureau, provider, station } = place;
  const finance = async (on: string) => demo.as(team.finance, on);
  const paper = async (kind: 'signed_contract' | 'supervision_record', date: string) =>
    addEvidence(
      store,
      await finance(date),
      bureau.bookId,
      contractId,
      newEvidence.parse({ kind, date, documentNo: `【示例】${EVIDENCE_LABELS[kind]}` }),
    );
  await paper('signed_contract', '2022-01-14');
  await paper('supervision_record', '2022-05-20');
  const instalment = async (businessDate: string) => {
    const input = {
      contractId,
      payeeType: 'provider',
      payeeId: provider.id,
      payeeName: provider.name,
    } as const;
    const by = { organisationId: station.id, operator: team.operator };
    const lines = [{ ...line, amount: '100000.00' }];
    const { claim: made } = await claim(demo, team, by, {
      ...input,
      title: '社工站运营服务费',
      businessDate,
      lines,
    });
    await review(demo, team, made.id, businessDate);
    return made.id;
  };
  await cases.pass({
    source: '本级财政·武昌区·第一执行年度付款',
    amount: '100000.00',
    outcome: 'allow',
    rule: 'WH-05.yearly',
    work: async () => {
      const id = await instalment('2022-06-06');
      await approve(demo, team, id, '2022-06-08');
      return pay(demo, team, id, '2022-06-10', '武昌付字2022-001');
    },
  });
  const second = await instalment('2023-01-16');
  await cases.try({
    source: '本级财政·武昌区·第二年付款，无中期评估',
    amount: '100000.00',
    outcome: 'block',
    rule: 'WH-05.yearly',
    work: () => approve(demo, team, second, '2023-01-17'),
  });
  const evaluation = newEvaluation.parse({
    kind: 'interim',
    executionYear: 1,
    date: '2023-01-18',
    grade: 'good',
    evaluatorCreditCode: sampleCreditCode('420102', 7),
  });
  await addEvaluation(store, await finance('2023-01-18'), bureau.bookId, contractId, evaluation);
  await cases.pass({
    source: '本级财政·武昌区·补做中期评估后付款',
    amount: '100000.00',
    outcome: 'allow',
    rule: 'WH-05.yearly',
    work: async () => {
      await approve(demo, team, second, '2023-01-19');
      return pay(demo, team, second, '2023-01-20', '武昌付字2023-001');
    },
  });
}
