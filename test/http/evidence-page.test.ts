import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { t as root, type Test, test } from 'tap';
import type { Store } from '../../src/db/store.js';
import { listKeys } from '../../src/evidence/index.js';
import { createPerson } from '../../src/organisations/index.js';
import {
  openClaim,
  openFund,
  outcomesOf,
  seedActor,
  seedWorld,
  verifyClean,
  type World,
} from '../fixture.js';
import { asCaller, forEachEngine, openTestStore } from '../helper.js';
import { type Result, verifierPath } from '../verifier/verifier.js';
import { type Answer, serve } from './service.js';

root.setTimeout(240_000);

const PASSWORD = 'correct-horse-9';
const XSS = `"><script>alert('1')</script>`;
const ESCAPED = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;';
const WHOLE = { kind: 'book', isRedacted: 'on' };
/** As a browser sends a form of the page itself. */
const OWN = { origin: 'http://localhost', host: 'localhost', 'sec-fetch-site': 'same-origin' };

const PEOPLE = {
  'chen.jing': ['陈静', 'county', 'auditor'],
  'zhou.yan': ['周燕', 'county', 'payer'],
  'wu.gang': ['吴刚', 'county', 'finance'],
  'sun.li': ['孙莉', 'station', 'operator'],
  'wang.lei': ['王磊', 'province', 'auditor'],
} as const;

/** The service, people with passwords, and a browser that keeps the cookie. */
async function open(
  t: Test,
  store: Store,
  people: readonly (keyof typeof PEOPLE)[],
  settings: Record<string, string> = {},
) {
  const world = await seedWorld(store);
  const admin = asCaller(await seedActor(store, world.province, 'admin'));
  for (const loginName of people) {
    const [displayName, place, role] = PEOPLE[loginName];
    const organisationId = world[place].id;
    await createPerson(store, admin, {
      loginName,
      displayName,
      organisationId,
      password: PASSWORD,
      roles: [role],
    });
  }
  const { ask } = await serve(t, store, { settings: { LOGIN_ATTEMPTS_PER_MINUTE: '100', ...settings } });
  let cookie = '';
  const keep = (answer: Answer) => {
    const [set] = [answer.headers['set-cookie'] ?? []].flat() as string[];
    if (set) cookie = set.split(';', 1)[0] as string;
    return answer;
  };
  const get = (path: string) => ask(null, 'GET', `/${path}`, { headers: { cookie } });
  const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = OWN) =>
    keep(
      await ask(null, 'POST', `/${path}`, {
        raw: new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie, ...headers },
      }),
    );
  const signIn = (loginName: string, password = PASSWORD) =>
    post('/evidence/sign-in', { loginName, password });
  const bookId = world.county.bookId;
  const exportOf = (form: Record<string, string>, headers?: Record<string, string>) =>
    post('/evidence/export', { bookId, ...WHOLE, ...form }, headers);
  return { world, bookId, get, post, signIn, exportOf };
}

function isPage(t: Test, answer: Answer, status: number, what: string) {
  t.match(
    answer,
    {
      status,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
    },
    what,
  );
  t.notOk(answer.headers['content-disposition'], what);
  t.match(answer.body, /<html lang="zh-CN">/, what);
  t.notMatch(answer.body, /<script|<style| style=| on\w+=/i, `${what}: nothing that the policy would stop`);
  for (const [, id] of answer.body.matchAll(/<(?:input|select) (?:type="checkbox" )?id="(\w+)"/g))
    t.match(
      answer.body,
      new RegExp(`<label for="${id}">|<label[^>]*><input[^>]* id="${id}"`),
      `${what}: ${id}`,
    );
  for (const [, ids] of answer.body.matchAll(/aria-(?:describedby|labelledby)="([^"]+)"/g))
    for (const id of (ids as string).split(' ')) t.match(answer.body, `id="${id}"`, `${what}: ${id}`);
}

/** The message that stands beside a field, found as a screen reader finds it. */
function faultOf(page: string, name: string): string | undefined {
  const control = new RegExp(`<(?:input|select) id="${name}"[^>]*>`).exec(page)?.[0] ?? '';
  if (!control.includes('aria-invalid="true"') || !control.includes(`${name}.fault`)) return undefined;
  return new RegExp(`id="${name}.fault">([^<]*)<`).exec(page)?.[1];
}

/** What the auditor's own copy of the verifier says of the download. */
async function verified(t: Test, answer: Answer, world: World, store: Store) {
  t.match(answer, { status: 200, headers: { 'content-type': 'application/zip' } });
  const file = join(t.testdir({}), 'package.zip');
  writeFileSync(file, answer.bytes);
  const { items } = await listKeys(store, world.county.auditor, world.county.bookId);
  const key = items[0]?.verifierKey as string;
  const { stdout, status } = spawnSync(process.execPath, [verifierPath, file, '--key', key, '--json'], {
    encoding: 'utf8',
  });
  const result = JSON.parse(stdout) as Result & { package: { scope: { kind: string }; isRedacted: boolean } };
  t.same(
    result.checks.filter((check) => check.status === '不符'),
    [],
    'nothing is amiss',
  );
  t.equal(status, 3, 'what cannot be checked offline is said');
  t.equal(result.checks.find(({ id }) => id === '5')?.status, '通过', 'under the key that the auditor holds');
  return result.package;
}

forEachEngine('sign in, choose, export, verify, sign out', async (t, store) => {
  const { world, bookId, get, post, signIn, exportOf } = await open(t, store, ['chen.jing']);
  const fundId = await openFund(world);
  const claim = await openClaim(world, 'paid', [{ fundId, amount: '120.00', stationId: world.station.id }]);
  const first = await get('/evidence');
  isPage(t, first, 200, 'signed out');
  t.match(first.body, 'action="/evidence/sign-in"');
  t.notMatch(first.body, '泸县');
  t.match(await get('/evidence.css'), {
    status: 200,
    headers: { 'content-type': 'text/css; charset=utf-8' },
  });

  const entered = await signIn(' Chen.Jing ');
  t.match(entered, { status: 303, headers: { location: '/evidence' } });
  t.match(String(entered.headers['set-cookie']), /^session=[^;]+;.*HttpOnly; SameSite=Strict/);
  const page = await get('/evidence');
  isPage(t, page, 200, 'signed in');
  for (const said of [
    '陈静',
    `<option value="${bookId}">泸县民政局（510521）</option>`,
    '导出证据包',
    '请自己留存',
  ])
    t.match(page.body, said);
  t.match(page.body, /name="isRedacted" checked/, 'redacted unless somebody decides otherwise');
  t.match(page.body, 'node verify.mjs 证据包.zip');
  t.notMatch(page.body, '请选择', 'one book needs no choice');

  const whole = await exportOf({});
  t.match(whole.headers['content-disposition'], /^attachment; filename="evidence-510521-book-\d+\.zip"$/);
  t.match(await verified(t, whole, world, store), { scope: { kind: 'book' }, isRedacted: true });
  t.notMatch(whole.bytes.toString('latin1'), Buffer.from('某文具店').toString('latin1'));
  const fund = await exportOf({ kind: 'fund', id: ` ${fundId} ` });
  t.match(await verified(t, fund, world, store), { scope: { kind: 'fund', id: fundId }, isRedacted: true });
  const parts: Record<string, string>[] = [
    { kind: 'claim', id: claim.id },
    { kind: 'period', from: '2022-01-01', until: '2022-12-31' },
  ];
  for (const form of parts)
    t.match(await exportOf(form), {
      status: 200,
      headers: { 'content-disposition': new RegExp(`evidence-510521-${form['kind']}-`) },
    });
  const clear = await exportOf({ isRedacted: '', recipient: '泸州市审计局', reason: '专项审计' });
  t.match(await verified(t, clear, world, store), { isRedacted: false });

  const left = await post('/evidence/sign-out', {});
  t.match(left, { status: 303, headers: { location: '/evidence', 'set-cookie': /^session=;/ } });
  const late = await exportOf({});
  isPage(t, late, 401, 'signed out again');
  t.match(late.body, '登录已过期，请重新登录');
  t.equal((await post('/evidence/sign-out', {})).status, 303, 'whoever is out stays out');
  await verifyClean(t, world);
});

test('the verifiers are there for everybody, as files to keep', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const { get } = await open(t, store, []);
  for (const [name, type] of [
    ['verify.html', 'text/html; charset=utf-8'],
    ['verify.mjs', 'text/javascript; charset=utf-8'],
  ] as const) {
    const file = await get(`/evidence/${name}`);
    t.match(file, {
      status: 200,
      headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` },
    });
  }
  t.ok((await get('/evidence/verify.mjs')).bytes.equals(readFileSync(verifierPath)));
});

test('a wrong password is told as on any sign-in, and tries are limited', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const { get, post, signIn } = await open(t, store, ['chen.jing'], { LOGIN_ATTEMPTS_PER_MINUTE: '5' });
  const known = await signIn('chen.jing', 'wrong-password');
  isPage(t, known, 401, 'a wrong password');
  t.match(known.body, '登录名或密码不正确');
  t.match(known.body, 'value="chen.jing"');
  t.notMatch(known.body, 'wrong-password');
  t.notOk(known.headers['set-cookie']);
  const unknown = await signIn('nobody', 'wrong-password');
  t.equal(unknown.body.replaceAll('nobody', 'chen.jing'), known.body, 'nobody learns who has an account');
  const senseless: Record<string, string>[] = [{}, { loginName: `${XSS}\0`, password: 'x'.repeat(5000) }];
  for (const form of senseless) isPage(t, await post('/evidence/sign-in', form), 401, 'no sensible form');
  const script = await post('/evidence/sign-in', { loginName: XSS, password: 'x' });
  isPage(t, script, 401, 'what was typed never becomes HTML');
  t.match(script.body, ESCAPED);
  const limited = await signIn('chen.jing');
  isPage(t, limited, 429, 'too many tries');
  t.match(limited.body, '尝试次数过多');
  t.match((await get('/evidence')).body, 'action="/evidence/sign-in"');
});

forEachEngine('faults come all at once, beside their fields, and what was typed stays', async (t, store) => {
  const { world, bookId, signIn, exportOf } = await open(t, store, ['chen.jing']);
  await signIn('chen.jing');
  const before = (await outcomesOf(world, bookId)).length;
  const faulty = await exportOf({
    bookId: 'unknown',
    kind: XSS,
    id: '有空 格',
    from: '2022年',
    until: '2022-13',
    isRedacted: '',
    recipient: 'x'.repeat(201),
    reason: XSS,
  });
  isPage(t, faulty, 400, 'everything wrong');
  t.match(
    ['bookId', 'kind', 'id', 'from', 'until', 'recipient'].map((name) => faultOf(faulty.body, name)),
    ['请从列表中选择', '请从列表中选择', /编号应为/, /日期应为/, /日期应为/, /最多 200 个字/],
  );
  t.match(faulty.body, '有 6 处填写有误');
  t.match(faulty.body, '<a href="#recipient">接收单位</a>');
  t.match(faulty.body, `value="${ESCAPED}"`);
  t.match(faulty.body, 'value="有空 格"');
  t.notMatch(faulty.body, / checked/, 'not redacted, as was chosen');

  const missing = await exportOf({ kind: 'fund', isRedacted: '' });
  isPage(t, missing, 400, 'what the choice needs');
  t.match(faultOf(missing.body, 'id'), /要填写编号/);
  t.match(faultOf(missing.body, 'reason'), /接收单位和理由/);
  t.match(missing.body, '<option value="fund" selected>');
  const period = await exportOf({ kind: 'period', from: '2022-12-31', until: '2022-01-01' });
  t.match(faultOf(period.body, 'until'), '结束日期早于开始日期');
  t.match(period.body, 'value="2022-12-31"');
  t.match(faultOf((await exportOf({ kind: 'period' })).body, 'from'), /起止日期/);
  isPage(t, await exportOf({ reason: 'a\0b' }), 400, 'NUL');
  isPage(t, await exportOf({ reason: 'x'.repeat(20_000) }), 413, 'too much');
  isPage(t, await exportOf({}, { ...OWN, 'content-type': 'application/json' }), 415, 'JSON');
  t.equal(
    (await outcomesOf(world, bookId)).length,
    before,
    'a form that is not well-formed asks for nothing',
  );

  const foreign = await exportOf({ kind: 'fund', id: await openFund(world, { bureau: world.neighbour }) });
  isPage(t, foreign, 404, "another book's fund");
  t.match(foreign.body, /没有导出：.*资金批次/);
});

test('no other site signs in, exports or signs out', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const { world, bookId, get, post, signIn, exportOf } = await open(t, store, ['chen.jing', 'wu.gang']);
  await signIn('chen.jing');
  const before = (await outcomesOf(world, bookId)).length;
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { ...OWN, 'sec-fetch-site': 'same-site' },
    { ...OWN, origin: 'http://localhost.evil.example' },
  ];
  for (const headers of foreign) {
    const what = JSON.stringify(headers);
    const answers = [
      await exportOf({}, headers),
      await post('/evidence/sign-out', {}, headers),
      await post('/evidence/sign-in', { loginName: 'wu.gang', password: PASSWORD }, headers),
    ];
    for (const answer of answers) {
      isPage(t, answer, 403, what);
      t.match(answer.body, '请求来自其他网站，已拒绝', what);
      t.notOk(answer.headers['set-cookie'], what);
    }
  }
  t.equal((await outcomesOf(world, bookId)).length, before, 'nothing was done');
  t.match((await get('/evidence')).body, '陈静', 'and the session goes on');
});

forEachEngine('without the right, the refusal is told in Chinese and the log has it', async (t, store) => {
  const { world, bookId, get, signIn, exportOf } = await open(t, store, ['zhou.yan', 'wu.gang', 'sun.li']);
  const last = async () => (await outcomesOf(world, bookId)).at(-1);
  await signIn('zhou.yan');
  t.match((await get('/evidence')).body, `<option value="${bookId}">`, 'a payer reads the book');
  const payer = await exportOf({ recipient: '泸州市审计局' });
  isPage(t, payer, 403, 'but does not export it');
  t.match(payer.body, '没有导出：您没有“导出证据包”的权限');
  t.match(payer.body, 'value="泸州市审计局"', 'what was typed stays');
  t.equal(await last(), 'evidence.export refused:forbidden');

  await signIn('wu.gang');
  const clear = await exportOf({ isRedacted: '', recipient: '泸州市审计局', reason: '专项审计' });
  isPage(t, clear, 403, 'finance exports redacted only');
  t.match(clear.body, '您没有“导出未脱敏证据包”的权限');
  t.match(await verified(t, await exportOf({}), world, store), { isRedacted: true });
  t.match(faultOf((await exportOf({ bookId: world.province.bookId })).body, 'bookId'), '请从列表中选择');

  await signIn('sun.li');
  const station = await get('/evidence');
  isPage(t, station, 200, 'a station sees no whole book');
  t.match(station.body, '不能查看完整的账套');
  t.notMatch(station.body, 'action="/evidence/export"');
  const forged = await exportOf({});
  isPage(t, forged, 403, 'a form made by hand');
  t.match(forged.body, '您没有“导出证据包”的权限');
  t.equal(await last(), 'evidence.export refused:forbidden');
});

test('whoever reads several books chooses one', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const { world, signIn, get, exportOf } = await open(t, store, ['wang.lei']);
  await signIn('wang.lei');
  const page = await get('/evidence');
  t.match(page.body, '<option value="" selected>请选择</option>');
  for (const { bookId } of [world.province, world.county, world.neighbour])
    t.match(page.body, `value="${bookId}"`);
  t.match(faultOf((await exportOf({ bookId: '' })).body, 'bookId'), '请从列表中选择');
  t.match(await exportOf({ bookId: world.neighbour.bookId }), {
    status: 200,
    headers: { 'content-type': 'application/zip' },
  });
});

forEachEngine('a package that cannot be made is a page, not a broken download', async (t, store) => {
  const { bookId, signIn, exportOf } = await open(t, store, ['chen.jing']);
  await signIn('chen.jing');
  t.equal((await exportOf({})).status, 200);
  const { logFrontier } = await store.read
    .selectFrom('book')
    .select('logFrontier')
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  const rewritten = logFrontier.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  await store.admin.updateTable('book').set({ logFrontier: rewritten }).where('id', '=', bookId).execute();
  const refused = await exportOf({});
  t.match(refused.body, '没有导出：账套');
  isPage(t, refused, 400, 'the log does not extend what was signed');
});
