import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { reveal } from '../audit/index.js';
import { today } from '../core/dates.js';
import { DomainError } from '../core/errors.js';
import { newId, sha256Hex } from '../core/ids.js';
import { sessionSecretOf } from '../http/auth.js';
import { type App, actorOf, type Dependencies } from '../http/context.js';
import { type Problem, problemOf } from '../http/errors.js';
import { checkPart } from '../http/validation.js';
import { type Actor, listSavedFilters } from '../organisations/index.js';
import type { Flash, Note, PageContext, Said } from './context.js';
import { doOperation, faultsBefore, faultsOf, goOn } from './do-operation.js';
import { exportTable } from './export.js';
import { besideOf } from './files.js';
import { bodyFile, readForm, type SentFile } from './form-body.js';
import type { Operations } from './operations.js';
import type { Action, AnyPage, Done, LocalDone } from './page.js';
import { renderFault, renderPage } from './render.js';
import { editRows } from './row-edits.js';
import { compact, type Tree, valueAt } from './tree.js';
import { visitorOf } from './visitor.js';

const HIDDEN = { hide: true } as const;
const FLASH_COOKIE = 'flash';
export const UNIT_COOKIE = 'unit';
export const WORKSPACE_COOKIE = 'workspace';
const UPLOAD = 'POST /books/:bookId/attachments';

interface Tools {
  readonly app: App;
  readonly deps: Dependencies;
  readonly operations: Operations;
  readonly pages: ReadonlySet<string>;
}

/** Serves a page for reading, and its forms. */
export function registerPage(tools: Tools, spec: AnyPage): void {
  const { app } = tools;
  // When sent, so that it holds for answers that the page never came to give.
  const options = {
    schema: HIDDEN,
    onSend: async (_request: FastifyRequest, reply: FastifyReply) => void reply.headers(spec.headers ?? {}),
  };
  app.get(spec.path, options, async (request, reply) => {
    if (!spec.isPublic && !request.actor) return toSignIn(request, reply);
    const page = await contextOf(tools, spec, request, null);
    clearFlash(page, reply);
    const asked = page.search.get('export');
    if (spec.exported && (asked === 'xlsx' || asked === 'csv'))
      return exportTable(page, reply, await spec.exported(page as never), asked);
    return renderPage(spec, page, reply, 200);
  });
  if (!spec.actions) return;
  app.post(spec.path, options, async (request, reply) => {
    if (!spec.isPublic && !request.actor) throw new DomainError('unauthenticated', SESSION_OVER);
    return answerForm(tools, spec, request, reply);
  });
}

const SESSION_OVER =
  '登录已过期，没有记录。请在新窗口重新登录，再用浏览器的“后退”回到刚才的页面提交，填写的内容还在。';

async function answerForm(tools: Tools, spec: AnyPage, request: FastifyRequest, reply: FastifyReply) {
  const { tree, files } = await readForm(request);
  const action = String(valueAt(tree, '_action') ?? '');
  const said = {
    form: String(valueAt(tree, '_form') ?? action),
    action,
    typed: tree,
    faults: new Map<string, string>(),
    problem: null as Problem | null,
    trial: null as Problem | null,
    answer: null as unknown,
    note: null as Note | null,
  } satisfies Said;
  const page = await contextOf(tools, spec, request, said);
  if (page.csrf !== null && valueAt(tree, '_csrf') !== page.csrf) {
    said.problem = problemOf(new DomainError('form_expired', FORM_EXPIRED), request.id);
    return renderPage(spec, page, reply, 403);
  }
  const chosen = chosenOf(spec, action);
  const fileField = chosen && 'fileField' in chosen ? chosen.fileField : undefined;
  const body = fileField ? bodyFile(fileField, { tree, files }) : undefined;
  const texts = (chosen && 'fileTexts' in chosen ? chosen.fileTexts : undefined) ?? {};
  for (const { field, bytes } of files) {
    const text = texts[field];
    if (text) put(said.typed, text.into, bytes.toString(text.as));
  }
  await keepFiles(
    page,
    files.filter((file) => (file !== body && !(file.field in texts)) || file.isCut),
    said,
  );
  const edited = editRows(action, said.typed);
  if (edited) {
    said.typed = edited;
    return renderPage(spec, page, reply, 200);
  }
  if (!chosen) throw new DomainError('request_malformed', '页面上没有这个按钮，请刷新后再试');
  if (said.faults.size > 0) {
    const message = `有 ${said.faults.size} 个文件没有收下，请按提示更换`;
    said.problem = problemOf(new DomainError('validation_failed', message), request.id);
    return renderPage(spec, page, reply, 400);
  }
  if ('local' in chosen) {
    const next = await chosen.local(said.typed, page);
    if ('to' in next) return goTo(tools.deps, reply, next);
    said.typed = next.typed;
    if (next.faults) said.faults = new Map(next.faults);
    const { read, keys } = tools.deps.store;
    said.answer = next.answer === undefined ? null : await reveal(read, keys, next.answer);
    said.trial = next.trial ?? null;
    said.note = next.note ?? null;
    return renderPage(spec, page, reply, 200);
  }
  said.typed = compact(said.typed);
  const refused = await faultsBefore(page, chosen, said.typed);
  const answer = refused ?? (await doOperation(page, chosen, said.typed, body));
  if (!answer.ok && chosen.isTrial && answer.problem.status < 500) {
    said.trial = answer.problem;
    return renderPage(spec, page, reply, 200);
  }
  if (!answer.ok) {
    said.problem = answer.problem;
    said.faults = faultsOf(answer.problem);
    return renderPage(spec, page, reply, answer.problem.status);
  }
  for (const cookie of answer.cookies) void reply.header('set-cookie', cookie);
  const opened = await reveal(tools.deps.store.read, tools.deps.store.keys, answer.body);
  const done = await goOn(page, chosen, opened, said.typed);
  if (done) return goTo(tools.deps, reply, done);
  said.answer = opened;
  return renderPage(spec, page, reply, 200);
}

/** What a button does; `read:lines.0` does `read`, which finds the place in `said.action`. */
const chosenOf = ({ actions = {} }: AnyPage, button: string): Action | undefined =>
  [button, button.split(':')[0] as string]
    .filter((name) => Object.hasOwn(actions, name))
    .map((name) => actions[name])[0];

const FORM_EXPIRED = '页面打开之后登录有过变化，因此没有记录。填写的内容还在，请核对后再提交一次。';

/** Files become attachments at once, so that a refusal of the rest does not lose them. */
async function keepFiles(page: PageContext, files: readonly SentFile[], said: Said): Promise<void> {
  const faults = said.faults as Map<string, string>;
  for (const { field, name, mediaType, bytes, isCut } of files) {
    if (isCut) {
      faults.set(field, FILE_FAULTS.too_large);
      continue;
    }
    const idempotencyKey = sha256Hex(`${page.request.id} ${field}`);
    const answer = await page.operations.call(page.request, UPLOAD, {
      params: page.params,
      file: { name, mediaType, bytes },
      idempotencyKey,
    });
    if (answer.ok) {
      put(said.typed, field, (answer.body as { id: string }).id);
      put(said.typed, besideOf(field), name);
    } else {
      const { code, errors, detail } = answer.problem;
      faults.set(field, FILE_FAULTS[code as keyof typeof FILE_FAULTS] ?? errors?.[0]?.message ?? detail);
    }
  }
}

const FILE_FAULTS = {
  too_large: '文件超过 10 MB，请压缩或拆开后再传',
  media_type_unsupported: '只收 PDF、OFD、XML、JPG、PNG 文件，请换一个',
  media_type_mismatch: '文件内容与它的扩展名不符，请换成真正的 PDF、OFD、XML、JPG 或 PNG 文件',
} as const;

function put(tree: Tree, name: string, value: string): void {
  const path = name.split('.');
  const last = path.pop() as string;
  let node = tree;
  for (const step of path) {
    // Where a form has nothing but files, they are the first to be put there.
    node[step] ??= Object.create(null) as Tree;
    const next = node[step];
    if (typeof next !== 'object' || Array.isArray(next)) return;
    node = next;
  }
  node[last] = value;
}

async function contextOf(
  { app, deps, operations, pages }: Tools,
  spec: AnyPage,
  request: FastifyRequest,
  said: Said | null,
): Promise<PageContext> {
  const params = checkPart('path', request.params, spec.params ?? z.record(z.string(), z.string()));
  if (!params.data) throw new DomainError('not_found', '没有这个页面');
  const url = new URL(request.url, 'http://page');
  const query = queryOf(spec, url.searchParams);
  const secret = sessionSecretOf(app, request);
  const cookies = request.cookies;
  const visitor = await visitorOf(deps, request, (params.data as { bookId?: string }).bookId ?? null);
  return {
    deps,
    operations,
    request,
    get actor() {
      return actorOf(request);
    },
    visitor,
    params: params.data as Record<string, string>,
    query,
    path: url.pathname,
    search: url.searchParams,
    today: today(deps.now()),
    unit: cookies[UNIT_COOKIE] === 'wan' ? 'wan' : 'yuan',
    said,
    flash: flashOf(cookies[FLASH_COOKIE]),
    savedFilters: spec.query && request.actor ? await filtersOf(deps, request.actor, url.pathname) : [],
    csrf: visitor && secret ? deps.store.keys.index('csrf', secret) : null,
    formKey: newId(),
    pages,
  };
}

const filtersOf = async ({ store }: Dependencies, actor: Actor, path: string) =>
  (await listSavedFilters(store, actor)).items.filter((saved) => saved.path === path);

/** Repeated names become lists; what is empty was not asked for; what is invalid is left out. */
function queryOf(spec: AnyPage, search: URLSearchParams): Record<string, unknown> {
  if (!spec.query) return {};
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(spec.query.shape)) {
    const values = search.getAll(name).filter((value) => value !== '');
    if (values.length > 0) given[name] = values.length > 1 ? values : values[0];
  }
  const checked = checkPart('query', given, spec.query);
  if (checked.data) return checked.data;
  for (const { path } of checked.faults) delete given[path.split('/')[1] ?? ''];
  return checkPart('query', given, spec.query).data ?? spec.query.parse({});
}

const flashOf = (cookie: string | undefined): Flash | null => {
  const [tone, ...text] = cookie ? Buffer.from(cookie, 'base64url').toString('utf8').split(' ') : [];
  if (tone !== 'ok' && tone !== 'warning') return null;
  return { tone, text: text.join(' ').slice(0, 500) };
};

function clearFlash({ flash }: PageContext, reply: FastifyReply): void {
  if (flash !== null) void reply.clearCookie(FLASH_COOKIE, { path: '/' });
}

function goTo({ config }: Dependencies, reply: FastifyReply, done: Done | LocalDone) {
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: config.secureCookies } as const;
  const flash = done.say ? Buffer.from(`${done.tone ?? 'ok'} ${done.say.slice(0, 500)}`) : null;
  if (flash) void reply.setCookie(FLASH_COOKIE, flash.toString('base64url'), options);
  const cookies = Object.entries('cookies' in done ? (done.cookies ?? {}) : {});
  for (const [name, value] of cookies) void reply.setCookie(name, value, { ...options, maxAge: 31_536_000 });
  return reply.redirect(done.to, 303);
}

/** Only addresses of this site, whatever a link says. */
export const ownPath = (path: unknown): string =>
  typeof path === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/home';

function toSignIn(request: FastifyRequest, reply: FastifyReply) {
  const next =
    request.url === '/' || request.url === '/home' ? '' : `?next=${encodeURIComponent(request.url)}`;
  return reply.redirect(`/sign-in${next}`, 303);
}

/** What became of a request that no page could answer. */
export async function answerFault(
  { app, deps, operations, pages }: Tools,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const problem = problemOf(error, request.id);
  if (problem.status >= 500) request.log.error({ err: error }, 'unexpected error');
  if (problem.status === 401 && request.method === 'GET') return toSignIn(request, reply);
  const spec = { path: '', title: problem.title } as unknown as AnyPage;
  const found = request.actor && problem.status < 500 ? request.actor : null;
  const page = await contextOf(
    { app, deps, operations, pages },
    { ...spec, params: undefined },
    Object.assign(Object.create(request) as FastifyRequest, { params: {}, actor: found }),
    null,
  );
  return renderFault(page, reply, problem);
}
