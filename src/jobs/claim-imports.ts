import { DomainError } from '../core/errors.js';
import type { Caller } from '../organisations/index.js';
import type { JobStatus, JobView } from './jobs.schema.js';
import type { Jobs } from './jobs.service.js';
import { CLAIM_IMPORT, type ClaimImportInput } from './kinds/claim-import.js';

const UNDONE: ReadonlySet<JobStatus> = new Set(['failed', 'cancelled', 'interrupted']);

/**
 * Imports a sheet of claims (报账导入) in the background. Under the idempotency key, which it needs, no claim is made
 * twice: asked for again under it, a job that ended before it was done goes on where it stopped, as a new one.
 * @throws DomainError `precondition_required` (no key), and as `Jobs.start`
 */
export async function startClaimImport(
  jobs: Jobs,
  caller: Caller,
  bookId: string,
  bytes: Buffer,
  isAgain = false,
): Promise<JobView> {
  const { idempotency } = caller.context;
  if (!idempotency)
    throw new DomainError('precondition_required', '导入须带 Idempotency-Key，以免重复生成报账单');
  const before = isAgain ? await jobs.asked(caller) : null;
  if (before && UNDONE.has(before.status)) await jobs.cancel(caller.actor, before.id);
  const input: ClaimImportInput = { key: idempotency.key, requestHash: idempotency.requestHash };
  return jobs.start(CLAIM_IMPORT, caller, bookId, input, bytes);
}
