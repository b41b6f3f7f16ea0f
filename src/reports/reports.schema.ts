import { z } from 'zod';
import { businessDate, choice, identifier, instant, yuan } from '../core/fields.js';

/** What all reports share: columns with their 口径, the point in time, and the checks that were made of the sums. */

export const COLUMN_KINDS = ['text', 'amount', 'integer', 'date', 'percent'] as const;

export const reportColumn = z
  .object({
    key: z.string().describe('Member of a row').meta({ example: 'received' }),
    title: z.string().describe('Title').meta({ example: '到账' }),
    kind: choice(COLUMN_KINDS, 'What it holds; percentages are text such as "33.33%", or "—"'),
    basis: z.string().describe('口径: how it is counted').meta({ example: '到账凭证累计' }),
    isTotalled: z.boolean().describe('Added up in 合计').meta({ example: true }),
  })
  .describe('A column with its basis')
  .meta({ id: 'ReportColumn' });
export type ReportColumn = z.infer<typeof reportColumn>;

export const reportCheck = z
  .object({
    name: z.string().describe('What must be equal').meta({ example: '可用余额恒等式' }),
    isHeld: z.boolean().describe('Whether it is').meta({ example: true }),
    difference: yuan('By how much it is not, summed without signs'),
  })
  .describe('A check of the sums, made with the report')
  .meta({ id: 'ReportCheck' });
export type ReportCheck = z.infer<typeof reportCheck>;

export const reportHead = {
  title: z.string().describe('Title').meta({ example: '资金拨付使用情况表' }),
  bookId: identifier('Book'),
  bookName: z.string().describe('Book').meta({ example: '泸县民政局社工站资金账套' }),
  bureauName: z.string().describe('Bureau').meta({ example: '泸县民政局' }),
  asOf: businessDate('业务日期 up to which it counts; null = everything recorded').nullable(),
  recordedUntil: instant('登记时间 up to which it counts; null = now').nullable(),
  columns: z.array(reportColumn).describe('Columns of the rows, in order'),
  checks: z.array(reportCheck).describe('Checks made of the sums'),
};

/** A row's texts. */
export const label = (description: string, example: string) =>
  z.string().describe(description).meta({ example });
export const percent = (description: string) =>
  z.string().describe(`${description}; "—" when the base is zero`).meta({ example: '33.33%' });

export const pointInTime = {
  asOf: businessDate('Only what has 业务日期 on or before this day').optional(),
  recordedUntil: instant('Only what was recorded up to this instant (登记时间)').optional(),
};

/** A column; amounts are added up unless said otherwise. */
export const column = (
  key: string,
  title: string,
  kind: ReportColumn['kind'],
  basis: string,
  isTotalled = kind === 'amount',
): ReportColumn => ({ key, title, kind, basis, isTotalled });
