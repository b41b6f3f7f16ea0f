import { z } from 'zod';
import {
  businessDate,
  choice,
  flag,
  identifier,
  instant,
  listPageOf,
  listQuery,
  positiveYuan,
  text,
  yuan,
} from '../core/fields.js';

export const WAIVER_STATUS_LABELS = {
  requested: '待批准',
  approved: '已批准',
  rejected: '未批准',
  revoked: '已撤销',
} as const;
export type WaiverStatus = keyof typeof WAIVER_STATUS_LABELS;
const STATUSES = Object.keys(WAIVER_STATUS_LABELS) as [WaiverStatus, ...WaiverStatus[]];

/** An exception never outlives a year: who still needs it then asks again. */
export const MAX_WAIVER_MONTHS = 12;

const clause = z
  .string()
  .regex(/^[A-Z]{2,}[A-Z0-9-]{0,30}$/, '条款编号形如 SC-03')
  .describe('The one clause that it is an exception from')
  .meta({ example: 'SC-03' });
const subject = z
  .strictObject({
    type: choice(['claim', 'contract'], '报账单 / 合同'),
    id: identifier('Claim or contract'),
  })
  .describe('A claim or a contract; what is meant for a contract is also for the claims on it');

const waiverFields = {
  clause,
  fundId: identifier('The only fund that it is for; this or a subject must be given')
    .nullable()
    .default(null),
  subject: subject.nullable().default(null),
  limit: positiveYuan('The most that may be spent under it; null = no limit').nullable().default(null),
  reason: text('Why the clause should give way here', 1000, '站点遭洪灾，须先行更换设备'),
  evidence: z
    .array(identifier('Uploaded file'))
    .min(1, '请至少附一份材料')
    .max(20)
    .describe('Documents that the request rests on'),
  from: businessDate('First day; never before the day of the approval'),
  until: businessDate(`Last day; at most ${MAX_WAIVER_MONTHS} months after the request`),
};
export const newWaiver = z
  .strictObject(waiverFields)
  .describe('Asks for an exception from one clause (例外批准)')
  .meta({ id: 'NewWaiver' });
export type NewWaiver = z.infer<typeof newWaiver>;

export const waiverApproval = z.strictObject({
  documentNo: text('文号 of the approval', 100, '泸县民函〔2022〕18号'),
});
export const waiverEnding = z.strictObject({ reason: text('Reason', 500, '情况已经消失') });

/** An exception as the claim or contract shows it that it was applied to. */
export const appliedWaiver = z
  .object({
    id: identifier('Exception (例外批准)'),
    clause,
    documentNo: z.string().describe('文号 of the approval').meta({ example: '泸县民函〔2022〕18号' }),
    from: businessDate('First day'),
    until: businessDate('Last day'),
    isRevoked: z.boolean().describe('Revoked since; it opens nothing any more').meta({ example: false }),
  })
  .meta({ id: 'AppliedWaiver' });
export type AppliedWaiver = z.infer<typeof appliedWaiver>;
export const waiverIds = z
  .array(identifier('Exception (例外批准)'))
  .max(20)
  .describe('Exceptions that the case is to pass under');
/** Replaces what was applied before. */
export const waiverChoice = z.strictObject({ waiverIds });

const person = (description: string) => identifier(description).nullable();
export const waiverView = z
  .object({
    ...waiverFields,
    id: identifier('Exception (例外批准)'),
    bookId: identifier('Book'),
    status: choice(STATUSES, 'Status'),
    statusLabel: z.string().describe('Status in Chinese').meta({ example: '已批准' }),
    requestedBy: identifier('Who asked'),
    requestedAt: instant('When'),
    documentNo: z.string().nullable().describe('文号 of the approval').meta({ example: null }),
    decidedBy: person('Who approved or rejected it'),
    decidedAt: instant('When').nullable(),
    decisionReason: z.string().nullable().describe('Why it was rejected').meta({ example: null }),
    revokedBy: person('Who revoked it'),
    revokedAt: instant('When').nullable(),
    revokedReason: z.string().nullable().describe('Why').meta({ example: null }),
    used: yuan('Spent or held under it, refunds deducted'),
    uses: z
      .array(
        z.object({
          type: choice(['claim', 'contract'], '报账单 / 合同'),
          id: identifier('Claim or contract'),
          amount: yuan('What counts of it; nothing of a draft, nor of a claim on a contract that counts'),
          appliedBy: identifier('Who applied it'),
          appliedAt: instant('When'),
        }),
      )
      .describe('What it was applied to'),
    version: z.number().int().describe('Version for If-Match').meta({ example: 1 }),
  })
  .describe('An exception from one clause (例外批准) with its uses')
  .meta({ id: 'Waiver' });
export type WaiverView = z.infer<typeof waiverView>;
export const waiverPage = listPageOf(waiverView);
export const WAIVER_SORTS = ['requestedAt', 'until'] as const;
export const waiverQuery = z.object({
  ...listQuery(WAIVER_SORTS),
  clause: clause.optional(),
  status: choice(STATUSES, 'Status').optional(),
  fundId: identifier('Fund').optional(),
  toDecide: flag('Only requests that the signed-in person may decide: not one’s own'),
  validOn: businessDate('Only approved ones that hold on this day').optional(),
});
