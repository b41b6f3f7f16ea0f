import { z } from 'zod';
import { choice, division, identifier } from '../core/fields.js';
import { ORGANISATION_KINDS } from '../core/vocabulary.js';

export const bookView = z
  .object({
    id: identifier('Book'),
    name: z.string().describe('Name').meta({ example: '泸县民政局社工站资金账套' }),
    bureauId: identifier('Bureau that owns the book'),
    bureauName: z.string().describe('Bureau').meta({ example: '泸县民政局' }),
    bureauKind: choice(ORGANISATION_KINDS, 'Kind of bureau').meta({ example: 'bureau_county' }),
    divisionCode: division('Division of the bureau'),
    access: choice(
      ['book', 'unit'],
      'What the asker sees of it: the whole book, or the affairs of own units',
    ),
    logSize: z.number().int().describe('Entries of the audit log').meta({ example: 128 }),
  })
  .describe('The books of one bureau (账套)')
  .meta({ id: 'Book' });
export type BookView = z.infer<typeof bookView>;
export const bookList = z.object({ items: z.array(bookView).describe('From the top level down') });
