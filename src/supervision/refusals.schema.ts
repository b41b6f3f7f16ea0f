import { z } from 'zod';
import { identifier, instant, pageOf, pageQuery, yuan } from '../core/fields.js';
import { count, yearField } from './overview.schema.js';

export const clauseId = z
  .string()
  .regex(/^[A-Z]{2,}[A-Z0-9-]{0,30}$/, '条款编号形如 SC-03')
  .describe('Clause')
  .meta({ example: 'SC-03' });
const place = z.number().int().describe('Place of the decision in the audit log').meta({ example: 12 });

export const refusalQuery = z.object({
  ...pageQuery,
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, '翻页位置无效，请从第一页重新查询')
    .optional()
    .describe('`nextCursor` of the previous page: the place in the log to go on below')
    .meta({ example: '50' }),
  year: yearField,
  clause: clauseId.optional(),
});
export type RefusalQuery = z.infer<typeof refusalQuery>;

const refusal = z
  .object({
    kind: z.enum(['refused', 'waived']).describe('Turned down, or passed under an exception').meta({
      example: 'refused',
    }),
    logIndex: place,
    recordedAt: instant('When it was decided'),
    action: z.string().describe('What was asked for').meta({ example: 'claim.submit' }),
    subjectType: z.string().describe('What was judged').meta({ example: 'claim' }),
    subjectId: z.string().describe('Which one').meta({ example: '0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c' }),
    title: z.string().nullable().describe('Title of the claim or contract').meta({ example: '购买设备' }),
    unitId: identifier('Unit that claims or buys; null where the case has none').nullable(),
    unitName: z.string().nullable().describe('Its name').meta({ example: '玉蟾街道社工站' }),
    amount: yuan('Sum of the lines, from the facts that were judged').nullable(),
    clauses: z
      .array(clauseId)
      .describe('Clauses that blocked it, or that it is excepted from')
      .meta({ example: ['SC-03'] }),
    messages: z
      .array(z.string())
      .describe('Why, in Chinese, as it was decided')
      .meta({ example: ['省级奖补不能投入硬件建设'] }),
    waivers: z
      .array(
        z.object({
          id: identifier('Exception (例外批准)'),
          documentNo: z
            .string()
            .nullable()
            .describe('文号 of the approval')
            .meta({ example: '泸县民函〔2022〕3号' }),
          clause: clauseId,
        }),
      )
      .describe('Exceptions applied to it'),
  })
  .describe('One case that was turned down, or passed under an exception');
export const refusalPage = pageOf(refusal).describe('Newest first').meta({ id: 'RefusalPage' });
export type RefusalPage = z.infer<typeof refusalPage>;
export type Refusal = RefusalPage['items'][number];

export const statisticsQuery = z.object({ year: yearField });
export const clauseStatisticsView = z
  .object({
    year: yearField,
    decisionsCounted: count('Blocking and reviewing decisions read, the newest first'),
    isCountComplete: z
      .boolean()
      .describe('False: the year has more of them than are read at once')
      .meta({ example: true }),
    items: z
      .array(
        z.object({
          clause: clauseId,
          documentNo: z.string().describe('文号').meta({ example: '川民发〔2023〕11号' }),
          quotation: z.string().describe('Operative words').meta({ example: '不能投入硬件建设' }),
          blocked: count('Cases it blocked'),
          reviewed: count('Cases it sent to a person'),
          waived: count('Cases that passed under an exception from it'),
        }),
      )
      .describe('Clauses that stopped something, the most cases first'),
  })
  .describe('Which clauses blocked, sent to review, or were excepted from, in how many cases of a year')
  .meta({ id: 'ClauseStatistics' });
export type ClauseStatistics = z.infer<typeof clauseStatisticsView>;
