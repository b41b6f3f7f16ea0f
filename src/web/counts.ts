import type { BoundedCount } from '../core/page.js';

/** The number of rows of a list as a table shows it: "1,234 条", or "10,000+ 条" where counting stopped. */
export const showTotal = (total: BoundedCount | null): { count?: string } =>
  total ? { count: `${total.count.toLocaleString('en-US')}${total.isCapped ? '+' : ''} 条` } : {};
