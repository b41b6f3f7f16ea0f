import { z } from 'zod';
import { boundedCount, businessDate, choice } from '../core/fields.js';

/** Waiting for longer counts as late: seven days hold the five working days that a step may take. */
export const LATE_AFTER_DAYS = 7;
/** Where counts of work stop: whose hand a claim is from takes looking at each, and nobody tells 1000 from more. */
export const MAX_WORK = 1_000;
/** How far back 已办 looks. */
export const HANDLED_WITHIN_DAYS = 30;

export const WORK_LABELS = {
  correct: '退回待修改的报账',
  review: '待审核的报账',
  co_sign: '待会签的报账',
  approve: '待审批的报账',
  pay: '待支付的报账',
  sign: '待签订的合同',
  decide: '待批准的例外',
  take_in_authority: '上级下达待收文',
  take_in_cash: '上级拨付待登记到账',
  disburse: '待拨付的下达',
} as const;
export type WorkKind = keyof typeof WORK_LABELS;
const KINDS = Object.keys(WORK_LABELS) as [WorkKind, ...WorkKind[]];

const query = z
  .record(
    z.string(),
    z.union([z.string(), z.array(z.string())]).describe('Value of a parameter, or its values'),
  )
  .describe('Parameters under which the list shows exactly these');
const list = choice(
  ['claims', 'contracts', 'waivers', 'transit', 'allotments'],
  'List of the book that shows them: /books/{bookId}/…',
);

export const workItem = z
  .object({
    kind: choice(KINDS, 'What is to be done'),
    label: z.string().describe('The same in Chinese').meta({ example: '待审核的报账' }),
    count: boundedCount,
    oldestAgeDays: z
      .number()
      .int()
      .nullable()
      .describe('Days since the oldest was drafted, requested or issued; null when nothing waits. Unit: days')
      .meta({ example: 9 }),
    late: boundedCount,
    lateLabel: z.string().describe('What late means').meta({ example: '超过7日' }),
    list,
    query,
    lateQuery: query
      .nullable()
      .describe('The same for those that are late; null where the list has no such filter'),
  })
  .describe('One kind of thing that waits for the signed-in person');
const tally = z.object({ count: boundedCount, list, query }).describe('Claims counted, and their list');

export const workloadView = z
  .object({
    today: businessDate('The day that ages are counted to'),
    lateAfterDays: z
      .number()
      .int()
      .describe('What waits for longer is late. Unit: days')
      .meta({ example: LATE_AFTER_DAYS }),
    todo: z
      .array(workItem)
      .describe('待办: one for each duty that the person has in this book, also where nothing waits'),
    drafts: tally.describe('草稿: one’s own'),
    handled: tally.describe(`已办: claims that one did something to in the last ${HANDLED_WITHIN_DAYS} days`),
    concluded: tally.describe('办结: paid or closed claims that one may see'),
  })
  .describe('What waits for the signed-in person in a book')
  .meta({ id: 'Workload' });
export type WorkItem = z.infer<typeof workItem>;
export type WorkloadView = z.infer<typeof workloadView>;
