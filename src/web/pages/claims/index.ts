import { editClaimPage } from './edit.js';
import { claimsPage } from './list.js';
import { newClaimPage } from './new.js';

/** Where claims are made: listed, filled in, imported, reported on. */
export const claimPages = [claimsPage, newClaimPage, editClaimPage];
