import { z } from 'zod';
import { businessDate, choice, identifier, instant, pageOf, pageQuery, text, yuan } from '../core/fields.js';
import { LEVELS, SOURCE_TYPES } from '../core/vocabulary.js';
import { BASES, DIFFERENCE_KINDS } from './pairs.js';

const year = z.coerce
  .number()
  .int()
  .min(2000)
  .max(2100)
  .describe('Year of 业务日期 in which it was issued; a record that no issue is behind counts in its own')
  .meta({ example: 2022 });
const asOf = businessDate('Day up to which both sides are read; default today');

export const upperComparisonQuery = z.object({ year, asOf: asOf.optional() });
export const lowerComparisonQuery = upperComparisonQuery.extend({
  recipientBookId: identifier('Only this lower book').optional(),
});

const DIFFERENCE_KEY = new RegExp(
  `^(${DIFFERENCE_KINDS.join('|')}):[\\x21-\\x39\\x3b-\\x7e]{0,64}:[\\x21-\\x39\\x3b-\\x7e]{0,64}$`,
);
const key = z
  .string()
  .regex(DIFFERENCE_KEY, '差异编号无效，请从对账表中选取')
  .describe('Difference, as the comparison names it: its kind and the ids of its two records')
  .meta({ example: 'not_taken_in:0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c:' });

const count = (description: string, example: number) =>
  z.number().int().describe(description).meta({ example });
const logIndex = count('Place in the audit log of its book', 12);
const documentNo = z.string().describe('文号 or voucher').meta({ example: '川财社〔2022〕示例号' });
const bureauName = z.string().describe('Bureau').meta({ example: '四川省民政厅' });

const totals = z.object({
  issued: yuan('Issued by the upper book in the year'),
  taken: yuan('Taken in by the lower book: of what was issued in the year, and what it recorded beyond that'),
  agreed: yuan('What both sides have: issued − short, and taken − over'),
  short: yuan('Issued and not taken in'),
  over: yuan('Taken in beyond what was issued'),
});

const upperRecord = z.object({
  bookId: identifier('Issuing book'),
  kind: choice(['allotment', 'disbursement'], '下达 or 拨付'),
  id: identifier('Allotment item or disbursement'),
  documentNo,
  effectiveDate: businessDate('业务日期'),
  amount: yuan('Amount issued'),
  logIndex,
  leafHash: z.string().describe('Log hash of the issue').meta({ example: 'a3f1…' }),
});
const ownRecord = z.object({
  kind: choice(
    ['intake', 'grant', 'arrival'],
    '收文/到账 that names its issue, or a document recorded by hand',
  ),
  id: identifier('Intake or document of the fund'),
  fundId: identifier('Fund in the lower book'),
  documentNo,
  effectiveDate: businessDate('业务日期'),
  amount: yuan('Amount taken in'),
  logIndex,
});

const noteState = {
  ownerId: identifier('Person who has to resolve it (责任人)').nullable(),
  ownerName: z.string().nullable().describe('责任人').meta({ example: '王芳' }),
  explanation: z.string().nullable().describe('Explanation').meta({ example: '文件在途，预计下周收文' }),
  expectedDate: businessDate('Day by which it should be resolved').nullable(),
};

export const differenceView = z
  .object({
    key,
    kind: choice(DIFFERENCE_KINDS, 'Kind'),
    kindLabel: z.string().describe('Kind in Chinese').meta({ example: '未收文' }),
    basis: choice(BASES, '指标 (下达) or 资金 (拨付)'),
    fundName: z.string().describe('Fund').meta({ example: '社工站省级奖补' }),
    amount: yuan('Money in question, above zero'),
    difference: yuan('Issued minus taken in; zero where only dates or links disagree'),
    ageDays: count('Days that it has lasted; for 跨月入账 days between the two dates. Unit: day', 31),
    duty: choice(['lower', 'upper'], 'Which side can resolve it: 本级 or 上级'),
    upper: upperRecord.nullable().describe('Record of the upper book'),
    own: ownRecord.nullable().describe('Record of the lower book'),
    ...noteState,
    isOverdue: z.boolean().describe('The expected day has passed').meta({ example: false }),
    notes: count('Notes recorded on it. Unit: 1', 1),
  })
  .describe('One difference between the upper and the lower book (差异)')
  .meta({ id: 'Difference' });
export type DifferenceView = z.infer<typeof differenceView>;

const comparisonFund = z
  .object({
    fundId: identifier('Fund in the lower book; null = nothing of it taken in').nullable(),
    upperFundId: identifier('Fund of the upper book; null = no upper record').nullable(),
    name: z.string().describe('Fund').meta({ example: '社工站省级奖补' }),
    type: choice(SOURCE_TYPES, 'Source type'),
    level: choice(LEVELS, 'Level'),
    fundYear: count('Budget year of the fund', 2022),
    documentNo,
    upper: z
      .object({ allotted: yuan('下达 to this book'), disbursed: yuan('拨付 to this book') })
      .describe('Upper side, issued in the year'),
    own: z
      .object({
        planned: yuan('计划 recorded in the year'),
        takenIn: yuan('下达 taken in (收文)'),
        received: yuan('到账 taken in'),
        spent: yuan('支出 in the year'),
        passedDown: yuan('下达下级 in the year'),
        returned: yuan('缴回 in the year'),
      })
      .describe(
        'Lower side. Taken in and received: as in the totals; the others: booked in the year by the day',
      ),
    allottedDifference: yuan('allotted − taken in'),
    receivedDifference: yuan('disbursed − received'),
  })
  .describe('Both sides of one fund');

const comparisonFields = {
  bookId: identifier('Lower book'),
  bureauName,
  year: count('Year', 2022),
  asOf,
  authority: totals.describe('指标: 下达 against 收文'),
  cash: totals.describe('资金: 拨付 against 到账'),
  funds: z.array(comparisonFund).describe('Every fund that comes from above, four amounts of both sides'),
  differences: z.array(differenceView).describe('Oldest first'),
  unowned: count('Differences without a 责任人. Unit: 1', 0),
  oldestDays: count('Age of what is longest in transit, 指标 or 资金. Unit: day', 31).nullable(),
};
export const upperComparisonView = z
  .object({
    ...comparisonFields,
    upper: z
      .array(z.object({ bookId: identifier('Book'), bureauName }))
      .describe('Books above, topmost first; without any there is nothing to compare'),
  })
  .describe('A book against what was issued to it (上下级对账)')
  .meta({ id: 'UpperComparison' });
export type UpperComparisonView = z.infer<typeof upperComparisonView>;

const lowerBook = z.object(comparisonFields).describe('One lower book against what was issued to it');
export type LowerBookView = z.infer<typeof lowerBook>;
export const lowerComparisonView = z
  .object({
    bookId: identifier('Upper book'),
    year: count('Year', 2022),
    asOf,
    authority: totals.describe('指标 of all lower books'),
    cash: totals.describe('资金 of all lower books'),
    items: z.array(lowerBook).describe('Lower books, the longest in transit first'),
  })
  .describe('What a book issued against what each lower book took in')
  .meta({ id: 'LowerComparison' });
export type LowerComparisonView = z.infer<typeof lowerComparisonView>;

export const newDifferenceNote = z
  .strictObject({
    key,
    ownerId: identifier('Person who has to resolve it; null = as said before').nullable().default(null),
    explanation: text('Why it is there; null = as said before', 500, '文件在途，预计下周收文')
      .nullable()
      .default(null),
    expectedDate: businessDate('Day by which it should be resolved; null = as said before')
      .nullable()
      .default(null),
  })
  .refine((note) => note.ownerId !== null || note.explanation !== null || note.expectedDate !== null, {
    path: ['explanation'],
    message: '请至少填写责任人、说明、预计解决日期中的一项',
  })
  .describe('责任人, explanation, expected day of a difference. What is said last holds; all is kept')
  .meta({ id: 'NewDifferenceNote' });
export type NewDifferenceNote = z.infer<typeof newDifferenceNote>;

export const differenceNoteView = z
  .object({
    id: identifier('Note'),
    bookId: identifier('Book'),
    key,
    ...noteState,
    recordedBy: identifier('Who recorded it'),
    recordedByName: z.string().describe('Who recorded it').meta({ example: '李静' }),
    recordedAt: instant('When'),
    logIndex,
  })
  .describe('What was said of a difference')
  .meta({ id: 'DifferenceNote' });
export type DifferenceNoteView = z.infer<typeof differenceNoteView>;
export const differenceNotePage = pageOf(differenceNoteView);
export const differenceNoteQuery = z.object({ ...pageQuery, key: key.optional() });

export const differenceOwnerList = z
  .object({
    items: z
      .array(
        z.object({
          id: identifier('Person'),
          name: z.string().describe('Name').meta({ example: '王芳' }),
          organisationName: z
            .string()
            .describe('Bureau where the person works')
            .meta({ example: '泸县民政局' }),
          isOwn: z.boolean().describe('At the bureau of the book, not above it').meta({ example: true }),
        }),
      )
      .describe('The own bureau first'),
  })
  .describe('Who may be named 责任人 of a difference of the book')
  .meta({ id: 'DifferenceOwners' });
export type DifferenceOwners = z.infer<typeof differenceOwnerList>;
