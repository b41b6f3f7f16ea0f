import { z } from 'zod';
import { identifier, instant, pageOf, pageQuery } from '../core/fields.js';
import { newExport } from '../evidence/index.js';
import { verifyInput } from './kinds/verify-book.js';

export const JOB_STATUS_LABELS = {
  queued: '排队中',
  running: '进行中',
  done: '已完成',
  failed: '未成功',
  cancelled: '已取消',
  interrupted: '已中断',
} as const;
export type JobStatus = keyof typeof JOB_STATUS_LABELS;
const statuses = Object.keys(JOB_STATUS_LABELS) as [JobStatus, ...JobStatus[]];

const kindOf = <const Kind extends string>(kind: Kind, description: string) =>
  z.literal(kind).describe(description).meta({ example: kind });

/** What `POST /books/:bookId/jobs` starts. */
export const newJob = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: kindOf('verify_book', 'Verify the book (核验账套)'),
        input: verifyInput.default({}),
      })
      .describe('As GET /books/{bookId}/verification'),
    z
      .strictObject({
        kind: kindOf('evidence_package', 'Evidence package (证据包) as a file'),
        input: newExport,
      })
      .describe('As POST /books/{bookId}/evidence'),
    z
      .strictObject({
        kind: kindOf('table_export', 'Workpapers (工作底稿) as one workbook, without proofs'),
        input: newExport,
      })
      .describe('The tables that an evidence package of the same input holds'),
  ])
  .describe('Long work to be done in the background');
export type NewJob = z.infer<typeof newJob>;

const steps = z.number().int();
const summary = {
  id: identifier('Job'),
  kind: z.string().describe('Kind of job').meta({ example: 'verify_book' }),
  label: z.string().describe('Kind in Chinese').meta({ example: '核验账套' }),
  bookId: identifier('Book; null for what belongs to no single one').nullable(),
  title: z.string().describe('What is done, in Chinese').meta({ example: '导出证据包：整个账套' }),
  status: z
    .enum(statuses)
    .describe('Interrupted: the service stopped meanwhile; it is to be started again')
    .meta({ example: 'running' }),
  doneSteps: steps
    .describe('How far it is: log entries of a verification, files of a package … Unit: 1')
    .meta({ example: 1500 }),
  totalSteps: steps
    .nullable()
    .describe('Of how many; null where nobody knows. Unit: 1')
    .meta({ example: 4000 }),
  message: z
    .string()
    .describe('What is going on, or came of it, in Chinese')
    .meta({ example: '正在重算日志' }),
  problem: z
    .object({
      code: z.string().describe('Stable machine code').meta({ example: 'forbidden' }),
      message: z.string().describe('Chinese explanation').meta({ example: '您没有“核验账套”的权限' }),
    })
    .nullable()
    .describe('Why it failed'),
  file: z
    .object({
      name: z.string().describe('File name').meta({ example: 'evidence-510521-book-128.zip' }),
      mediaType: z.string().describe('Media type').meta({ example: 'application/zip' }),
      sizeBytes: z.number().int().describe('Size. Unit: byte').meta({ example: 120_000 }),
      sha256: z.string().describe('SHA-256 of the content, hex').meta({ example: '6e340b9cffb37a98' }),
      availableUntil: instant('When it will be deleted'),
    })
    .nullable()
    .describe('What GET /jobs/{id}/file gives; null where there is none, or it was deleted'),
  createdAt: instant('When it was asked for'),
  startedAt: instant('When it began').nullable(),
  finishedAt: instant('When it ended').nullable(),
};
const jobSummary = z.object(summary).describe('A job (后台任务)').meta({ id: 'JobSummary' });
export type JobSummary = z.infer<typeof jobSummary>;

export const jobView = z
  .object({
    ...summary,
    result: z
      .record(z.string(), z.unknown().describe('Member of the result'))
      .nullable()
      .describe(
        'What came of it: of a verification as GET /books/{bookId}/verification. Null until it has ended, and mostly ' +
          'where it was not done; an import of claims then has its `faults`, or the `claims` that it made so far',
      ),
  })
  .describe('A job (后台任务) with its result')
  .meta({ id: 'Job' });
export type JobView = z.infer<typeof jobView>;

export const jobPage = pageOf(jobSummary);
export const jobQuery = z.object({
  ...pageQuery,
  bookId: identifier('Only jobs of this book').optional(),
  kind: z
    .string()
    .regex(/^[a-z_]{1,40}$/, '任务类型应为小写字母和下划线')
    .optional()
    .describe('Only jobs of this kind')
    .meta({ example: 'verify_book' }),
});
export type JobQuery = z.infer<typeof jobQuery>;

const count = (what: string) => z.number().int().describe(`${what}. Unit: 1`);
export const verificationStatus = z
  .object({
    bookId: identifier('Book'),
    logEntries: count('Entries of the log now').meta({ example: 140 }),
    newest: z
      .object({
        jobId: identifier('Job'),
        at: instant('When it was done'),
        logEntries: count('Entries of the log that it verified').meta({ example: 128 }),
        isClean: z.boolean().describe('No difference was found').meta({ example: true }),
        differences: count('Differences found: a verification stops at the first').meta({ example: 0 }),
        place: z.string().nullable().describe('Where the first difference is').meta({ example: null }),
        decisionsUnchecked: count('Decisions that could not be made again').meta({ example: 0 }),
        personId: identifier('Who asked for it'),
        personName: z.string().describe('Their name').meta({ example: '李华' }),
      })
      .nullable()
      .describe('The newest verification that was done in the background, whoever asked for it'),
    checkpoint: z
      .object({
        size: count('Entries of the log that it signs').meta({ example: 120 }),
        lastEntryAt: instant('When the last of them was recorded').nullable(),
        grownBy: count('Entries recorded since').meta({ example: 20 }),
        cosignatures: count('Witnesses who signed it too').meta({ example: 1 }),
      })
      .nullable()
      .describe('The newest checkpoint'),
    witnesses: count('Witnesses (见证人) in service').meta({ example: 2 }),
  })
  .describe('How far a book is verified and signed')
  .meta({ id: 'VerificationStatus' });
export type VerificationStatus = z.infer<typeof verificationStatus>;
