export * from './backtests.schema.js';
export { backtestBooks, runBacktest } from './backtests.service.js';
export { readPack } from './read-pack.js';
