export {
  bookCoverageView,
  type ClauseState,
  clauseCoverageView,
  clauseFields,
  clauseParams,
  clauseQuery,
  coverageQuery,
} from './coverage.schema.js';
export { bookCoverage, clauseOfBook } from './coverage.service.js';
export { type LogRange, logRange, MAX_DECISIONS, newestDecisions, newYear } from './decisions.js';
export {
  type NewProcedureRecord,
  newProcedureRecord,
  PROCEDURE_SORTS,
  type ProcedureRecordView,
  procedureRecordPage,
  procedureRecordQuery,
  procedureRecordView,
  procedureWithdrawal,
  yearField,
} from './records.schema.js';
export { getProcedure, listProcedures, recordProcedure, withdrawProcedure } from './records.service.js';
