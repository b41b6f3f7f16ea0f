import { z } from 'zod';
import { decisionSchema, lineSchema, spendingLine } from '../contracts/index.js';
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
import { PAYEE_TYPES } from '../core/vocabulary.js';
import { appliedWaiver } from '../waivers/index.js';

export const STATUS_LABELS = {
  draft: '草稿',
  submitted: '已提交',
  returned: '已退回',
  reviewed: '已审核',
  approved: '已批准',
  partly_paid: '部分支付',
  paid: '已支付',
  closed: '已办结',
  rejected: '已否决',
} as const;
export type ClaimStatus = keyof typeof STATUS_LABELS;
export const STATUSES = Object.keys(STATUS_LABELS) as [ClaimStatus, ...ClaimStatus[]];

const claimFields = {
  organisationId: identifier('Station, township, bureau or provider that submits the claim'),
  contractId: identifier('Contract that the claim draws on; null = directly on the fund')
    .nullable()
    .default(null),
  title: text('What it is for', 200, '社工站服务费第一季度'),
  payeeType: choice(PAYEE_TYPES, 'Who is paid'),
  payeeId: identifier('Payee, when it is a registered organisation').nullable().default(null),
  payeeName: text('Name of the payee', 100, '泸县某社会工作服务中心'),
  businessDate: businessDate('业务日期'),
  isFinalPayment: z.boolean().default(false).describe('尾款 of the contract').meta({ example: false }),
};

export const newClaim = z
  .strictObject({
    ...claimFields,
    lines: z.array(spendingLine).min(1, '至少要有一行明细').max(500).describe('Lines'),
  })
  .describe('报账/用款申请')
  .meta({ id: 'NewClaim' });
export type NewClaim = z.infer<typeof newClaim>;

/** `NewClaim` as an answer. */
export const claimCopy = z
  .object({
    ...claimFields,
    lines: z.array(lineSchema.omit({ id: true, paid: true, refunded: true })).describe('Lines'),
  })
  .describe('A new claim, prefilled')
  .meta({ id: 'ClaimCopy' });

const logIndex = z.number().int().describe('Place in the audit log').meta({ example: 12 });

export const paymentView = z.object({
  id: identifier('Payment'),
  kind: choice(['payment', 'refund', 'reversal'], '支付 / 退款 / 冲红'),
  voucherNo: z.string().describe('Voucher').meta({ example: '付字2022-001' }),
  effectiveDate: businessDate('业务日期'),
  amount: yuan('Amount'),
  reversesId: identifier('Payment that it reverses or refunds').nullable(),
  logIndex,
});
export type PaymentView = z.infer<typeof paymentView>;

export const claimView = z
  .object({
    ...claimFields,
    id: identifier('Claim'),
    bookId: identifier('Book'),
    amount: yuan('Sum of the lines'),
    paid: yuan('Paid so far, refunds not deducted'),
    refunded: yuan('Given back'),
    status: choice(STATUSES, 'Status'),
    statusLabel: z.string().describe('Status in Chinese').meta({ example: '已提交' }),
    makerId: identifier('Who made it'),
    reviewerId: identifier('Who reviewed it').nullable(),
    isCoSigned: z.boolean().describe('Reviewed by county co-signature (会签)').meta({ example: false }),
    approverId: identifier('Who approved it').nullable(),
    outcome: choice(['allow', 'review', 'block'], 'Outcome of the latest decision').nullable(),
    decisionIndex: logIndex.nullable(),
    createdAt: instant('When the draft was made'),
    lines: z.array(lineSchema).describe('Lines'),
    payments: z.array(paymentView).describe('Payments, refunds, reversals'),
    waivers: z.array(appliedWaiver).describe('Exceptions (例外批准) applied to it'),
    version: z.number().int().describe('Version for If-Match').meta({ example: 1 }),
  })
  .describe('An expenditure claim (报账单)')
  .meta({ id: 'Claim' });
export type ClaimView = z.infer<typeof claimView>;
export const claimAnswer = z.object({ claim: claimView, decision: decisionSchema });

/** What a step may carry: a reason or note, and its business date. */
export const stepInput = z.strictObject({
  note: text('Reason or opinion', 500, '发票抬头有误，请更换').nullable().default(null),
  effectiveDate: businessDate('业务日期; default today').optional(),
});
export type StepInput = z.infer<typeof stepInput>;
export const reasonedStepInput = stepInput.extend({ note: text('Reason', 500, '发票抬头有误，请更换') });

const lineShares = z
  .array(z.strictObject({ lineId: identifier('Line'), amount: positiveYuan('Share') }))
  .min(1)
  .optional()
  .describe('Split over lines; default fills the lines in their order');
const moneyStep = {
  voucherNo: text('Voucher', 100, '付字2022-001'),
  effectiveDate: businessDate('业务日期'),
  note: text('Opinion, where the rules ask for a person to look', 500, '已核验收单').nullable().default(null),
};
export const newPayment = z.strictObject({
  ...moneyStep,
  amount: positiveYuan('Amount; default everything open').optional(),
  lines: lineShares,
});
export type NewPayment = z.infer<typeof newPayment>;

const voucherSeries = z
  .strictObject({
    prefix: text('What every number begins with', 80, '付字2022-'),
    start: z.number().int().min(0).max(999_999_999).describe('First running number').meta({ example: 101 }),
    digits: z
      .number()
      .int()
      .min(1)
      .max(9)
      .default(3)
      .describe('Padded with zeros to so many digits')
      .meta({ example: 3 }),
  })
  .describe('Numbers for the items that name none, in their order; a refused item leaves its number unused');
export const newPaymentBatch = z
  .strictObject({
    effectiveDate: businessDate('业务日期 of all payments'),
    voucherSeries: voucherSeries.nullable().default(null),
    items: z
      .array(
        z.strictObject({
          claimId: identifier('Claim (报账单)'),
          voucherNo: text('Voucher; default the next of the series', 100, '付字2022-001').optional(),
          amount: positiveYuan('Amount; default everything open').optional(),
          note: moneyStep.note,
        }),
      )
      .min(1, '至少要有一笔支付')
      .max(200, '一次最多支付 200 笔')
      .describe('Payments, made one after another in this order'),
  })
  .describe('批量支付: each item is a payment of its own, with its own decision and log entry')
  .meta({ id: 'NewPaymentBatch' });
export type NewPaymentBatch = z.infer<typeof newPaymentBatch>;

export const paymentBatchAnswer = z
  .object({
    paidItems: z.number().int().describe('Items paid. Unit: 1').meta({ example: 2 }),
    refusedItems: z.number().int().describe('Items refused. Unit: 1').meta({ example: 0 }),
    amount: yuan('Sum of the payments'),
    items: z
      .array(
        z.object({
          claimId: identifier('Claim'),
          voucherNo: z.string().describe('Voucher').meta({ example: '付字2022-001' }),
          ok: z.boolean().describe('Paid').meta({ example: true }),
          payment: paymentView.nullable().describe('The payment; null = refused'),
          claimStatus: choice(STATUSES, 'Status of the claim after it; null = refused').nullable(),
          problem: z
            .object({
              code: z.string().describe('Stable machine code').meta({ example: 'separation_of_duties' }),
              detail: z
                .string()
                .describe('Chinese explanation')
                .meta({ example: '审批人与付款人不能是同一人' }),
              decision: decisionSchema.nullable().describe('Decision that refused it, if one did'),
            })
            .nullable()
            .describe('Why it was refused; null = paid'),
        }),
      )
      .describe('One for each item, in their order'),
  })
  .describe('What became of each item')
  .meta({ id: 'PaymentBatchAnswer' });
export type PaymentBatchAnswer = z.infer<typeof paymentBatchAnswer>;

export const listedPayment = paymentView
  .extend({
    claimId: identifier('Claim'),
    claimTitle: z.string().describe('What the claim is for').meta({ example: '社工站服务费第一季度' }),
    organisationId: identifier('Who submitted the claim'),
    organisationName: z.string().describe('Who submitted the claim').meta({ example: '玉蟾街道社工站' }),
    payeeType: choice(PAYEE_TYPES, 'Who is paid'),
    payeeName: z.string().describe('Payee').meta({ example: '泸县某社会工作服务中心' }),
    personId: identifier('Who recorded it'),
  })
  .describe('A payment, refund or reversal with its claim')
  .meta({ id: 'ListedPayment' });
export type ListedPayment = z.infer<typeof listedPayment>;
export const paymentPage = listPageOf(listedPayment);
export const PAYMENT_SORTS = ['recordedAt', 'effectiveDate', 'amount'] as const;
export const paymentQuery = z.object({
  ...listQuery(PAYMENT_SORTS),
  from: businessDate('First 业务日期').optional(),
  until: businessDate('Last 业务日期').optional(),
  kind: choice(['payment', 'refund', 'reversal'], '支付 / 退款 / 冲红').optional(),
});

export const newRefund = z.strictObject({
  ...moneyStep,
  amount: positiveYuan('Amount given back'),
  lines: lineShares,
});
export type NewRefund = z.infer<typeof newRefund>;
export const newReversal = z.strictObject({ ...moneyStep, paymentId: identifier('Payment to reverse') });
export type NewReversal = z.infer<typeof newReversal>;

export const newProviderReport = z
  .strictObject({
    contractId: identifier('Contract whose money was spent'),
    businessDate: businessDate('业务日期'),
    lines: z.array(spendingLine).min(1).max(500).describe('What the provider spent the money on'),
  })
  .describe('二级支出明细');
export type NewProviderReport = z.infer<typeof newProviderReport>;
export const providerReportView = z
  .object({
    id: identifier('Report'),
    bookId: identifier('Book'),
    contractId: identifier('Contract'),
    businessDate: businessDate('业务日期'),
    amount: yuan('Sum of the lines'),
    outcome: choice(['allow', 'review', 'block'], 'Outcome of the decision'),
    lines: z.array(lineSchema).describe('Lines'),
    decisionIndex: logIndex,
  })
  .describe('What a provider spent the money on')
  .meta({ id: 'ProviderReport' });
export type ProviderReportView = z.infer<typeof providerReportView>;
export const providerReportAnswer = z.object({ report: providerReportView, decision: decisionSchema });
export const providerReportList = z
  .object({ items: z.array(providerReportView).describe('Oldest first') })
  .describe('What the provider spent the money on');
