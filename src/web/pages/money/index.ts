import { allotmentsPage } from './allotments.js';
import { disbursementsPage } from './disbursements.js';
import { intakesPage } from './intakes.js';
import { newAllotmentPage } from './new-allotment.js';
import { reliefPage } from './relief.js';
import { allotmentTreePage } from './tree.js';

/** Money between the levels: taken in, passed down, paid down; and the cap on relief money. */
export const moneyPages = [
  intakesPage,
  allotmentsPage,
  allotmentTreePage,
  newAllotmentPage,
  disbursementsPage,
  reliefPage,
];
