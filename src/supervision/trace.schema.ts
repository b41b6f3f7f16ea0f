import { z } from 'zod';
import { decisionSchema, lineSchema } from '../contracts/index.js';
import { businessDate, choice, identifier, yuan } from '../core/fields.js';
import { LEVELS, SOURCE_TYPES } from '../core/vocabulary.js';
import { logIndex, logSummary } from '../evidence/index.js';

export const traceQuery = z
  .object({
    claimId: identifier('Claim to follow').optional(),
    paymentId: identifier('Payment, refund or reversal to follow').optional(),
    logIndex: logIndex.optional(),
  })
  .refine(
    (query) => Object.values(query).filter((value) => value !== undefined).length === 1,
    '请在 claimId、paymentId、logIndex 中恰好填写一个',
  );
export type TraceQuery = z.infer<typeof traceQuery>;

const place = z.number().int().describe('Place in the audit log of the book').meta({ example: 12 });
const word = (description: string, example: string) => z.string().describe(description).meta({ example });
const hash = word(
  'Leaf hash. SHA-256 in hex',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
);

const issue = z
  .object({
    intakeId: identifier('Intake (收文/到账)'),
    kind: choice(['allotment', 'disbursement'], '指标收文, or 资金到账'),
    documentNo: word('Number of the intake', '收文〔2022〕3号'),
    effectiveDate: businessDate('业务日期 of the intake'),
    amount: yuan('Amount'),
    logIndex: place,
    issueId: identifier('Issue of the upper book that it names'),
    issueBookId: identifier('Upper book'),
    issueBookName: word('Upper book', '省民政厅社工站资金账套'),
    issueDocumentNo: word('文号 or voucher of the issue', '川财社〔2022〕示例号'),
    issueDate: businessDate('业务日期 of the issue'),
    issueLogIndex: place,
    issueLeafHash: hash,
    isHashConfirmed: z
      .boolean()
      .describe('The upper log has this very hash at that place')
      .meta({ example: true }),
    upperFundId: identifier(
      'Fund of the upper book, among `funds`; null where one may not read it',
    ).nullable(),
  })
  .describe('What the book took in, and what of the upper book it names');

const tracedFund = z
  .object({
    fundId: identifier('Fund'),
    bookId: identifier('Book'),
    bookName: word('Book', '泸县民政局社工站资金账套'),
    documentNo: word('文号', '川财社〔2022〕示例号'),
    documentDate: businessDate('Date of the 文号'),
    name: word('Name', '社工站经费'),
    type: choice(SOURCE_TYPES, 'Source'),
    level: choice(LEVELS, 'Level'),
    year: z.number().int().describe('Year').meta({ example: 2022 }),
    documents: z
      .array(
        z.object({
          id: identifier('Document'),
          kind: choice(['plan', 'grant', 'arrival', 'valuation', 'return'], '计划, 下达, 到账, 估值, 缴回'),
          documentNo: word('文号', '川财社〔2022〕示例号'),
          effectiveDate: businessDate('业务日期'),
          amount: yuan('Amount'),
          logIndex: place,
        }),
      )
      .describe('Documents recorded in that book, by date'),
    issues: z.array(issue).describe('What it took in from above, by date'),
  })
  .describe('A fund that the money comes from');

const checkpoint = z
  .object({
    size: z.number().int().describe('Entries that it covers').meta({ example: 128 }),
    root: word(
      'Root of the Merkle tree. SHA-256 in hex',
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    ),
  })
  .describe('The first signed checkpoint that covers an entry');

const tracedDecision = z
  .object({
    logIndex: place,
    action: word('Step', 'claim.submit'),
    subjectType: word('What was judged', 'claim'),
    subjectId: identifier('Which one'),
    decision: decisionSchema,
    facts: z
      .record(z.string(), z.unknown().describe('Fact'))
      .describe('What it was judged on, as recorded; amounts are 分 as text'),
  })
  .describe('A decision of the rules with the facts that it was made from');

const tracedPayment = z
  .object({
    id: identifier('Payment'),
    kind: choice(['payment', 'refund', 'reversal'], '支付 / 退款 / 冲红'),
    voucherNo: word('Voucher', '付字2022-001'),
    effectiveDate: businessDate('业务日期'),
    amount: yuan('Amount'),
    reversesId: identifier('Payment that it reverses or refunds').nullable(),
    logIndex: place,
    entryId: identifier('Ledger entry'),
    postings: z
      .array(
        z.object({
          fundId: identifier('Fund'),
          from: word('Layer that it leaves', 'reserved'),
          to: word('Layer that it reaches', 'spent'),
          amount: yuan('Amount'),
        }),
      )
      .describe('How it moved the money'),
  })
  .describe('A payment with its ledger entry');

export const traceView = z
  .object({
    bookId: identifier('Book'),
    focus: z
      .object({
        type: word('What was asked about', 'claim'),
        id: identifier('Which one'),
        logIndex: place.nullable(),
      })
      .describe('Where the trail was entered'),
    funds: z.array(tracedFund).describe('From the topmost book that one may read down to this one'),
    contract: z
      .object({
        id: identifier('Contract'),
        contractNo: word('Contract number', '泸县民政购〔2022〕1号'),
        title: word('Title', '社工站政府购买服务'),
        status: choice(['pending', 'signed', 'closed'], 'Status'),
        signedDate: businessDate('Day of signing'),
        amount: yuan('Amount'),
        providerId: identifier('Provider'),
        providerName: word('Provider', '某社会工作服务中心'),
      })
      .nullable()
      .describe('The contract that it draws on; null when directly on the fund'),
    claim: z
      .object({
        id: identifier('Claim'),
        title: word('What it is for', '社工站服务费第一季度'),
        status: word('Status', 'paid'),
        organisationId: identifier('Submitting unit'),
        organisationName: word('Its name', '玉蟾街道社工站'),
        businessDate: businessDate('业务日期'),
        amount: yuan('Amount'),
        paid: yuan('Paid'),
        refunded: yuan('Given back'),
        lines: z.array(lineSchema).describe('Lines'),
      })
      .nullable()
      .describe('The claim; null where the trail is not about one'),
    decisions: z.array(tracedDecision).describe('Decisions on the contract and the claim, in order'),
    payments: z.array(tracedPayment).describe('Payments, refunds, reversals, in order'),
    entries: z
      .array(
        z.object({
          ...logSummary,
          checkpoint: checkpoint.nullable().describe('Null: no checkpoint covers it yet'),
        }),
      )
      .describe('Entries of the audit log about all this, in order, at most 500'),
  })
  .describe('The trail of an amount from the 文号 that granted it to the proof of its record')
  .meta({ id: 'Trace' });
export type TraceView = z.infer<typeof traceView>;
