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
} from '../core/fields.js';
import { claimView, STATUSES } from './claims.schema.js';

/** What somebody is to do with a claim, or has begun: the names under which lists and counts of work are asked for. */
export const CLAIM_TASK_LABELS = {
  draft: '草稿',
  correct: '退回待修改',
  review: '待审核',
  co_sign: '待会签',
  approve: '待审批',
  pay: '待支付',
} as const;
export type ClaimTask = keyof typeof CLAIM_TASK_LABELS;
export const CLAIM_TASKS = Object.keys(CLAIM_TASK_LABELS) as [ClaimTask, ...ClaimTask[]];

export const CLAIM_SORTS = ['createdAt', 'businessDate', 'amount'] as const;

const person = (description: string) => identifier(`${description}; "me" = the signed-in person`).optional();
const status = choice(STATUSES, 'Status');

export const claimPage = listPageOf(claimView);
export const claimQuery = z.object({
  ...listQuery(CLAIM_SORTS),
  sort: choice(
    CLAIM_SORTS,
    'Sorted by; default createdAt, or businessDate where a span of it is asked for',
  ).optional(),
  status: z
    .union([status, z.array(status).min(1).max(STATUSES.length)])
    .optional()
    .describe('Status; given several times, any of them')
    .meta({ example: 'submitted' }),
  task: choice(CLAIM_TASKS, 'Only what waits for the signed-in person to do this with it').optional(),
  organisationId: identifier('Submitting organisation').optional(),
  contractId: identifier('Contract').optional(),
  fundId: identifier('Fund that a line is paid by').optional(),
  outcome: choice(['allow', 'review', 'block'], 'Outcome of the latest decision').optional(),
  isCoSigned: flag('The county co-signed (会签) in place of a reviewer, or did not'),
  hasWaiver: flag('An exception (例外批准) is applied to it, or none is'),
  businessFrom: businessDate('业务日期 on or after this day').optional(),
  businessUntil: businessDate('业务日期 on or before this day').optional(),
  createdFrom: businessDate('Drafted on or after this day').optional(),
  createdUntil: businessDate('Drafted on or before this day').optional(),
  amountMin: positiveYuan('At least this amount').optional(),
  amountMax: positiveYuan('At most this amount').optional(),
  makerId: person('Who made it (经办)'),
  reviewerId: person('Who reviewed it (审核)'),
  approverId: person('Who approved it (审批)'),
  handledSince: businessDate('The signed-in person did something to it on or after this day').optional(),
  payeeName: text(
    'Payee, by the whole name; names are sealed, so no part of one can be searched for',
    100,
    '泸县某社会工作服务中心',
  ).optional(),
  invoiceNumber: z
    .string()
    .regex(/^\d{8,24}$/, '发票号码应为 8 至 24 位数字')
    .optional()
    .describe('Invoice that it uses: drafts and returned claims use none')
    .meta({ example: '24512000000012345678' }),
});
export type ClaimQuery = z.infer<typeof claimQuery>;
