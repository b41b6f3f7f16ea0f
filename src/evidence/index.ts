export type { Difference } from './difference.js';
export { verifyInstallation } from './installation.js';
export * from './log.schema.js';
export * from './log.service.js';
export { type BookVerification, verifyAll, verifyBook } from './verify.js';
