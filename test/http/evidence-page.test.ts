import { readFileSync } from 'node:fs';
import { t as root, test } from 'tap';
import { seedWorld } from '../fixture.js';
import { openTestStore } from '../helper.js';
import { verifierPath } from '../verifier/verifier.js';
import { servePages } from '../web/visit.js';
import { serve } from './service.js';

root.setTimeout(900_000);

test('the verifiers are there for everybody, as files to keep', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  await seedWorld(store);
  const { ask } = await serve(t, store);
  for (const [name, type] of [
    ['verify.html', 'text/html; charset=utf-8'],
    ['verify.mjs', 'text/javascript; charset=utf-8'],
  ] as const) {
    const file = await ask(null, 'GET', `//evidence/${name}`);
    t.match(file, {
      status: 200,
      headers: { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` },
    });
  }
  t.ok((await ask(null, 'GET', '//evidence/verify.mjs')).bytes.equals(readFileSync(verifierPath)));
});

test('how to verify is said to anybody; where to export, to whoever is signed in', async (t) => {
  const store = await openTestStore(t, 'sqlite');
  const world = await seedWorld(store);
  const { visitorAs } = await servePages(t, store);
  const stranger = await (await visitorAs(null)).get('/evidence');
  t.match(stranger, { status: 200, headers: { 'cache-control': 'no-store' } });
  for (const said of ['自己留存', 'node verify.mjs 证据包.zip', '去登录']) t.match(stranger.text, said);
  t.notMatch(stranger.text, '泸县', 'and nothing of what is stored');
  t.equal(stranger.page.querySelectorAll('form').length, 0);
  const hrefs = stranger.page.querySelectorAll('main a').map((link) => link.getAttribute('href'));
  t.same(hrefs, ['/evidence/verify.html', '/evidence/verify.mjs', '/sign-in']);
  const auditor = await (await visitorAs(world.county.auditor)).get('/evidence');
  t.equal(auditor.status, 200);
  t.match(auditor.page.querySelectorAll('main a').at(-1)?.getAttribute('href'), /^\/books/);
});
