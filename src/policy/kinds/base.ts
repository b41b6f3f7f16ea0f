import { z } from 'zod';
import { type BusinessDate, isBusinessDate } from '../../core/dates.js';
import type { Fen } from '../../core/money.js';
import { LEVELS, SOURCE_TYPES } from '../../core/vocabulary.js';
import type { Remedy } from '../decision.js';
import { type Facts, type FundFacts, type LineFacts, STAGES } from '../facts.js';
import type { ParameterTable } from '../parameters.js';
import { FIELD_LABELS, KIND_LABELS } from './labels.js';

/**
 * What every rule kind shares: its scope, how grave it is, and the shape of an evaluator. A kind is one zod
 * object (its parameters) and one pure function; there is no expression language (D4).
 */

export const dateSchema = z.string().refine(isBusinessDate, '不是有效日期（YYYY-MM-DD）');
export const divisionPrefix = z.string().regex(/^\d{2,6}$/, '行政区划前缀应为 2 至 6 位数字');

/** `until` is the last day on which the rule holds. A missing bound is taken from the clause's document. */
export const scopeSchema = z.strictObject({
  sources: z
    .union([z.literal('any'), z.array(z.enum(SOURCE_TYPES)).min(1)])
    .describe('资金来源；any 为所有来源'),
  levels: z.array(z.enum(LEVELS)).min(1).optional().describe('资金级次；不写则不限'),
  /** Words that the grant's programme name contains; a grant without a programme is judged with a review. */
  programmes: z
    .array(z.string().min(2))
    .min(1)
    .optional()
    .describe('资金所属项目名称中的字样；没有登记项目的资金提请复核'),
  fundYears: z.array(z.number().int()).min(1).optional().describe('资金年度；不写则不限'),
  stages: z
    .array(z.enum(STAGES))
    .min(1)
    .describe(
      '环节：allotment 下达、contract 签约、submission 报账、payment 支付、provider_report 承接机构报告',
    ),
  divisionPrefixes: z
    .array(divisionPrefix)
    .min(1)
    .optional()
    .describe('行政区划前缀；不写则为文件的适用范围'),
  /** 社会救助工作经费 stands outside the rule. */
  exceptReliefWorkFunds: z.literal(true).optional().describe('社会救助工作经费除外'),
  from: dateSchema.optional().describe('自哪一业务日期起适用；不写则自文件生效日起'),
  until: dateSchema.optional().describe('适用到哪一日（含）'),
});

/** How far a rule acts: it decides, it only warns, or it only records what it would have done. */
export const MODES = ['enforce', 'warn', 'audit'] as const;
export type Mode = (typeof MODES)[number];

const modeAtSchema = z.strictObject({
  mode: z.enum(MODES),
  divisionPrefixes: z.array(divisionPrefix).min(1),
  from: dateSchema.optional(),
  /** Last day on which this mode holds. */
  until: dateSchema.optional(),
});

export const ruleBase = {
  id: z
    .string()
    .regex(/^[A-Z]{2,}[A-Z0-9-]*(\.[a-z0-9-]+)+$/, '规则编号形如 SC-03.hardware')
    .describe('规则编号：条款编号.名称，如 SC-03.hardware'),
  clause: z.string().describe('落实并引用的条款（本包）'),
  /** Further clauses that the rule carries out. */
  also: z.array(z.string()).default([]).describe('一并落实的其他条款'),
  scope: scopeSchema.describe('适用范围：资金、环节、地区、时间'),
  severity: z.enum(['block', 'review', 'warn']).describe('违反时：block 禁止，review 复核，warn 提示'),
  mode: z.enum(MODES).default('enforce').describe('enforce 正式执行，warn 只提示，audit 试运行只记录'),
  /** Another mode at some places, for a time: the longest prefix that fits decides, and of equals the first. */
  modes: z.array(modeAtSchema).default([]).describe('某些地区在一段时间内的另一种执行方式'),
  /** Rules whose findings are dropped where this one speaks. */
  overrides: z.array(z.string()).default([]).describe('本规则作出结论时不再适用的规则'),
  /** Said as a further remedy with every finding. */
  advice: z.string().optional().describe('附在每条结论后的办理建议'),
};
const ruleBaseSchema = z.strictObject(ruleBase);
export type RuleBase = z.output<typeof ruleBaseSchema>;

/** Other money that may pay for what this rule refuses, and the clause that says so. */
export const alternativesSchema = z
  .array(z.strictObject({ sources: z.array(z.enum(SOURCE_TYPES)).min(1), clause: z.string() }))
  .default([]);
export type Alternatives = z.output<typeof alternativesSchema>;

/** What an evaluator says. `severity` weighs as much as its rule; every other effect weighs at most so. */
export interface Finding {
  readonly effect: 'severity' | 'review' | 'warn' | 'pass';
  readonly message: string;
  readonly remedies: readonly Remedy[];
  readonly figures?: readonly (readonly [label: string, value: string])[];
  readonly headroomFen?: Fen;
  readonly headroomAfterFen?: Fen;
}

type Details = Pick<Finding, 'figures' | 'headroomFen' | 'headroomAfterFen'>;
const finding =
  (effect: Finding['effect']) =>
  (message: string, remedies: readonly Remedy[], details: Details = {}): readonly Finding[] => [
    { effect, message, remedies, ...details },
  ];

/** The rule is broken. */
export const breach = finding('severity');
/** A fact is missing or a person has to judge: never a pass, never more than a review. */
export const needsReview = finding('review');
/** Worth knowing; nothing stops. */
export const caution = finding('warn');
/** The clause positively allows the case. */
export const permits = finding('pass');
export const NOTHING: readonly Finding[] = Object.freeze([]);

/** A line-kind is asked once per line in scope, a fund-kind once per fund, a case-kind once per case. */
export type Subject = 'line' | 'fund' | 'case';

export interface At {
  readonly fund: FundFacts;
  /** Set for line-kinds only. */
  readonly line: LineFacts | null;
  readonly facts: Facts;
  readonly parameters: ParameterTable;
}
export type LineAt = At & { readonly line: LineFacts };

export type Evaluate = (rule: RuleBase & { readonly kind: string }, at: At) => readonly Finding[];

type Fields = z.ZodRawShape;
type Kind = keyof typeof KIND_LABELS;
type RuleOf<F extends Fields> = RuleBase & z.output<z.ZodObject<F>>;

function define<const K extends Kind, F extends Fields, A extends At>(
  subject: Subject,
  kind: K,
  fields: F,
  evaluate: (rule: RuleOf<F>, at: A) => readonly Finding[],
) {
  const described = Object.entries(fields).map(([name, field]) => {
    const label = FIELD_LABELS[`${kind}.${name}`] ?? FIELD_LABELS[name];
    return [name, label === undefined ? field : (field as z.ZodType).describe(label)];
  });
  const schema = z.strictObject({
    kind: z.literal(kind).describe(KIND_LABELS[kind]),
    ...ruleBase,
    ...(Object.fromEntries(described) as F),
  });
  // The registry looks an evaluator up by the rule's own kind, which is what makes this narrowing true.
  return { kind, subject, schema, evaluate: evaluate as unknown as Evaluate };
}

export const lineKind = <const K extends Kind, F extends Fields>(
  kind: K,
  fields: F,
  evaluate: (rule: RuleOf<F>, at: LineAt) => readonly Finding[],
) => define('line', kind, fields, evaluate);

export const fundKind = <const K extends Kind, F extends Fields>(
  kind: K,
  fields: F,
  evaluate: (rule: RuleOf<F>, at: At) => readonly Finding[],
) => define('fund', kind, fields, evaluate);

export const caseKind = <const K extends Kind, F extends Fields>(
  kind: K,
  fields: F,
  evaluate: (rule: RuleOf<F>, at: At) => readonly Finding[],
) => define('case', kind, fields, evaluate);

export const action = (text: string): Remedy => ({ kind: 'action', text });
export const attach = (...evidence: Extract<Remedy, { kind: 'evidence' }>['evidence']): Remedy => ({
  kind: 'evidence',
  evidence,
});
export const otherSources = (alternatives: Alternatives): Remedy[] =>
  alternatives.map(({ sources, clause }) => ({ kind: 'other_source', sources, clause }));

export const within = (date: BusinessDate, from: BusinessDate, until: BusinessDate | null) =>
  from <= date && (until === null || date <= until);
