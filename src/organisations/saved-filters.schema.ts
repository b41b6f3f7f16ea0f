import { z } from 'zod';
import { identifier, instant, text } from '../core/fields.js';

/** At most so many for one person. */
export const MAX_SAVED_FILTERS = 50;

export const newSavedFilter = z
  .strictObject({
    name: text('What the person calls it', 30, '本月待付'),
    path: z
      .string()
      .regex(/^\/(?![/\\])[\x21-\x3e\x40-\x7e]{0,199}$/, '应为本系统的页面地址')
      .describe('Page of the list, without its query')
      .meta({ example: '/books/0192f0c4-7d5a-7cc2-9d2b-0f6c7f1a2b3c/claims' }),
    query: z
      .string()
      .max(1000, '查询条件过长')
      .regex(/^[\x21-\x7e]+$/, '没有可以保存的查询条件')
      .describe('The query as the address holds it, percent-encoded')
      .meta({ example: 'status=approved&sort=amount' }),
  })
  .describe('A query of a list, kept under a name');
export type NewSavedFilter = z.infer<typeof newSavedFilter>;

export const savedFilterView = newSavedFilter.extend({
  id: identifier('Saved filter'),
  createdAt: instant('When it was kept'),
});
export type SavedFilterView = z.infer<typeof savedFilterView>;
export const savedFilterList = z
  .object({ items: z.array(savedFilterView).describe('Oldest first') })
  .describe('One’s own saved filters');
