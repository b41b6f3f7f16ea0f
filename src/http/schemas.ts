import { z } from 'zod';
import { identifier, versionHeader } from '../core/fields.js';
import { problemSchema } from './errors.js';

/** Parts that many routes share. */

export const bookParams = z.object({ bookId: identifier('Book (账套)') });
export const inBook = (description: string) => bookParams.extend({ id: identifier(description) });

const idempotencyKey = {
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'Idempotency-Key 应为 1 至 200 个可见 ASCII 字符')
    .optional()
    .describe(
      'Makes the write safe to send again: the same key and request get the first answer, refusals included; the ' +
        'same key with another request is refused with 409',
    )
    .meta({ example: '5f0c7c1e-3f0b-4f57-9d0e-2a0a4c1c7d10' }),
};
/** Headers of a write. */
export const writeHeaders = z.object(idempotencyKey);
/** Headers of a write to something that has a version. */
export const changeHeaders = versionHeader.extend(idempotencyKey);

type ProblemStatus = 400 | 401 | 403 | 404 | 406 | 409 | 412 | 413 | 415 | 422 | 428 | 429;

/** Documents the refusals of a route, besides 400 and 401, which every route of a signed-in person has. */
export function problems<const Status extends ProblemStatus = never>(...statuses: Status[]) {
  return Object.fromEntries([400, 401, ...statuses].map((status) => [status, problemSchema])) as Record<
    Status | 400 | 401,
    typeof problemSchema
  >;
}

/** What a read of a book may answer besides success. */
export const readProblems = problems(404);
/** What a write to a book may answer besides success. */
export const writeProblems = problems(403, 404, 409, 413, 415, 422);
/** What a change of something that has a version may answer besides success. */
export const changeProblems = problems(403, 404, 409, 412, 413, 415, 422);
