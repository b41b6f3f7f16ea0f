export { type CommandTarget, runCommand } from './command.js';
export type { AuditEvent, LogBody, LoggedEntry } from './event.js';
export { type CommandContext, Unit } from './unit.js';
