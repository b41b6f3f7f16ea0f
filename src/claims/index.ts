export * from './claims.schema.js';
export * from './drafts.service.js';
export { explainClaim, previewClaim } from './explain.service.js';
export { payClaim } from './payments.service.js';
export * from './provider-reports.service.js';
export * from './refunds.service.js';
export * from './review.service.js';
export { type ClaimAnswer, submitClaim, withdrawClaim } from './submit.service.js';
