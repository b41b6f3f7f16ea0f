import { z } from 'zod';

const count = (what: string) => z.number().int().describe(`${what}. Unit: 1`).meta({ example: 12 });
const place = z.coerce.number().int().min(0).max(2_147_483_646);

/** Entries of a log that one request replays at most. */
export const MAX_REPLAYED = 2_000;

export const replayQuery = z
  .strictObject({
    from: place.default(0).describe('First place in the log').meta({ example: 0 }),
    to: place
      .optional()
      .describe(`Last place in the log; at most ${MAX_REPLAYED} entries are replayed at once`)
      .meta({ example: 1999 }),
  })
  .describe('Part of the log');
export type ReplayQuery = z.infer<typeof replayQuery>;

export const unjudgedView = z
  .object({
    reason: z
      .enum(['engine_unknown', 'pack_missing', 'pack_damaged', 'pack_unreadable'])
      .describe('Why')
      .meta({ example: 'engine_unknown' }),
    what: z.string().describe('Version of the engine, or SHA-256 of the pack').meta({ example: 'policy/1' }),
    count: count('Decisions'),
  })
  .describe('Decisions that cannot be made again, and why');

export const replayView = z
  .object({
    decisions: count('Decisions in this part of the log'),
    same: count('Decisions that came out the same to the byte (一致)'),
    different: count('Decisions that came out otherwise (不一致)'),
    unjudged: z.array(unjudgedView).describe('无法重算'),
    differences: z
      .array(
        z.object({
          bookId: z.string().describe('Book').meta({ example: '0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c' }),
          logIndex: count('Place in the log'),
          action: z.string().describe('What was decided on').meta({ example: 'claim.submit' }),
          subjectId: z.string().describe('Its subject').meta({ example: '0192f0c4-7d5a-7cc2' }),
          paths: z
            .array(z.string())
            .describe('Members of the decision that differ')
            .meta({ example: ['reasons.0.message'] }),
        }),
      )
      .describe('The first differences'),
    nextFrom: z
      .number()
      .int()
      .nullable()
      .describe('Where to go on; null at the end of the log')
      .meta({ example: 2000 }),
  })
  .describe('Decisions made again under their own packs and engine');
export type ReplayView = z.infer<typeof replayView>;
