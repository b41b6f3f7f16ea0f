import { z } from 'zod';
import { choice, yuan } from '../core/fields.js';
import { decisionView } from './lines.schema.js';

const wayOut = z.object({
  kind: choice(
    ['other_fund', 'evidence', 'smaller_amount', 'without_lines', 'waiver'],
    'What is changed: the fund, documents, the amount, lines left out, an exception (例外批准)',
  ),
  outcome: choice(
    ['allow', 'review', 'block'],
    'What the changed case comes to, judged again; block = it solves this much, other reasons remain',
  ),
  text: z
    .string()
    .describe('Chinese sentence')
    .meta({ example: '第 1 行改由“社工站运行经费”支付：试算可以通过' }),
  lineIds: z.array(z.string()).describe('Lines concerned; empty means the whole case'),
  fundId: z
    .string()
    .nullable()
    .describe('The other fund, or the fund whose amount is cut')
    .meta({ example: null }),
  amount: z
    .string()
    .nullable()
    .describe('Room of the other fund, or the most that passes, in yuan')
    .meta({ example: null }),
  evidence: z.array(z.string()).describe('Documents'),
  clauses: z.array(z.string()).describe('Clauses to be excepted from'),
  changes: z
    .array(
      z.object({
        line: z.number().int().describe('Number of the line, from 1').meta({ example: 2 }),
        fundId: z
          .string()
          .nullable()
          .describe('Fund that pays it instead; null = as it was')
          .meta({ example: null }),
        amount: yuan('What it comes to instead; null = as it was').nullable(),
        isLeftOut: z.boolean().describe('The line is left out').meta({ example: false }),
      }),
    )
    .describe('What was changed of the lines for the trial; empty where documents or an exception are meant'),
});
export type WayOut = z.infer<typeof wayOut>;

export const explanationView = z
  .object({
    paragraphs: z
      .array(z.string())
      .describe(
        'Chinese, as a person would explain it: the conclusion, then each reason with ground and figures',
      ),
    waysOut: z.array(wayOut).describe('What would pass, each tried on the case and judged again, best first'),
  })
  .describe('Explanation of a decision')
  .meta({ id: 'Explanation' });
export type ExplanationView = z.infer<typeof explanationView>;

/** A decision with its explanation. */
export const explainedDecision = decisionView
  .extend({
    explanation: explanationView,
    lineIds: z
      .array(z.string())
      .describe('Lines of the case in their order, so that a reason is told of the line by its number'),
  })
  .describe('Decision with its explanation')
  .meta({ id: 'ExplainedDecision' });
export type ExplainedDecision = z.infer<typeof explainedDecision>;
