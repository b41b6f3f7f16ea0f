import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { reveal } from '../../audit/index.js';
import { DomainError } from '../../core/errors.js';
import { ORGANISATION_LABELS } from '../../core/vocabulary.js';
import {
  checkDivisionOfBureau,
  completeSetup,
  demandSetupLink,
  demandStrongPassword,
  type SetupForm,
  type SetupView,
  setupForm,
} from '../../organisations/index.js';
import { attemptLimiter } from '../auth.js';
import type { App, Dependencies } from '../context.js';
import { problemOf } from '../errors.js';
import { type Html, html, page } from '../html.js';
import { SETUP_STYLE } from '../setup-style.js';
import { checkPart } from '../validation.js';

const MAX_FORM_BYTES = 16 * 1024;
const HIDDEN = { hide: true } as const;

const { kind } = setupForm.shape.bureau.shape;

interface Field {
  /** As in the form that the browser sends: the path of the API's field, with dots. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly isPassword?: true;
  readonly attributes?: Html;
  readonly choices?: readonly (keyof typeof ORGANISATION_LABELS)[];
}

const BUREAU: readonly Field[] = [
  { name: 'bureau.kind', label: '单位级别', choices: kind.options },
  {
    name: 'bureau.name',
    label: '单位全称',
    hint: '例如：泸县民政局',
    attributes: html`autocomplete="organization"`,
  },
  {
    name: 'bureau.divisionCode',
    label: '行政区划代码',
    hint: '六位数字（GB/T 2260）：省级形如 510000，市州级形如 510500，县级形如 510521',
    attributes: html`inputmode="numeric" autocomplete="off"`,
  },
];
const ADMIN: readonly Field[] = [
  {
    name: 'admin.loginName',
    label: '登录名',
    hint: '2 至 50 位小写字母、数字或 . _ @ -，例如：li.hua',
    attributes: html`autocomplete="username" autocapitalize="none" spellcheck="false"`,
  },
  { name: 'admin.displayName', label: '姓名', attributes: html`autocomplete="name"` },
  { name: 'admin.password', label: '密码', hint: '至少 10 位，不要用常见密码', isPassword: true },
  { name: 'admin.passwordAgain', label: '再次输入密码', isPassword: true },
];
const FIELDS = [...BUREAU, ...ADMIN];

type Typed = Readonly<Record<string, string>>;
type Faults = ReadonlyMap<string, string>;

/**
 * The page behind the one-time set-up link, for a browser without scripts. Must be
 * registered in a scope of its own: it reads forms and no JSON, and says what went wrong in HTML.
 */
export function setupPageRoutes(app: App, deps: Dependencies): void {
  const { store, config } = deps;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
    async (_request: unknown, body: string) => new URLSearchParams(body),
  );
  app.setErrorHandler((error, request, reply) => {
    const { status, code, title, detail } = problemOf(error, request.id);
    if (status >= 500) request.log.error({ err: error }, 'unexpected error');
    const heading = code === 'setup_link_invalid' ? '不能进行首次设置' : title;
    return sendPage(reply, status, heading, html`<p>${detail}</p>${DOCS}`);
  });

  app.get('/setup.css', { schema: HIDDEN }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(SETUP_STYLE),
  );

  app.get(
    '/setup',
    { schema: { ...HIDDEN, querystring: z.object({ token: z.string().default('') }) } },
    async (request, reply) => {
      const { token } = request.query;
      await demandSetupLink(store, token, deps.now());
      return sendForm(reply, 200, { token }, new Map());
    },
  );

  app.post(
    '/setup',
    { schema: HIDDEN, preHandler: attemptLimiter(config.loginAttemptsPerMinute) },
    async (request, reply) => {
      const typed = typedIn(request.body);
      const now = deps.now();
      await demandSetupLink(store, typed['token'] ?? '', now);
      const { form, faults } = check(typed);
      if (form === null) return sendForm(reply, 400, typed, faults);
      const done = await completeSetup(store, { requestId: request.id, now }, form);
      return sendDone(reply, await reveal(store.read, store.keys, done));
    },
  );
}

/** What was typed into each field, and the token; a field that was not sent counts as empty. */
function typedIn(body: unknown): Typed {
  const sent = body instanceof URLSearchParams ? body : new URLSearchParams();
  const typed = FIELDS.map(({ name, isPassword }) => {
    const value = sent.get(name) ?? '';
    return [name, isPassword ? value : value.trim()];
  });
  return Object.fromEntries([['token', sent.get('token') ?? ''], ...typed]);
}

/** The form for `completeSetup`, or everything that is wrong with it: the first fault of every field. */
function check(typed: Typed): { form: SetupForm | null; faults: Faults } {
  const given = (name: string) => typed[name] ?? '';
  const bureau = {
    kind: given('bureau.kind'),
    name: given('bureau.name'),
    divisionCode: given('bureau.divisionCode'),
  };
  const admin = {
    loginName: given('admin.loginName'),
    displayName: given('admin.displayName'),
    password: given('admin.password'),
  };
  const checked = checkPart('body', { token: given('token'), bureau, admin }, setupForm);
  const faults = new Map<string, string>();
  const add = (name: string, message: string) => faults.has(name) || faults.set(name, message);
  for (const { path, message } of checked.faults) {
    const name = path.slice(1).replaceAll('/', '.');
    add(name, name === 'bureau.kind' ? '请从列表中选择' : message);
  }
  // What no schema says is checked here as well, so that nobody is sent back twice and types the password again.
  const level = kind.safeParse(bureau.kind);
  const mismatch = level.success ? checkDivisionOfBureau(level.data, bureau.divisionCode) : null;
  if (mismatch) add('bureau.divisionCode', mismatch[1]);
  const weakness = weaknessOf(admin);
  if (weakness !== null) add('admin.password', weakness);
  if (given('admin.passwordAgain') !== admin.password) add('admin.passwordAgain', '两次输入的密码不一致');
  return { form: faults.size === 0 ? checked.data : null, faults };
}

function weaknessOf({ password, loginName }: { readonly password: string; readonly loginName: string }) {
  try {
    demandStrongPassword(password, loginName);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

const NOTHING = html``;
const DOCS = html`<p><a href="/docs">接口文档</a></p>`;

/**
 * The address holds the secret: no cache keeps the page, and no request from it says more than the origin. Not
 * `no-referrer`, under which browsers send the form itself with `Origin: null` (Fetch §3.2), which `auth.ts` refuses.
 */
const sendPage = (reply: FastifyReply, status: number, title: string, content: Html) =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'strict-origin')
    .send(
      page(
        title,
        '/setup.css',
        html`<h1>${title}</h1>
${content}`,
      ).text,
    );

const sendForm = (reply: FastifyReply, status: number, typed: Typed, faults: Faults) => {
  const group = (legend: string, fields: readonly Field[]) => html`<fieldset>
<legend>${legend}</legend>
${fields.map((field) => fieldOf(field, typed, faults.get(field.name)))}
</fieldset>`;
  return sendPage(
    reply,
    status,
    faults.size > 0 ? `有 ${faults.size} 处填写有误` : '首次设置',
    html`${summaryOf(faults)}
<p>在此建立本系统的最上级单位、它的账套和第一位系统管理员。各项都必须填写；此链接只能用一次。</p>
<form method="post" action="/setup">
<input type="hidden" name="token" value="${typed['token'] ?? ''}">
${group('单位', BUREAU)}
${group('系统管理员', ADMIN)}
<button type="submit">完成设置</button>
</form>`,
  );
};

/** Every fault with a link to its field, read out first. */
function summaryOf(faults: Faults): Html {
  const faulty = FIELDS.filter(({ name }) => faults.has(name));
  if (faulty.length === 0) return NOTHING;
  return html`<div class="faults" role="alert">
<p>请修改以下各项，密码需要重新输入：</p>
<ul>
${faulty.map(({ name, label }) => html`<li><a href="#${name}">${label}</a>：${faults.get(name) ?? ''}</li>\n`)}</ul>
</div>`;
}

function fieldOf(field: Field, typed: Typed, fault: string | undefined): Html {
  const { name, label, hint, attributes = NOTHING, choices, isPassword } = field;
  const notes = [...(hint ? [`${name}.hint`] : []), ...(fault ? [`${name}.fault`] : [])].join(' ');
  const described = notes ? html` aria-describedby="${notes}"` : NOTHING;
  const common = html`id="${name}" name="${name}" required${described}${fault ? html` aria-invalid="true"` : NOTHING}`;
  const value = typed[name] ?? '';
  const control = choices
    ? html`<select ${common}>
<option value="">请选择</option>
${choices.map(
  (one) =>
    html`<option value="${one}"${one === value ? html` selected` : NOTHING}>${ORGANISATION_LABELS[one]}</option>\n`,
)}</select>`
    : isPassword
      ? html`<input ${common} type="password" autocomplete="new-password">`
      : html`<input ${common} type="text" value="${value}" ${attributes}>`;
  return html`<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}.hint">${hint}</p>\n` : NOTHING}${
  fault ? html`<p class="fault" id="${name}.fault">${fault}</p>\n` : NOTHING
}${control}
`;
}

const sendDone = (reply: FastifyReply, { bureau, admin }: SetupView) => {
  const made: readonly (readonly [string, string])[] = [
    ['单位', `${bureau.name}（${bureau.kindLabel}，行政区划代码 ${bureau.divisionCode}）`],
    ['账套编号', bureau.bookId ?? ''],
    ['系统管理员', `${admin.displayName}（登录名 ${admin.loginName}）`],
    ['岗位', admin.grants.map(({ roleLabel }) => roleLabel).join('、')],
  ];
  return sendPage(
    reply,
    201,
    '设置完成',
    html`<p>已建立：</p>
<dl>
${made.map(([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>\n`)}</dl>
<p>设置链接已失效。请用刚才的登录名和密码登录（<code>POST /api/v1/session</code>），然后登记下级单位和人员。</p>
${DOCS}`,
  );
};
