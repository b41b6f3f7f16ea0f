import { accountPage } from './account.js';
import { homePage } from './home.js';
import { savedFiltersPage } from './saved-filters.js';
import { signInPage, signOutPage } from './sign-in.js';
import { settingsPage, workspacesPage } from './workspaces.js';

/** Coming in, choosing whom one acts for, one's own password and tokens. */
export const accountPages = [
  homePage,
  signInPage,
  signOutPage,
  workspacesPage,
  settingsPage,
  accountPage,
  savedFiltersPage,
];
