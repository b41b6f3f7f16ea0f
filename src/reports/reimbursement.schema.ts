import { z } from 'zod';
import { businessDate, choice, identifier, yuan } from '../core/fields.js';
import { label } from './reports.schema.js';

/** 费用报销单: everything that its print needs. */

const person = (description: string) =>
  z.string().nullable().describe(`${description}; null = not yet`).meta({ example: '张敏' });

export const reimbursementSheetView = z
  .object({
    claimId: identifier('Claim'),
    bookName: label('Book', '泸县民政局社工站资金账套'),
    bureauName: label('Bureau', '泸县民政局'),
    unitName: label('Who claims', '玉蟾街道社工站'),
    title: label('What it is for', '社工站服务费第一季度'),
    businessDate: businessDate('业务日期'),
    createdDate: businessDate('Day on which the draft was made'),
    statusLabel: label('Status in Chinese', '已支付'),
    payeeName: label('Who is paid', '泸县某社会工作服务中心'),
    payeeTypeLabel: label('What the payee is', '承接机构'),
    contractNo: z.string().nullable().describe('Contract').meta({ example: '泸县民购2022-01' }),
    isFinalPayment: z.boolean().describe('尾款 of the contract').meta({ example: false }),
    lines: z
      .array(
        z.object({
          number: z.number().int().describe('From 1').meta({ example: 1 }),
          description: label('What it is, in words', '社工站为老服务第一季度'),
          economicCode: z.string().nullable().describe('部门预算支出经济分类').meta({ example: '30227' }),
          economicName: z.string().nullable().describe('Its name').meta({ example: '30227 委托业务费' }),
          serviceItemLabel: z
            .string()
            .nullable()
            .describe('What is bought')
            .meta({ example: '社工站综合服务' }),
          stationName: z.string().nullable().describe('Station served').meta({ example: '玉蟾街道社工站' }),
          fundDocumentNo: label('文号 of the fund that pays it', '川财社〔2022〕示例号'),
          fundTypeLabel: label('Source of the money', '省级奖补'),
          invoiceNo: z.string().nullable().describe('Invoice').meta({ example: '24512000000012345678' }),
          amount: yuan('Amount'),
        }),
      )
      .describe('Lines, in order'),
    amount: yuan('Sum of the lines'),
    amountInWords: label('The same in 大写', '壹佰贰拾叁元肆角伍分'),
    paid: yuan('Paid so far, refunds not deducted'),
    refunded: yuan('Given back'),
    attachmentCount: z.number().int().describe('附件张数: different files on the lines').meta({ example: 3 }),
    invoiceCount: z.number().int().describe('Different invoices on the lines').meta({ example: 2 }),
    makerName: person('经办人'),
    reviewerName: person('审核人'),
    isCoSigned: z.boolean().describe('Reviewed by county co-signature (会签)').meta({ example: false }),
    approverName: person('审批人'),
    payments: z
      .array(
        z.object({
          voucherNo: label('Voucher', '付字2022-001'),
          kindLabel: label('支付 / 退款 / 冲红', '支付'),
          effectiveDate: businessDate('业务日期'),
          amount: yuan('Amount'),
          payerName: label('出纳', '李华'),
        }),
      )
      .describe('Payments, refunds, reversals, in order'),
    decision: z
      .object({
        outcome: choice(['allow', 'review', 'block'], 'Outcome of the latest decision'),
        outcomeLabel: label('The same in Chinese', '允许'),
        logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
        reasons: z
          .array(
            z.object({
              clause: label('Clause', 'SC-03'),
              documentNo: label('文号', '川民发〔2023〕11号'),
              quotation: label('Operative words', '不能投入硬件建设'),
              effectLabel: label('What the finding does', '提示'),
              message: label('Explanation', '省级奖补不能投入硬件建设'),
            }),
          )
          .describe('Clauses that it refers to, each once, gravest first'),
      })
      .nullable()
      .describe('Null before it was submitted'),
  })
  .describe('费用报销单')
  .meta({ id: 'ReimbursementSheet' });
export type ReimbursementSheet = z.infer<typeof reimbursementSheetView>;
