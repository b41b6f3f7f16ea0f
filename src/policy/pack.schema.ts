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
  title: z.string().min(4),
  /** 文号, or how the document is cited where it has none. */
  documentNo: z.string().min(2),
  issuer: z.string().min(2),
  /** Date of the document; null when its source does not record one. */
  date: dateSchema.nullable(),
  effectiveFrom: dateSchema,
  /** Last day in force; null while it is. */
  effectiveUntil: dateSchema.nullable(),
  /** SHA-256 of the source text that the quotations were checked against. */
  sourceSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  grade: z.enum(GRADES_OF_SOURCE),
};

export const documentSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]+$/),
  ...documentFields,
  /** Prefixes of division codes; empty means the nation. */
  jurisdiction: z.array(divisionPrefix),
  /** The document's money clauses, numbered without a gap: SC-01 … SC-16. A pack that leaves one out does not load. */
  series: z
    .array(
      z.strictObject({ prefix: z.string().regex(/^[A-Z]{2,}$/), last: z.number().int().positive().max(999) }),
    )
    .default([]),
});

const clauseFields = {
  id: z.string().regex(/^[A-Z]{2,}[A-Z0-9-]*$/, '条款编号形如 SC-03'),
  force: z.enum(FORCE_CODES),
  section: z.string().min(1),
  /** The sentence that the duty stands in; `……` where words of it are left out. */
  text: z.string().min(2).max(200),
  /** The operative words: a part of `text`, exactly, and no more than is needed. */
  quotation: z.string().min(2).max(120),
  /** Why a number in the text is no parameter: it counts what was done, or it is the name of something. */
  numbers: z.string().min(4).optional(),
  /** Why nobody may grant an exception from this clause (例外批准); unset where one may be granted. */
  nonWaivable: z.string().min(4).optional(),
  /** Key of `sources` when the clause is of another document than the pack's own. */
  source: z.string().optional(),
};
export const clauseSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...clauseFields, status: z.literal('enforced') }),
  z.strictObject({
    ...clauseFields,
    status: z.literal('procedural'),
    evidence: z.strictObject({
      kind: z.enum([...PROCEDURE_KINDS, ...EVIDENCE_KINDS]),
      /** Where a person finds it. */
      where: z.string().min(4),
    }),
  }),
  z.strictObject({ ...clauseFields, status: z.literal('no_duty'), reason: z.string().min(4) }),
]);

const jsonObject = z.record(z.string(), z.unknown());

export const packTestSchema = z.strictObject({
  name: z.string().min(4),
  /** Differences from the base case; see `packTests.ts` for how they are merged. */
  facts: jsonObject.default({}),
  expect: z.strictObject({
    outcome: z.enum(['allow', 'review', 'block']),
    /** Rules that must be present, each with its effect. */
    reasons: z.record(z.string(), z.enum(['block', 'review', 'warn', 'pass'])).default({}),
    absent: z.array(z.string()).default([]),
  }),
});

export const packSchema = z.strictObject({
  document: documentSchema,
  /** Documents that single clauses are quoted from, where the pack gathers several. */
  sources: z.record(z.string(), z.strictObject(documentFields)).default({}),
  clauses: z.array(clauseSchema).min(1),
  parameters: z.array(parameterSchema).default([]),
  rules: z.array(ruleSchema),
  /** Facts shared by all tests of the pack. */
  testBase: jsonObject.default({}),
  tests: z.array(packTestSchema).default([]),
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
