import { z } from 'zod';
import { businessDate, choice, identifier, positiveYuan, text, yuan } from '../core/fields.js';
import { BASE_BASES, BASE_LEVELS } from '../core/vocabulary.js';

const year = z.number().int().min(2000).max(2100).describe('Year of the base').meta({ example: 2022 });
const queriedYear = z.coerce
  .number()
  .int()
  .min(2000)
  .max(2100)
  .describe('Year of the base')
  .meta({ example: 2022 });
const logIndex = z.number().int().describe('Place in the audit log').meta({ example: 12 });

const split = z
  .strictObject({
    central: yuan('中央'),
    provincial: yuan('省级'),
    prefecture: yuan('市（州）级'),
    county: yuan('县级'),
  })
  .describe('The total by level of government; the parts sum to it exactly');

/** The fields of a declaration; which of them each basis asks for is checked with what was declared before. */
export const newBase = z
  .strictObject({
    year,
    amount: positiveYuan('Total spending of relief money in the year'),
    split: split
      .nullable()
      .default(null)
      .describe('By level; null = not split, and then no limit can be told where a level does not count')
      .meta({ example: null }),
    basis: choice(BASE_BASES, '预计, 年中投影 or 决算; never an earlier stage again'),
    documentNo: text('Evidence of the base', 100, '2022年1—6月发放统计'),
    documentDate: businessDate('Day of that document; of a 决算 after the end of the year'),
    declaredDate: businessDate('Day of the declaration, from which it counts; never backwards'),
    attachmentId: identifier('Uploaded evidence, required for 年中投影 and 决算')
      .nullable()
      .default(null)
      .meta({ example: null }),
    spentToDate: yuan('年中投影: spent by `spentAsOf`, at most the amount; null otherwise')
      .refine((amount) => !amount.startsWith('-'), '金额不能为负')
      .nullable()
      .default(null)
      .meta({ example: null }),
    spentAsOf: businessDate('年中投影: day up to which the spending is known; null otherwise')
      .nullable()
      .default(null)
      .meta({ example: null }),
  })
  .describe('The base of the 5% cap, as declared (YN-22)');
export type NewBase = z.infer<typeof newBase>;
export const baseView = newBase.extend({
  documentDate: businessDate('Day of the document; null in old declarations').nullable(),
  id: identifier('Base'),
  bookId: identifier('Book'),
  logIndex,
});
export type BaseView = z.infer<typeof baseView>;
export const baseList = z
  .object({ items: z.array(baseView).describe('By year and day of declaration') })
  .describe('Declared bases');

export const RESOLUTION_LABELS = { move_to_source: '改由其他资金列支', give_back: '退回或解除占用' } as const;
const RESOLUTIONS = ['move_to_source', 'give_back'] as const;

export const reliefYearParams = z.object({ bookId: identifier('Book (账套)'), year: queriedYear });

export const newTrueUp = z
  .strictObject({
    date: businessDate('Day of the true-up, from the declaration of the final base on'),
    note: text('What was found', 500, '决算基数低于预计，超出部分改由本级财政列支'),
  })
  .describe('Year-end true-up of the cap against the final base (年终校准)');
export type NewTrueUp = z.infer<typeof newTrueUp>;

const target = z
  .strictObject({
    fundId: identifier('Fund of another source that bears it now'),
    entryId: identifier('Ledger entry that takes the amount out of that fund'),
  })
  .describe('Where the money is borne now');
export const newResolutions = z
  .strictObject({
    lines: z
      .array(
        z.strictObject({
          kind: choice(RESOLUTIONS, '改由其他资金列支, or 退回或解除占用'),
          amount: positiveYuan('Amount of the overrun that it settles'),
          entryId: identifier('Ledger entry (reversal, refund, closing) that took it out of the relief cap'),
          target: target.nullable().default(null).describe('Only for move_to_source').meta({ example: null }),
          documentNo: text('文号 that it was done by', 100, '泸县民政〔2023〕5号'),
        }),
      )
      .min(1, '至少一行')
      .max(100, '最多 100 行')
      .describe('What was done about the overrun'),
  })
  .describe('Postings that settle an overrun');
export type NewResolutions = z.infer<typeof newResolutions>;

export const TRUE_UP_STATES = ['not_due', 'due', 'within', 'open', 'unexplained', 'settled'] as const;
export const trueUpView = z
  .object({
    id: identifier('True-up'),
    baseId: identifier('Final base'),
    date: businessDate('Day of the true-up'),
    cap: yuan('Cap by the final base'),
    paid: yuan('Paid for services then'),
    committed: yuan('Promised for services and not yet paid then'),
    overrun: yuan('Above the cap then; zero when within'),
    resolved: yuan('Of the overrun, shown to be moved or given back'),
    open: yuan('Still above the cap now'),
    note: z.string().describe('What was found').meta({ example: '决算基数低于预计' }),
    recordedBy: identifier('Who recorded it'),
    logIndex,
    resolutions: z
      .array(
        z.object({
          id: identifier('Resolution'),
          kind: choice(RESOLUTIONS, 'What was done'),
          amount: yuan('Amount'),
          entryId: identifier('Entry that took it out of the cap'),
          subjectType: z.string().describe('What that entry is about').meta({ example: 'claim' }),
          subjectId: identifier('Claim or contract of that entry'),
          target: target.nullable(),
          documentNo: z.string().describe('文号').meta({ example: '泸县民政〔2023〕5号' }),
          recordedBy: identifier('Who recorded it'),
          logIndex,
        }),
      )
      .describe('In order of recording'),
  })
  .describe('A year-end true-up with what was done about its overrun');
export type TrueUpView = z.infer<typeof trueUpView>;

export const reliefCapQuery = z.object({
  year: queriedYear,
  on: businessDate('Day whose declared base and whose cap count; default today').optional(),
});

const nullableYuan = (description: string) => yuan(description).nullable();
export const reliefCapView = z
  .object({
    year,
    on: businessDate('Day whose declared base and cap count'),
    base: nullableYuan('Declared spending that counts; null while none is declared, or its split is unknown'),
    basis: choice(BASE_BASES, '预计, 年中投影 or 决算').nullable(),
    baseDocumentNo: z
      .string()
      .nullable()
      .describe('Evidence of the base')
      .meta({ example: '2022年1—6月发放统计' }),
    levels: z
      .array(choice(BASE_LEVELS, 'Level'))
      .nullable()
      .describe('Levels whose money the base counts (口径, YN-24); null when unknown on that day')
      .meta({ example: ['central', 'provincial', 'prefecture', 'county'] }),
    paid: yuan('Paid for services out of relief money of the year'),
    committed: yuan('Promised for services and not yet paid'),
    capRatio: z
      .string()
      .nullable()
      .describe(
        'Cap as a share of the base; null when no rule with a known value holds here on that day. Unit: 1',
      )
      .meta({ example: '0.05' }),
    capClause: z.string().nullable().describe('Clause that sets the cap').meta({ example: 'YN-22' }),
    cap: nullableYuan('Cap; null while base or ratio is unknown'),
    headroom: nullableYuan('What may still be promised, never below zero; null while the cap is unknown'),
    utilisation: z
      .string()
      .nullable()
      .describe(
        '5%额度使用率 (YN-21): paid and promised as a share of the cap; null while that is unknown or 0',
      )
      .meta({ example: '32.26%' }),
    indication: z
      .object({
        year,
        base: yuan('Final base of the year before, as far as it counts'),
        cap: yuan('What the cap would be'),
        headroom: yuan('What would be left'),
      })
      .nullable()
      .describe(
        'While no base is declared: by the year before, to show a size (参考). No decision rests on it',
      ),
    months: z
      .array(
        z.object({
          month: z.string().describe('Month of 业务日期').meta({ example: '2022-07' }),
          added: yuan('Newly promised, less what was given back'),
          paid: yuan('Paid, less refunds and reversals'),
          total: yuan('Paid and promised up to the end of the month'),
        }),
      )
      .describe('How the numerator grew'),
    bases: z
      .array(baseView.extend({ cap: nullableYuan('Limit by this base, on the day of its declaration') }))
      .describe('Every base of the year, in order; an earlier decision keeps the one it was made on'),
    trueUpState: choice(
      TRUE_UP_STATES,
      'not_due: no final base yet; due: not trued up; within: no overrun; open: still over; unexplained: no longer ' +
        'over, but not all of it shown; settled',
    ),
    trueUps: z.array(trueUpView).describe('In order of recording; one for each final base'),
  })
  .describe('Room left under the cap on buying services with relief money, and how it came about');
export type ReliefCapView = z.infer<typeof reliefCapView>;
