import { editClaimPage } from './edit.js';
import { claimImportPage } from './import.js';
import { claimsPage } from './list.js';
import { newClaimPage } from './new.js';
import { newProviderReportPage } from './report-new.js';
import { providerReportsPage } from './reports.js';

/** Where claims are made: listed, filled in, imported; and what providers spent. */
export const claimPages = [
  claimsPage,
  newClaimPage,
  editClaimPage,
  claimImportPage,
  providerReportsPage,
  newProviderReportPage,
];
