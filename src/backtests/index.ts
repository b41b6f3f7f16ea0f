export * from './backtests.schema.js';
export { Backtests } from './backtests.service.js';
