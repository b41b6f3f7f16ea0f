import type { AnyPage } from '../../page.js';
import { executionPage } from './execution.js';
import { expenditurePage } from './expenditure.js';
import { flowPage } from './flow.js';
import { ledgerPage } from './ledger.js';
import { trialBalancePage } from './trial-balance.js';
import { usagePage } from './usage.js';
import { usageSheetPage } from './usage-sheet.js';

export const reportPages: readonly AnyPage[] = [
  usagePage,
  usageSheetPage,
  ledgerPage,
  trialBalancePage,
  expenditurePage,
  flowPage,
  executionPage,
];
