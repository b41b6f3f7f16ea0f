import { parse } from 'node-html-parser';
import { t as root, type Test } from 'tap';
import type { Store } from '../../src/db/store.js';
import { createSetupLink } from '../../src/organisations/index.js';
import { forEachEngine, seedTree } from '../helper.js';
import { type Answer, NOW, serve } from './service.js';

root.setTimeout(900_000);

const PASSWORD = 'correct-horse-9';
const TYPED = {
  'bureau.kind': 'bureau_county',
  'bureau.name': '泸县民政局',
  'bureau.divisionCode': '510521',
  'admin.loginName': 'Li.Hua',
  'admin.displayName': '李华',
  'admin.password': PASSWORD,
  'admin._passwordAgain': PASSWORD,
};
const XSS = `"><script>alert('1')</script>&amp;`;
const ESCAPED = '&quot;>&lt;script>';

async function open(t: Test, store: Store, settings: Record<string, string> = {}) {
  const { app, ask } = await serve(t, store, {
    settings: { LOGIN_ATTEMPTS_PER_MINUTE: '100', ...settings },
  });
  const link = (await createSetupLink(store, new Date(NOW))) as string;
  const token = link.split('token=')[1] as string;
  const post = (typed: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(null, 'POST', '//setup', {
      raw: new URLSearchParams({ _action: 'setup', _form: 'setup', ...typed }).toString(),
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
  t.notMatch(answer.body, /<script>|<style| style=| on\w+=/i, `${what}: nothing that the policy would stop`);
  t.notMatch(String(answer.headers['content-security-policy']), 'unsafe', what);
}

/** The message that stands beside a field, found as a screen reader finds it. */
function faultOf(body: string, name: string): string | undefined {
  const page = parse(body);
  const control = page.querySelector(`[name="${name}"]`);
  const id = `setup-${name}-fault`;
  if (control?.getAttribute('aria-invalid') !== 'true') return undefined;
  if (!control.getAttribute('aria-describedby')?.split(' ').includes(id)) return undefined;
  return page.querySelector(`[id="${id}"]`)?.text;
}

forEachEngine('the link of the first start leads to a person who can sign in', async (t, store) => {
  const { ask, post, link, token } = await open(t, store);
  const form = await ask(null, 'GET', `/${link}`);
  isPage(t, form, 200, 'the form');
  const page = parse(form.body);
  t.equal(page.querySelector('input[name=token]')?.getAttribute('value'), token);
  for (const name of Object.keys(TYPED)) {
    const control = page.querySelector(`[name="${name}"]`);
    t.equal(control?.getAttribute('aria-required'), 'true', name);
    t.ok(page.querySelector(`label[for="${control?.getAttribute('id')}"]`), name);
  }
  // As a browser sends it from a page under strict-origin.
  const own = { origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' };
  const done = await post({ ...TYPED, token }, own);
  t.match(done, {
    status: 303,
    headers: { location: '/sign-in', 'cache-control': undefined, 'referrer-policy': 'strict-origin' },
  });
  const [flash] = [done.headers['set-cookie'] ?? []].flat() as string[];
  const next = await ask(null, 'GET', '//sign-in', { headers: { cookie: flash?.split(';')[0] ?? '' } });
  for (const said of ['泸县民政局', '设置链接已失效', '请用刚才的登录名和密码登录']) t.match(next.body, said);
  t.notMatch(next.body, token);
  const entered = await ask(null, 'POST', '/session', { body: { loginName: 'li.hua', password: PASSWORD } });
  t.match(entered, { status: 200, body: { person: { displayName: '李华', grants: [{ role: 'admin' }] } } });

  for (const again of [await post({ ...TYPED, token }), await ask(null, 'GET', `/${link}`)]) {
    isPage(t, again, 400, 'the link was used');
    t.match(again.body, '设置链接无效、已使用或已过期');
    t.notMatch(again.body, 'name="_action"');
  }
});

forEachEngine('every fault stands beside its field; values are kept, passwords are not', async (t, store) => {
  const { post, token } = await open(t, store);
  const empty = await post({ token });
  isPage(t, empty, 400, 'nothing typed');
  for (const name of Object.keys(TYPED)) {
    if (name !== 'admin._passwordAgain') t.ok(faultOf(empty.body, name), name);
  }
  const typed = {
    token,
    'bureau.kind': 'township',
    'bureau.name': 'x'.repeat(101),
    'bureau.divisionCode': '51052',
    'admin.loginName': '李',
    'admin.displayName': '李\u0001华',
    'admin.password': 'short-pw',
    'admin._passwordAgain': 'other-pw',
  };
  const faulty = await post(typed);
  isPage(t, faulty, 400, 'everything wrong');
  t.match(faulty.body, '有 7 处填写有误');
  t.match(
    Object.keys(TYPED).map((name) => faultOf(faulty.body, name)),
    [/./, /100/, /6 位/, /登录名/, /不能保存/, '密码至少 10 位', '两次输入的密码不一致'],
  );
  t.match(faulty.body, 'value="51052"');
  t.notMatch(faulty.body, /short-pw|other-pw/);
  const late = await post({
    ...TYPED,
    token,
    'bureau.divisionCode': '510500',
    'admin.loginName': 'a',
    'admin.password': 'password123',
    'admin._passwordAgain': 'password123',
  });
  t.match(faultOf(late.body, 'bureau.divisionCode'), /县级，形如 510521/, 'what no schema says');
  t.match(faultOf(late.body, 'admin.password'), /常见/, 'together with what one does');
  t.ok(faultOf(late.body, 'admin.loginName'));
  const kept = parse(late.body).querySelector('option[selected]')?.getAttribute('value');
  t.equal(kept, 'bureau_county', 'the choice is kept');
  const nul = await post({ ...TYPED, token, 'bureau.name': 'a\0b' });
  isPage(t, nul, 400, 'NUL, which nobody can type');
  t.equal((await post({ ...TYPED, token })).status, 303, 'the link was not used up by mistakes');
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
  const field = parse(kept.body).querySelector('input[name="bureau.name"]');
  t.equal(field?.getAttribute('value'), XSS);
  t.match(kept.body, ESCAPED);
  isPage(t, await post({ ...TYPED, token: XSS }), 400, 'as the token of the form');
  isPage(t, await ask(null, 'GET', `//setup?token=${encodeURIComponent(XSS)}`), 400, 'in the address');
  isPage(t, await ask(null, 'GET', `//setup?token=${token}&token=${encodeURIComponent(XSS)}`), 400, 'twice');
  const done = await post({ ...TYPED, token, 'bureau.name': XSS, 'admin.displayName': XSS });
  t.match(done, { status: 303, headers: { location: '/sign-in' } }, 'a name is any text');
});

forEachEngine('no token, an expired one, another body, another site', async (t, store) => {
  const { ask, post, token } = await open(t, store, { LOGIN_ATTEMPTS_PER_MINUTE: '3' });
  const invalid = (answer: Answer, what: string) => {
    isPage(t, answer, 400, what);
    t.match(answer.body, '设置链接无效、已使用或已过期', what);
    t.notMatch(answer.body, 'name="_action"', what);
  };
  invalid(await ask(null, 'GET', '//setup'), 'absent');
  invalid(await ask(null, 'GET', '//setup?token=unknown'), 'unknown');
  const yesterday = new Date(Date.parse(NOW) - 86_400_000);
  invalid(await ask(null, 'GET', `/${await createSetupLink(store, yesterday)}`), 'expired');
  isPage(t, await ask(null, 'GET', '//setup?token=%00'), 400, 'NUL');
  isPage(t, await ask(null, 'POST', '//setup', { body: { token } }), 415, 'JSON');
  invalid(await post({ token: 'x'.repeat(20_000) }), 'no token that was ever given out');
  isPage(t, await post({ token: 'x'.repeat(5_000_000) }), 413, 'too much');
  isPage(t, await post({ ...TYPED, token }, { origin: 'https://evil.example' }), 403, 'another site');
  isPage(t, await post({ ...TYPED, token }, { authorization: 'Bearer x' }), 401, 'a wrong bearer token');
  invalid(await post(TYPED), 'a form without a token');
  isPage(t, await ask(null, 'POST', '//setup'), 400, 'no form');
  for (const guess of ['unknown', 'guessed', 'tried'])
    invalid(await post({ ...TYPED, token: guess }), 'an unknown token');
  isPage(t, await post({ ...TYPED, token }), 429, 'too many attempts');
});

forEachEngine('what the schema refuses is an attempt at the set-up all the same', async (t, store) => {
  const { ask } = await serve(t, store, { settings: { LOGIN_ATTEMPTS_PER_MINUTE: '3' } });
  const attempt = async (body: object) => (await ask(null, 'POST', '/setup', { body })).status;
  t.same([await attempt({}), await attempt({ token: 1 }), await attempt({ token: 'x' })], [400, 400, 400]);
  t.equal(await attempt({ token: 'x' }), 429);
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
