import { fundsPage } from './list.js';
import { newFundPage } from './new.js';
import { fundPage } from './one.js';

/** Grants of money: listed, registered, looked into. */
export const fundPages = [fundsPage, newFundPage, fundPage];
