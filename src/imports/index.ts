export * from './imports.schema.js';
export {
  demandImport,
  type ImportProgress,
  importClaims,
  importResultOf,
  previewImport,
} from './imports.service.js';
export { type CellFault, type ClaimSheet, MAX_LINES, readClaimSheet } from './read-sheet.js';
export { MAX_SHEET_BYTES } from './read-workbook.js';
export { claimTemplate } from './template.js';
