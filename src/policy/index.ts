/** What the rest of the system may use of the policy domain. */
export { Backtest } from './backtest.js';
export type { BacktestResult, RecordedCase, Sample } from './backtestTypes.js';
export {
  compareGolden,
  type Golden,
  goldenFolder,
  judgeCases,
  loadGolden,
  writeGolden,
} from './cases/golden.js';
export { type CoverageRow, clauseCoverage, packsWithin } from './coverage.js';
export { decide, ENGINE_VERSION } from './decide.js';
export {
  type Decision,
  EFFECT_LABELS,
  type Effect,
  GRAVITY,
  OUTCOME_LABELS,
  type Outcome,
  type Reason,
  type Remedy,
} from './decision.js';
export { explainDecision } from './explain.js';
export * from './facts.js';
export { gapsOf, lifeOf, type PolicyGap } from './gaps.js';
export { PolicyHistory, UNJUDGED_LABELS, type Unjudged } from './history.js';
export { RULE_KINDS, type Rule, type RuleKind } from './kinds/index.js';
export {
  defaultPackFolder,
  loadPacks,
  type PackSet,
  parsePack,
  parsePacks,
  withPack,
} from './load.js';
export { type Fate, type MutantResult, mutate } from './mutation/run.js';
export {
  type Clause,
  FORCES,
  GRADES_OF_SOURCE,
  type Pack,
  type SourceGrade,
  sourceOf,
} from './pack.schema.js';
export { packJsonSchemaText } from './packJsonSchema.js';
export { type PackTestResult, runPackTests } from './packTests.js';
export type { Parameter } from './parameters.js';
export { PROCEDURE_KINDS, PROCEDURES, type Procedure } from './procedures.js';
export type { PackFault } from './read.js';
export { countedFen, levelsLabel } from './relief-base.js';
export { reviveDecision, reviveFacts } from './revive.js';
export { keepFresh, PackShelf, type PolicySource, type ShelfFault } from './shelf.js';
export { matchTerms } from './terms.js';
export { cutLines, isBetter, type Trial, tryWays } from './trials.js';
export { type WaivedCase, waiverFaults } from './waivable.js';
export { loadPacksWith, readPackFile } from './withFiles.js';
