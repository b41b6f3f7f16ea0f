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

const part = z.strictObject({
  organisationId: identifier('Township or station that the document names'),
  amount: positiveYuan('Share of the recipient that is meant for it'),
});

export const newAllotment = z
  .strictObject({
    fundId: identifier('Fund that is passed down'),
    documentNo: text('文号 of the allotment', 100, '川财社〔2022〕示例号'),
    effectiveDate: businessDate('业务日期'),
    documentTotal: positiveYuan('Total as the document states it').nullable().default(null),
    documentRecipients: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Number of recipients stated')
      .meta({ example: 69 }),
    documentParts: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Number of parts (townships) stated')
      .meta({ example: 234 }),
    items: z
      .array(
        z.strictObject({
          recipientId: identifier('Lower bureau, township or station'),
          amount: positiveYuan('Amount for this recipient'),
          parts: z.array(part).max(2000).default([]).describe('How the document splits it further'),
        }),
      )
      .min(1, '至少要有一个接收单位')
      .max(3000)
      .describe('Recipients'),
  })
  .describe('下达: authority passed down under one document');
export type NewAllotment = z.infer<typeof newAllotment>;

export const allotmentItemView = z.object({
  id: identifier('Allotment item; what the lower book takes in'),
  recipientId: identifier('Recipient'),
  recipientName: z.string().describe('Recipient').meta({ example: '泸县民政局' }),
  recipientBookId: identifier('Book of the recipient, when it has one').nullable(),
  amount: yuan('Amount'),
  parts: z
    .array(z.object({ organisationId: identifier('Organisation'), amount: yuan('Share') }))
    .describe('Split stated by the document'),
});
export const allotmentView = z
  .object({
    id: identifier('Allotment'),
    bookId: identifier('Book'),
    fundId: identifier('Fund'),
    documentNo: z.string().describe('文号').meta({ example: '川财社〔2022〕示例号' }),
    effectiveDate: businessDate('业务日期'),
    amount: yuan('Total'),
    items: z.array(allotmentItemView).describe('Recipients'),
    logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
  })
  .describe('Authority passed down under one document')
  .meta({ id: 'Allotment' });
export type AllotmentView = z.infer<typeof allotmentView>;

export const allotmentPage = listPageOf(allotmentView);
export const ALLOTMENT_SORTS = ['issuedAt', 'effectiveDate', 'amount'] as const;
export const allotmentQuery = z.object({
  ...listQuery(ALLOTMENT_SORTS),
  fundId: identifier('Fund').optional(),
  recipientId: identifier('Recipient of an item').optional(),
  toDisburse: flag('Only those of the last two years whose cash is not all paid down (拨付)'),
  documentNo: text('Part of the 文号', 100, '川财社').optional(),
  year: z.coerce
    .number()
    .int()
    .min(2000)
    .max(2100)
    .optional()
    .describe('Year of the 业务日期')
    .meta({ example: 2022 }),
});
export type AllotmentQuery = z.infer<typeof allotmentQuery>;

export const newDisbursement = z
  .strictObject({
    allotmentItemId: identifier('Allotment item that the cash follows'),
    voucherNo: text('Payment voucher', 100, '拨付2022-001'),
    effectiveDate: businessDate('业务日期'),
    amount: positiveYuan('Amount'),
  })
  .describe('拨付: cash paid down to a lower book');
export const disbursementView = newDisbursement.extend({
  id: identifier('Disbursement; what the lower book takes in'),
  bookId: identifier('Book'),
  fundId: identifier('Fund'),
  recipientBookId: identifier('Book of the recipient'),
  logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
});

export const newAcknowledgement = z
  .strictObject({ effectiveDate: businessDate('业务日期') })
  .describe('The upper book takes note that the cash arrived');
export const acknowledgementView = z
  .object({
    disbursementId: identifier('Disbursement'),
    intakeId: identifier('Intake of the lower book'),
    logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
  })
  .describe('The cash is no longer in transit');

export const newIntake = z
  .strictObject({
    kind: choice(['allotment', 'disbursement'], '下达 (authority) or 拨付 (cash)'),
    issueId: identifier('Allotment item or disbursement of the upper book'),
    documentNo: text('Own receipt number', 100, '收文2022-15'),
    effectiveDate: businessDate('业务日期'),
  })
  .describe('收文/到账: what the upper book issued is taken into this book');
export const intakeView = newIntake.extend({
  id: identifier('Intake'),
  bookId: identifier('Book'),
  fundId: identifier('Fund in this book'),
  amount: yuan('Amount'),
  issueLeafHash: z.string().describe('Log hash of the issue that is taken in').meta({ example: 'a3f1…' }),
  logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
});

export const transitView = z.object({
  kind: choice(['allotment', 'disbursement'], '下达 or 拨付'),
  issueId: identifier('Issue'),
  fromBookId: identifier('Issuing book'),
  toBookId: identifier('Receiving book'),
  toName: z.string().describe('Receiving bureau').meta({ example: '泸县民政局' }),
  documentNo: z.string().describe('文号 or voucher').meta({ example: '川财社〔2022〕示例号' }),
  effectiveDate: businessDate('Day of issue'),
  amount: yuan('Amount'),
  ageDays: z.number().int().describe('Days since issue, by 业务日期').meta({ example: 31 }),
});
export const transitPage = z.object({ items: z.array(transitView).describe('Oldest first') });
export const transitQuery = z.object({
  kind: choice(['allotment', 'disbursement'], '下达 or 拨付').optional(),
  direction: choice(['in', 'out'], 'Issued to the book, or by it').optional(),
  asOf: businessDate('Day up to which the age is counted; default today').optional(),
});
export type TransitQuery = z.infer<typeof transitQuery>;

const year = z.coerce.number().int().min(2000).max(2100);
export const MOVEMENT_SORTS = ['recordedAt', 'effectiveDate', 'amount'] as const;

/** What became of cash that was paid down. */
export const DISBURSEMENT_STATES = ['in_transit', 'arrived', 'acknowledged'] as const;
export const paidQuery = z.object({
  ...listQuery(MOVEMENT_SORTS),
  fundId: identifier('Fund').optional(),
  recipientBookId: identifier('Book of the recipient').optional(),
  voucherNo: text('Part of the payment voucher', 100, '拨付2022').optional(),
  state: choice(DISBURSEMENT_STATES, 'On its way, taken in below, or noted here as arrived').optional(),
  year: year.optional().describe('Year of the 业务日期').meta({ example: 2022 }),
});
export type PaidQuery = z.infer<typeof paidQuery>;
export const paidView = z.object({
  id: identifier('Disbursement'),
  bookId: identifier('Book'),
  fundId: identifier('Fund'),
  allotmentItemId: identifier('Allotment item that the cash follows'),
  documentNo: z.string().describe('文号 of that allotment').meta({ example: '川财社〔2022〕示例号' }),
  recipientBookId: identifier('Book of the recipient'),
  recipientName: z.string().describe('Recipient').meta({ example: '泸县民政局' }),
  voucherNo: z.string().describe('Payment voucher').meta({ example: '拨付2022-001' }),
  effectiveDate: businessDate('业务日期'),
  amount: yuan('Amount'),
  state: choice(DISBURSEMENT_STATES, 'What became of it'),
  takenDate: businessDate('Day on which the lower book took it in; null = not yet').nullable(),
  logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
});
export type PaidView = z.infer<typeof paidView>;
export const paidPage = listPageOf(paidView);

export const takenQuery = z.object({
  ...listQuery(MOVEMENT_SORTS),
  fundId: identifier('Fund').optional(),
  kind: choice(['allotment', 'disbursement'], '下达 (authority) or 拨付 (cash)').optional(),
  documentNo: text('Part of the own receipt number', 100, '收文2022').optional(),
  year: year.optional().describe('Year of the 业务日期').meta({ example: 2022 }),
});
export type TakenQuery = z.infer<typeof takenQuery>;
export const takenView = intakeView.extend({
  fromName: z.string().describe('Bureau that issued').meta({ example: '四川省民政厅' }),
  issueDocumentNo: z
    .string()
    .describe('文号 or voucher of the upper book')
    .meta({ example: '川财社〔2022〕示例号' }),
  issueDate: businessDate('Day of issue'),
});
export type TakenView = z.infer<typeof takenView>;
export const takenPage = listPageOf(takenView);
