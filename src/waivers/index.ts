export {
  appliedWaivers,
  appliedWaiverView,
  applyWaivers,
  usesOf,
  type WaiverSubject,
  type WaiverUse,
  waiverFacts,
} from './waivers.repository.js';
export * from './waivers.schema.js';
export * from './waivers.service.js';
export { getWaiver, listWaivers, waiversToDecide } from './waivers.views.js';
