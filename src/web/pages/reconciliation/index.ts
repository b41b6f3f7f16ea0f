import type { AnyPage } from '../../page.js';
import { figuresPage } from './figures.js';
import { newFigurePage } from './new-figure.js';
import { periodsPage } from './periods.js';
import { upperComparisonPage } from './upper-comparison.js';

export const reconciliationPages: readonly AnyPage[] = [
  figuresPage,
  newFigurePage,
  periodsPage,
  upperComparisonPage,
];
