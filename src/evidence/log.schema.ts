import { z } from 'zod';
import { choice, flag, identifier, instant, listPageOf, pageQuery } from '../core/fields.js';
import { unjudgedView } from './replay.schema.js';

const MAX_INDEX = 2_147_483_647;
const hash = (description: string) =>
  z
    .string()
    .describe(`${description}. SHA-256 in lower-case hex`)
    .meta({ example: '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d' });
const place = z.number().int().describe('Place in the audit log, from 0').meta({ example: 12 });
const count = (description: string) =>
  z.number().int().describe(`${description}. Unit: 1`).meta({ example: 12 });

export const logIndex = z.coerce
  .number()
  .int()
  .min(0)
  .max(MAX_INDEX)
  .describe('Place in the audit log, from 0')
  .meta({ example: 12 });

export const logQuery = z.object({
  ...pageQuery,
  order: choice(['asc', 'desc'], 'Oldest first (default) or newest first').optional(),
  count: flag('Also count the entries, at most 10,000 of them'),
  action: z
    .string()
    .regex(/^[a-z_]{1,40}(\.[a-z_]{0,40})?$/, '操作应形如 claim.submit，或以 claim. 开头的一类')
    .optional()
    .describe(
      'Only entries whose action begins with this: claim.submit, or claim. for all that is done to claims',
    )
    .meta({ example: 'claim.' }),
  outcome: z
    .string()
    .regex(/^[a-z_:]{1,100}$/, '结果应为 allow、review、block 或 refused:代码')
    .optional()
    .describe('Only entries with this outcome: allow, review, or refused:<code>')
    .meta({ example: 'refused:policy_blocked' }),
  subjectType: z
    .string()
    .regex(/^[A-Za-z_]{1,40}$/, '对象类别应为英文名称，例如 claim')
    .optional()
    .describe('Only entries about things of this kind')
    .meta({ example: 'claim' }),
  subjectId: identifier('Only entries about this fund, contract, claim …').optional(),
  actorId: identifier('Only what this person did').optional(),
  recordedFrom: instant('Only what was recorded at this instant or later').optional(),
  recordedUntil: instant('Only what was recorded before this instant').optional(),
});
export type LogQuery = z.infer<typeof logQuery>;

/** What the log tells of an entry without opening it. */
export const logSummary = {
  logIndex: place,
  recordedAt: instant('When it was recorded'),
  action: z.string().describe('What was done').meta({ example: 'claim.submit' }),
  subjectType: z.string().describe('Kind of thing it was done to').meta({ example: 'claim' }),
  subjectId: z.string().describe('Which one').meta({ example: '0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c' }),
  outcome: z
    .string()
    .nullable()
    .describe('Outcome of the decision, or refused:<code>; null where nothing was decided')
    .meta({ example: 'allow' }),
  leafHash: hash('Leaf of the Merkle tree (RFC 6962)'),
};
export const logPage = listPageOf(z.object(logSummary).describe('One entry of the audit log'));
export type LogSummary = z.infer<typeof logPage>['items'][number];

export const logEntryView = z
  .object({
    ...logSummary,
    actorId: z.string().describe('Who did it').meta({ example: '0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c' }),
    requestId: z
      .string()
      .describe('Under which request')
      .meta({ example: '5f0c7c1e-3f0b-4f57-9d0e-2a0a4c1c7d10' }),
    body: z
      .record(z.string(), z.unknown().describe('Member of the entry'))
      .describe(
        'The entry; its canonical JSON (RFC 8785) is what leafHash is made from. Amounts are 分 as text',
      ),
  })
  .describe('One entry of the audit log with its content');
export type LogEntryView = z.infer<typeof logEntryView>;

export const verificationView = z
  .object({
    bookId: identifier('Book'),
    name: z.string().describe('Book').meta({ example: '泸县民政局社工站资金账套' }),
    isClean: z.boolean().describe('No difference was found').meta({ example: true }),
    logEntries: count('Log entries recomputed'),
    postings: count('Postings replayed'),
    decisions: count('Decisions in the log'),
    decisionsUnchecked: count('Decisions that cannot be made again: not verified'),
    unchecked: z.array(unjudgedView).describe('Why decisions cannot be made again'),
    refusals: count('Refused commands in the log'),
    root: hash('Root of the Merkle tree'),
    difference: z
      .object({
        place: z.string().describe('Where').meta({ example: 'logEntry 17 leafHash' }),
        expected: z.string().describe('What the log says').meta({ example: '120000' }),
        got: z.string().describe('What the table says').meta({ example: '120001' }),
      })
      .nullable()
      .describe('The first difference; null when there is none'),
  })
  .describe('Outcome of a verification');
export type VerificationView = z.infer<typeof verificationView>;
