import { addFundDocument, getFund, newFundDocument } from '../ledger/index.js';
import type { Demo } from './context.js';
import { claim, fundInHand, type LineInput, registerFund } from './steps.js';
import type { Yunnan } from './yunnan.js';

/** 迪庆 29 stations raised 18万元 without a qualified organisation (F032, YN-40). */
export async function workRaising(demo: Demo, yunnan: Yunnan): Promise<void> {
  const team = await yunnan.teamOf('533400');
  const amount = '180000.00';
  const { id: fundId } = await fundInHand(demo, team, '2022-03-10', amount, '社会公众', {
    level: 'prefecture',
    year: 2022,
    name: '29个乡镇社工站公益筹款（F032）',
    documentNo: '迪庆州乡镇社工站公益筹款（材料二 迪庆，无备案号）',
    documentDate: '2022-03-10',
    terms: {
      type: 'charity',
      form: 'cash',
      donorId: null,
      agreementNo: null,
      filingNo: null,
      isPublicRaising: true,
      raisedByQualified: false,
      serviceItems: ['station_service'],
      beneficiaryGroups: ['elderly', 'children_in_need', 'disabled'],
      areas: ['5334'],
      from: '2022-01-01',
      until: '2022-12-31',
    },
  });
  const line: LineInput = {
    fundId,
    amount,
    economicCode: '30227',
    serviceItem: 'station_service',
    beneficiaryGroups: ['elderly', 'disabled'],
    endUser: 'beneficiary',
    description: '弱势群体服务',
  };
  await demo.cases.try({
    source: '社会资金·迪庆29站公益筹款',
    amount,
    outcome: 'block',
    rule: 'CN-CHA-22.raising',
    clause: 'CN-CHA-22 《慈善法》、YN-40',
    work: () =>
      claim(
        demo,
        team,
        { organisationId: team.bureau.id, operator: team.operator },
        {
          title: '弱势群体服务',
          businessDate: '2022-06-15',
          payeeType: 'institution',
          payeeName: '示例机构',
          lines: [line],
        },
      ),
  });
}

/** 西山区's linked resources are worth 90.08万元 (F036): an estimate, never money received. */
export async function workValuation(demo: Demo, yunnan: Yunnan): Promise<void> {
  const team = await yunnan.teamOf('530112');
  const { bookId } = team.bureau;
  const amount = '900800.00';
  const fund = await registerFund(demo, team, '2022-06-30', {
    level: 'county',
    year: 2022,
    name: '西山区链接社会资源（F036）',
    documentNo: '西山区链接资源统计（材料二 西山 L1200–1202）',
    documentDate: '2022-06-30',
    terms: {
      type: 'charity',
      form: 'in_kind',
      donorId: null,
      agreementNo: null,
      filingNo: null,
      isPublicRaising: false,
      raisedByQualified: null,
      serviceItems: [],
      beneficiaryGroups: [],
      areas: ['530112'],
      from: '2021-01-01',
      until: '2022-12-31',
    },
  });
  const record = async (kind: 'arrival' | 'valuation') => {
    const document = {
      kind,
      documentNo: `链接资源2022-${kind === 'arrival' ? '到账' : '估值'}`,
      effectiveDate: '2022-06-30',
      amount,
      counterparty: '各爱心单位',
    };
    const caller = await demo.as(team.finance, '2022-06-30');
    return addFundDocument(demo.store, caller, bookId, fund.id, newFundDocument.parse(document));
  };
  await demo.cases.try({
    source: '链接资源·西山区90.08万元记到账',
    amount,
    outcome: 'block',
    rule: 'in_kind_has_no_cash',
    clause: 'SC-14、YN-19（估值不是到账）',
    work: () => record('arrival'),
  });
  await demo.cases.pass({
    source: '链接资源·西山区90.08万元登记估值',
    amount,
    outcome: 'allow',
    rule: 'valuation',
    clause: 'YN-19 云南2022年中会',
    because: '只进估值一栏，计划、下达、到账、支出都是 0',
    work: async () => {
      await record('valuation');
      const { actor } = await demo.as(team.finance, '2022-06-30');
      const view = await getFund(demo.store, actor, bookId, fund.id, {});
      if (view.valuation !== amount || view.amounts.received !== '0.00')
        throw new Error('a valuation became money');
      return view;
    },
  });
}
