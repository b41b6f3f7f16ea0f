import { z } from 'zod';
import { businessDate, identifier, instant } from '../core/fields.js';

const count = (what: string) => z.number().int().describe(`${what}. Unit: 1`).meta({ example: 12 });
const amount = z.string().describe('Their amount in yuan (元), as text').meta({ example: '1200.00' });
const rule = z.string().describe('Rule').meta({ example: 'SC-03.hardware' });
const outcome = z.enum(['allow', 'review', 'block']);

/** Where a case is judged (环节). */
export const STAGE_LABELS: Readonly<Record<string, string>> = {
  allotment: '下达',
  contract: '签约',
  submission: '报账',
  payment: '支付',
  provider_report: '承接机构报告',
};

/** A pack is tens of kilobytes; what is much longer is no pack. */
const MAX_YAML = 256 * 1024;

export const newBacktest = z
  .strictObject({
    yaml: z
      .string()
      .min(1)
      .max(MAX_YAML)
      .describe('Text of the pack; it takes the place of the loaded pack with the same document id')
      .meta({ example: 'document:\n  id: sichuan-2024\n' }),
    from: businessDate('First business date'),
    to: businessDate('Last business date'),
    books: z
      .array(identifier('Book'))
      .min(1)
      .max(500)
      .optional()
      .describe('Only cases of these books; unset: of all that one may read')
      .meta({ example: ['0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c'] }),
  })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: '截止日期不能早于起始日期' })
  .describe('A pack to be tried on recorded cases');
export type NewBacktest = z.infer<typeof newBacktest>;

const reasons = (side: string) =>
  z
    .array(
      z.object({
        rule,
        effect: z
          .enum(['block', 'review', 'warn', 'pass'])
          .describe('What it does')
          .meta({ example: 'block' }),
        message: z.string().describe('Chinese message').meta({ example: '本行不能支付' }),
      }),
    )
    .describe(`Reasons ${side}`);

export const backtestResult = z
  .object({
    cases: count('Recorded cases judged'),
    flipped: count('Cases that would have come out otherwise'),
    flips: z
      .array(
        z.object({
          stage: z.string().describe('Stage (环节)').meta({ example: 'submission' }),
          before: outcome.describe('What was decided').meta({ example: 'allow' }),
          after: outcome.describe('What would have been').meta({ example: 'block' }),
          cases: count('Cases'),
          amount,
        }),
      )
      .describe('By direction. A claim is judged at each stage: amounts of stages are not added up'),
    rules: z
      .array(
        z.object({
          rule,
          speaks: count('Cases in which it newly speaks'),
          silent: count('Cases in which it falls silent'),
          otherwise: count('Cases in which it speaks with another effect'),
          flips: count('Cases among them that come out otherwise'),
          amount,
        }),
      )
      .describe('By rule'),
    places: z
      .array(
        z.object({
          divisionCode: z.string().describe('GB/T 2260').meta({ example: '510105' }),
          cases: count('Cases'),
          flips: count('Cases that come out otherwise'),
          amount,
        }),
      )
      .describe('By place'),
    onTrial: z
      .array(
        z.object({
          rule,
          block: count('Cases it would block'),
          review: count('Cases it would send to review'),
          flips: count('Cases that would come out graver'),
          amount,
        }),
      )
      .describe('Rules on trial (试运行), had they been enforced'),
    unread: z
      .array(
        z.object({
          rule,
          keywords: z
            .array(z.string())
            .describe('New keywords')
            .meta({ example: ['空调'] }),
          cases: count('Cases'),
          lines: count('Lines'),
          amount,
        }),
      )
      .describe('无法回测: keywords that were not looked for at the time; descriptions are sealed'),
    unjudged: z
      .array(
        z.object({ why: z.string().describe('Why').meta({ example: 'waivers' }), cases: count('Cases') }),
      )
      .describe('Cases whose recorded facts are not enough'),
    samples: z
      .array(
        z.object({
          bookId: identifier('Book'),
          logIndex: count('Place in the log'),
          action: z.string().describe('What was decided on').meta({ example: 'claim.submit' }),
          subjectId: z.string().describe('Its subject').meta({ example: '0192f0c4-7d5a-7cc2' }),
          businessDate: z.string().describe('Business date').meta({ example: '2023-05-01' }),
          divisionCode: z.string().describe('GB/T 2260').meta({ example: '510105' }),
          amount,
          before: outcome.describe('What was decided').meta({ example: 'allow' }),
          after: outcome.describe('What would have been').meta({ example: 'block' }),
          reasonsBefore: reasons('then'),
          reasonsAfter: reasons('under the pack'),
        }),
      )
      .describe('The earliest cases that come out otherwise'),
  })
  .describe('What the pack would have made of the cases. No decision is changed');
export type BacktestResultView = z.infer<typeof backtestResult>;

export const backtestView = z
  .object({
    id: identifier('Backtest'),
    state: z
      .enum(['running', 'done', 'cancelled', 'failed', 'interrupted'])
      .describe('Interrupted: the service stopped meanwhile. Results are kept for 30 days')
      .meta({ example: 'running' }),
    pack: z.string().describe('Document id of the pack').meta({ example: 'sichuan-2024' }),
    books: count('Books'),
    startedAt: instant('When it was started'),
    progress: z
      .object({
        done: count('Recorded decisions read'),
        total: count('Recorded decisions of these books'),
        percent: z.number().int().describe('Unit: %').meta({ example: 40 }),
      })
      .describe('How far it is'),
    result: backtestResult.nullable().describe('Null until it is done'),
  })
  .describe('A backtest (回测)');
export type BacktestView = z.infer<typeof backtestView>;
