import { z } from 'zod';
import { EVIDENCE_KINDS } from '../core/vocabulary.js';
import { dateSchema, divisionPrefix } from './kinds/base.js';
import { ruleSchema } from './kinds/index.js';
import { parameterSchema } from './parameters.js';
import { PROCEDURE_KINDS } from './procedures.js';

/**
 * One YAML file per policy document (D4). Objects are strict: a misspelt key refuses. What one object cannot
 * know about another (clauses named by rules, contradictions) is checked in `check.ts`.
 */

/**
 * How far the text behind a clause has been verified. V1 whole text from a public law base, V2 an archived
 * official or media page, V3 a third party's copy, `seed` one of the five documents this system answers to.
 * Only `remembered` is not verified: its rules warn at most and show 依据待核.
 */
export const GRADES_OF_SOURCE = ['V1', 'V2', 'V3', 'seed', 'remembered'] as const;
export type SourceGrade = (typeof GRADES_OF_SOURCE)[number];

/**
 * What kind of sentence a clause is. Guidance and reported practice never block: their rules warn or ask a person to
 * look. `X` is a fault that the document complains of, the ground of detective checks.
 */
export const FORCES = {
  M: '强制',
  E: '授权或允许',
  S: '标准或额度',
  G: '导向',
  R: '被报告的做法',
  X: '被点名的问题',
} as const;
export type Force = keyof typeof FORCES;
const FORCE_CODES = Object.keys(FORCES) as [Force, ...Force[]];

const documentFields = {
  title: z.string().min(4).describe('文件标题'),
  /** 文号, or how the document is cited where it has none. */
  documentNo: z.string().min(2).describe('文号；没有文号的写明怎样称呼'),
  issuer: z.string().min(2).describe('发文机关'),
  /** Date of the document; null when its source does not record one. */
  date: dateSchema.nullable().describe('发文日期；来源没有记载的写 null'),
  effectiveFrom: dateSchema.describe('生效日'),
  /** Last day in force; null while it is. */
  effectiveUntil: dateSchema.nullable().describe('最后有效日；仍有效的写 null'),
  /** SHA-256 of the source text that the quotations were checked against. */
  sourceSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .describe('据以核对引文的原文文件的 SHA-256；没有的写 null'),
  grade: z
    .enum(GRADES_OF_SOURCE)
    .describe(
      '依据核实程度：V1 法规库全文，V2 官方或媒体存档页，V3 第三方转载，seed 本系统所依据的文件，remembered 未核实（只提示）',
    ),
};

export const documentSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]+$/, '文件编号由小写字母、数字和连字符组成')
    .describe('文件编号：小写字母、数字和连字符'),
  ...documentFields,
  /** Prefixes of division codes; empty means the nation. */
  jurisdiction: z.array(divisionPrefix).describe('适用地区的行政区划前缀，写成带引号的数字；[] 为全国'),
  /** The document's money clauses, numbered without a gap: SC-01 … SC-16. A pack that leaves one out does not load. */
  series: z
    .array(
      z.strictObject({ prefix: z.string().regex(/^[A-Z]{2,}$/), last: z.number().int().positive().max(999) }),
    )
    .default([])
    .describe('资金条款的编号序列；漏掉一个编号就不能加载'),
});

const clauseFields = {
  id: z
    .string()
    .regex(/^[A-Z]{2,}[A-Z0-9-]*$/, '条款编号形如 SC-03')
    .describe('条款编号，如 SC-03'),
  force: z.enum(FORCE_CODES).describe('条款性质'),
  section: z.string().min(1).describe('在文件中的位置'),
  /** The sentence that the duty stands in; `……` where words of it are left out. */
  text: z.string().min(2).max(200).describe('条款原句；省略处写……'),
  /** The operative words: a part of `text`, exactly, and no more than is needed. */
  quotation: z.string().min(2).max(120).describe('原句中起作用的文字，逐字照录'),
  /** Why a number in the text is no parameter: it counts what was done, or it is the name of something. */
  numbers: z.string().min(4).optional().describe('原句中的数字为什么不是参数'),
  /** Why nobody may grant an exception from this clause (例外批准); unset where one may be granted. */
  nonWaivable: z.string().min(4).optional().describe('为什么不得例外批准'),
  /** Key of `sources` when the clause is of another document than the pack's own. */
  source: z.string().optional().describe('引自本包之外的文件时，sources 中的键'),
};
export const clauseSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...clauseFields, status: z.literal('enforced').describe('由规则执行') }),
  z.strictObject({
    ...clauseFields,
    status: z.literal('procedural').describe('由程序留痕证明'),
    evidence: z.strictObject({
      kind: z.enum([...PROCEDURE_KINDS, ...EVIDENCE_KINDS]).describe('程序或文件的种类'),
      /** Where a person finds it. */
      where: z.string().min(4).describe('到哪里查看'),
    }),
  }),
  z.strictObject({
    ...clauseFields,
    status: z.literal('no_duty').describe('不设义务'),
    reason: z.string().min(4).describe('为什么不约束任何人'),
  }),
]);

const jsonObject = z.record(z.string(), z.unknown());

export const packTestSchema = z.strictObject({
  name: z.string().min(4).describe('测试名称：什么情形，什么结论'),
  /** Differences from the base case; see `packTests.ts` for how they are merged. */
  facts: jsonObject.default({}).describe('与基准情形的差别'),
  expect: z.strictObject({
    outcome: z.enum(['allow', 'review', 'block']).describe('allow 通过，review 复核，block 禁止'),
    /** Rules that must be present, each with its effect. */
    reasons: z
      .record(z.string(), z.enum(['block', 'review', 'warn', 'pass']))
      .default({})
      .describe('必须出现的规则及其结论'),
    absent: z.array(z.string()).default([]).describe('不得出现的规则'),
  }),
});

export const packSchema = z.strictObject({
  document: documentSchema.describe('政策文件'),
  /** Documents that single clauses are quoted from, where the pack gathers several. */
  sources: z
    .record(z.string(), z.strictObject(documentFields))
    .default({})
    .describe('个别条款所引的其他文件'),
  clauses: z.array(clauseSchema).min(1).describe('条款；每条都要写明怎样落实'),
  parameters: z.array(parameterSchema).default([]).describe('有时效的数值；期外即为未知'),
  rules: z.array(ruleSchema).describe('规则'),
  /** Facts shared by all tests of the pack. */
  testBase: jsonObject.default({}).describe('本包所有测试共用的情形'),
  tests: z.array(packTestSchema).default([]).describe('测试：情形与应有的结论'),
});

export type PackContent = z.output<typeof packSchema>;
export type Clause = z.output<typeof clauseSchema>;
export type PackTest = z.output<typeof packTestSchema>;
type DocumentSource = Omit<z.output<typeof documentSchema>, 'id' | 'jurisdiction' | 'series'>;

/** A loaded pack: its content, the file it came from, the file's text and the SHA-256 of its bytes. */
export type Pack = PackContent & { readonly file: string; readonly text: string; readonly sha256: string };

/** The document that a clause is quoted from. */
export function sourceOf(pack: PackContent, clause: Clause): DocumentSource {
  if (clause.source === undefined) return pack.document;
  const source = pack.sources[clause.source];
  if (source === undefined) throw new Error(`clause ${clause.id} names the unknown source ${clause.source}`);
  return source;
}
