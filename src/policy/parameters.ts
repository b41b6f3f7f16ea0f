import { z } from 'zod';
import type { BusinessDate } from '../core/dates.js';
import { type Fen, parseRatio, parseYuan, YUAN_PATTERN } from '../core/money.js';
import { BASE_LEVELS, type BaseLevel } from '../core/vocabulary.js';
import { dateSchema } from './kinds/base.js';

const UNITS = ['ratio', 'yuan', 'months', 'count', 'levels'] as const;
export type ParameterUnit = (typeof UNITS)[number];

const PATTERNS: Record<ParameterUnit, RegExp> = {
  ratio: /^0(\.\d{1,6})?$|^1(\.0{1,6})?$/,
  yuan: YUAN_PATTERN,
  months: /^[1-9]\d{0,2}$/,
  count: /^\d{1,6}$/,
  // Each level at most once, from the top down: one set has one spelling.
  levels: new RegExp(`^(?=.)${BASE_LEVELS.map((level) => `(?:(?:^|(?<=[a-z]),)${level})?`).join('')}$`),
};

/**
 * Dated values of the law, each with its clause. A value is never edited: a new one is added with its own
 * dates. Outside every window the value is unknown; the last one is not carried on (D4). A null value says that
 * the clause asks for a figure which its document does not give.
 */
export const parameterSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Z]{2,}[A-Z0-9-]*\.[a-z0-9-]+$/, '参数编号形如 YN-22.cap')
      .describe('参数编号：条款编号.名称，如 YN-22.cap'),
    unit: z.enum(UNITS).describe('ratio 比例（0 至 1），yuan 元，months 月数，count 数量'),
    value: z.string().nullable().describe('带引号的数值；文件要求而没有给出的写 null'),
    from: dateSchema.describe('自哪一日起有效'),
    /** Last day of validity; null while it holds. */
    until: dateSchema.nullable().describe('最后有效日；仍有效的写 null。数值改变时另加一段，不改旧的'),
    clause: z.string().describe('依据的条款（本包）'),
  })
  .refine(({ unit, value }) => value === null || PATTERNS[unit].test(value), {
    path: ['value'],
    message: '参数的值与单位不符',
  });
export type Parameter = z.output<typeof parameterSchema>;

/** Fields of rules that name a parameter, with the unit that the parameter must have. */
export const PARAMETER_FIELDS: Readonly<Record<string, ParameterUnit>> = {
  capParameter: 'ratio',
  levelsParameter: 'levels',
  warnFromParameter: 'ratio',
  monthsParameter: 'months',
  minimumParameter: 'count',
  floorParameter: 'yuan',
};

/** The parameters that a rule names, by field. */
export const parametersOf = (rule: object): (readonly [field: string, parameter: string])[] =>
  Object.entries(rule).filter(
    (entry): entry is [string, string] =>
      Object.hasOwn(PARAMETER_FIELDS, entry[0]) && typeof entry[1] === 'string',
  );

export type Ratio = readonly [numerator: bigint, denominator: bigint];
type Parsed = Ratio | Fen | number | readonly BaseLevel[] | null;

/** Parameters of all packs, parsed once, so that a decision only compares dates. */
export class ParameterTable {
  readonly #values = new Map<string, { from: BusinessDate; until: BusinessDate | null; value: Parsed }[]>();

  constructor(parameters: Iterable<Parameter>) {
    for (const { id, unit, value, from, until } of parameters) {
      const windows = this.#values.get(id) ?? [];
      windows.push({ from, until, value: value === null ? null : parse(unit, value) });
      this.#values.set(id, windows);
    }
  }

  /** The value in force on `date`, or null when it is unknown then. */
  ratio = (id: string, date: BusinessDate) => this.#at(id, date) as Ratio | null;
  fen = (id: string, date: BusinessDate) => this.#at(id, date) as Fen | null;
  count = (id: string, date: BusinessDate) => this.#at(id, date) as number | null;
  levels = (id: string, date: BusinessDate) => this.#at(id, date) as readonly BaseLevel[] | null;

  #at(id: string, date: BusinessDate): Parsed {
    for (const { from, until, value } of this.#values.get(id) ?? []) {
      if (from <= date && (until === null || date <= until)) return value;
    }
    return null;
  }
}

function parse(unit: ParameterUnit, value: string): Parsed {
  if (unit === 'ratio') return parseRatio(value);
  if (unit === 'yuan') return parseYuan(value);
  if (unit === 'levels') return value.split(',') as BaseLevel[];
  return Number(value);
}
