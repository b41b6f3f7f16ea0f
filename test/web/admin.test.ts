import { t as root } from 'tap';
import type { Store } from '../../src/db/store.js';
import { createPerson } from '../../src/organisations/index.js';
import { seedActor, seedWorld, validCreditCode, verifyClean } from '../fixture.js';
import { asCaller, forEachEngine } from '../helper.js';
import { servePages, type Visit } from './visit.js';

root.setTimeout(900_000);

const PASSWORD = 'correct-horse-9';

async function scene(t: Parameters<typeof servePages>[0], store: Store) {
  const world = await seedWorld(store);
  const admin = await seedActor(store, world.province, 'admin');
  const { visitorAs } = await servePages(t, store);
  return { world, admin, visitorAs, browser: await visitorAs(admin) };
}

const csrfOf = (visit: Visit) => visit.page.querySelector('input[name=_csrf]')?.getAttribute('value') ?? '';
/** What stands beside a field as its fault. */
const faultOf = (visit: Visit, form: string, name: string) =>
  visit.page.querySelector(`[id="${form}-${name}-fault"]`)?.text;

forEachEngine('an administrator registers a unit and its people, and ends them again', async (t, store) => {
  const { world, browser } = await scene(t, store);
  const { county } = world;
  const picking = await browser.get('/organisations/new?text=泸县');
  const pick = picking.page.querySelector(`a[href="/organisations/new?parentId=${county.id}"]`);
  t.ok(pick, 'the unit above is found by its name');
  const form = await browser.get(`/organisations/new?parentId=${county.id}`);
  const kinds = form.page
    .querySelectorAll('select[name=kind] option')
    .map((one) => one.getAttribute('value'));
  t.same(
    kinds,
    ['', 'township', 'station_county', 'station_township', 'provider', 'donor'],
    'only what may stand there',
  );
  const faulty = await browser.submit(form, 'create', { kind: 'township', name: '', divisionCode: '5105' });
  t.equal(faulty.status, 400);
  t.ok(faultOf(faulty, 'create', 'name'));
  t.ok(faultOf(faulty, 'create', 'divisionCode'));
  t.match(faulty.html, 'value="5105"', 'what was typed stays');
  const abroad = await browser.submit(form, 'create', {
    kind: 'township',
    name: '得胜镇',
    divisionCode: '510104',
  });
  t.equal(abroad.status, 400);
  t.match(abroad.text, /不在上级单位的区划之内/);
  const made = await browser.submit(form, 'create', { kind: 'township', name: '得胜镇' });
  t.equal(made.status, 200);
  t.match(made.url, /^\/organisations\//);
  t.match(made.text, '已登记“得胜镇”');
  const provider = await browser.submit(form, 'create', {
    kind: 'provider',
    name: '新芽社工中心',
    creditCode: validCreditCode('52510521MJ987654'),
    providerKind: 'social_organisation',
  });
  t.match(provider.text, '社会组织');

  const townshipId = made.url.split('/').at(-1) as string;
  const newPerson = await browser.get(`/people/new?organisationId=${townshipId}`);
  t.notMatch(newPerson.html, 'value="finance"', 'roles of bureaus are not offered to a township');
  const weak = await browser.submit(newPerson, 'create', {
    displayName: '王强',
    loginName: '王',
    password: 'short',
    _passwordAgain: 'other',
    'roles[]': ['operator'],
  });
  t.equal(weak.status, 400);
  t.ok(faultOf(weak, 'create', 'loginName'), 'what the schema says');
  t.match(faultOf(weak, 'create', 'password'), '至少 10 位');
  t.match(faultOf(weak, 'create', '_passwordAgain'), '不一致', 'with what only the page can see');
  t.notMatch(weak.html, /value="(short|other)"/);
  const person = await browser.submit(weak, 'create', {
    loginName: 'wang.qiang',
    password: PASSWORD,
    _passwordAgain: PASSWORD,
  });
  t.match(person.url, /^\/people\//);
  t.match(person.text, '已登记“王强”');
  t.match(person.text, '经办', 'the role that was ticked before the refusal');

  const again = await browser.submit(person, 'grant', { organisationId: townshipId, role: 'operator' });
  t.equal(again.status, 409);
  t.match(again.text, '已有经办岗');
  const misplaced = await browser.submit(person, 'grant', { role: 'finance' });
  t.match(misplaced.text, '只能设在民政部门');
  const elsewhere = await browser.get(`${person.url}?text=泸县`);
  const granted = await browser.submit(elsewhere, 'grant', { organisationId: county.id, role: 'finance' });
  t.match(granted.text, '已授予“王强”岗位');
  const revoke = granted.page
    .querySelectorAll('form')
    .map((one) => one.getAttribute('id') ?? '')
    .filter((id) => id.startsWith('form-revoke-'));
  t.equal(revoke.length, 2);
  const revoked = await browser.submit(granted, (revoke[1] as string).slice('form-'.length));
  t.match(revoked.text, '已收回“王强”的岗位');
  const unequal = await browser.submit(revoked, 'password', {
    newPassword: PASSWORD,
    _passwordAgain: `${PASSWORD}9`,
  });
  t.equal(unequal.status, 400);
  t.match(faultOf(unequal, 'password', '_passwordAgain'), '不一致');
  const reset = await browser.submit(revoked, 'password', {
    newPassword: 'another-horse-7',
    _passwordAgain: 'another-horse-7',
  });
  t.match(reset.text, '密码已重置');

  const open = await browser.get(`/organisations/${townshipId}`);
  const ended = await browser.submit(await browser.get(person.url), 'deactivate');
  t.match(ended.text, '“王强”已停用');
  t.equal(ended.page.querySelector('#form-grant'), null, 'nothing more is offered');
  const stale = await browser.submit(open, 'close', { closedDate: '2099-01-01' });
  t.equal(stale.status, 400);
  const closed = await browser.submit(open, 'close', {});
  t.match(closed.text, '“得胜镇”已撤销');
  t.equal(closed.page.querySelector('#form-close'), null);
  await verifyClean(t, world);
});

forEachEngine(
  'people are found by name, role and state; the list as a file is the same',
  async (t, store) => {
    const { world, admin, browser } = await scene(t, store);
    const make = (loginName: string, displayName: string, roles: ('finance' | 'payer')[]) =>
      createPerson(store, asCaller(admin), {
        loginName,
        displayName,
        organisationId: world.county.id,
        password: null,
        roles,
      });
    await make('xu.hua', '许华', ['finance']);
    await make('tang.ni', '唐妮', []);
    const found = await browser.get('/people?text=许');
    t.match(found.text, '许华');
    t.notMatch(found.text, '唐妮');
    const idle = await browser.get('/people?state=without_role');
    t.match(idle.text, '唐妮');
    t.notMatch(idle.text, '许华');
    const payers = await browser.get('/people?role=payer&text=许');
    t.match(payers.text, '没有符合条件的人员');
    const file = await browser.get('/people?state=without_role&export=csv');
    t.match(file.html, '唐妮');
    t.notMatch(file.html, '许华');
    const here = await browser.get(`/people?organisationId=${world.station.id}`);
    t.notMatch(here.text, '许华', 'the unit is kept to');
    const units = await browser.get('/organisations?kind=provider');
    t.equal(units.status, 200);
    t.match((await browser.get('/organisations?export=csv')).html, '行政区划代码');
    const home = await browser.get('/home');
    t.match(home.text, '没有岗位的人员');
    t.match(home.text, '1 人');
  },
);

forEachEngine('who administers nothing is offered nothing, and refused all the same', async (t, store) => {
  const { world, visitorAs } = await scene(t, store);
  const { county, neighbour, station } = world;
  const finance = await visitorAs(county.finance);
  const one = await finance.get(`/organisations/${station.id}`);
  t.equal(one.status, 200);
  t.equal(one.page.querySelectorAll('main form').length, 0);
  t.notMatch(one.html, '/organisations/new');
  const forced = await finance.post(
    `/organisations/${station.id}`,
    `_action=close&_csrf=${csrfOf(one)}&_version=1&closedDate=2022-07-01`,
  );
  t.equal(forced.status, 403);
  const people = await finance.get('/people');
  t.match(people.text, '由系统管理岗办理');
  t.equal((await finance.get(`/people/${neighbour.finance.personId}`)).status, 404, 'a stranger’s page');
  t.equal((await finance.get('/health')).status, 404);
  const added = await finance.post(
    '/people/new',
    `_action=create&_csrf=${csrfOf(one)}&loginName=a.b&displayName=x&organisationId=${county.id}`,
  );
  t.equal(added.status, 403);

  const countyAdmin = await visitorAs(await seedActor(store, county, 'admin'));
  t.equal((await countyAdmin.get(`/people/${neighbour.finance.personId}`)).status, 404);
  const picked = await countyAdmin.get('/people/new');
  t.notMatch(picked.text, '合江', 'only units that one administers are offered');
  const foreign = await countyAdmin.post(
    '/people/new',
    `_action=create&_csrf=${csrfOf(picked)}&loginName=a.b&displayName=x&organisationId=${neighbour.id}`,
  );
  t.equal(foreign.status, 404);
  const auditor = await (await visitorAs(county.auditor)).get('/books');
  t.equal(auditor.status, 200);
  t.equal(auditor.page.querySelectorAll('main form[method=post]').length, 0);
  t.match(auditor.text, '日志条数');
});
