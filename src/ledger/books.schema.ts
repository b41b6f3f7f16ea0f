import { z } from 'zod';
import { businessDate, choice, division, identifier, yuan } from '../core/fields.js';
import { BASE_BASES, ORGANISATION_KINDS } from '../core/vocabulary.js';

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

export const reliefCapQuery = z.object({
  year: z.coerce.number().int().min(2000).max(2100).describe('Year of the base').meta({ example: 2022 }),
  on: businessDate('Day whose declared base and whose cap count; default today').optional(),
});
export const reliefCapView = z
  .object({
    year: z.number().int().describe('Year of the base').meta({ example: 2022 }),
    on: businessDate('Day whose declared base and cap count'),
    base: yuan('Declared spending of relief money; null while none is declared').nullable(),
    basis: choice(BASE_BASES, '预计 or 决算').nullable(),
    baseDocumentNo: z
      .string()
      .nullable()
      .describe('Evidence of the base')
      .meta({ example: '2022年1—6月发放统计' }),
    paid: yuan('Paid for services out of relief money of the year'),
    committed: yuan('Promised for services and not yet paid'),
    capRatio: z
      .string()
      .nullable()
      .describe(
        'Cap as a share of the base; null when no rule with a known value holds here on that day. Unit: 1',
      )
      .meta({ example: '0.05' }),
    capClause: z.string().nullable().describe('Clause that sets the cap').meta({ example: 'YN-22' }),
    cap: yuan('Cap; null while base or ratio is unknown').nullable(),
    headroom: yuan('What may still be promised, never below zero; null while the cap is unknown').nullable(),
  })
  .describe('Room left under the cap on buying services with relief money');
export type ReliefCapView = z.infer<typeof reliefCapView>;
