import { parseYuan, showYuan } from '../core/money.js';
import { type FundView, getFund } from '../ledger/index.js';
import type { Demo } from './context.js';
import type { Team } from './people.js';
import { type Column, tableHead, tableRow } from './print.js';
import { addDocument, claim, registerFund } from './steps.js';
import type { Yunnan } from './yunnan.js';

/** F019: 昭通 plans to put in 9877万元 in 2022. A plan is a plan: it is neither allotted nor received (YN-19). */
const PLANNED = '98770000.00';

const COLUMNS: readonly Column[] = [
  ['资金', 56],
  ['计划', 16, 'right'],
  ['下达', 16, 'right'],
  ['到账', 16, 'right'],
  ['支出', 16, 'right'],
];

export async function workZhaotong(demo: Demo, yunnan: Yunnan): Promise<void> {
  demo.cases.group('云南·昭通市：计划、下达、到账、支出四个数分开（F019 计划 9877 万元，YN-19）');
  const team = await yunnan.teamOf('530600');
  const documentNo = '昭通市2022年社工站计划投入（材料二 昭通 L595，文号未载）';
  const fund = await registerFund(demo, team, '2022-01-10', {
    level: 'prefecture',
    year: 2022,
    name: '2022年社工站计划投入（F019，来源未拆分）',
    documentNo,
    documentDate: '2022-01-10',
    isExample: true,
    terms: { type: 'local_budget', budgetCode: null },
  });
  await addDocument(demo, team, fund.id, {
    kind: 'plan',
    documentNo,
    effectiveDate: '2022-01-10',
    amount: PLANNED,
    counterparty: '昭通市财政局',
  });
  await demo.cases.try({
    source: '昭通2022计划投入·按计划数报账',
    amount: '10000.00',
    outcome: 'block',
    rule: 'insufficient_balance',
    clause: 'YN-19 云南2022年中会（台账余额）',
    work: () =>
      claim(
        demo,
        team,
        { organisationId: team.bureau.id, operator: team.operator },
        {
          title: '社工站服务',
          businessDate: '2022-04-11',
          payeeType: 'institution',
          payeeName: '示例机构',
          lines: [
            {
              fundId: fund.id,
              amount: '10000.00',
              economicCode: '30227',
              serviceItem: 'station_service',
              beneficiaryGroups: ['elderly'],
              endUser: 'beneficiary',
              description: '社工站服务',
            },
          ],
        },
      ),
  });
  const view = await show(demo, team, fund.id);
  const { planned, allotted, received, spent } = view.amounts;
  if (planned !== PLANNED || [allotted, received, spent].some((amount) => amount !== '0.00')) {
    throw new Error('a planned figure became money');
  }
}

async function show(demo: Demo, team: Team, fundId: string): Promise<FundView> {
  const { actor } = await demo.as(team.finance, '2022-06-30');
  const view = await getFund(demo.store, actor, team.bureau.bookId, fundId, {});
  const { planned, allotted, received, spent } = view.amounts;
  const amounts = [planned, allotted, received, spent].map((amount) => showYuan(parseYuan(amount)));
  demo.say(`  ${tableHead(COLUMNS)}`);
  demo.say(`  ${tableRow(COLUMNS, [`昭通市 ${view.name}`, ...amounts])}`);
  return view;
}
