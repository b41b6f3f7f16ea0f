import type { Demo } from './context.js';
import type { Team } from './people.js';
import { claim, type LineInput } from './steps.js';

const OUTSIDE: readonly {
  readonly what: string;
  readonly rule: string;
  readonly line: Partial<LineInput>;
}[] = [
  { what: '目录外“社工站综合服务”', rule: 'YN-12.catalogue', line: { serviceItem: 'station_service' } },
  { what: '受益人不在名册', rule: 'YN-02.roster', line: { rosterCoverage: 'none' } },
  { what: '服务在校学生', rule: 'YN-13.groups', line: { beneficiaryGroups: ['students'] } },
  { what: '买设备31002', rule: 'YN-13.hardware', line: { economicCode: '31002', serviceItem: 'equipment' } },
  {
    what: '办公运转30201',
    rule: 'YN-13.running',
    line: { economicCode: '30201', serviceItem: 'office_running' },
  },
];

/** What relief money may not buy, though the contract has room: outside the catalogue, the roster, its people. */
export async function claimsOn(
  demo: Demo,
  team: Team,
  contractId: string,
  payeeId: string,
  line: LineInput,
): Promise<void> {
  const by = { organisationId: team.bureau.id, operator: team.operator };
  const input = {
    contractId,
    payeeType: 'provider',
    payeeId,
    payeeName: '承接机构',
    businessDate: '2022-09-15',
  } as const;
  for (const { what, rule, line: change } of OUTSIDE) {
    await demo.cases.try({
      source: `救助补助2022·临沧·${what}`,
      amount: line.amount,
      outcome: 'block',
      rule,
      work: () => claim(demo, team, by, { ...input, title: what, lines: [{ ...line, ...change }] }),
    });
  }
  await demo.cases.pass({
    source: '救助补助2022·临沧·目录内照料护理',
    amount: line.amount,
    outcome: 'allow',
    rule: 'YN-22.cap',
    absent: ['YN-12.catalogue', 'YN-02.roster', 'YN-13.groups'],
    work: () => claim(demo, team, by, { ...input, title: '照料护理第一期', lines: [line] }),
  });
}

/** Relief handed to people buys no service and does not count toward the 5%. */
export async function directHelp(demo: Demo, team: Team, line: LineInput): Promise<void> {
  await demo.cases.pass({
    source: '救助补助2022·临沧·直接发放救助金',
    amount: line.amount,
    outcome: 'allow',
    rule: 'YN-22.cap',
    clause: 'YN-13、YN-22 云南2022年中会',
    because: '直接发给救助对象，不是购买服务，不计入 5%',
    absent: ['YN-22.cap', 'YN-13.groups', 'YN-12.catalogue'],
    work: () =>
      claim(
        demo,
        team,
        { organisationId: team.bureau.id, operator: team.operator },
        {
          title: '临时救助金发放',
          businessDate: '2022-09-16',
          payeeType: 'individual',
          payeeName: '救助对象（示例）',
          lines: [{ ...line, description: '临时救助金' }],
        },
      ),
  });
}
