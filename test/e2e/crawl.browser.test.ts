import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'node-html-parser';
import { t as root } from 'tap';
import { PAGES } from '../../src/web/pages/index.js';
import { sessionOf } from '../web/visit.js';
import { startBrowser } from './browser.js';
import { adminOf, cookieOf, makeBusy, openDemoSite, USERS } from './demo-site.js';

/**
 * Every link, as every role, over the data of the demonstration: no error, no dead end, no word that is not for people.
 * Then every kind of page in a real browser, where axe-core must find nothing serious.
 */

root.setTimeout(900_000);

/**
 * Pages of one kind that are visited as one role: enough to meet different states, few enough to end. Fewer of one that
 * is asked for in other ways: sorted, filtered, paged.
 */
const PER_KIND = 4;
const PER_QUERY = 2;

/** Longest fixed beginning first, so that /claims/new is not taken for a claim. */
const KINDS = [...PAGES]
  .sort((a, b) => weight(b.path) - weight(a.path))
  .map(({ path }) => ({ path, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`) }));
function weight(path: string): number {
  return path.split('/').reduce((sum, step) => sum * 2 + (step.startsWith(':') ? 0 : 1), 0);
}
const kindOf = (pathname: string) => KINDS.find(({ pattern }) => pattern.test(pathname))?.path ?? null;

/** Text for people holds no codes of ours and nothing that a program forgot. Abbreviations that people know may stay. */
const KNOWN_WORDS = /^(excel|word|json|https?|html|verify|hash|merkle|chromium|node|openssl|utf|yaml|demo)$/i;
const leaksIn = (text: string): string[] => [
  ...(text.match(/\b(undefined|NaN|null|true|false)\b|\[object/g) ?? []),
  ...(text.match(/\b[a-z]+_[a-z_]+\b/g) ?? []),
  ...(text.match(/(?<![\w.@/-])[A-Za-z]{4,}(?: [a-z]{2,})+/g) ?? []).filter(
    (words) => !KNOWN_WORDS.test(words),
  ),
];

const seen = new Map<string, { url: string; role: string; cookie: string }>();
const site = await openDemoSite(root);

await makeBusy(site);
const visitors: [role: string, cookie: string][] = [];
for (const [role, loginName] of Object.entries(USERS))
  visitors.push([role, await cookieOf(site.store, loginName)]);
visitors.push(['admin', await sessionOf(site.store, await adminOf(site.store))]);

for (const [role, cookie] of visitors) {
  root.test(`${role} follows every link`, async (t) => {
    const queue = ['/home'];
    const asked = new Set(queue);
    const cameFrom = new Map<string, string>();
    const perKind = new Map<string, number>();
    const faults: string[] = [];
    let pages = 0;
    for (let url = queue.shift(); url !== undefined; url = queue.shift()) {
      const reply = await fetch(`${site.base}${url}`, {
        headers: { cookie: `session=${cookie}` },
        redirect: 'manual',
      });
      const onward = reply.headers.get('location');
      if (reply.status === 303 && onward && !asked.has(onward)) queue.push(onward);
      if (reply.status !== 200) {
        if (reply.status !== 303) faults.push(`${url}: ${reply.status}, from ${cameFrom.get(url)}`);
        await reply.arrayBuffer();
        continue;
      }
      const isPage = String(reply.headers.get('content-type')).startsWith('text/html');
      if (!isPage || reply.headers.has('content-disposition')) {
        await reply.arrayBuffer();
        continue;
      }
      pages += 1;
      const page = parse(await reply.text());
      const kind = kindOf(new URL(url, site.base).pathname);
      if (kind && !seen.has(kind)) seen.set(kind, { url, role, cookie });
      if (!page.querySelector('main')) faults.push(`${url}: no main`);
      const isSheet = page.querySelector('main.sheet') !== null;
      if (!isSheet && !page.querySelector('nav.menu a')) faults.push(`${url}: no menu, a dead end`);
      if (page.querySelectorAll('h1').length !== 1) faults.push(`${url}: not one h1`);
      if (page.querySelector('[style], style, main script, [onclick]'))
        faults.push(`${url}: style or script within`);
      for (const verbatim of page.querySelectorAll('code, pre, script, style, .verbatim')) verbatim.remove();
      const leaks = leaksIn(page.querySelector('body')?.structuredText ?? '');
      if (leaks.length > 0) faults.push(`${url}: ${[...new Set(leaks)].slice(0, 5).join(' | ')}`);
      for (const link of page.querySelectorAll('a[href]')) {
        const target = new URL(link.getAttribute('href') as string, `${site.base}${url}`);
        if (target.origin !== site.base || target.pathname.startsWith('/docs')) continue;
        const next = `${target.pathname}${target.search}`;
        const place = `${kindOf(target.pathname) ?? target.pathname.replaceAll(/[0-9a-f-]{20,}|\d+/g, '*')} ${[...target.searchParams.keys()].sort()}`;
        const count = perKind.get(place) ?? 0;
        if (asked.has(next) || count >= (target.search ? PER_QUERY : PER_KIND)) continue;
        perKind.set(place, count + 1);
        asked.add(next);
        cameFrom.set(next, url);
        queue.push(next);
      }
    }
    t.ok(pages > 5, `${pages} pages`);
    t.same(faults, []);
  });
}

root.test('every kind of page is reached by somebody, and axe finds nothing serious on it', async (t) => {
  const open = PAGES.filter(({ path }) => !/^\/(setup|sign-in|sign-out|settings|evidence)$/.test(path));
  t.same(
    open.filter(({ path }) => !seen.has(path)).map(({ path }) => path),
    [],
    'no page without a way to it',
  );
  const browser = await startBrowser(t);
  if (!browser) return;
  t.teardown(() => browser.close());
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const faults: string[] = [];
  for (const width of [1280, 375]) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, bypassCSP: true });
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(error.message));
    for (const [kind, { url, cookie }] of seen) {
      await context.addCookies([{ name: 'session', value: cookie, url: site.base }]);
      await page.goto(`${site.base}${url}`);
      await page.evaluate(axe);
      const found = (await page.evaluate(AXE_RUN)) as { id: string; impact: string; targets: string[] }[];
      for (const { id, impact, targets } of found)
        faults.push(`${width} ${kind} ${url}: ${impact} ${id} ${targets.slice(0, 3).join(' ; ')}`);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      if ((overflow as number) > 0)
        faults.push(`${width} ${kind} ${url}: wider than the screen by ${overflow}`);
      faults.push(...said.splice(0).map((text) => `${width} ${kind} ${url}: ${text}`));
    }
    await context.close();
  }
  t.same(faults, []);
});

const AXE_RUN = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
  violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({ id, impact, targets: nodes.map(({ target }) => target.join(' ')) })))`;
