import { addConsent, newConsent } from '../ledger/index.js';
import type { Outcome } from '../policy/index.js';
import type { Demo } from './context.js';
import { founder } from './provinces.js';
import { approve, claim, fundInHand, type LineInput, pay, review } from './steps.js';
import type { Yunnan } from './yunnan.js';

/** 丽江市慈善会's 10万元 (F064): the agreement, its period, and a consent that never works backwards. */
export async function workLijiang(demo: Demo, yunnan: Yunnan): Promise<void> {
  const { cases } = demo;
  cases.group('云南·慈善和社会资金：按捐赠协议使用（YN-04、YN-40、YN-41）');
  const team = await yunnan.teamOf('530700');
  const { bureau } = team;
  const found = await founder(demo, yunnan.root);
  const donor = await found({
    kind: 'donor',
    name: '丽江市慈善会',
    parentId: bureau.id,
    divisionCode: '530700',
  });
  const { id: fundId } = await fundInHand(demo, team, '2022-02-15', '100000.00', '丽江市慈善会', {
    level: 'prefecture',
    year: 2022,
    name: '丽江市慈善会资金购买社工服务（F064）',
    documentNo: '丽江市慈善会资助协议（编号为示例）',
    documentDate: '2022-01-20',
    terms: {
      type: 'charity',
      form: 'cash',
      donorId: donor.id,
      agreementNo: '【示例】丽慈资〔2022〕1号',
      filingNo: null,
      isPublicRaising: false,
      raisedByQualified: null,
      serviceItems: ['station_service'],
      beneficiaryGroups: ['elderly', 'children_in_need'],
      areas: ['5307'],
      from: '2022-01-20',
      until: '2022-12-31',
    },
  });
  const consent = newConsent.parse({
    fromDate: '2022-09-01',
    documentNo: '【示例】变更用途同意书2022-1',
    serviceItems: ['child_service'],
    beneficiaryGroups: ['left_behind_children'],
    areas: [],
  });
  const by = { organisationId: bureau.id, operator: team.operator };
  const base: LineInput = {
    fundId,
    amount: '20000.00',
    economicCode: '30227',
    serviceItem: 'station_service',
    beneficiaryGroups: ['elderly'],
    endUser: 'beneficiary',
    description: '社工站为老服务',
  };
  const ask = (title: string, businessDate: string, line: LineInput) =>
    claim(demo, team, by, {
      title,
      businessDate,
      payeeType: 'institution',
      payeeName: '丽江示例社工机构',
      lines: [line],
    });
  const attempt = (what: string, on: string, outcome: Outcome, rule: string, line: LineInput) =>
    cases.try({
      source: `慈善会资金·丽江·${what}`,
      amount: line.amount,
      outcome,
      rule,
      work: () => ask(what, on, line),
    });
  /** Taken further by people: what was asked about the donee is answered, and the payment itself is judged. */
  const settle = (what: string, claimId: string, on: string, voucherNo: string, because: string) =>
    cases.pass({
      source: `慈善会资金·丽江·${what}`,
      amount: base.amount,
      outcome: 'allow',
      rule: 'YN-04.terms',
      clause: 'YN-04 云南2022年中会',
      because,
      absent: ['YN-04.terms'],
      work: async () => {
        await review(demo, team, claimId, on, '已核对资助协议和受赠依据');
        await approve(demo, team, claimId, on);
        return pay(demo, team, claimId, on, voucherNo);
      },
    });

  const inside = await attempt('协议内（民政局受赠待核）', '2022-06-10', 'review', 'CN-DON-11.donee', base);
  if (!inside) throw new Error('the claim inside the agreement was not taken');
  await settle(
    '协议内，核对后支付',
    inside.claim.id,
    '2022-06-13',
    '丽江付字2022-001',
    '用途、受益人、地域、期限都在协议之内',
  );
  const desks = { ...base, economicCode: '31002', serviceItem: 'equipment', endUser: 'station' } as const;
  await attempt('协议外用途：买设备', '2022-06-20', 'block', 'YN-04.terms', desks);
  await attempt('协议期满次日', '2023-01-01', 'block', 'YN-04.terms', base);
  await addConsent(demo.store, await demo.as(team.finance, '2022-09-01'), bureau.bookId, fundId, consent);
  const widened: LineInput = {
    ...base,
    serviceItem: 'child_service',
    beneficiaryGroups: ['left_behind_children'],
  };
  await attempt('同意书生效前一日', '2022-08-31', 'block', 'YN-04.terms', widened);
  const onTheDay = await attempt(
    '同意书生效当日（受赠待核）',
    '2022-09-01',
    'review',
    'CN-DON-11.donee',
    widened,
  );
  if (!onTheDay) throw new Error('the claim under the consent was not taken');
  await settle(
    '同意书生效后支付',
    onTheDay.claim.id,
    '2022-09-05',
    '丽江付字2022-002',
    '2022-09-01 起的同意书放宽了用途，此前的不追认',
  );
}
