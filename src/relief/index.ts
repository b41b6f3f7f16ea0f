export { declareBase, listBases } from './bases.service.js';
export { getReliefCap, reliefCapAt } from './cap.service.js';
export * from './relief.schema.js';
export { recordTrueUp, resolveOverrun } from './true-up.service.js';
