import { z } from 'zod';
import { businessDate, choice, identifier, pageOf, pageQuery } from '../core/fields.js';
import { FORCES, GRADES_OF_SOURCE } from '../policy/index.js';
import { yearField } from './records.schema.js';

const FORCE_CODES = Object.keys(FORCES) as [keyof typeof FORCES, ...(keyof typeof FORCES)[]];
const clauseId = z
  .string()
  .regex(/^[A-Z]{2,}[A-Z0-9-]{0,30}$/, '条款编号形如 SC-03')
  .describe('Clause')
  .meta({ example: 'SC-03' });
const count = (description: string) =>
  z.number().int().describe(`${description}. Unit: 1`).meta({ example: 3 });

/** A clause and what carries it, as the packs say. */
export const clauseFields = {
  pack: z.string().describe('Pack').meta({ example: 'sichuan-2023-11' }),
  clause: clauseId,
  documentNo: z.string().describe('文号').meta({ example: '川民发〔2023〕11号' }),
  section: z.string().describe('Place in the document').meta({ example: '三（二）' }),
  force: choice(FORCE_CODES, 'What kind of sentence it is: M 强制, E 授权, S 标准, G 导向, R 做法, X 问题'),
  text: z.string().describe('The sentence').meta({ example: '省级奖补资金不能投入硬件建设' }),
  quotation: z.string().describe('Operative words').meta({ example: '不能投入硬件建设' }),
  nonWaivable: z.string().nullable().describe('Why nobody may grant an exception').meta({ example: null }),
  grade: z.enum(GRADES_OF_SOURCE).describe('How far its text was verified').meta({ example: 'V1' }),
  status: z
    .enum(['enforced', 'procedural', 'no_duty'])
    .describe('Carried by rules, by a procedure with evidence, or binding nobody')
    .meta({ example: 'enforced' }),
  evidenceKind: z
    .string()
    .nullable()
    .describe('What shows a procedural clause')
    .meta({ example: 'supervision' }),
  by: z
    .array(z.string())
    .describe('Rules; or the evidence and where it shows; or the reason')
    .meta({ example: ['SC-03.hardware'] }),
};

export const coverageQuery = z.object({ year: yearField, clause: clauseId.optional() });
export const clauseParams = z.object({ bookId: identifier('Book (账套)'), clause: clauseId });
export const clauseQuery = z.object({
  ...pageQuery,
  year: yearField,
  show: choice(['all', 'shown', 'missing'], 'Which funds or contracts').default('all'),
});

const evidenceState = z
  .object({
    kind: z.string().describe('Kind').meta({ example: 'supervision' }),
    label: z.string().describe('Kind in Chinese').meta({ example: '督导记录' }),
    per: choice(['fund', 'contract', 'year'], 'What it is shown for'),
    where: z.string().describe('Where a person finds it').meta({ example: '合同页的督导记录' }),
    due: count('Funds or contracts of the year, or the year itself'),
    shown: count('For how many of them something shows it'),
    state: choice(
      ['shown', 'partly', 'missing', 'nothing_due'],
      'nothing_due: the year has no fund or contract that it is due for, which is not the same as done',
    ),
  })
  .describe('What the book shows of a procedural clause');

export const clauseState = z
  .object({
    ...clauseFields,
    decisions: z
      .object({
        block: count('Decisions in which a rule of the clause blocked'),
        review: count('… asked for a person to look'),
        warn: count('… only warned'),
        pass: count('… was the ground to permit'),
      })
      .nullable()
      .describe(
        'Decisions of the year that name the clause, each under its gravest effect; null unless enforced',
      ),
    evidence: evidenceState.nullable().describe('null unless procedural'),
  })
  .meta({ id: 'ClauseState' });
export type ClauseState = z.infer<typeof clauseState>;

export const bookCoverageView = z
  .object({
    year: yearField,
    asOf: businessDate('Last day looked at: the end of the year, or today'),
    packs: z
      .array(z.string())
      .describe('Packs in force at the place within the year')
      .meta({ example: ['cn-national'] }),
    decisionsCounted: count('Decisions read'),
    isCountComplete: z
      .boolean()
      .describe('False: the year has more decisions than are read at once; the newest were counted')
      .meta({ example: true }),
    items: z.array(clauseState).describe('Clauses in force'),
  })
  .describe('What a book shows of each clause in a year')
  .meta({ id: 'BookCoverage' });
export type BookCoverage = z.infer<typeof bookCoverageView>;

const shownItem = z.object({
  what: z.string().describe('What shows it').meta({ example: '督导评估记录' }),
  title: z.string().nullable().describe('Title of a recorded duty').meta({ example: null }),
  date: businessDate('Date').nullable(),
  documentNo: z.string().nullable().describe('文号 or number').meta({ example: '泸县民督〔2022〕3号' }),
  id: z.string().nullable().describe('Row that it is read from').meta({ example: '0192f0c4' }),
});
export type ShownItem = z.infer<typeof shownItem>;
const shownSubject = z.object({
  subject: z
    .object({
      type: choice(['fund', 'contract', 'year'], 'Kind'),
      id: z.string().describe('Fund, contract or year').meta({ example: '0192f0c4' }),
      no: z.string().describe('文号, contract number or year').meta({ example: '川财社〔2022〕示例号' }),
      title: z.string().describe('Name').meta({ example: '社工站经费' }),
    })
    .describe('For whom'),
  isShown: z.boolean().describe('Something shows it').meta({ example: true }),
  missing: z.string().nullable().describe('What is missing, plainly').meta({ example: '没有记录' }),
  shownBy: z.array(shownItem).describe('What shows it, newest first, at most 20'),
  shownByCount: count('Rows that show it'),
});
export type ShownSubject = z.infer<typeof shownSubject>;
export const clauseCoverageView = pageOf(shownSubject).extend({
  year: yearField,
  asOf: businessDate('Last day looked at'),
  clause: clauseState,
});
export type ClauseCoverage = z.infer<typeof clauseCoverageView>;
