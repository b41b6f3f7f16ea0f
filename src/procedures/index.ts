export {
  type NewProcedureRecord,
  newProcedureRecord,
  procedureRecordPage,
  procedureRecordQuery,
  procedureRecordView,
  procedureWithdrawal,
} from './records.schema.js';
export { getProcedure, listProcedures, recordProcedure, withdrawProcedure } from './records.service.js';
