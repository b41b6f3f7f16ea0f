import { z } from 'zod';
import {
  businessDate,
  choice,
  flag,
  identifier,
  listPageOf,
  listQuery,
  positiveYuan,
  text,
  yuan,
} from '../core/fields.js';
import { EVIDENCE_KINDS, GRADES, PRICINGS } from '../core/vocabulary.js';
import { appliedWaiver, waiverIds } from '../waivers/index.js';
import { contractLine, decisionView, lineView } from './lines.schema.js';

export const CONTRACT_STATUS_LABELS = { pending: '待签订', signed: '已签订', closed: '已关闭' } as const;
export type ContractStatus = keyof typeof CONTRACT_STATUS_LABELS;
const STATUSES = Object.keys(CONTRACT_STATUS_LABELS) as [ContractStatus, ...ContractStatus[]];
export const EVALUATION_LABELS = { interim: '中期评估', final: '末期评估' } as const;

const count = (description: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(1000)
    .nullable()
    .default(null)
    .describe(`${description}; null = not stated`)
    .meta({ example: 2 });

export const newEvidence = z
  .strictObject({
    kind: choice(EVIDENCE_KINDS, 'Kind of document'),
    date: businessDate('Date of the document'),
    documentNo: text('Number or title of the document', 100, '泸县财采〔2022〕12号'),
    attachmentId: identifier('Uploaded file').nullable().default(null),
  })
  .describe('A document of the procedure 预算→采购→合同→监管→支付 (WH-01)');

export const newEvaluation = z
  .strictObject({
    kind: choice(['interim', 'final'], '中期 or 末期'),
    executionYear: z
      .number()
      .int()
      .min(1)
      .max(10)
      .describe('Year of execution, counted from 1')
      .meta({ example: 1 }),
    date: businessDate('Day of the evaluation'),
    grade: choice(GRADES, 'Grade'),
    evaluatorCreditCode: z
      .string()
      .regex(/^[0-9A-Z]{18}$/, '统一社会信用代码应为 18 位')
      .describe('统一社会信用代码 of the evaluator')
      .meta({ example: '51510000MJQ0000000' }),
  })
  .describe('An evaluation of the contract');

const contractFields = {
  contractNo: text('Contract number', 100, '泸县民政购〔2022〕1号'),
  title: text('What is bought', 200, '2022年社工站政府购买服务'),
  buyerId: identifier('Buyer (购买主体)'),
  providerId: identifier('Provider (承接机构)'),
  signedDate: businessDate('Day of signature'),
  startDate: businessDate('First day of the term'),
  endDate: businessDate('Last day of the term'),
  pricing: choice(PRICINGS, '计价方式').nullable().default(null),
  budgetCode: text('预算项目编码', 100, '2022-SW-001').nullable().default(null),
  renewsId: identifier('Contract that this one renews').nullable().default(null),
  unitLabourCost: positiveYuan('Yearly labour cost per post that the price is built on')
    .nullable()
    .default(null),
  certifiedWorkersPerStation: count('Certified social workers per station'),
  fulltimeWorkersPerStation: count('Full-time social workers per station'),
  schedule: z
    .array(
      z.strictObject({
        dueDate: businessDate('Due'),
        amount: positiveYuan('Instalment'),
        condition: text('Condition', 200, '中期评估合格'),
      }),
    )
    .max(60)
    .default([])
    .describe('Payment schedule; sums to the amount when given'),
};

export const newContract = z
  .strictObject({
    ...contractFields,
    lines: z
      .array(contractLine)
      .min(1, '合同至少要有一行')
      .max(200)
      .describe('Amount split by fund, station and item'),
    evidence: z.array(newEvidence).max(50).default([]).describe('Documents of the earlier steps'),
    waiverIds: waiverIds.optional(),
  })
  .describe('政府购买服务合同')
  .meta({ id: 'NewContract' });
export type NewContract = z.infer<typeof newContract>;

export const contractView = z
  .object({
    ...contractFields,
    id: identifier('Contract'),
    bookId: identifier('Book'),
    providerName: z.string().describe('Provider').meta({ example: '泸县某社会工作服务中心' }),
    status: choice(STATUSES, 'pending = prepared, not yet signed'),
    makerId: identifier('Who prepared it'),
    amount: yuan('Whole amount'),
    paid: yuan('Paid so far'),
    lines: z.array(lineView).describe('Split by fund'),
    evidence: z.array(newEvidence).describe('Documents'),
    evaluations: z.array(newEvaluation).describe('Evaluations'),
    waivers: z.array(appliedWaiver).describe('Exceptions (例外批准) applied to it'),
    version: z.number().int().describe('Version for If-Match').meta({ example: 1 }),
  })
  .describe('A contract with its lines, documents and evaluations')
  .meta({ id: 'Contract' });
export type ContractView = z.infer<typeof contractView>;

export const contractAnswer = z.object({ contract: contractView, decision: decisionView });
export const contractPage = listPageOf(contractView);
export const CONTRACT_SORTS = ['preparedAt', 'signedDate', 'endDate', 'amount'] as const;
export const contractQuery = z.object({
  ...listQuery(CONTRACT_SORTS),
  status: choice(STATUSES, 'Status').optional(),
  providerId: identifier('Provider').optional(),
  text: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'Part of the number or the title. Titles are sealed: those of the newest 5,000 contracts are opened to look',
    )
    .meta({ example: '社工站' }),
  toSign: flag('Only drafts that the signed-in person may sign: not one’s own'),
  year: z.coerce
    .number()
    .int()
    .min(2000)
    .max(2100)
    .optional()
    .describe('Year of signature')
    .meta({ example: 2022 }),
});

/** A human's answer to a decision of `review`. */
export const reviewNote = z.strictObject({
  note: text('Why it may go on although the rules ask for a person to look', 500, '已核对文号与受益人名册')
    .nullable()
    .default(null),
});

export const contractClosing = z
  .strictObject({ effectiveDate: businessDate('业务日期') })
  .describe('Closes a contract');
