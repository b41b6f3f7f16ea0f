export { contractedProviders, demandRelated } from './access.js';
export * from './contracts.evidence.js';
export { type ContractAnswer, prepareContract, previewContract } from './contracts.prepare.js';
export * from './contracts.schema.js';
export {
  closeContract,
  contractOfBook,
  demandReviewNote,
  signContract,
} from './contracts.sign.js';
export * from './contracts.views.js';
export { applyToContract } from './contracts.waivers.js';
export { explainCase, explainedCase, type Judged } from './explain.js';
export * from './explanation.schema.js';
export { buysService, reliefServiceFen, type SpendingCase, spendingFacts } from './facts.js';
export * from './lines.repository.js';
export {
  type DecisionView,
  decisionView as decisionSchema,
  type LineView,
  lineView as lineSchema,
  type SpendingLineInput,
  spendingLine,
} from './lines.schema.js';
export { type ContractTitle, contractTitles } from './names.js';
export { poolOf } from './pools.js';
export * from './providers.schema.js';
export { listProviders, MAX_PROVIDERS, providerInBook } from './providers.service.js';
export { noObjections, type Objection, type Objections } from './ways-out.js';
