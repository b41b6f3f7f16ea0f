import { proceduresPage } from './list.js';
import { newProcedurePage } from './new.js';
import { procedurePage } from './one.js';

/** Duties done that nothing else in a book shows. */
export const procedurePages = [proceduresPage, newProcedurePage, procedurePage];
