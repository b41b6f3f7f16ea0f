import { z } from 'zod';
import { isBusinessDate } from './dates.js';
import { YUAN_PATTERN } from './money.js';

/** Field schemas that every route shares, each documented once with unit and example. */

export const yuan = (description: string) =>
  z
    .string()
    .regex(YUAN_PATTERN, '金额应为元，最多两位小数，例如 "4680000.00"')
    .describe(`${description}. Unit: yuan (元), at most two decimals, as text`)
    .meta({ example: '200000.00' });

/** Below 10 万亿元, no sum over one document can leave a BIGINT of 分. */
const BELOW_TEN_TRILLION = /^-?\d{1,13}(\.|$)/;

/** An amount that must be above zero. */
export const positiveYuan = (description: string) =>
  yuan(description)
    .regex(BELOW_TEN_TRILLION, '金额过大，应小于 10 万亿元')
    .refine((text) => !text.startsWith('-') && /[1-9]/.test(text), '金额应大于零');

export const businessDate = (description: string) =>
  z
    .string()
    .refine(isBusinessDate, '日期应为真实存在的日期，例如 "2022-07-31"')
    .describe(`${description}. Calendar date in China, YYYY-MM-DD`)
    .meta({ example: '2022-07-31' });

export const instant = (description: string) =>
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, '时刻应为 UTC，例如 "2022-07-31T02:00:00.000Z"')
    .describe(`${description}. ISO 8601 UTC with milliseconds`)
    .meta({ example: '2022-07-31T02:00:00.000Z' });

export const identifier = (description: string) =>
  z
    .string()
    .regex(/^[\x21-\x7e]{1,64}$/, '编号应为 1 至 64 个可见 ASCII 字符')
    .describe(description)
    .meta({ example: '0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c' });

/** Text typed by a person: trimmed, well-formed, without control characters. */
export const text = (description: string, maxLength = 200, example = '社工站服务') =>
  z
    .string()
    .trim()
    .min(1, '不能为空')
    .max(maxLength, `最多 ${maxLength} 个字`)
    .refine((value) => value.isWellFormed() && !/(?![\n\t])\p{Cc}/u.test(value), '含有不能保存的字符')
    .describe(description)
    .meta({ example });

export const division = (description: string) =>
  z
    .string()
    .regex(/^\d{6}$/, '行政区划代码应为 6 位数字')
    .describe(`${description}. GB/T 2260, six digits`)
    .meta({ example: '510105' });

export const choice = <const T extends readonly [string, ...string[]]>(values: T, description: string) =>
  z
    .enum(values, `应为其中之一：${values.join('、')}`)
    .describe(description)
    .meta({ example: values[0] });

export const pageQuery = {
  cursor: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, '翻页位置无效，请从第一页重新查询')
    .optional()
    .describe('`nextCursor` or `prevCursor` of another page')
    .meta({ example: '0192f0c4' }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(50)
    .describe('Rows per page, 1 to 200')
    .meta({ example: 50 }),
};

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item).describe('Rows of this page'),
    nextCursor: z
      .string()
      .nullable()
      .describe('Ask for the next page with this; null at the end')
      .meta({ example: null }),
  });

/** A yes or no of a query string. */
export const flag = (description: string) =>
  z
    .union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
    .optional()
    .describe(description)
    .meta({ example: true });

/** What every list is asked for that can be sorted and left in both directions; the first of `sorts` is the default. */
export const listQuery = <const Sorts extends readonly [string, ...string[]]>(sorts: Sorts) => ({
  ...pageQuery,
  sort: choice(sorts, `Sorted by; default ${sorts[0]}`).optional(),
  order: choice(['desc', 'asc'], 'Descending or ascending; default desc').optional(),
  count: flag('Also count the rows of the list, at most 10,000 of them'),
});

export const boundedCount = z
  .object({
    count: z.number().int().describe('Rows counted, at most 10,000. Unit: 1').meta({ example: 128 }),
    isCapped: z.boolean().describe('There are more than `count`').meta({ example: false }),
  })
  .describe('A count that stops at a bound')
  .meta({ id: 'BoundedCount' });

export const listPageOf = <T extends z.ZodType>(item: T) =>
  pageOf(item).extend({
    prevCursor: z
      .string()
      .nullable()
      .describe('Ask for the page before with this; null at the beginning')
      .meta({ example: null }),
    total: boundedCount.nullable().describe('Rows of the whole list; null unless asked for with `count`'),
  });

/** `If-Match: "3"` → 3. */
export const versionHeader = z.object({
  'if-match': z
    .string()
    .regex(/^"\d+"$/, 'If-Match 应为 ETag，例如 "3"')
    .optional()
    .describe('ETag of the version that the change is based on')
    .meta({ example: '"3"' }),
});
