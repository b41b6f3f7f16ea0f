export { keepCheckpoints, signGrown } from './checkpoint-keeper.js';
export { Checkpoints } from './checkpoints.service.js';
export { type DecisionReplay, DecisionReplayer, loggedDecisions } from './decisions.js';
export type { Difference } from './difference.js';
export * from './evidence.schema.js';
export * from './evidence.views.js';
export { verifyInstallation } from './installation.js';
export * from './log.schema.js';
export * from './log.service.js';
export * from './log-list.service.js';
export { recordLowerCheckpoints, recordLowerDaily } from './lower-checkpoints.service.js';
export { namesInBook } from './names.service.js';
export { OutsideFile } from './outside.js';
export {
  demandExport,
  type ExportTools,
  type ExportWatch,
  type PreparedExport,
  prepareExport,
  prepareWorkbook,
} from './package/package.service.js';
export { keepPacks, readPolicyHistory } from './policy-history.js';
export { proveConsistency, proveEntry } from './proofs.service.js';
export { recordAcceptedHead } from './recovery.service.js';
export * from './replay.schema.js';
export { replayBookFor } from './replay.service.js';
export { type ColumnChange, type RowChange, rowChangesOf } from './row-changes.service.js';
export { listKeys, retireKey, revokeKey, rotateKey } from './signing-keys.service.js';
export { verifyStoredFiles } from './stored-files.js';
export * from './timestamps.service.js';
export { type BookVerification, verifyAll, verifyBook } from './verify.js';
export {
  addWitness,
  importCosignatures,
  listWitnesses,
  retireWitness,
} from './witnesses.service.js';
