export { type CaseRow, OUTCOME_LABELS } from './cases.js';
export type { SampleUser } from './people.js';
export { type DemoResult, runDemo } from './run.js';
