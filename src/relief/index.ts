export { declareBase, listBases } from './bases.service.js';
export { getReliefCap, limitBy, reliefCapAt } from './cap.service.js';
export { type CapState, reliefCapsAt } from './caps.repository.js';
export * from './relief.schema.js';
export { recordTrueUp, resolveOverrun } from './true-up.service.js';
export { trueUpViews as reliefTrueUps } from './true-up.views.js';
