import { t as root } from 'tap';
import { createSetupLink } from '../../src/organisations/index.js';
import { seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { NOW } from '../http/service.js';
import { servePages } from './visit.js';

root.setTimeout(900_000);

forEachEngine(
  'who is not signed in is asked to; tokens are shown once; a forged form does nothing',
  async (t, store) => {
    const world = await seedWorld(store);
    const { visitorAs } = await servePages(t, store);
    const stranger = await visitorAs(null);
    const asked = await stranger.get('/home');
    t.equal(asked.status, 200);
    t.match(asked.text, '登录名', 'whoever is not signed in is asked to');
    const wrong = await stranger.submit(asked, 'signIn', { loginName: 'nobody', password: 'guess-guess' });
    t.equal(wrong.status, 401);
    t.match(wrong.text, '登录名或密码不正确');
    t.match(wrong.html, 'value="nobody"', 'what was typed is still there');
    t.notMatch(wrong.html, 'guess-guess', 'but for the password');

    const officer = await visitorAs(world.county.finance);
    const home = await officer.get('/home');
    t.equal(home.status, 200);
    t.match(home.text, '资金财务');
    const csp = String(home.headers['content-security-policy']);
    t.notMatch(csp, 'unsafe');
    const account = await officer.get('/account');
    const token = await officer.submit(account, 'token', { name: '财务软件', days: '30' });
    t.equal(token.status, 200);
    t.match(token.text, /sfl_/);
    const refused = await officer.submit(account, 'token', { name: '', days: '900' });
    t.equal(refused.status, 400);
    t.match(refused.text, '用途');
    t.match(refused.text, '不能大于 366');
    const forged = await officer.post('/account', '_action=token&name=x&days=3&_csrf=wrong');
    t.equal(forged.status, 403);
    t.match(forged.text, '没有记录');
  },
);

const FIRST = '泸县-社工-2022-春';
const SECOND = '泸县-社工-2022-秋';

forEachEngine(
  'the first administrator sets up, signs in, changes the password, signs out',
  async (t, store) => {
    const { visitorAs } = await servePages(t, store);
    const link = (await createSetupLink(store, new Date(NOW))) as string;
    const visitor = await visitorAs(null);
    const done = await visitor.submit(await visitor.get(link), 'setup', {
      'bureau.kind': 'bureau_county',
      'bureau.name': '泸县民政局',
      'bureau.divisionCode': '510521',
      'admin.loginName': 'li.hua',
      'admin.displayName': '李华',
      'admin.password': FIRST,
      'admin._passwordAgain': FIRST,
    });
    t.match(done.text, '登录名', done.text.slice(0, 300));
    const home = await visitor.submit(done, 'signIn', { loginName: 'li.hua', password: FIRST });
    t.match(home.text, '系统管理');
    const account = await visitor.get('/account');
    const wrong = await visitor.submit(account, 'password', { currentPassword: SECOND, newPassword: SECOND });
    t.not(wrong.status, 200);
    t.match(wrong.text, '没有记录');
    const changed = await visitor.submit(account, 'password', {
      currentPassword: FIRST,
      newPassword: SECOND,
    });
    t.match(changed.text, '密码已修改');
    const out = await visitor.submit(await visitor.get('/sign-out'), 'signOut');
    t.match(out.text, '已退出登录');
    t.match((await visitor.get('/account')).text, '登录名', 'and is asked to sign in again');
    const stale = await visitor.submit(out, 'signIn', { loginName: 'li.hua', password: FIRST });
    t.equal(stale.status, 401, 'the former password is over');
    t.match(
      (await visitor.submit(out, 'signIn', { loginName: 'li.hua', password: SECOND })).text,
      '系统管理',
    );
  },
);
