import { claimPage } from './claim.js';
import { sheetPage } from './claim-sheet.js';
import { paymentsPage } from './payments.js';
import { queuePage } from './queue.js';
import { waiverPage } from './waiver.js';
import { newWaiverPage } from './waiver-new.js';
import { waiversPage } from './waivers.js';

/** A claim through its life: looked into, reviewed, approved, paid, printed; exceptions asked for and decided. */
export const reviewPages = [
  claimPage,
  sheetPage,
  queuePage,
  paymentsPage,
  waiversPage,
  newWaiverPage,
  waiverPage,
];
