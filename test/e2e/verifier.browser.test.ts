import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { t as root, type Test, test } from 'tap';
import { Checkpoints, listKeys, newExport, OutsideFile, prepareExport } from '../../src/evidence/index.js';
import { offlineVerifierPage } from '../../src/verifier/html.js';
import { by, openClaim, openFund, seedWorld } from '../fixture.js';
import { openTestStore } from '../helper.js';
import { type CheckResult, type Result, verifierPath } from '../verifier/verifier.js';
import { startBrowser } from './browser.js';

/** The verifier's page in a real browser. */

root.setTimeout(900_000);

/** A package with everything that is checked offline, what an auditor holds beside it, and the auditor's own page. */
async function prepare(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'auditor-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => join(folder, name);
  const store = await openTestStore(t, 'sqlite');
  const world = await seedWorld(store);
  const { bookId, auditor } = world.county;
  const checkpoints = new Checkpoints(store, OutsideFile.open(file('checkpoints.log')));
  const fundId = await openFund(world);
  const caller = by(auditor);
  writeFileSync(file('old.txt'), (await checkpoints.sign(bookId, caller.context.now)).note);
  await openClaim(world, 'paid', [{ fundId, amount: '120.00', stationId: world.station.id }]);
  const tools = { store, packs: world.packs, checkpoints, attachmentsFolder: file('attachments') };
  const asked = { kind: 'book', isRedacted: false, recipient: '泸州市审计局', reason: '专项审计' };
  const prepared = await prepareExport(tools, caller, bookId, newExport.parse(asked));
  await prepared.write(createWriteStream(file('package.zip')));
  const bytes = readFileSync(file('package.zip'));
  // In the archive a file's content follows its name.
  const name = 'data/tables/ledger-details.csv';
  const at = bytes.indexOf(name) + name.length + 100;
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file('tampered.zip'), bytes);
  writeFileSync(file('verify.html'), offlineVerifierPage());
  const { items } = await listKeys(store, auditor, bookId);
  return { file, vkey: items[0]?.verifierKey as string, page: pathToFileURL(file('verify.html')).href };
}

/** A page of a browser without a network that tells all that it should not have done. */
async function openPage(t: Test, browser: Browser, address: string, width = 1000) {
  const context = await browser.newContext({ viewport: { width, height: 800 } });
  t.teardown(() => context.close());
  await context.setOffline(true);
  const requests: string[] = [];
  const faults: string[] = [];
  context.on('request', (request) => requests.push(request.url()));
  context.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`));
  context.on('weberror', (error) => faults.push(error.error().message));
  const page = await context.newPage();
  await page.goto(address);
  return { page, requests, faults };
}

/** What the page shows, check by check. */
async function shownBy(page: Page) {
  await page.locator('#result').waitFor({ state: 'visible' });
  const texts = (part: string) => page.locator(`#checks ${part}`).allTextContents();
  const [ids, titles, states, details] = [
    await texts('td:first-child'),
    await texts('th'),
    await texts('td.status'),
    await texts('td.detail'),
  ];
  const checks = ids.map((id, index) => ({
    id,
    title: titles[index],
    status: states[index]?.slice(2),
    detail: details[index],
  }));
  return { verdict: await page.locator('#verdict').textContent(), checks };
}

/** The same as the verifier for Node says it. */
function told({ verdict, checks }: Result) {
  const list = ({ faults, faultCount }: CheckResult) =>
    `共 ${faultCount} 处不符：${faults.map(({ place, detail }) => `${place}：${detail}`).join('')}`;
  return {
    verdict,
    checks: checks.map((check) => ({
      id: check.id,
      title: check.title,
      status: check.status as string,
      detail: check.status === '不符' ? list(check) : check.detail,
    })),
  };
}

const focused = (page: Page) => page.evaluate<string>('document.activeElement.id');
const widthOf = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth');

test('verify.html in a browser, from disk and offline', { timeout: 900_000 }, async (t) => {
  const browser = await startBrowser(t);
  if (!browser) return;
  t.teardown(() => browser.close());
  t.comment(`Chromium ${browser.version()}`);
  const { file, vkey, page: address } = await prepare(t);
  const byNode = (name: string): Result => {
    const given = [file(name), '--key', vkey, '--known', file('old.txt'), '--json'];
    return JSON.parse(spawnSync(process.execPath, [verifierPath, ...given], { encoding: 'utf8' }).stdout);
  };

  await t.test('it finds what the verifier for Node finds', async (t) => {
    const { page, requests, faults } = await openPage(t, browser, address);
    t.notOk(await page.locator('#unsupported').isVisible(), 'the script runs under the policy');
    await page.locator('#package').setInputFiles(file('package.zip'));
    t.match(await page.locator('#chosen').textContent(), /package\.zip（[\d,]+ 字节）/);
    await page.locator('#known').setInputFiles(file('old.txt'));
    await page.locator('#keys').fill(`${vkey}\n`);
    await page.locator('#start').click();
    const clean = byNode('package.zip');
    t.same(await shownBy(page), told(clean), 'an honest package');
    t.equal(clean.failed, 0);
    for (const id of ['3', '4', '5', '6', '7', '8', '9', '10a', '10b', '12'])
      t.equal(clean.checks.find((check) => check.id === id)?.status, '通过', id);
    t.match(await page.locator('#about').textContent(), '泸县民政局');

    await page.locator('#again').click();
    t.notOk(await page.locator('#result').isVisible());
    t.equal(await focused(page), 'package');
    await page.locator('#package').setInputFiles(file('tampered.zip'));
    await page.locator('#start').click();
    const found = await shownBy(page);
    t.same(found, told(byNode('tampered.zip')), 'one bit of one payload file was changed');
    t.match(
      found.checks.find(({ id }) => id === '2'),
      {
        status: '不符',
        detail: /^共 1 处不符：data\/tables\/ledger-details\.csv/,
      },
    );
    t.match(found.verdict, '不符');
    t.match(await page.locator('#verdict').getAttribute('class'), 'bad');

    // Not even what was chosen a moment ago counts for a file that is no package.
    await page.locator('#package').setInputFiles(file('old.txt'));
    await page.locator('#start').click();
    t.same(await shownBy(page), told(byNode('old.txt')), 'no package at all');
    t.same(faults, [], 'nothing was logged or thrown');
    t.same(requests, [address], 'nothing was asked for but the page');
  });

  await t.test('it is used with the keyboard alone', async (t) => {
    const { page, faults } = await openPage(t, browser, address);
    await page.locator('#package').setInputFiles(file('package.zip'));
    const order: string[] = [];
    for (let press = 0; press < 4; press += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
    }
    t.same(order, ['package', 'keys', 'known', 'start']);
    await page.keyboard.press('Enter');
    await page.locator('#result').waitFor({ state: 'visible' });
    t.equal(await focused(page), 'result-title', 'reading goes on at the result');
    await page.keyboard.press('Tab');
    t.equal(await focused(page), 'print');
    await page.keyboard.press('Tab');
    t.equal(await focused(page), 'again');
    t.same(faults, []);
  });

  await t.test('it fits a telephone', async (t) => {
    const { page } = await openPage(t, browser, address, 375);
    t.equal(await widthOf(page), 375, 'empty');
    for (const name of ['package.zip', 'tampered.zip']) {
      await page.locator('#package').setInputFiles(file(name));
      await page.locator('#keys').fill(vkey);
      await page.locator('#start').click();
      await page.locator('#result').waitFor({ state: 'visible' });
      t.equal(await widthOf(page), 375, name);
    }
  });

  await t.test('without scripts it says what to do', async (t) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    t.teardown(() => context.close());
    const page = await context.newPage();
    await page.goto(address);
    t.match(await page.locator('#unsupported').innerText(), '核验程序没有运行');
    t.notOk(await page.locator('#form').isVisible());
  });
});
