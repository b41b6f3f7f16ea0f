import { z } from 'zod';
import { businessDate, choice, division, identifier, yuan } from '../core/fields.js';
import { ORGANISATION_KINDS, SOURCE_TYPES } from '../core/vocabulary.js';
import { OVERVIEW_BASES, UNIT_BASES } from './bases.js';

export const yearField = z.coerce
  .number()
  .int()
  .min(2000)
  .max(2100)
  .describe('Year of the funds, and calendar year (China time) of the decisions')
  .meta({ example: 2022 });
export const count = (description: string) =>
  z.number().int().describe(`${description}. Unit: 1`).meta({ example: 3 });
const days = (description: string) =>
  z.number().int().describe(`${description}. Unit: days`).meta({ example: 92 });
const percent = (description: string) =>
  z.string().describe(`${description}. Percentage with two decimals`).meta({ example: '41.67%' });
const bases = (sentences: Readonly<Record<string, string>>) =>
  z
    .record(z.string(), z.string().describe('口径 in one sentence'))
    .describe('口径 of each figure by its name')
    .meta({ example: sentences });

export const overviewQuery = z.object({
  year: yearField,
  asOf: businessDate('Day that progress, ages and the base of the cap are told of; default today').optional(),
  idleDays: z.coerce
    .number()
    .int()
    .min(0)
    .max(3660)
    .default(90)
    .describe('Money idle for longer than this is overdue. Unit: days')
    .meta({ example: 90 }),
});
export type OverviewQuery = z.infer<typeof overviewQuery>;

const transit = (description: string) =>
  z
    .object({
      amount: yuan('Issued and not taken in, each issue once'),
      outgoing: yuan('Of it, issued by these books'),
      incoming: yuan('Of it, issued to these books'),
      items: count('Issues'),
      oldestDays: days('Age of the oldest; null when nothing is in transit').nullable(),
    })
    .describe(description);

const cap = z
  .object({
    limit: yuan('Limit; null while the base or the ratio is unknown').nullable(),
    used: yuan('Paid and promised for services, of books whose limit is known'),
    headroom: yuan('What may still be promised, summed by book; null without a limit').nullable(),
    useRate: percent('Used as a share of the limit').nullable(),
    basis: choice(
      ['estimate', 'projection', 'final', 'mixed'],
      '预计, 年中投影, 决算, or several among the books',
    ).nullable(),
    booksKnown: count('Books with a limit'),
    booksUnknown: count('Books without one'),
    usedWithoutLimit: yuan('Paid and promised in books whose limit is unknown'),
    reason: z
      .string()
      .nullable()
      .describe('Why a limit is unknown, in Chinese')
      .meta({ example: '截至 2022-07-31 尚未申报 2022 年的支出基数' }),
  })
  .describe('The 5% cap on buying services with relief money (YN-22)');

const money = {
  planned: yuan('计划'),
  allotted: yuan('下达; between books counted together once'),
  passedDown: yuan('Of the authority, issued to lower books'),
  received: yuan('到账; between books counted together once'),
  disbursed: yuan('Of the cash, sent to lower books'),
  ownReceived: yuan('到账 less what was sent to lower books'),
  spent: yuan('支出'),
  executionRate: percent('支出 ÷ own 到账; null where nothing has arrived to spend').nullable(),
  executionGap: z
    .string()
    .nullable()
    .describe('Execution rate less elapsed share of the year, two decimals. Unit: percentage points')
    .meta({ example: '-16.41' }),
};
const idle = z
  .object({
    amount: yuan('Cash arrived, neither spent nor promised'),
    longestDays: days('Since the last arrival, of the fund idle for longest; null when none is').nullable(),
    weightedDays: z
      .string()
      .nullable()
      .describe('Days weighted by amount, one decimal. Unit: days')
      .meta({ example: '118.5' }),
    overdueAmount: yuan('Of it, in funds idle for longer than `idleDays`'),
  })
  .describe('Idle money (闲置)');

export const figures = z
  .object({
    ...money,
    cap,
    idle,
    transitAuthority: transit('Authority issued and not taken in (在途指标)'),
    transitCash: transit('Cash sent and not taken in (在途资金)'),
    refused: count('Decisions that blocked'),
    reviewed: count('Cases sent to a person when first judged'),
    waived: count('Cases that passed under an exception'),
  })
  .describe('Figures of one book, or of several together')
  .meta({ id: 'SupervisionFigures' });
export type Figures = z.infer<typeof figures>;

const head = {
  year: yearField,
  asOf: businessDate('Day that progress and ages are told of'),
  idleDays: days('Money idle for longer is overdue'),
  timeProgress: percent('Elapsed share of the year (序时进度)'),
};
const bookHead = {
  bookId: identifier('Book'),
  bookName: z.string().describe('Book').meta({ example: '泸县民政局社工站资金账套' }),
  bureauId: identifier('Bureau that owns it'),
  bureauName: z.string().describe('Bureau').meta({ example: '泸县民政局' }),
  bureauKind: choice(ORGANISATION_KINDS, 'Kind of bureau').meta({ example: 'bureau_county' }),
  divisionCode: division('Division of the bureau'),
};

export const overviewView = z
  .object({
    ...head,
    bases: bases(OVERVIEW_BASES),
    books: count('Books looked at'),
    total: figures,
    groups: z
      .array(
        z.object({
          bureauId: identifier('Prefecture bureau, or the bureau above where there is none'),
          bureauName: z.string().describe('Its name').meta({ example: '泸州市民政局' }),
          subtotal: figures,
          books: z.array(z.object({ ...bookHead, figures })).describe('Its own book and those below it'),
        }),
      )
      .describe('By prefecture, in the order of their division codes'),
  })
  .describe('The year of every book that the asker may read, by prefecture')
  .meta({ id: 'SupervisionOverview' });
export type OverviewView = z.infer<typeof overviewView>;

const fundFigures = z
  .object({
    fundId: identifier('Fund'),
    name: z.string().describe('Name').meta({ example: '社工站经费' }),
    documentNo: z.string().describe('文号').meta({ example: '川财社〔2022〕示例号' }),
    type: choice(SOURCE_TYPES, 'Source'),
    ...money,
    available: yuan('可用指标'),
    idleAmount: yuan('Cash arrived, neither spent nor promised'),
    idleDays: days('Since its last arrival; null when nothing lies idle').nullable(),
    lastArrival: businessDate('Last day on which cash arrived').nullable(),
  })
  .describe('One fund');
const unitFigures = z
  .object({
    organisationId: identifier('Station, township, bureau or provider'),
    name: z.string().describe('Name').meta({ example: '玉蟾街道社工站' }),
    kind: choice(ORGANISATION_KINDS, 'Kind').meta({ example: 'station_township' }),
    quota: yuan('Authority allotted to it; null when none was').nullable(),
    poolLeft: yuan('Of it, neither held nor spent; null without a pool of its own').nullable(),
    held: yuan('Submitted and not yet paid'),
    spent: yuan('Paid less refunds and reversals'),
    executionRate: percent('Spent as a share of what was allotted to it').nullable(),
    claims: count('Claims that hold or have spent money of the year'),
    refused: count('Its claims blocked by a rule, each time'),
    waived: count('Its claims that passed under an exception'),
  })
  .describe('One unit');
export const bookOverviewView = z
  .object({
    ...head,
    ...bookHead,
    bases: bases({ ...OVERVIEW_BASES, ...UNIT_BASES }),
    figures,
    funds: z.array(fundFigures).describe('Funds of the year, as they were recorded'),
    units: z.array(unitFigures).describe('Units with money or cases in the year, by name'),
  })
  .describe('The year of one book, by fund and by unit')
  .meta({ id: 'SupervisionBook' });
export type BookOverviewView = z.infer<typeof bookOverviewView>;
