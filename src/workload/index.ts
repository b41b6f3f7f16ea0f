export * from './workload.schema.js';
export { workloadOf } from './workload.service.js';
