import { issueAllotment, newAllotment, newIntake, takeIn } from '../allotments/index.js';
import type { Demo } from './context.js';
import type { Team } from './people.js';
import type { Qingyang } from './sichuan.js';
import { addDocument, fundInHand } from './steps.js';

const DOCUMENT = '【示例】四川省2023年城乡社区综合服务提能力工程补助（文号为示例）';
export const GRANT_2023 = '300000.00';
const ISSUED = '2023-01-10';
const TAKEN_IN = '2023-01-16';

/** From the province's grant to the county's own fund, with the declared list coming down unchanged. */
export async function receiveGrant2023(demo: Demo, province: Team, place: Qingyang): Promise<string> {
  const { team, village } = place;
  const fund = await fundInHand(demo, province, '2023-01-05', GRANT_2023, '四川省财政厅', {
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
      documentTotal: GRANT_2023,
      items: [{ recipientId: team.bureau.id, amount: GRANT_2023 }],
    }),
  );
  const [item] = allotment.items;
  const intake = await takeIn(
    demo.store,
    await demo.as(team.finance, TAKEN_IN),
    team.bureau.bookId,
    newIntake.parse({
      kind: 'allotment',
      issueId: item?.id,
      documentNo: '收文2023-1',
      effectiveDate: TAKEN_IN,
    }),
  );
  // The cash of the example is recorded at the county directly, as a treasury payment would arrive.
  await addDocument(demo, team, intake.fundId, {
    kind: 'arrival',
    documentNo: '国库集中支付额度2023-1【示例】',
    effectiveDate: '2023-02-01',
    amount: GRANT_2023,
    counterparty: '青羊区财政局',
  });
  return intake.fundId;
}
