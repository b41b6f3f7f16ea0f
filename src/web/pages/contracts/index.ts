import { contractsPage } from './list.js';
import { newContractPage } from './new.js';
import { contractPage } from './one.js';
import { providerPage } from './provider.js';
import { providersPage } from './providers.js';

/** Contracts with providers, from the draft to the closing, and the providers themselves. */
export const contractPages = [contractsPage, newContractPage, contractPage, providersPage, providerPage];
