export { Backtests } from './backtests.js';
export { startClaimImport } from './claim-imports.js';
export * from './jobs.schema.js';
export { Jobs } from './jobs.service.js';
export {
  type AnyJobKind,
  bookOf,
  type JobKind,
  type JobOutcome,
  type JobRun,
  type JobTask,
  type JobTools,
  registered,
} from './kind.js';
export { JOB_KINDS } from './kinds/index.js';
export { getVerificationStatus, newestVerifications } from './status.service.js';
