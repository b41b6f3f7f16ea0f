import type { Test } from 'tap';
import type { Store } from '../../src/db/store.js';
import { createSetupLink } from '../../src/organisations/index.js';
import { forEachEngine, seedTree } from '../helper.js';
import { type Answer, NOW, serve } from './service.js';

const PASSWORD = 'correct-horse-9';
const TYPED = {
  'bureau.kind': 'bureau_county',
  'bureau.name': '泸县民政局',
  'bureau.divisionCode': '510521',
  'admin.loginName': 'Li.Hua',
  'admin.displayName': '李华',
  'admin.password': PASSWORD,
  'admin.passwordAgain': PASSWORD,
};
const XSS = `"><script>alert('1')</script>&amp;`;
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;';

async function open(t: Test, store: Store, settings: Record<string, string> = {}) {
  const { app, ask } = await serve(t, store, {
    settings: { LOGIN_ATTEMPTS_PER_MINUTE: '100', ...settings },
  });
  const link = (await createSetupLink(store, new Date(NOW))) as string;
  const token = link.split('token=')[1] as string;
  const post = (typed: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(null, 'POST', '//setup', {
      raw: new URLSearchParams(typed).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  return { app, ask, post, link, token };
}

/** A page for people that says nothing of where it was read. */
function isPage(t: Test, answer: Answer, status: number, what: string) {
  t.match(
    answer,
    {
      status,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'referrer-policy': 'strict-origin',
      },
    },
    what,
  );
  t.match(answer.body, /<html lang="zh-CN">/, what);
  t.notMatch(answer.body, /<script|<style| style=| on\w+=/i, `${what}: nothing that the policy would stop`);
}

/** The message that stands beside a field, found as a screen reader finds it. */
function faultOf(page: string, name: string): string | undefined {
  const control = new RegExp(`<(?:input|select) id="${name}"[^>]*>`).exec(page)?.[0] ?? '';
  if (!control.includes('aria-invalid="true"') || !control.includes(`${name}.fault`)) return undefined;
  return new RegExp(`id="${name}.fault">([^<]*)<`).exec(page)?.[1];
}

forEachEngine('the link of the first start leads to a person who can sign in', async (t, store) => {
  const { ask, post, link, token } = await open(t, store);
  const form = await ask(null, 'GET', `/${link}`);
  isPage(t, form, 200, 'the form');
  t.match(form.body, `name="token" value="${token}"`);
  for (const name of Object.keys(TYPED)) {
    t.match(form.body, `<label for="${name}">`);
    t.match(form.body, `id="${name}" name="${name}" required`);
  }
  t.match(await ask(null, 'GET', '//setup.css'), {
    status: 200,
    headers: { 'content-type': 'text/css; charset=utf-8' },
  });
  // As a browser sends it from a page under strict-origin.
  const own = { origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' };
  const done = await post({ ...TYPED, token }, own);
  isPage(t, done, 201, 'done');
  for (const said of [
    '泸县民政局（县（市、区）民政局，行政区划代码 510521）',
    'li.hua',
    '系统管理员',
    '/docs',
  ]) {
    t.match(done.body, said);
  }
  t.notMatch(done.body, PASSWORD);
  t.notMatch(done.body, token);
  const entered = await ask(null, 'POST', '/session', { body: { loginName: 'li.hua', password: PASSWORD } });
  t.match(entered, { status: 200, body: { person: { displayName: '李华', grants: [{ role: 'admin' }] } } });

  for (const again of [await post({ ...TYPED, token }), await ask(null, 'GET', `/${link}`)]) {
    isPage(t, again, 400, 'the link was used');
    t.match(again.body, '设置链接无效、已使用或已过期');
    t.notMatch(again.body, '<form');
  }
});

forEachEngine('every fault stands beside its field; values are kept, passwords are not', async (t, store) => {
  const { post, token } = await open(t, store);
  const empty = await post({ token });
  isPage(t, empty, 400, 'nothing typed');
  for (const name of Object.keys(TYPED)) {
    if (name !== 'admin.passwordAgain') t.ok(faultOf(empty.body, name), name);
  }
  const typed = {
    token,
    'bureau.kind': 'township',
    'bureau.name': 'x'.repeat(101),
    'bureau.divisionCode': '51052',
    'admin.loginName': '李',
    'admin.displayName': '李\u0001华',
    'admin.password': 'short-pw',
    'admin.passwordAgain': 'other-pw',
  };
  const faulty = await post(typed);
  isPage(t, faulty, 400, 'everything wrong');
  t.match(faulty.body, '<title>有 7 处填写有误');
  t.match(
    Object.keys(TYPED).map((name) => faultOf(faulty.body, name)),
    ['请从列表中选择', /100/, /6 位/, /登录名/, /不能保存/, '密码至少 10 位', '两次输入的密码不一致'],
  );
  t.match(faulty.body, 'value="51052"');
  t.notMatch(faulty.body, /short-pw|other-pw/);
  const late = await post({
    ...TYPED,
    token,
    'bureau.divisionCode': '510500',
    'admin.loginName': 'a',
    'admin.password': 'password123',
    'admin.passwordAgain': 'password123',
  });
  t.match(faultOf(late.body, 'bureau.divisionCode'), /县级，形如 510521/, 'what no schema says');
  t.match(faultOf(late.body, 'admin.password'), /常见/, 'together with what one does');
  t.ok(faultOf(late.body, 'admin.loginName'));
  t.match(late.body, '<option value="bureau_county" selected>', 'the choice is kept');
  const nul = await post({ ...TYPED, token, 'bureau.name': 'a\0b' });
  t.match(faultOf(nul.body, 'bureau.name'), /不能保存/);
  t.equal((await post({ ...TYPED, token })).status, 201, 'the link was not used up by mistakes');
});

forEachEngine('what is typed never becomes HTML', async (t, store) => {
  const { ask, post, token } = await open(t, store);
  const kept = await post({
    ...TYPED,
    token,
    'bureau.name': XSS,
    'admin.loginName': XSS,
    'bureau.kind': XSS,
  });
  isPage(t, kept, 400, 'typed into the form');
  t.match(kept.body, `value="${ESCAPED}"`);
  isPage(t, await post({ ...TYPED, token: XSS }), 400, 'as the token of the form');
  isPage(t, await ask(null, 'GET', `//setup?token=${encodeURIComponent(XSS)}`), 400, 'in the address');
  isPage(t, await ask(null, 'GET', `//setup?token=${token}&token=${encodeURIComponent(XSS)}`), 400, 'twice');
  const done = await post({ ...TYPED, token, 'bureau.name': XSS, 'admin.displayName': XSS });
  isPage(t, done, 201, 'a name is any text');
  t.match(done.body, ESCAPED);
});

forEachEngine('no token, an expired one, another body, another site', async (t, store) => {
  const { ask, post, token } = await open(t, store, { LOGIN_ATTEMPTS_PER_MINUTE: '3' });
  const invalid = (answer: Answer, what: string) => {
    isPage(t, answer, 400, what);
    t.match(answer.body, '<h1>不能进行首次设置</h1>', what);
  };
  invalid(await ask(null, 'GET', '//setup'), 'absent');
  invalid(await ask(null, 'GET', '//setup?token=unknown'), 'unknown');
  const yesterday = new Date(Date.parse(NOW) - 86_400_000);
  invalid(await ask(null, 'GET', `/${await createSetupLink(store, yesterday)}`), 'expired');
  isPage(t, await ask(null, 'GET', '//setup?token=%00'), 400, 'NUL');
  isPage(t, await ask(null, 'POST', '//setup', { body: { token } }), 415, 'JSON');
  isPage(t, await post({ token: 'x'.repeat(20_000) }), 413, 'too much');
  isPage(t, await post({ ...TYPED, token }, { origin: 'https://evil.example' }), 403, 'another site');
  isPage(t, await post({ ...TYPED, token }, { authorization: 'Bearer x' }), 401, 'a wrong bearer token');
  invalid(await post(TYPED), 'a form without a token');
  invalid(await ask(null, 'POST', '//setup'), 'no form');
  invalid(await post({ ...TYPED, token: 'unknown' }), 'an unknown token');
  isPage(t, await post({ ...TYPED, token }), 429, 'too many attempts');
});

forEachEngine(
  'once there are people, an open link leads nowhere; / leads to the documentation',
  async (t, store) => {
    const { ask, link } = await open(t, store);
    await seedTree(store);
    t.equal((await ask(null, 'GET', `/${link}`)).status, 400);
    t.match(await ask(null, 'GET', '//'), { status: 303, headers: { location: '/home' } });
  },
);
