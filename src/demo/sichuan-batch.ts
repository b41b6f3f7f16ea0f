import {
  type AllotmentView,
  acknowledge,
  disburse,
  issueAllotment,
  type NewAllotment,
  newDisbursement,
  newIntake,
  takeIn,
} from '../allotments/index.js';
import { addDays, type BusinessDate } from '../core/dates.js';
import { formatYuan, parseYuan } from '../core/money.js';
import type { FundView } from '../ledger/index.js';
import type { OrganisationView } from '../organisations/index.js';
import { type Demo, forAll } from './context.js';
import type { Team } from './people.js';
import { BATCH } from './places.js';
import type { Bureau } from './provinces.js';
import { fundInHand } from './steps.js';

/** The notice is known only through a newspaper page, which gives no number and no day: the days are ours (示例). */
const NOTICE = '四川省2022年社工服务体系建设试点通知（文号未载）';
const TOTAL = '46800000.00';
const SHARE = '200000.00';
const ISSUED = '2022-04-08';
const PAID = '2022-05-10';

/** A county of the batch, its finance officer, its townships with their stations. */
export interface BatchMember {
  readonly bureau: Bureau;
  readonly finance: string;
  readonly townships: readonly OrganisationView[];
  readonly stations: readonly OrganisationView[];
}

export interface Batch {
  readonly fund: FundView;
  readonly allotment: AllotmentView;
  /** Counties whose cash is paid down and not yet taken in. */
  readonly open: readonly string[];
  /** The county's own fund, by its bureau. */
  readonly fundOf: (bureauId: string) => string;
}

/** 四川 2022 second batch: 4680万元 to 69 counties for 234 townships, allotted, paid down and taken in. */
export async function workBatch(demo: Demo, province: Team, members: readonly BatchMember[]): Promise<Batch> {
  demo.cases.group('四川 2022 第二批试点：省级奖补 4680 万元 = 69 县 = 234 乡镇（F001，SN-01）');
  const fund = await fundInHand(demo, province, '2022-03-25', TOTAL, '四川省财政厅', {
    level: 'provincial',
    year: 2022,
    name: '2022年社会工作服务体系建设试点省级奖补（第二批）',
    documentNo: NOTICE,
    documentDate: '2022-03-25',
    programme: '2022年社会工作服务体系建设试点项目',
    terms: { type: 'provincial_subsidy', declaredStationIds: null, declarationConfirmed: true },
  });
  const right = splitOf(fund.id, members);
  const source = `省级奖补2022·${BATCH.counties}县${BATCH.townships}乡镇`;
  const issue = async (input: NewAllotment) =>
    issueAllotment(
      demo.store,
      demo.packs,
      await demo.as(province.finance, ISSUED),
      province.bureau.bookId,
      input,
    );
  await demo.cases.try({
    source: `${source}（一县多记1分）`,
    amount: formatYuan(parseYuan(TOTAL) + 1n),
    outcome: 'block',
    rule: 'SN-01.sums',
    work: () => issue(oneFenWrong(right)),
  });
  const allotment = await demo.cases.pass({
    source,
    amount: TOTAL,
    outcome: 'allow',
    rule: 'SN-01.sums',
    clause: 'SN-01 四川2022试点通知',
    because: `文件总额 = ${BATCH.counties} 县之和 = ${BATCH.townships} 乡镇 × 20 万元，分毫不差`,
    absent: ['SN-01.sums'],
    work: () => issue(right),
  });
  const { open, funds } = await passDown(demo, province, members, allotment);
  return { fund, allotment, open, fundOf: (bureauId) => funds.get(bureauId) as string };
}

function splitOf(fundId: string, members: readonly BatchMember[]): NewAllotment {
  return {
    fundId,
    documentNo: NOTICE,
    effectiveDate: ISSUED,
    documentTotal: TOTAL,
    documentRecipients: BATCH.counties,
    documentParts: BATCH.townships,
    items: members.map(({ bureau, townships }) => ({
      recipientId: bureau.id,
      amount: formatYuan(parseYuan(SHARE) * BigInt(townships.length)),
      parts: townships.map((township) => ({ organisationId: township.id, amount: SHARE })),
    })),
  };
}

function oneFenWrong(right: NewAllotment): NewAllotment {
  const [first, ...others] = right.items;
  if (!first) throw new Error('the batch has no county');
  return { ...right, items: [{ ...first, amount: formatYuan(parseYuan(first.amount) + 1n) }, ...others] };
}

/** The last three counties are late: two have not entered the cash, one was paid only in September. */
const OPEN_COUNTIES = 3;

async function passDown(
  demo: Demo,
  province: Team,
  members: readonly BatchMember[],
  allotment: AllotmentView,
): Promise<{ open: string[]; funds: Map<string, string> }> {
  const { store } = demo;
  const open: string[] = [];
  const funds = new Map<string, string>();
  await forAll(members, async ({ bureau, finance }, index) => {
    const item = allotment.items.find((candidate) => candidate.recipientId === bureau.id);
    if (!item) throw new Error(`${bureau.name} received nothing`);
    const received = addDays(ISSUED, 3 + (index % 5));
    // Only the first county is published: what the others' papers are called says so.
    const mark = index === 0 ? '' : '【示例】';
    const receipt = { documentNo: `${mark}收文2022-${index + 1}`, effectiveDate: received };
    const authority = newIntake.parse({ kind: 'allotment', issueId: item.id, ...receipt });
    const { fundId } = await takeIn(store, await demo.as(finance, received), bureau.bookId, authority);
    funds.set(bureau.id, fundId);
    const late = index >= members.length - OPEN_COUNTIES;
    const paidOn: BusinessDate = late ? addDays(PAID, 60 * (index - members.length + OPEN_COUNTIES)) : PAID;
    const voucherNo = `${mark}省民政拨付2022-${String(index + 1).padStart(3, '0')}`;
    const cash = newDisbursement.parse({
      allotmentItemId: item.id,
      voucherNo,
      effectiveDate: paidOn,
      amount: item.amount,
    });
    const paid = await disburse(store, await demo.as(province.payer, paidOn), province.bureau.bookId, cash);
    if (late) {
      open.push(bureau.name);
      return;
    }
    const arrived = addDays(PAID, 2 + (index % 7));
    const arrival = newIntake.parse({
      kind: 'disbursement',
      issueId: paid.id,
      documentNo: `${mark}到账2022-${index + 1}`,
      effectiveDate: arrived,
    });
    await takeIn(store, await demo.as(finance, arrived), bureau.bookId, arrival);
    await acknowledge(
      store,
      await demo.as(province.finance, arrived),
      province.bureau.bookId,
      paid.id,
      arrived,
    );
  });
  return { open, funds };
}
