import { z } from 'zod';
import { economicCodeName } from '../core/economic-codes.js';
import { businessDate, choice, identifier, positiveYuan, text, yuan } from '../core/fields.js';
import {
  BENEFICIARY_GROUP_CODES,
  END_USERS,
  EVIDENCE_KINDS,
  SERVICE_ITEM_CODES,
} from '../core/vocabulary.js';

const economicCode = z
  .string()
  .refine(
    (code) => economicCodeName(code) !== null,
    '没有这个支出经济分类科目，请填 3 位类或 5 位款，例如 30227',
  )
  .nullable()
  .default(null)
  .describe('部门预算支出经济分类; null = not known, which sends the line to review')
  .meta({ example: '30227' });

/** What every line of spending says, whether of a contract, a claim or a provider's report. */
const common = {
  fundId: identifier('The one fund that pays the line'),
  amount: positiveYuan('Amount of the line'),
  economicCode,
  serviceItem: choice(SERVICE_ITEM_CODES, 'What is bought').nullable().default(null),
  beneficiaryGroups: z
    .array(choice(BENEFICIARY_GROUP_CODES, 'Group'))
    .nullable()
    .default(null)
    .describe('Whom it helps; null = not known, [] = nobody in particular')
    .meta({ example: ['elderly'] }),
  stationId: identifier('Station served').nullable().default(null),
  endUser: choice(END_USERS, 'Who ends up using it').nullable().default(null),
  rosterCoverage: choice(['all', 'some', 'none'], 'Share of the beneficiaries found in the relief roster')
    .nullable()
    .default(null),
  description: text('What it is, in words', 500, '社工站为老服务第一季度'),
};

export const contractLine = z.strictObject(common);

export const invoiceField = z
  .strictObject({
    number: z
      .string()
      .regex(/^\d{8,24}$/, '发票号码应为 8 至 24 位数字（数电票 20 位；旧版请写代码加号码）')
      .describe('Invoice number; 数电票 20 digits, older ones code and number')
      .meta({ example: '24512000000012345678' }),
    sellerName: text('Seller', 100, '泸县某社会工作服务中心'),
    issuedDate: businessDate('Day of issue'),
    faceAmount: positiveYuan('Face value (价税合计)'),
  })
  .describe('Invoice; several lines may share it up to its face value');

export const lineEvidence = z.strictObject({
  kind: choice(EVIDENCE_KINDS, 'Kind of document'),
  attachmentId: identifier('Uploaded file'),
});

export const spendingLine = z
  .strictObject({
    ...common,
    invoice: invoiceField.nullable().default(null),
    evidence: z.array(lineEvidence).max(50).default([]).describe('Documents attached to the line'),
  })
  .describe('One line of spending, paid by one fund')
  .meta({ id: 'SpendingLine' });
export type SpendingLineInput = z.infer<typeof spendingLine>;

export const lineView = z
  .object({
    ...common,
    id: identifier('Line'),
    paid: yuan('Paid of the line'),
    refunded: yuan('Given back of what was paid'),
    invoice: invoiceField.nullable(),
    evidence: z.array(lineEvidence).describe('Documents attached'),
  })
  .describe('One line of spending with what was paid of it')
  .meta({ id: 'Line' });
export type LineView = z.infer<typeof lineView>;

const reason = z.object({
  rule: z.string().describe('Rule').meta({ example: 'SC-03.hardware' }),
  pack: z.string().describe('Policy pack').meta({ example: 'sichuan-2023-11' }),
  documentNo: z.string().describe('文号').meta({ example: '川民发〔2023〕11号' }),
  clause: z.string().describe('Clause').meta({ example: 'SC-03' }),
  quotation: z.string().describe('Operative words').meta({ example: '不能投入硬件建设' }),
  isSourceVerified: z
    .boolean()
    .describe('False shows 依据待核; such a rule only warns')
    .meta({ example: true }),
  effect: choice(['block', 'review', 'warn', 'pass'], 'What the finding does'),
  severity: choice(['block', 'review', 'warn', 'pass'], 'What it does in mode enforce'),
  mode: choice(['enforce', 'warn', 'audit'], 'Mode of the rule'),
  lineId: z.string().nullable().describe('Line found at fault').meta({ example: null }),
  fundId: z.string().nullable().describe('Fund').meta({ example: null }),
  message: z.string().describe('Chinese explanation').meta({ example: '省级奖补不能投入硬件建设' }),
  figures: z
    .array(
      z
        .array(z.string())
        .describe('Label and value')
        .meta({ example: ['已占用', '0.00 元'] }),
    )
    .describe('Figures compared'),
  headroom: z
    .string()
    .nullable()
    .describe('Room left under a cap before this case, in yuan')
    .meta({ example: '15500000.00' }),
  headroomAfter: z
    .string()
    .nullable()
    .describe('Room left once this case is counted, in yuan')
    .meta({ example: '15000000.00' }),
  waiver: z
    .string()
    .nullable()
    .describe('Exception (例外批准) under which the finding only warns')
    .meta({ example: null }),
  remedies: z
    .array(z.record(z.string(), z.unknown()))
    .describe('What would pass: another source, documents, a smaller amount, an action'),
});

export const decisionView = z
  .object({
    outcome: choice(['allow', 'review', 'block'], 'The whole'),
    engine: z.string().describe('Engine version').meta({ example: '1' }),
    packs: z
      .array(
        z.object({
          id: z.string().describe('Pack').meta({ example: 'national' }),
          sha256: z.string().describe('SHA-256 of the pack file').meta({ example: '9f2c…' }),
        }),
      )
      .describe('Packs in force for the place and date'),
    reasons: z.array(reason).describe('Every reason at once, gravest first'),
  })
  .describe('Decision of the policy engine')
  .meta({ id: 'Decision' });
export type DecisionView = z.infer<typeof decisionView>;
