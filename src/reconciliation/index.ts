export * from './comparison.schema.js';
export { lowerComparison, type Span, upperComparison } from './comparison.service.js';
export { differenceOwners, listDifferenceNotes, noteDifference } from './notes.service.js';
export { BASIS_LABELS, type Basis, DIFFERENCE_LABELS, type DifferenceKind } from './pairs.js';
