import { z } from 'zod';
import { choice, identifier, yuan } from '../core/fields.js';

const row = z.number().int().describe('Row of the sheet, from 1').meta({ example: 7 });
const group = z
  .string()
  .describe('报账单号（组号）; empty for a row that stands alone')
  .meta({ example: '1' });

export const cellFault = z.object({
  sheet: z.string().describe('Sheet').meta({ example: '报账明细' }),
  cell: z.string().describe('Cell').meta({ example: 'D7' }),
  row,
  column: z.string().describe('Title of the column').meta({ example: '金额（元）' }),
  value: z.string().describe('What stands there').meta({ example: '12.345' }),
  message: z.string().describe('What is wrong, in Chinese').meta({ example: '金额最多两位小数（到分）' }),
  gravity: choice(['error', 'warning'], 'An error stops the import; a warning is to be looked at'),
});

export const importPreview = z
  .object({
    sheet: z.string().describe('Sheet that was read').meta({ example: '报账明细' }),
    lines: z.number().int().describe('Rows with something in them. Unit: 1').meta({ example: 12 }),
    isImportable: z
      .boolean()
      .describe('No errors: the sheet can be imported as it is')
      .meta({ example: true }),
    faults: z.array(cellFault).describe('Every fault of every cell, by row; at most 2000'),
    faultCount: z.number().int().describe('All faults, shown or not. Unit: 1').meta({ example: 0 }),
    ignoredColumns: z.array(z.string()).describe('Titles of columns that mean nothing here'),
    judgedCount: z
      .number()
      .int()
      .describe(
        'Claims that the rules were asked about; the others are judged when they are imported. Unit: 1',
      )
      .meta({ example: 12 }),
    claims: z
      .array(
        z.object({
          group,
          row,
          title: z
            .string()
            .describe('What it is for; empty when it cannot be read')
            .meta({ example: '办公用品' }),
          lines: z.number().int().describe('Lines. Unit: 1').meta({ example: 2 }),
          amount: yuan('Sum of the lines; null when one cannot be read').nullable(),
          outcome: choice(
            ['allow', 'review', 'block'],
            'What the rules say of it as it stands; null when they were not asked',
          ).nullable(),
          reasons: z.array(z.string()).describe('The gravest reasons, in Chinese; at most three'),
        }),
      )
      .describe('The claims that the sheet makes, in its order'),
  })
  .describe('What importing a sheet would do')
  .meta({ id: 'ClaimImportPreview' });
export type ImportPreview = z.infer<typeof importPreview>;

export const importResult = z
  .object({
    claims: z
      .array(z.object({ group, row, id: identifier('Claim'), amount: yuan('Sum of the lines') }))
      .describe('The drafts, in the order of the sheet'),
    amount: yuan('Sum of all drafts'),
  })
  .describe('Drafts made of a sheet')
  .meta({ id: 'ClaimImport' });
export type ImportResult = z.infer<typeof importResult>;
