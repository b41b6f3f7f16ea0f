import { canonicalJson } from '../core/canonical-json.js';
import { DomainError } from '../core/errors.js';
import { sha256Hex } from '../core/ids.js';
import { type Problem, problemOf } from '../http/errors.js';
import { checkPart, type FieldFault } from '../http/validation.js';
import { coerce } from './coerce.js';
import type { PageContext } from './context.js';
import type { SentFile } from './form-body.js';
import type { Answer } from './operations.js';
import type { ApiAction, Done } from './page.js';
import { type Tree, valueAt } from './tree.js';

/** Does what an action names, with what was typed as its body. */
export async function doOperation(
  page: PageContext,
  action: ApiAction,
  typed: Tree,
  file: SentFile | undefined,
): Promise<Answer> {
  const { operations, request } = page;
  const { body: schema } = operations.get(action.operation);
  const tree = await treeFor(page, action, typed);
  const named = Object.entries(tree).filter(([name]) => name.startsWith(':'));
  const params = {
    ...page.params,
    ...Object.fromEntries(named.map(([name, value]) => [name.slice(1), String(value)])),
  };
  const body = schema && !action.fileField ? coerce(schema, fieldsOf(tree)) : undefined;
  const version = valueAt(tree, '_version');
  // The same content twice is one write; changed content after "back" is another.
  const key = sha256Hex(
    canonicalJson([
      action.isOncePerContent ? 'content' : String(valueAt(tree, '_key') ?? request.id),
      action.operation,
      params,
      body ?? (file ? sha256Hex(file.bytes) : null),
    ]),
  );
  return operations.call(request, action.operation, {
    params,
    ...(action.query ? { query: action.query } : {}),
    ...(action.fileField ? { file: file ?? NO_FILE } : schema ? { body: body ?? {} } : {}),
    ...(typeof version === 'string' && version !== '' ? { version } : {}),
    idempotencyKey: key,
  });
}

/** Nothing was chosen: the operation says that it got no content. */
const NO_FILE: SentFile = {
  field: '',
  name: 'none',
  mediaType: 'application/octet-stream',
  bytes: Buffer.alloc(0),
};

const treeFor = async (page: PageContext, action: ApiAction, typed: Tree): Promise<Tree> =>
  action.prepare ? action.prepare(typed, page) : typed;

/** What belongs to the body: not what the page keeps for itself, nor what fills the path. */
const fieldsOf = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !/^[_:]/.test(name)));

/** What the page alone can see wrong, with all that the schema says besides; null where the page sees nothing. */
export async function faultsBefore(
  page: PageContext,
  action: ApiAction,
  typed: Tree,
): Promise<Extract<Answer, { ok: false }> | null> {
  const own = action.check?.(typed, page) ?? [];
  if (own.length === 0) return null;
  const { body: schema } = page.operations.get(action.operation);
  const body = schema ? coerce(schema, fieldsOf(await treeFor(page, action, typed))) : undefined;
  const said = schema ? checkPart('body', body, schema).faults : [];
  const known = new Set(said.map(({ path }) => path));
  const added = own
    .map(([field, message]) => ({ path: `/${field.replaceAll('.', '/')}`, message }))
    .filter(({ path }) => !known.has(path))
    .map((fault): FieldFault => ({ in: 'body', code: 'custom', ...fault }));
  const errors = [...said, ...added];
  const message = `有 ${errors.length} 处填写有误，请按提示修改`;
  const error = new DomainError('validation_failed', message, { details: { errors } });
  return { ok: false, problem: problemOf(error, page.request.id) };
}

/** Faults of a body by the names of their fields. */
export function faultsOf({ errors }: Problem): Map<string, string> {
  const faults = new Map<string, string>();
  for (const { path, message } of errors ?? []) {
    const name = path.slice(1).split('/').join('.');
    if (!faults.has(name)) faults.set(name, message);
  }
  return faults;
}

/**
 * The operations that follow on one that was done, and where to go then. What was done before one that is refused
 * stands: `halted` says where that is seen.
 */
export async function goOn(
  page: PageContext,
  action: ApiAction,
  answer: unknown,
  typed: Tree,
): Promise<Done | null> {
  for (const { operation, of } of action.next ?? []) {
    const next = of(answer as never, page, typed);
    if (!next) continue;
    const idempotencyKey = sha256Hex(
      canonicalJson([String(valueAt(typed, '_key') ?? page.request.id), operation, next]),
    );
    const params = { ...page.params, ...next.params };
    const told = await page.operations.call(page.request, operation, { ...next, params, idempotencyKey });
    if (!told.ok && action.halted) return action.halted(answer as never, told.problem, page, typed);
  }
  return action.done === 'show' ? null : action.done(answer as never, page, typed);
}
