export * from './allotments.schema.js';
export * from './allotments.service.js';
export { listAllotments } from './allotments.views.js';
export * from './disbursements.service.js';
export { takeIn } from './intakes.service.js';
export { listTransit } from './transit.service.js';
export * from './tree.schema.js';
export { allotmentTree } from './tree.service.js';
export { allotmentsToDisburse, issuesToTakeIn } from './waiting.js';
