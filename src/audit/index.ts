export { answeredKeys, type CommandTarget, idempotencyConflict, rehearse, runCommand } from './command.js';
export type { AuditEvent, LogBody, LoggedEntry, LoggedRow } from './event.js';
export { SEALED_TABLES, sealOf, withSeal } from './sealed-rows.js';
export {
  keyOf,
  LOGGED_TABLE_NAMES,
  type LoggedTable,
  type NewLoggedRow,
  shapeOf,
} from './tables.js';
export { type CommandContext, Unit } from './unit.js';
export {
  type DataSubject,
  ERASED,
  isSealed,
  keepSubjectKey,
  keptValues,
  newSubjectKey,
  openContent,
  openKept,
  partySubject,
  reveal,
  revealTexts,
  sealContent,
} from './vault.js';
