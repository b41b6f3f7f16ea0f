export * from './log.schema.js';
export * from './log.service.js';
export { type BookVerification, type Difference, verifyAll, verifyBook } from './verify.js';
