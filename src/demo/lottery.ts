import type { Outcome } from '../policy/index.js';
import type { Demo } from './context.js';
import type { Team } from './people.js';
import { type ClaimInput, claim, fundInHand, type LineInput } from './steps.js';
import type { Yunnan } from './yunnan.js';

const DATE = '2022-05-16';

interface LotteryCase {
  readonly what: string;
  readonly outcome: Outcome;
  readonly rule: string;
  readonly clause?: string;
  readonly line: Partial<LineInput>;
  readonly payee?: Pick<ClaimInput, 'payeeType' | 'payeeName'>;
}

const PERSON = { payeeType: 'individual', payeeName: '示例人员' } as const;

/** What lottery money is not for, and what a person must look at (YN-03, YN-43, YN-54, YN-55). */
const CASES: readonly LotteryCase[] = [
  {
    what: '受益人为一般居民',
    outcome: 'block',
    rule: 'YN-03.purpose',
    line: { beneficiaryGroups: ['general_public'] },
  },
  { what: '没有受益群体', outcome: 'block', rule: 'YN-03.purpose', line: { beneficiaryGroups: [] } },
  {
    what: '办公运转30201',
    outcome: 'block',
    rule: 'YN-03.running',
    line: { economicCode: '30201', serviceItem: 'office_running', endUser: 'station' },
  },
  {
    what: '公务接待30217',
    outcome: 'block',
    rule: 'YN-03.running',
    line: { economicCode: '30217', serviceItem: 'official_hospitality', endUser: 'bureau' },
  },
  {
    what: '机关公务用车运行30231',
    outcome: 'block',
    rule: 'YN-03.bureau',
    line: { economicCode: '30231', serviceItem: 'official_hospitality', endUser: 'bureau' },
  },
  {
    what: '持证奖励30309付个人',
    outcome: 'block',
    rule: 'YN-03.purpose',
    clause: 'YN-03、YN-43 云南2022年中会',
    line: {
      economicCode: '30309',
      serviceItem: 'personal_reward',
      beneficiaryGroups: ['staff'],
      endUser: 'provider',
    },
    payee: PERSON,
  },
  {
    what: '面向全体在校学生',
    outcome: 'review',
    rule: 'YN-03.purpose',
    line: { serviceItem: 'child_service', beneficiaryGroups: ['students'] },
  },
  {
    what: '边境基层社会治理项目（YN-54）',
    outcome: 'review',
    rule: 'YN-54.governance',
    line: { serviceItem: 'community_governance', beneficiaryGroups: ['other_public_welfare'] },
  },
  {
    what: '其他社会公益，文号未写明',
    outcome: 'review',
    rule: 'YN-03.purpose',
    line: { beneficiaryGroups: ['other_public_welfare'] },
  },
];

export async function workLottery(demo: Demo, yunnan: Yunnan): Promise<void> {
  const { cases } = demo;
  cases.group('云南·福彩公益金：紧扣发行宗旨（YN-03）；机关运转、三公、个人奖励不得列支');
  const team = await yunnan.teamOf('532601');
  const unnamed = await lotteryFund(demo, team, false);
  const by = { organisationId: team.bureau.id, operator: team.operator };
  const base: LineInput = {
    fundId: unnamed,
    amount: '6000.00',
    economicCode: '30227',
    serviceItem: 'elderly_service',
    beneficiaryGroups: ['elderly'],
    endUser: 'beneficiary',
    description: '福彩公益金支出',
  };
  const ask = (what: string, line: LineInput, payee: LotteryCase['payee']) =>
    claim(demo, team, by, {
      title: what,
      businessDate: DATE,
      ...(payee ?? { payeeType: 'institution', payeeName: '示例公益机构' }),
      lines: [line],
    });
  for (const { what, outcome, rule, clause, line, payee } of CASES) {
    await cases.try({
      source: `福彩公益金·${what}`,
      amount: base.amount,
      outcome,
      rule,
      ...(clause === undefined ? {} : { clause }),
      work: () => ask(what, { ...base, ...line }, payee),
    });
  }
  const named = await lotteryFund(demo, team, true);
  await cases.pass({
    source: '福彩公益金·其他社会公益，文号已写明',
    amount: base.amount,
    outcome: 'allow',
    rule: 'YN-03.purpose',
    clause: 'YN-03 云南2022年中会',
    because: '下达文件写明可用于其他社会公益',
    absent: ['YN-03.purpose'],
    work: () =>
      ask('其他社会公益', { ...base, fundId: named, beneficiaryGroups: ['other_public_welfare'] }, undefined),
  });
  await rewardFromBudget(demo, yunnan);
}

async function lotteryFund(demo: Demo, team: Team, isNamed: boolean): Promise<string> {
  const name = isNamed ? '【示例】2022年省级福彩公益金（写明其他社会公益）' : '【示例】2022年省级福彩公益金';
  const fund = await fundInHand(demo, team, '2022-04-01', '100000.00', '文山州财政局', {
    level: 'provincial',
    year: 2022,
    name,
    documentNo: name,
    documentDate: '2022-04-01',
    isExample: true,
    terms: {
      type: 'welfare_lottery',
      namedPurposes: isNamed ? ['other_public_welfare'] : [],
      announcementDue: '2023-06-30',
    },
  });
  return fund.id;
}

/** 红河州's 56万元 of rewards for certificates come from its general budget (F025, YN-44): there they are right. */
async function rewardFromBudget(demo: Demo, yunnan: Yunnan): Promise<void> {
  const team = await yunnan.teamOf('532500');
  const fund = await fundInHand(demo, team, '2022-02-10', '560000.00', '红河州财政局', {
    level: 'prefecture',
    year: 2022,
    name: '社会工作人才补助预算资金（F025）',
    documentNo: '红河州社会工作人才补助（材料三 红河，文号未载）',
    documentDate: '2022-02-10',
    terms: { type: 'local_budget', budgetCode: '示例-SW-RC-2022' },
  });
  await demo.cases.pass({
    source: '本级财政·红河州持证奖励2000元/1000元',
    amount: '2000.00',
    outcome: 'allow',
    rule: 'YN-44.reward',
    work: () =>
      claim(
        demo,
        team,
        { organisationId: team.bureau.id, operator: team.operator },
        {
          title: '社会工作师持证奖励',
          businessDate: DATE,
          ...PERSON,
          lines: [
            {
              fundId: fund.id,
              amount: '2000.00',
              economicCode: '30309',
              serviceItem: 'personal_reward',
              beneficiaryGroups: ['staff'],
              endUser: 'provider',
              description: '社会工作师一次性奖励一人',
            },
          ],
        },
      ),
  });
}
