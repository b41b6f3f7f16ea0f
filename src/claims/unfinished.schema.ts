import { z } from 'zod';
import { identifier, instant } from '../core/fields.js';

/** At most so many for one person; the oldest must be finished or dropped first. */
export const MAX_UNFINISHED = 50;
/** Days after its last change that an unfinished claim is kept. */
export const UNFINISHED_DAYS = 90;
/** 500 lines with long descriptions; in bytes of canonical JSON. */
export const MAX_UNFINISHED_BYTES = 512 * 1024;

/** The name of a form field. Not a name that JavaScript objects have of their own. */
const name = z.string().regex(/^[A-Za-z][\w.[\]-]{0,99}$/, '字段名应为 1 至 100 个字母、数字或 . _ - [ ]');
const value = z.string().max(4000, '最多 4000 个字');
const values = z.array(value).max(500, '最多 500 项');
const part = z.record(name, z.union([value, values]));
const line = z.record(name, z.union([value, values, part, z.array(part).max(100, '最多 100 项')]));

/** Whatever stands in the form, right or wrong: texts and lists of texts, of lines, and of parts of lines. */
export const formValues = z
  .record(name, z.union([value, values, line, z.array(line).max(500, '最多 500 行')]))
  .refine((content) => Buffer.byteLength(JSON.stringify(content)) <= MAX_UNFINISHED_BYTES, {
    message: '暂存内容过大，最多 512 KB',
  })
  .describe(
    'Form values by field name: texts, lists of texts, and one or more lines of the same. At most 512 KiB',
  )
  .meta({ example: { title: '社工站服务费', lines: [{ amount: '1200', description: '' }] } });
export type FormValues = z.infer<typeof formValues>;

export const newUnfinishedClaim = z
  .strictObject({
    claimId: identifier('Draft that it edits; null for a new claim')
      .nullable()
      .default(null)
      .meta({ example: null }),
    content: formValues,
  })
  .describe('A claim as far as it is filled in (暂存)')
  .meta({ id: 'NewUnfinishedClaim' });
export type NewUnfinishedClaim = z.infer<typeof newUnfinishedClaim>;

const head = {
  id: identifier('Unfinished claim'),
  bookId: identifier('Book'),
  claimId: identifier('Draft that it edits; null for a new claim').nullable(),
  createdAt: instant('When it was first saved'),
  updatedAt: instant('When it was saved last; kept for 90 days from then'),
  version: z.number().int().describe('Version for If-Match').meta({ example: 1 }),
};
export const unfinishedClaimView = z
  .object({ ...head, content: formValues })
  .describe('A claim as far as it is filled in (暂存); only its maker sees it')
  .meta({ id: 'UnfinishedClaim' });
export type UnfinishedClaimView = z.infer<typeof unfinishedClaimView>;
export const unfinishedClaimList = z
  .object({
    items: z
      .array(
        z.object({
          ...head,
          title: z
            .string()
            .describe('Its field `title`, empty if there is none')
            .meta({ example: '社工站服务费' }),
        }),
      )
      .describe('One’s own in this book, last saved first; at most 50'),
  })
  .describe('Claims that one has not finished');
export type UnfinishedClaimList = z.infer<typeof unfinishedClaimList>;
