import { z } from 'zod';
import { businessDate, choice, identifier, instant, listPageOf, listQuery, text } from '../core/fields.js';
import { PROCEDURE_KINDS } from '../policy/index.js';

export const yearField = z.coerce
  .number()
  .int()
  .min(2000)
  .max(2100)
  .describe('Year that the duty is for')
  .meta({ example: 2023 });

const recordFields = {
  kind: choice(PROCEDURE_KINDS, 'What it shows (程序)'),
  year: z
    .number()
    .int()
    .min(2000)
    .max(2100)
    .describe('Year that the duty is for: a fund’s budget year, a year of a contract’s term')
    .meta({ example: 2022 }),
  fundId: identifier('The fund that it is for, exactly where the kind is shown for each fund')
    .nullable()
    .default(null)
    .meta({ example: null }),
  contractId: identifier('The contract that it is for, exactly where the kind is shown for each contract')
    .nullable()
    .default(null)
    .meta({ example: null }),
  date: businessDate('Day on which it was done'),
  documentNo: text('文号; this or an attachment must be given', 100, '泸县民发〔2022〕31号')
    .nullable()
    .default(null),
  attachments: z
    .array(identifier('Uploaded file'))
    .max(20, '最多 20 份附件')
    .default([])
    .describe('Files that show it'),
  title: text('What was done', 200, '2022年第三季度社工站资金使用情况报送'),
  note: text('Note', 1000, '已报市民政局').nullable().default(null),
};
export const newProcedureRecord = z
  .strictObject(recordFields)
  .describe('A duty done that nothing else in the book shows (程序记录)')
  .meta({ id: 'NewProcedureRecord' });
export type NewProcedureRecord = z.infer<typeof newProcedureRecord>;

export const procedureWithdrawal = z
  .strictObject({ reason: text('Why it no longer counts', 500, '登记到了错误的年度') })
  .describe('Withdraws a record, which stays readable');

export const procedureRecordView = z
  .object({
    ...recordFields,
    id: identifier('Record'),
    bookId: identifier('Book'),
    kindLabel: z.string().describe('Kind in Chinese').meta({ example: '定期报送记录' }),
    recordedBy: identifier('Who recorded it'),
    recordedAt: instant('When it was recorded'),
    withdrawnBy: identifier('Who withdrew it; null = it counts').nullable().meta({ example: null }),
    withdrawnAt: instant('When it was withdrawn').nullable().meta({ example: null }),
    withdrawnReason: z.string().nullable().describe('Why it was withdrawn').meta({ example: null }),
  })
  .describe('A recorded duty')
  .meta({ id: 'ProcedureRecord' });
export type ProcedureRecordView = z.infer<typeof procedureRecordView>;
export const procedureRecordPage = listPageOf(procedureRecordView);
export const PROCEDURE_SORTS = ['recordedAt', 'date'] as const;

export const procedureRecordQuery = z.object({
  ...listQuery(PROCEDURE_SORTS),
  kind: choice(PROCEDURE_KINDS, 'Kind').optional(),
  year: yearField.optional(),
  fundId: identifier('Fund').optional(),
  contractId: identifier('Contract').optional(),
  state: choice(['counting', 'withdrawn', 'all'], 'Which of them').default('all'),
});
