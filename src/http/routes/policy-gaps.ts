import { z } from 'zod';
import { today } from '../../core/dates.js';
import { businessDate, choice } from '../../core/fields.js';
import { SOURCE_TYPES } from '../../core/vocabulary.js';
import { gapsOf, lifeOf } from '../../policy/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { problems } from '../schemas.js';

const month = (description: string) => z.string().describe(description).meta({ example: '2026-01' });
const gapRow = z.object({
  pack: z.string().describe('Pack').meta({ example: 'wh-2021-26' }),
  sourceTypes: z.array(choice(SOURCE_TYPES, 'Source type')).describe('Money that it is about'),
  places: z
    .array(z.string())
    .describe(
      'Division prefixes, without the parts that packs name by themselves unless the gap is in all of them; the empty prefix is every place that no pack names, an empty list the nation',
    )
    .meta({ example: ['4201'] }),
  fromMonth: month('First month with a day in the gap'),
  untilMonth: month('Last month with a day in the gap'),
  clause: z.string().nullable().describe('Clause without a rule').meta({ example: null }),
  parameter: z.string().nullable().describe('Parameter without a value').meta({ example: 'WH-12.wage' }),
  isKnown: z.boolean().describe('待补: a value registered as not known yet').meta({ example: true }),
  what: z.string().describe('Chinese').meta({ example: '参数 WH-12.wage 待补' }),
});
const gapList = z
  .object({
    from: businessDate('First day looked at'),
    until: businessDate('Last day looked at'),
    items: z.array(gapRow).describe('What is missing first, then what is known to be unknown'),
  })
  .describe('Gaps of the rules over time');
const gapQuery = z.object({
  from: businessDate('First day looked at; unset: the first day of any pack').optional(),
  until: businessDate('Last day looked at; unset: the last of any pack, or a year ahead').optional(),
});

/** When and where the loaded rules leave something undecided. */
export function policyGapRoutes(app: App, { policy, now }: Dependencies): void {
  app.get(
    '/policy/gaps',
    {
      schema: {
        tags: ['policy'],
        summary: '规则空档',
        description:
          'Months and places in which an enforced clause has no rule in force, a source of money loses the last of its rules, or a parameter has no value.',
        querystring: gapQuery,
        response: { 200: gapList, ...problems() },
      },
    },
    async (request) => {
      actorOf(request);
      const { packs } = policy.current;
      const life = lifeOf(packs, today(now()));
      const { from = life.from, until = life.until } = request.query;
      const items = gapsOf(packs, from, until).map((row) => ({
        ...row,
        sourceTypes: [...row.sourceTypes],
        places: [...row.places],
      }));
      return { from, until, items };
    },
  );
}
