import { z } from 'zod';
import { explainedDecision } from '../contracts/index.js';
import { yuan } from '../core/fields.js';

const obstacle = z
  .object({
    code: z
      .string()
      .describe('Code with which it would be refused')
      .meta({ example: 'insufficient_balance' }),
    message: z
      .string()
      .describe('Chinese explanation')
      .meta({ example: '可用指标不足：现有 1,234.00 元，需要 1,300.00 元' }),
    advice: z
      .string()
      .describe('What to do, in Chinese')
      .meta({ example: '超出 66.00 元：把第 1 行的金额减到 1,234.00 元，或改用其他经费' }),
    path: z
      .string()
      .describe('Field of the body that it is told beside, as a JSON Pointer')
      .meta({ example: '/lines/0/amount' }),
    lineIds: z
      .array(z.string())
      .describe('Lines concerned, by their ids in `lineIds`; empty means the whole case'),
    fundId: z
      .string()
      .nullable()
      .describe('Fund that is short; null = it is about no fund')
      .meta({ example: null }),
    available: yuan('What there is for these lines; null = it is about no amount').nullable(),
    needed: yuan('What they take').nullable(),
    over: yuan('By how much that is too much').nullable(),
  })
  .describe('Something besides the rules for which it would be refused');
export type ObstacleView = z.infer<typeof obstacle>;

/** Everything for which it would be refused, at once. */
export const spendingPreview = explainedDecision
  .extend({
    obstacles: z
      .array(obstacle)
      .describe(
        'What the ledger, the invoices and the contract object, in the order in which it would be refused',
      ),
    wouldPass: z
      .boolean()
      .describe('It would not be refused: no rule blocks it, and there are no obstacles')
      .meta({ example: true }),
  })
  .describe('What would become of it: the decision, explained, and the obstacles')
  .meta({ id: 'SpendingPreview' });
export type SpendingPreview = z.infer<typeof spendingPreview>;
