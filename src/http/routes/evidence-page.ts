import type { FastifyReply, FastifyRequest } from 'fastify';
import { reveal } from '../../audit/index.js';
import { DomainError } from '../../core/errors.js';
import { type NewExport, newExport, prepareExport, SCOPES } from '../../evidence/index.js';
import { type BookView, listBooks } from '../../ledger/index.js';
import { signIn, signInForm, signOut } from '../../organisations/index.js';
import { offlineVerifierPage, offlineVerifierScript } from '../../verifier/html.js';
import { attemptLimiter, clearSessionCookie, sessionSecretOf, setSessionCookie } from '../auth.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { problemOf } from '../errors.js';
import { EVIDENCE_STYLE } from '../evidence-style.js';
import { type Html, html, page } from '../html.js';
import { packageStream } from '../package-stream.js';
import { checkPart } from '../validation.js';

const HIDDEN = { hide: true } as const;

/** The fields of the export form, in the order of the page, named as the API names them. */
const LABELS = {
  bookId: '账套',
  kind: '范围',
  id: '编号',
  from: '开始日期',
  until: '结束日期',
  isRedacted: '脱敏',
  recipient: '接收单位',
  reason: '理由',
} as const;
type Name = keyof typeof LABELS;
const NAMES = Object.keys(LABELS) as Name[];

type Typed = Readonly<Record<Name, string>>;
type Faults = ReadonlyMap<string, string>;
/** What the page says of the form that came before. */
interface Said {
  readonly typed?: Typed;
  readonly faults?: Faults;
  readonly refusal?: string;
}

/**
 * Evidence packages for people with a browser: sign in, choose, export; and the verifiers to keep. Works without
 * scripts. Must be registered in a scope of its own: it reads forms and no JSON, and says what went wrong in HTML.
 */
export function evidencePageRoutes(app: App, deps: Dependencies): void {
  const { store, policy, checkpoints, config } = deps;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 16 * 1024 },
    async (_request: unknown, body: string) => new URLSearchParams(body),
  );
  app.setErrorHandler((error, request, reply) => {
    const { status, title, detail } = problemOf(error, request.id);
    if (status >= 500) request.log.error({ err: error }, 'unexpected error');
    return sendPage(reply, status, title, html`<p>${detail}</p><p><a href="/evidence">返回</a></p>`);
  });

  app.get('/evidence.css', { schema: HIDDEN }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').send(EVIDENCE_STYLE),
  );
  // As downloads: under the policy of this site the page could not run, and a copy is to be kept anyway.
  app.get('/evidence/verify.html', { schema: HIDDEN }, async (_request, reply) =>
    download(reply, 'verify.html', 'text/html; charset=utf-8').send(offlineVerifierPage()),
  );
  app.get('/evidence/verify.mjs', { schema: HIDDEN }, async (_request, reply) =>
    download(reply, 'verify.mjs', 'text/javascript; charset=utf-8').send(offlineVerifierScript()),
  );

  app.get('/evidence', { schema: HIDDEN }, async (request, reply) =>
    request.actor ? sendExport(deps, reply, 200) : sendSignIn(reply, 200),
  );

  app.post(
    '/evidence/sign-in',
    { schema: HIDDEN, preHandler: attemptLimiter(config.loginAttemptsPerMinute) },
    async (request, reply) => {
      const given = { loginName: sentIn(request, 'loginName'), password: sentIn(request, 'password') };
      const form = checkPart('body', given, signInForm).data;
      if (!form) return sendSignIn(reply, 401, '登录名或密码不正确', given.loginName);
      try {
        const context = { requestId: request.id, now: deps.now() };
        const { secret, expiresAt } = await signIn(store, context, form, config.sessionHours);
        setSessionCookie(reply, config, secret, expiresAt);
        return reply.redirect('/evidence', 303);
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return sendSignIn(reply, problemOf(error, request.id).status, error.message, given.loginName);
      }
    },
  );

  app.post('/evidence/sign-out', { schema: HIDDEN }, async (request, reply) => {
    const secret = sessionSecretOf(app, request);
    clearSessionCookie(reply, config);
    if (secret !== null && request.actor) {
      const { actor, context } = callerOf(deps, request, null);
      await signOut(store, { actor, context: { ...context, idempotency: null } }, secret);
    }
    return reply.redirect('/evidence', 303);
  });

  app.post('/evidence/export', { schema: HIDDEN }, async (request, reply) => {
    if (!request.actor) return sendSignIn(reply, 401, '登录已过期，请重新登录');
    const typed = Object.fromEntries(NAMES.map((name) => [name, sentIn(request, name).trim()])) as Typed;
    const { items } = await listBooks(store, request.actor);
    const { form, faults } = check(typed, items);
    if (!form) return sendExport(deps, reply, 400, { typed, faults });
    try {
      const tools = {
        store,
        packs: policy.current,
        checkpoints,
        attachmentsFolder: config.attachmentsDir,
      };
      const prepared = await prepareExport(tools, callerOf(deps, request, typed), typed.bookId, form);
      const stream = await packageStream(prepared, request);
      return download(reply, prepared.fileName, 'application/zip').send(stream);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { status } = problemOf(error, request.id);
      return sendExport(deps, reply, status, { typed, refusal: error.message });
    }
  });
}

const sentIn = ({ body }: FastifyRequest, name: string): string =>
  (body instanceof URLSearchParams ? body.get(name) : null) ?? '';

const download = (reply: FastifyReply, fileName: string, type: string) =>
  reply
    .type(type)
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${fileName}"`);

/** The form for `prepareExport`, or everything that is wrong with it: the first fault of every field. */
function check(typed: Typed, books: readonly BookView[]): { form: NewExport | null; faults: Faults } {
  const { bookId, isRedacted, ...texts } = typed;
  const given = Object.entries(texts).map(([name, text]) => [name, text || null]);
  const input = { ...Object.fromEntries(given), isRedacted: isRedacted === 'on' };
  const checked = checkPart('body', input, newExport);
  const faults = new Map<string, string>();
  if (!books.some(({ id }) => id === bookId)) faults.set('bookId', '请从列表中选择');
  for (const { path, message } of checked.faults) {
    const name = path.slice(1);
    if (!faults.has(name)) faults.set(name, name === 'kind' ? '请从列表中选择' : message);
  }
  return { form: faults.size === 0 ? checked.data : null, faults };
}

const NOTHING = html``;

const sendPage = (reply: FastifyReply, status: number, title: string, content: Html, aside = NOTHING) =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(
      page(
        title,
        '/evidence.css',
        html`<header>
<h1>${title}</h1>
${aside}</header>
${content}`,
      ).text,
    );

const alertOf = (message: string, more = NOTHING) => html`<div class="faults" role="alert">
<p class="fault">${message}</p>
${more}</div>
`;

const sendSignIn = (reply: FastifyReply, status: number, message = '', loginName = '') => {
  const nameField = html`type="text" value="${loginName}" required autocomplete="username" autocapitalize="none"`;
  const content = html`${message ? alertOf(message) : NOTHING}<p>登录后可以导出证据包。核验已有的证据包不需要登录。</p>
<form method="post" action="/evidence/sign-in">
<fieldset>
<legend>登录</legend>
${inputOf('loginName', '登录名', nameField)}
${inputOf('password', '密码', html`type="password" required autocomplete="current-password"`)}
</fieldset>
<button type="submit">登录</button>
</form>
${VERIFYING}`;
  return sendPage(reply, status, '证据包', content);
};

async function sendExport({ store }: Dependencies, reply: FastifyReply, status: number, said: Said = {}) {
  const actor = actorOf(reply.request);
  const { displayName } = await reveal(store.read, store.keys, actor);
  const books = (await listBooks(store, actor)).items.filter(({ access }) => access === 'book');
  const aside = html`<form method="post" action="/evidence/sign-out">
${displayName} <button type="submit" class="plain">退出</button>
</form>
`;
  const none = html`<p>您的岗位不能查看完整的账套，因此不能导出证据包。</p>`;
  const form = books.length > 0 ? formOf(books, said) : none;
  return sendPage(reply, status, '证据包', html`${summaryOf(said)}${form}\n${VERIFYING}`, aside);
}

/** What went wrong, read out first: the refusal, or every fault with a link to its field. */
function summaryOf({ faults, refusal }: Said): Html {
  if (refusal !== undefined) return alertOf(`没有导出：${refusal}`);
  if (!faults) return NOTHING;
  const items = NAMES.filter((name) => faults.has(name)).map(
    (name) => html`<li><a href="#${name}">${LABELS[name]}</a>：${faults.get(name) ?? ''}</li>\n`,
  );
  return alertOf(`没有导出，有 ${faults.size} 处填写有误：`, html`<ul>\n${items}</ul>\n`);
}

function formOf(books: readonly BookView[], { typed, faults }: Said): Html {
  const typedIn = (name: Name) => typed?.[name] ?? '';
  const control = (name: Name, type: 'text' | 'date', hint: string) => {
    const attributes = html`type="${type}" value="${typedIn(name)}" autocomplete="off"`;
    return inputOf(name, LABELS[name], attributes, hint, faults?.get(name));
  };
  const list = (name: Name, choices: readonly (readonly [string, string])[]) => {
    const options = choices.map(([value, label]) => {
      const isChosen = value === typedIn(name);
      return html`<option value="${value}"${isChosen ? html` selected` : NOTHING}>${label}</option>\n`;
    });
    const made = (own: Html) => html`<select ${own} required>\n${options}</select>`;
    return labelled(name, LABELS[name], made, '', faults?.get(name));
  };
  const choices = books.map(({ id, name, divisionCode }) => [id, `${name}（${divisionCode}）`] as const);
  // Nothing typed yet: redacted, unless somebody decides otherwise.
  const isRedacted = !typed || typed.isRedacted === 'on';
  return html`<form method="post" action="/evidence/export">
<fieldset>
<legend>导出什么</legend>
${list('bookId', choices.length > 1 ? [['', '请选择'], ...choices] : choices)}
${list('kind', Object.entries(SCOPES))}
${control('id', 'text', '资金批次、合同或报账单的编号；整个账套、会计期间不填')}
<div class="dates">
<div>${control('from', 'date', '会计期间填写')}</div>
<div>${control('until', 'date', '会计期间填写')}</div>
</div>
</fieldset>
<fieldset>
<legend>个人信息</legend>
<label class="check"><input type="checkbox" id="isRedacted" name="isRedacted"${isRedacted ? html` checked` : NOTHING}> 脱敏：不含姓名、事由和附件原件</label>
${control('recipient', 'text', '例如：泸州市审计局。不脱敏时必须填写')}
${control('reason', 'text', '例如：专项审计，审计通知书〔2026〕12号。不脱敏时必须填写')}
</fieldset>
<button type="submit">导出证据包</button>
<p class="hint">每次导出都记入日志。账套较大时需要几分钟，请等下载完成。</p>
</form>`;
}

const inputOf = (name: string, label: string, attributes: Html, hint = '', fault = '') =>
  labelled(name, label, (own) => html`<input ${own} ${attributes} spellcheck="false">`, hint, fault);

/** A control under its label; hint and fault are read out with it. */
function labelled(name: string, label: string, made: (own: Html) => Html, hint: string, fault = ''): Html {
  const notes = [hint && `${name}.hint`, fault && `${name}.fault`].filter(Boolean).join(' ');
  const described = notes ? html` aria-describedby="${notes}"` : NOTHING;
  const own = html`id="${name}" name="${name}"${described}${fault ? html` aria-invalid="true"` : NOTHING}`;
  return html`<label for="${name}">${label}</label>
${hint ? html`<p class="hint" id="${name}.hint">${hint}</p>\n` : NOTHING}${
  fault ? html`<p class="fault" id="${name}.fault">${fault}</p>\n` : NOTHING
}${made(own)}`;
}

const VERIFYING = html`<section aria-labelledby="verifying">
<h2 id="verifying">核验证据包</h2>
<p>核验不联网、不上传，也不需要本系统。取一份核验程序：</p>
<ul>
<li><a href="/evidence/verify.html">下载 verify.html</a>：用浏览器打开下载的文件，选择证据包，填上公钥。</li>
<li><a href="/evidence/verify.mjs">下载 verify.mjs</a>：命令行用（Node.js 20 以上）：
<pre><code>node verify.mjs 证据包.zip --key "账套公钥" --known 旧检查点.txt</code></pre></li>
</ul>
<p class="note"><strong>请自己留存一份。</strong>核验程序、账套公钥和检查点，请在现场或通过独立渠道取得，自行保管，以后一直用自己的这一份。证据包里也带有核验程序和公钥，但那是被审计单位给的，只用它们等于让对方自己证明自己。公钥用 <code>funds keys list</code> 或接口 <code>GET /api/v1/books/账套编号/keys</code> 取得。</p>
</section>`;
