import { backtestPage } from './backtest.js';
import { backtestsPage } from './backtests.js';
import { booksPage } from './books.js';
import { checkpointsPage } from './checkpoints.js';
import { coveragePage } from './coverage.js';
import { erasuresPage } from './erasures.js';
import { evidencePage } from './evidence.js';
import { gapsPage } from './gaps.js';
import { healthPage } from './health.js';
import { keysPage } from './keys.js';
import { organisationPage } from './organisation.js';
import { newOrganisationPage } from './organisation-new.js';
import { organisationsPage } from './organisations.js';
import { peoplePage } from './people.js';
import { personPage } from './person.js';
import { newPersonPage } from './person-new.js';
import { policyPage } from './policy.js';
import { setupPage } from './setup.js';

/** What administrators see to: units and people, packs, keys, checkpoints; and the two pages for anybody. */
export const adminPages = [
  backtestPage,
  backtestsPage,
  booksPage,
  checkpointsPage,
  coveragePage,
  erasuresPage,
  evidencePage,
  gapsPage,
  healthPage,
  keysPage,
  newOrganisationPage,
  newPersonPage,
  organisationPage,
  organisationsPage,
  peoplePage,
  personPage,
  policyPage,
  setupPage,
];
