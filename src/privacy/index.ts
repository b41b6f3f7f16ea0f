export * from './erasures.schema.js';
export { eraseSubject } from './erasures.service.js';
