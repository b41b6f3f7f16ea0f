import type { FastifyRequest, FastifySchema } from 'fastify';
import { z } from 'zod';
import { isSealed } from '../audit/index.js';
import { DomainError } from '../core/errors.js';

/** One faulty field. `in` says which part of the request `path`, a JSON pointer (RFC 6901), points into. */
export interface FieldFault {
  readonly in: 'body' | 'query' | 'path' | 'header';
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** More than this many faults help nobody, and the answer must stay smaller than the request. */
const MAX_FAULTS = 200;

const PARTS = [
  ['path', 'params'],
  ['query', 'query'],
  ['header', 'headers'],
  ['body', 'body'],
] as const;

/** The compiler that Fastify asks for: checking is done for all parts at once by `validateRequest`. */
export const leaveToHook = () => (value: unknown) => ({ value });

/**
 * A preValidation hook: checks path, query, headers and body together, so that the answer names every faulty field
 * at once, and puts the parsed values (defaults, trimmed text, numbers) in their place.
 * @throws DomainError `validation_failed` with all faults.
 */
export async function validateRequest(request: FastifyRequest): Promise<void> {
  const schemas: FastifySchema = request.routeOptions.schema ?? {};
  const faults: FieldFault[] = [];
  for (const [part, member] of PARTS) {
    const schema = member === 'query' ? schemas.querystring : schemas[member];
    const checked = checkPart(part, request[member], schema instanceof z.ZodType ? schema : z.unknown());
    faults.push(...checked.faults);
    if (checked.faults.length === 0 && member !== 'headers') request[member] = checked.data;
  }
  if (faults.length === 0) return;
  throw new DomainError('validation_failed', `有 ${faults.length} 处填写有误，请按提示修改`, {
    details: { errors: faults.slice(0, MAX_FAULTS) },
  });
}

/** What is wrong with one part of a request, or, when nothing is, its parsed value. */
export function checkPart<Schema extends z.ZodType>(
  part: FieldFault['in'],
  value: unknown,
  schema: Schema,
):
  | { readonly faults: readonly []; readonly data: z.output<Schema> }
  | { readonly faults: readonly FieldFault[]; readonly data: null } {
  const foreign = unstorable(part, value);
  if (foreign.length > 0) return { faults: foreign, data: null };
  const parsed = schema.safeParse(value);
  if (parsed.success) return { faults: [], data: parsed.data };
  return { faults: onePerKind(parsed.error.issues.flatMap((issue) => faultsOf(part, issue))), data: null };
}

/** zod says "too big" of a number twice, for its kind and for the field; the latter is what counts. */
const onePerKind = (faults: readonly FieldFault[]): FieldFault[] => [
  ...new Map(faults.map((fault) => [`${fault.path} ${fault.code}`, fault])).values(),
];

type Path = readonly PropertyKey[];

/** Deeper than any schema goes; a walk without a bound could be made to exhaust the stack. */
const MAX_DEPTH = 32;
const NONE: readonly FieldFault[] = [];

/**
 * Text that no database stores (PostgreSQL refuses U+0000, a lone surrogate has no UTF-8, RFC 3629 §3) and nesting
 * without end. Paths are put together only for faults: every request is walked.
 */
function unstorable(part: FieldFault['in'], value: unknown, depth = 0): readonly FieldFault[] {
  if (typeof value === 'string') {
    if (!isStorable(value))
      return [{ in: part, path: '', code: 'unstorable', message: '含有不能保存的字符' }];
    return isSealed(value.trim())
      ? [{ in: part, path: '', code: 'unstorable', message: '不能填写密封值的编号' }]
      : NONE;
  }
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return NONE;
  if (depth > MAX_DEPTH) return [{ in: part, path: '', code: 'nested_too_deep', message: '嵌套层次过多' }];
  let faults: FieldFault[] | null = null;
  for (const key of Object.keys(value)) {
    const member = unstorable(part, (value as Record<string, unknown>)[key], depth + 1);
    const found = isStorable(key) ? member : [...unstorable(part, key), ...member];
    if (found.length === 0) continue;
    faults ??= [];
    for (const fault of found) faults.push({ ...fault, path: `${pointer([key])}${fault.path}` });
  }
  return faults ?? NONE;
}

const isStorable = (text: string) => !text.includes('\0') && text.isWellFormed();

function faultsOf(part: FieldFault['in'], issue: z.core.$ZodIssue): FieldFault[] {
  const { code, path } = issue;
  if (code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      in: part,
      path: pointer([...path, key]),
      code,
      message: '不认识的字段',
    }));
  }
  if (code === 'invalid_union' && issue.errors.length > 0) {
    // The alternative that was missed most narrowly is the one that was meant.
    const nearest = issue.errors.reduce((near, other) => (other.length < near.length ? other : near));
    return nearest.flatMap((inner) => faultsOf(part, { ...inner, path: [...path, ...inner.path] }));
  }
  return [{ in: part, path: pointer(path), code, message: issue.message }];
}

/** RFC 6901: "" is the whole document, "~" and "/" inside a name are escaped. */
function pointer(path: Path): string {
  return path
    .map((step) => `/${String(step).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
    .toWellFormed();
}
