import { z } from 'zod';
import { businessDate, choice, identifier, text, yuan } from '../core/fields.js';
import { ORGANISATION_LABELS, SOURCE_TYPES } from '../core/vocabulary.js';

/** 预算法第五十二条: what comes from above is passed down within thirty days. */
export const PASSED_ON_WITHIN_DAYS = 30;
/** A tree is shown on one page: so many nodes of all levels, the largest; the others are summed. */
export const TREE_NODES = 400;
export const MOST_TREE_NODES = 5000;

export const DELAY_LABELS = {
  not_taken_in: '未收文',
  not_passed_on: '未再下达也未使用',
  cash_not_taken_in: '拨付未到账',
} as const;
export const DELAYS = Object.keys(DELAY_LABELS) as [DelayKind, ...DelayKind[]];
export type DelayKind = keyof typeof DELAY_LABELS;

export const treeQuery = z.object({
  fundId: identifier('Only this fund of the book').optional(),
  year: z.coerce
    .number()
    .int()
    .min(2000)
    .max(2100)
    .optional()
    .describe('Budget year of the funds')
    .meta({ example: 2022 }),
  type: choice(SOURCE_TYPES, 'Source type of the funds').optional(),
  recipient: text('Part of the name of a recipient of this book', 100, '泸县').optional(),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_TREE_NODES)
    .default(TREE_NODES)
    .describe('Recipients shown of all levels, the largest; the others are summed. Unit: 1')
    .meta({ example: TREE_NODES }),
});
export type TreeQuery = z.input<typeof treeQuery>;

const issueView = z.object({
  allotmentId: identifier('Allotment'),
  bookId: identifier('Book that issued it'),
  documentNo: z.string().describe('文号').meta({ example: '川财社〔2022〕示例号' }),
  effectiveDate: businessDate('Day of issue'),
  amount: yuan('Amount for this recipient'),
  logIndex: z.number().int().describe('Place in the log of the book that issued it').meta({ example: 12 }),
  takenIn: z
    .object({
      documentNo: z
        .string()
        .nullable()
        .describe('Own receipt number; null where its book may not be read')
        .meta({
          example: '收文2022-15',
        }),
      effectiveDate: businessDate('Day of the receipt'),
      logIndex: z
        .number()
        .int()
        .nullable()
        .describe('Place in the log of the receiving book; null where it may not be read')
        .meta({ example: 3 }),
    })
    .nullable()
    .describe('How the receiving book took it in; null = not yet, or it has no book'),
});

const stepView = z
  .object({
    bureauName: z.string().describe('Bureau that issued').meta({ example: '四川省民政厅' }),
    bookId: identifier('Its book; null where the caller may not read it').nullable(),
    fundId: identifier('Its fund; null where the caller may not read it').nullable(),
    documentNo: z.string().describe('文号').meta({ example: '川财社〔2022〕示例号' }),
    effectiveDate: businessDate('Day of issue'),
    amount: yuan('Issued to the next level on the way'),
    logIndex: z.number().int().nullable().describe('Place in its log; null where it may not be read').meta({
      example: 12,
    }),
  })
  .describe('A step above');

export const NODE_KINDS = ['fund', 'bureau', 'unit', 'rest'] as const;

export const treeNodeView = z.object({
  id: z
    .string()
    .describe('Unlike that of any other node of the answer')
    .meta({ example: '0192f0c4/b:0192f0c5' }),
  parentId: z
    .string()
    .nullable()
    .describe('Node above; null for a fund of this book')
    .meta({ example: null }),
  depth: z.number().int().describe('0 for a fund of this book. Unit: levels below it').meta({ example: 1 }),
  kind: choice(
    NODE_KINDS,
    'Fund of this book, bureau with a book of its own, unit without one, or the sum of the others',
  ),
  via: choice(
    ['allotment', 'split'],
    'By an allotment of the level above, or named in the split of the document',
  )
    .nullable()
    .meta({ example: 'allotment' }),
  name: z.string().describe('Recipient, or 文号 of the fund').meta({ example: '泸县民政局' }),
  levelLabel: z
    .string()
    .describe('What it is, in Chinese')
    .meta({ example: ORGANISATION_LABELS.bureau_county }),
  bookId: identifier('Its book, where the caller may read it').nullable(),
  fundIds: z.array(identifier('Fund')).describe('Funds of that book that the money was taken into'),
  count: z.number().int().describe('Recipients that the node stands for. Unit: 1').meta({ example: 1 }),
  issued: yuan('下达: issued to it; of a fund of this book everything that it got'),
  taken: yuan('已收: what it took in of that').nullable(),
  paid: yuan('已拨付: cash paid down to it; of a fund of this book its 到账. Null for units').nullable(),
  passedOn: yuan(
    '已再下达: issued to those below it, the sum of its children. Null where unknown',
  ).nullable(),
  kept: yuan(
    '留在本级: issued + other − passedOn − returned − merged. Null for units and where unknown',
  ).nullable(),
  spent: yuan('已支出 of its own book without those below. Null for units and where unknown').nullable(),
  other: yuan('Of the same funds, come from elsewhere').nullable(),
  returned: yuan('已缴回 of the same funds').nullable(),
  merged: yuan('Taken into a fund that is shown under another node').nullable(),
  issues: z.array(issueView).describe('Documents that issued it, newest first, at most twenty'),
  issueCount: z.number().int().describe('Documents that issued it. Unit: 1').meta({ example: 1 }),
  above: z
    .array(stepView)
    .describe('Of a fund that came from above: the way of the money, from the top down'),
  delays: z
    .array(
      z.object({
        kind: choice(DELAYS, 'What is late'),
        amount: yuan('Amount in question'),
        days: z.number().int().describe('Days since the oldest of it').meta({ example: 31 }),
      }),
    )
    .describe(`What has waited longer than ${PASSED_ON_WITHIN_DAYS} days`),
});
export type TreeNodeView = z.infer<typeof treeNodeView>;

export const allotmentTreeView = z
  .object({
    bookId: identifier('Book'),
    asOf: businessDate('Day on which delays are counted'),
    termDays: z.number().int().describe('Days within which money is to be passed on').meta({
      example: PASSED_ON_WITHIN_DAYS,
    }),
    total: z
      .object({
        issued: yuan('下达 of the funds'),
        paid: yuan('到账 of the funds'),
        passedOn: yuan('已再下达 of the funds'),
        kept: yuan('留在本级'),
        spent: yuan('已支出'),
        allotments: yuan('Of passedOn, by allotments of this book'),
      })
      .describe('Sums of the funds shown'),
    otherFunds: z.number().int().describe('Further funds that are not shown. Unit: 1').meta({ example: 0 }),
    nodes: z.array(treeNodeView).describe('Each before the nodes below it'),
  })
  .describe('Where the money of a book went, level by level')
  .meta({ id: 'AllotmentTree' });
export type AllotmentTreeView = z.infer<typeof allotmentTreeView>;
