import {
  acknowledge,
  disburse,
  issueAllotment,
  newAllotment,
  newDisbursement,
  newIntake,
  takeIn,
} from '../allotments/index.js';
import { type ClaimView, editClaim, newClaim, reasonedStepInput, returnClaim } from '../claims/index.js';
import { formatYuan, parseYuan } from '../core/money.js';
import { type Demo, forAll } from './context.js';
import { attach } from './files.js';
import type { People, Team } from './people.js';
import { approve, type Claimant, claim, fundInHand, type LineInput, pay, review, submit } from './steps.js';
import { WENSHAN_STATIONS, type Yunnan } from './yunnan.js';

const DOCUMENT = '文山州2021年州本级福彩公益金建站补助（材料三 文山，文号未载）';
const SHARE = '20000.00';
const ISSUED = '2021-10-15';
const PAID = '2021-11-01';

/** 文山州 2021: 208万元 of the prefecture's lottery money = 104 stations × 2万元 (F055), down to the counties. */
export async function allotWenshan(demo: Demo, yunnan: Yunnan, people: People): Promise<string> {
  const { cases, store } = demo;
  cases.group('云南·文山州：州本级福彩 208 万元 = 104 站 × 2 万元（F055，YN-30）');
  const prefecture = await yunnan.teamOf('532600');
  const total = formatYuan(parseYuan(SHARE) * BigInt(WENSHAN_STATIONS));
  const fund = await fundInHand(demo, prefecture, '2021-09-01', total, '文山州财政局', {
    level: 'prefecture',
    year: 2021,
    name: '2021年州本级福彩公益金社工站建站补助',
    documentNo: DOCUMENT,
    documentDate: '2021-09-01',
    terms: { type: 'welfare_lottery', namedPurposes: [], announcementDue: '2022-06-30' },
  });
  const allotment = await cases.pass({
    source: '州级福彩2021·文山州下达8县104站',
    amount: total,
    outcome: 'allow',
    rule: 'YN-29.floor',
    clause: 'YN-29、YN-30 云南2022年中会',
    because: '每站恰好 2 万元，各县之和与总额一致',
    absent: ['YN-29.floor'],
    work: async () => {
      const items = yunnan.wenshanCounties.map(({ bureau, stations }) => ({
        recipientId: bureau.id,
        amount: formatYuan(parseYuan(SHARE) * BigInt(stations.length)),
        parts: stations.map((station) => ({ organisationId: station.id, amount: SHARE })),
      }));
      const stated = {
        documentTotal: total,
        documentRecipients: items.length,
        documentParts: WENSHAN_STATIONS,
      };
      const input = newAllotment.parse({
        fundId: fund.id,
        documentNo: DOCUMENT,
        effectiveDate: ISSUED,
        ...stated,
        items,
      });
      return issueAllotment(
        store,
        demo.packs,
        await demo.as(prefecture.finance, ISSUED),
        prefecture.bureau.bookId,
        input,
      );
    },
  });
  const funds = await forAll(yunnan.wenshanCounties, async ({ bureau }, index) => {
    const code = bureau.divisionCode;
    const finance =
      code === '532601'
        ? (await yunnan.teamOf(code)).finance
        : await people.add(yunnan.root, bureau, `caiwu.${code}`, ['finance'], false);
    const item = allotment.items.find((candidate) => candidate.recipientId === bureau.id);
    const cash = newDisbursement.parse({
      allotmentItemId: item?.id,
      voucherNo: `文州拨付2021-${index + 1}`,
      effectiveDate: PAID,
      amount: item?.amount,
    });
    const receipt = { documentNo: `收文2021-${index + 1}`, effectiveDate: ISSUED };
    const authority = newIntake.parse({ kind: 'allotment', issueId: item?.id, ...receipt });
    const { fundId } = await takeIn(store, await demo.as(finance, ISSUED), bureau.bookId, authority);
    const paid = await disburse(store, await demo.as(prefecture.payer, PAID), prefecture.bureau.bookId, cash);
    const arrival = newIntake.parse({
      kind: 'disbursement',
      issueId: paid.id,
      documentNo: `到账2021-${index + 1}`,
      effectiveDate: PAID,
    });
    await takeIn(store, await demo.as(finance, PAID), bureau.bookId, arrival);
    await acknowledge(
      store,
      await demo.as(prefecture.finance, PAID),
      prefecture.bureau.bookId,
      paid.id,
      PAID,
    );
    return { code, fundId };
  });
  return funds.find(({ code }) => code === '532601')?.fundId as string;
}

/** A station's desks out of its 2万元: allowed, but not paid before asset card and sign are there. */
export async function equipStation(demo: Demo, yunnan: Yunnan, fundId: string): Promise<void> {
  const { cases, store } = demo;
  const team = await yunnan.teamOf('532601');
  const { bookId } = team.bureau;
  const station = yunnan.wenshanCounties.find(({ bureau }) => bureau.id === team.bureau.id)?.stations[0];
  if (!station) throw new Error('文山市 has no station');
  const by = { organisationId: station.id, operator: team.operator };
  const source = '州级福彩·文山市一站';
  const line: LineInput = {
    fundId,
    amount: '12000.00',
    economicCode: '31002',
    serviceItem: 'equipment',
    beneficiaryGroups: ['general_public'],
    stationId: station.id,
    endUser: 'station',
    description: '办公桌椅和文件柜',
  };
  const input = {
    title: '社工站办公设施',
    businessDate: '2022-03-15',
    payeeType: 'supplier',
    payeeName: '文山示例家具店',
    lines: [line],
  } as const;
  const submitted = await cases.pass({
    source: `${source}·桌椅`,
    amount: line.amount,
    outcome: 'allow',
    rule: 'YN-27.equipment',
    work: () => claim(demo, team, by, { ...input, lines: [line] }),
  });
  await review(demo, team, submitted.claim.id, '2022-03-16');
  await cases.try({
    source: `${source}·无资产卡片和标识照片`,
    amount: line.amount,
    outcome: 'block',
    rule: 'YN-30.evidence',
    work: () => approve(demo, team, submitted.claim.id, '2022-03-17'),
  });
  await cases.pass({
    source: `${source}·补齐凭证后支付`,
    amount: line.amount,
    outcome: 'allow',
    rule: 'YN-27.equipment',
    absent: ['YN-30.evidence'],
    work: async () => {
      const reason = reasonedStepInput.parse({ note: '请补资产卡片和标识照片', effectiveDate: '2022-03-18' });
      const finance = await demo.as(team.finance, '2022-03-18');
      const returned = await returnClaim(store, finance, bookId, submitted.claim.id, null, reason);
      const proofs = [
        await attach(demo, team, team.operator, '2022-03-21', 'asset_card', '办公家具资产卡片'),
        await attach(demo, team, team.operator, '2022-03-21', 'lottery_sign_photo', '彩票公益金资助标识照片'),
      ];
      const maker = await demo.as(team.operator, '2022-03-21');
      const corrected = newClaim.parse({
        ...input,
        organisationId: station.id,
        lines: [{ ...line, evidence: proofs }],
      });
      const edited = await editClaim(store, maker, bookId, returned.id, returned.version, corrected);
      return settle(demo, team, by, edited);
    },
  });
  await cases.try({
    source: `${source}·再买 8,000.01 元`,
    amount: '8000.01',
    outcome: 'block',
    rule: 'insufficient_balance',
    clause: 'YN-30 每站 2 万元（台账余额）',
    work: () =>
      claim(demo, team, by, { ...input, title: '社工站第二批设施', lines: [{ ...line, amount: '8000.01' }] }),
  });
}

async function settle(demo: Demo, team: Team, by: Claimant, edited: ClaimView) {
  const { claim: again } = await submit(demo, team, by, edited);
  await review(demo, team, again.id, '2022-03-22');
  await approve(demo, team, again.id, '2022-03-23');
  return pay(demo, team, again.id, '2022-03-25', '文山付字2022-001');
}
