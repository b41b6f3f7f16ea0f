import { z } from 'zod';
import {
  businessDate,
  choice,
  identifier,
  instant,
  listPageOf,
  listQuery,
  positiveYuan,
  text,
  yuan,
} from '../core/fields.js';
import {
  BENEFICIARY_GROUP_CODES,
  LEVELS,
  PURPOSES,
  SERVICE_ITEM_CODES,
  SOURCE_TYPES,
} from '../core/vocabulary.js';

const known = (description: string) =>
  z.boolean().nullable().describe(`${description}; null = not known`).meta({ example: null });
const areaPrefix = z
  .string()
  .regex(/^\d{2,6}$/, '区划代码前缀应为 2 至 6 位数字')
  .describe('Division code prefix')
  .meta({ example: '530702' });
const serviceItems = z
  .array(choice(SERVICE_ITEM_CODES, 'Service item'))
  .describe('Service items allowed; empty = none')
  .meta({ example: ['station_service'] });
const groups = z
  .array(choice(BENEFICIARY_GROUP_CODES, 'Beneficiary group'))
  .describe('Beneficiary groups allowed')
  .meta({ example: ['elderly'] });

/** What each of the six source types must carry (design §3). */
export const fundTerms = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('provincial_subsidy').describe('省级奖补'),
      declaredStationIds: z
        .array(identifier('Declared station'))
        .nullable()
        .describe('Stations of the declaration (申报名单); null = no list recorded')
        .meta({ example: null }),
      declarationConfirmed: known('县申报、市审核、省确认 done (SN-02)'),
    }),
    z.strictObject({
      type: z.literal('welfare_lottery').describe('福彩公益金'),
      namedPurposes: z
        .array(choice(PURPOSES, 'Purpose'))
        .describe('Purposes that the grant document names')
        .meta({ example: ['elderly'] }),
      announcementDue: businessDate('Day by which the yearly 公告 is due').nullable(),
    }),
    z.strictObject({
      type: z.literal('social_relief').describe('困难群众救助补助'),
      isWorkFund: z.boolean().describe('社会救助工作经费, outside the 5% cap').meta({ example: false }),
      fromSurplus: z.boolean().describe('Set aside out of a surplus (计提结余)').meta({ example: false }),
      capDocumentNo: text('Local document that sets the cap').nullable().meta({ example: null }),
    }),
    z.strictObject({
      type: z.literal('charity').describe('慈善/社会资金'),
      form: choice(['cash', 'in_kind'], 'Cash, or in kind (then only 估值 is recorded)'),
      donorId: identifier('Donor organisation').nullable(),
      agreementNo: text('Agreement').nullable().meta({ example: '捐赠协议2022-01' }),
      filingNo: text('募捐方案备案号').nullable().meta({ example: null }),
      isPublicRaising: z.boolean().describe('Raised from the public').meta({ example: false }),
      raisedByQualified: known('The raising organisation holds 公开募捐资格'),
      serviceItems,
      beneficiaryGroups: groups,
      areas: z
        .array(areaPrefix)
        .describe('Where it may be spent; empty = nowhere')
        .meta({ example: ['530702'] }),
      from: businessDate('First day of the agreed period'),
      until: businessDate('Last day of the agreed period'),
    }),
    z.strictObject({
      type: z.literal('local_budget').describe('本级财政'),
      budgetCode: text('预算项目编码').nullable().meta({ example: '2022-SW-001' }),
    }),
    z.strictObject({
      type: z.literal('department_purchase').describe('其他部门购买服务'),
      department: text('Department').meta({ example: '共青团县委' }),
      agreementNo: text('Agreement').nullable().meta({ example: '委托协议2022-3' }),
      from: businessDate('First day of the term'),
      until: businessDate('Last day of the term'),
    }),
  ])
  .describe('Typed terms of the source');
export type FundTerms = z.infer<typeof fundTerms>;

export const newFund = z
  .strictObject({
    level: choice(LEVELS, 'Level of government the money comes from'),
    year: z.number().int().min(2000).max(2100).describe('Budget year').meta({ example: 2022 }),
    name: text('Name of the grant', 200, '2022年第二批社工服务体系建设试点'),
    documentNo: text('文号 of the grant', 100, '川财社〔2022〕示例号'),
    documentDate: businessDate('Date of the grant document'),
    programme: text('Named programme', 100, '社会工作服务体系建设试点').nullable().default(null),
    isExample: z.boolean().default(false).describe('示例: not a published figure').meta({ example: false }),
    terms: fundTerms,
  })
  .describe('A grant of money under one 文号, of one source type');
export type NewFund = z.infer<typeof newFund>;

export const amountsView = z
  .object({
    planned: yuan('计划'),
    allotted: yuan('下达'),
    received: yuan('到账'),
    spent: yuan('支出'),
    available: yuan('可用指标: allotted and neither promised, reserved, spent, passed down nor returned'),
    encumbered: yuan('合同占用: promised by signed contracts, not yet claimed'),
    reserved: yuan('报账占用: held by submitted claims'),
    passedDown: yuan('已下达下级'),
    returned: yuan('已缴回'),
    bank: yuan('Cash received and not yet paid out'),
    inTransit: yuan('Cash paid down and not yet acknowledged'),
  })
  .describe('The four amounts (never mixed, YN-19) and where the allotted money stands');

export const fundView = z
  .object({
    id: identifier('Fund'),
    bookId: identifier('Book'),
    type: choice(SOURCE_TYPES, 'Source type'),
    typeLabel: z.string().describe('Source type in Chinese').meta({ example: '省级奖补' }),
    level: choice(LEVELS, 'Level'),
    year: z.number().int().describe('Budget year').meta({ example: 2022 }),
    name: z.string().describe('Name').meta({ example: '2022年第二批社工服务体系建设试点' }),
    documentNo: z.string().describe('文号').meta({ example: '川财社〔2022〕示例号' }),
    documentDate: businessDate('Date of the document'),
    programme: z.string().nullable().describe('Named programme').meta({ example: null }),
    isExample: z.boolean().describe('示例').meta({ example: false }),
    terms: fundTerms,
    amounts: amountsView,
    valuation: yuan('估值 of in-kind and linked resources; never part of 到账'),
    version: z.number().int().describe('Version for If-Match').meta({ example: 1 }),
  })
  .describe('A grant with its amounts')
  .meta({ id: 'Fund' });
export type FundView = z.infer<typeof fundView>;
export const fundPage = listPageOf(fundView);
export const FUND_SORTS = ['createdAt', 'documentDate', 'year'] as const;

export const asOfQuery = {
  effectiveBy: businessDate('Only what has 业务日期 on or before this day').optional(),
  recordedBy: instant('Only what was recorded up to this instant').optional(),
};
export const fundQuery = z.object({
  ...listQuery(FUND_SORTS),
  ...asOfQuery,
  type: choice(SOURCE_TYPES, 'Source type').optional(),
  level: choice(LEVELS, 'Level of government the money comes from').optional(),
  documentNo: text('Part of the 文号', 100, '川财社').optional(),
  year: z.coerce
    .number()
    .int()
    .min(2000)
    .max(2100)
    .optional()
    .describe('Budget year')
    .meta({ example: 2022 }),
});

export const DOCUMENT_KIND_LABELS = {
  plan: '计划',
  grant: '下达',
  arrival: '到账',
  valuation: '估值',
  return: '缴回',
} as const;
export type DocumentKind = keyof typeof DOCUMENT_KIND_LABELS;

export const newFundDocument = z
  .strictObject({
    kind: choice(['plan', 'grant', 'arrival', 'valuation', 'return'], '计划 / 下达 / 到账 / 估值 / 缴回'),
    documentNo: text('文号 or voucher number', 100, '到账通知2022-01'),
    effectiveDate: businessDate('业务日期'),
    amount: positiveYuan('Amount'),
    counterparty: text('From whom, or to whom', 100, '四川省财政厅'),
  })
  .describe('One document behind one of the four amounts');
export const fundDocumentView = newFundDocument.extend({
  id: identifier('Document'),
  fundId: identifier('Fund'),
  logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
});
export const fundDocumentList = z
  .object({ items: z.array(fundDocumentView).describe('By 业务日期') })
  .describe('Documents behind the amounts of a fund');

export const newConsent = z
  .strictObject({
    fromDate: businessDate('Day from which the consent holds; never backwards'),
    documentNo: text('Consent document', 100, '变更用途同意书2022-1'),
    serviceItems: serviceItems,
    beneficiaryGroups: groups,
    areas: z.array(areaPrefix).describe('Areas added').meta({ example: [] }),
    extendsUntil: businessDate('New end of the period').nullable().default(null),
  })
  .describe('A dated consent of the donor (慈善法 第五十六条)');
export type NewConsent = z.infer<typeof newConsent>;
export const consentView = newConsent.extend({
  id: identifier('Consent'),
  fundId: identifier('Fund'),
  logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
});

export const QUALIFIERS = ['exact', 'about', 'more', 'nearly', 'at_least'] as const;
export const QUALIFIER_LABELS = {
  exact: '',
  about: '约',
  more: '余',
  nearly: '近',
  at_least: '以上',
} as const;
export const FIGURE_BASIS_LABELS = {
  planned: '计划',
  allotted: '下达',
  received: '到账',
  spent: '支出',
  linked: '链接资源',
  unstated: '未写明',
} as const;
type FigureBasis = keyof typeof FIGURE_BASIS_LABELS;
export const FIGURE_BASES = Object.keys(FIGURE_BASIS_LABELS) as [FigureBasis, ...FigureBasis[]];

export const newFigure = z
  .strictObject({
    topic: text(
      'What the figure is about; figures of one topic are compared',
      200,
      '红河州福彩公益金投入社工站',
    ),
    basis: choice(FIGURE_BASES, 'Which of the four amounts, 链接/整合, or 未注明'),
    sourceType: choice(SOURCE_TYPES, 'Source type').nullable().default(null),
    amount: yuan('The figure'),
    qualifier: choice(QUALIFIERS, '约/余/近/以上, or exact'),
    asOf: text('时点 as the source says it', 50, '截至2022-06'),
    sourceName: text('Document', 100, '云南2022年中推进会 材料一'),
    sourceSection: text('Place in the document', 100, '二(五)'),
  })
  .describe('A figure as a document states it');
export const figureTopicView = z
  .object({
    topic: z.string().describe('Topic').meta({ example: '红河州福彩公益金投入社工站' }),
    figures: z
      .array(
        newFigure.extend({
          id: identifier('Figure'),
          shown: z.string().describe('As people write it').meta({ example: '3,800,000.00 余元' }),
        }),
      )
      .describe('All figures, in order of recording'),
    isContradicting: z.boolean().describe('The figures differ').meta({ example: true }),
    difference: yuan('Largest minus smallest'),
    explanation: z
      .string()
      .nullable()
      .describe('Explanation that covers all figures; null = still open')
      .meta({ example: null }),
  })
  .describe('What documents say about one topic');
export const figureTopicList = z
  .object({ items: z.array(figureTopicView).describe('Open contradictions first') })
  .describe('What documents say, by topic');
export const newExplanation = z.strictObject({
  topic: text('Topic', 200, '红河州福彩公益金投入社工站'),
  text: text('Why the figures differ', 500, '416万元含截至6月补充下达部分'),
});

export const newPeriod = z.strictObject({
  month: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, '会计期间应为 YYYY-MM')
    .describe('Month to close')
    .meta({ example: '2022-07' }),
});
export const periodView = z.object({
  month: z.string().describe('Closed month').meta({ example: '2022-07' }),
  closedAt: instant('When it was closed'),
});
export const periodList = z
  .object({ items: z.array(periodView).describe('In order') })
  .describe('Closed months of the book');
