import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { t as root, type Test } from 'tap';
import { buildApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { sampleCreditCode } from '../../src/demo/people.js';
import { Checkpoints, OutsideFile } from '../../src/evidence/index.js';
import { createLogger } from '../../src/http/logging.js';
import type { NewFund } from '../../src/ledger/index.js';
import { type Actor, createOrganisation } from '../../src/organisations/index.js';
import { loadPacks } from '../../src/policy/index.js';
import { offlineVerifierPage } from '../../src/verifier/html.js';
import { by, openFund, seedWorld, standing, type World } from '../fixture.js';
import { openTestStore } from '../helper.js';
import { sessionOf } from '../web/visit.js';
import { startBrowser } from './browser.js';

/**
 * The three journeys, in a real browser, by four people: an operator whose claim the rules refuse, corrects it and
 * submits it; finance, who takes money in, signs a contract, reviews, pays, explains a difference and closes the month;
 * an auditor, who follows the money down to its proof, exports the evidence and verifies it without the service. On a
 * desk and on a telephone, with scripts and without.
 */

root.setTimeout(900_000);

const NOW = '2022-07-31T02:00:00.000Z';

interface Site {
  readonly world: World;
  readonly base: string;
  readonly folder: string;
  readonly fundId: string;
  readonly providerId: string;
  readonly checkpoints: Checkpoints;
  /** What the consoles of the browsers said. */
  readonly faults: string[];
}

async function openSite(t: Test): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'journey-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openTestStore(t, 'sqlite');
  const packs = loadPacks();
  const world = await seedWorld(store, { packs });
  const checkpoints = new Checkpoints(store, OutsideFile.open(join(folder, 'checkpoints.log')));
  const app = await buildApp({
    store,
    config: readConfig({ ATTACHMENTS_DIR: join(folder, 'attachments'), JOBS_DIR: join(folder, 'jobs') }),
    policy: standing(packs),
    checkpoints,
    tsaRoots: [],
    logger: createLogger('silent'),
    now: () => new Date(NOW),
  });
  const base = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const terms: NewFund['terms'] = {
    type: 'welfare_lottery',
    namedPurposes: ['elderly'],
    announcementDue: null,
  };
  const fundId = await openFund(world, { granted: '50000.00', fund: { level: 'county', terms } });
  const { finance } = world.province;
  const admin: Actor = { ...finance, grants: finance.grants.map((grant) => ({ ...grant, role: 'admin' })) };
  const provider = await createOrganisation(store, by(admin), {
    kind: 'provider',
    name: '泸县某社会工作服务中心',
    parentId: world.county.id,
    divisionCode: '510521',
    creditCode: sampleCreditCode('510521', 1),
    providerKind: 'social_organisation',
    districtClass: null,
    openedDate: '2018-01-01',
  });
  return { world, base, folder, fundId, providerId: provider.id, checkpoints, faults: [] };
}

/** A person at a browser of their own. */
interface Seat {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly at: (path: string) => Promise<void>;
  readonly fill: (name: string, value: string) => Promise<void>;
  readonly choose: (name: string, value: string) => Promise<void>;
  /** Presses a button and waits for what it leads to. */
  readonly press: (action: string, form?: string) => Promise<void>;
  readonly says: (text: string | RegExp, message?: string) => Promise<void>;
}

interface Look {
  readonly name: string;
  readonly width: number;
  readonly hasScripts: boolean;
}

async function seatOf(t: Test, browser: Browser, site: Site, actor: Actor, look: Look): Promise<Seat> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: 800 },
    javaScriptEnabled: look.hasScripts,
    acceptDownloads: true,
  });
  t.teardown(() => context.close());
  const value = await sessionOf(site.world.store, actor);
  await context.addCookies([{ name: 'session', value, url: site.base }]);
  const page = await context.newPage();
  page.on('console', (message) => site.faults.push(message.text()));
  page.on('pageerror', (error) => site.faults.push(error.message));
  const inForm = (form: string | undefined) =>
    form ? page.locator(`[id="form-${form}"]`) : page.locator('main');
  /** A field may lie in a folded part; a person opens it. */
  const unfold = async (name: string) => {
    const field = page.locator(`[name="${name}"]:not([type=hidden])`).first();
    for (let depth = 0; depth < 3 && !(await field.isVisible()); depth += 1) {
      const folded = page.locator('details:not([open])', { has: page.locator(`[name="${name}"]`) }).first();
      if ((await folded.count()) === 0) break;
      await folded.locator('summary').first().click();
    }
    return field;
  };
  return {
    page,
    context,
    at: async (path) => {
      await page.goto(`${site.base}${path}`);
    },
    fill: async (name, text) => (await unfold(name)).fill(text),
    choose: async (name, value) => {
      await (await unfold(name)).selectOption(value, { timeout: 60_000 });
    },
    press: async (action, form) => {
      const button = inForm(form).locator(`button[name=_action][value="${action}"]:not(.sr-only)`).first();
      if (!(await button.isVisible())) {
        const folded = page.locator('details:not([open])', { has: button }).first();
        await folded.locator('summary').first().click();
      }
      const loaded = page.waitForResponse((reply) => reply.request().method() === 'POST');
      await button.click();
      await loaded;
      await page.waitForLoadState('load');
      // What a script replaces comes after its answer.
      if (look.hasScripts) await page.waitForTimeout(300);
    },
    says: async (text, message) => {
      const found = page.getByText(text).first();
      await found.waitFor({ state: 'attached', timeout: 60_000 }).catch(() => null);
      t.ok((await found.count()) > 0, message ?? `the page says ${text}`);
    },
  };
}

const optionOf = async (page: Page, name: string, text: RegExp): Promise<string> => {
  const options = page.locator(`select[name="${name}"] option`);
  const texts = await options.allTextContents();
  const index = texts.findIndex((label) => text.test(label));
  if (index < 0) throw new Error(`${name} offers no ${text}: ${texts.join(' | ')}`);
  return (await options.nth(index).getAttribute('value')) ?? '';
};

/** Submits a claim that the rules refuse, keeps it half-way, corrects it, submits it; gives its address. */
async function operatorJourney(t: Test, browser: Browser, site: Site, look: Look): Promise<string> {
  const { world, fundId } = site;
  const { bookId } = world.county;
  const seat = await seatOf(t, browser, site, world.stationOperator, look);
  const { page, fill, choose, press, says } = seat;
  await seat.at('/home');
  await says('工作台');
  await seat.at(`/books/${bookId}/claims/new`);
  await fill('title', '慰问老人活动');
  await press('keep', 'claim');
  await says(/暂存/, 'half a claim is kept');
  await seat.at(`/books/${bookId}/claims`);
  await page.locator('a[href*="unfinished="]').first().click();
  await page.waitForLoadState('load');
  t.equal(await page.inputValue('[name="title"]'), '慰问老人活动', 'and found again');
  await fill('businessDate', '2022-07-20');
  await choose('payeeType', await optionOf(page, 'payeeType', /商户|企业|单位|供应商|其他/));
  await fill('payeeName', '玉蟾食品店');
  await choose('lines.0.fundId', fundId);
  await fill('lines.0.amount', '1,200.50');
  await fill('lines.0.description', '公务接待用餐');
  await choose('lines.0.economicCode', '30217');
  await choose('lines.0.serviceItem', 'official_hospitality');
  if (look.hasScripts) {
    await page.locator('[name="lines.0.description"]').blur();
    await page.locator('#preview .reasons').first().waitFor({ timeout: 60_000 });
  } else await press('preview', 'claim');
  await says(/CN-LOT-33/, 'the check names the clause while one types');
  await press('submit', 'claim');
  await says(/没有记录|不能通过|没有提交/, 'the submission is refused');
  await says(/CN-LOT-33/, 'with the clause');
  t.match(await page.inputValue('[name="lines.0.amount"]'), /1,?200\.50/, 'nothing typed is lost');
  await fill('lines.0.description', '老人生日会活动用品');
  await choose('lines.0.economicCode', '30299');
  await choose('lines.0.serviceItem', 'elderly_service');
  await choose('lines.0.stationId', world.station.id);
  for (const box of await page.locator('[name="lines.0.beneficiaryGroups[]"][value=elderly]').all()) {
    const folded = page.locator('details:not([open])', { has: box });
    if (!(await box.isVisible()) && (await folded.count()) > 0)
      await folded.first().locator('summary').first().click();
    await box.check();
  }
  await fill('lines.0.invoice.number', '24512000000012345678');
  await fill('lines.0.invoice.sellerName', '玉蟾食品店');
  await fill('lines.0.invoice.issuedDate', '2022-07-19');
  await fill('lines.0.invoice.faceAmount', '1200.50');
  await press('submit', 'claim');
  await says(/已提交/, 'corrected, it is submitted');
  return new URL(page.url()).pathname;
}

/** Takes in, signs, reviews, approves, pays, explains, closes. */
async function financeJourney(
  t: Test,
  browser: Browser,
  site: Site,
  look: Look,
  claim: string,
): Promise<void> {
  const { world } = site;
  const { county, province } = world;
  // The upper level issues, which is another journey's work.
  const upperFund = await openFund(world, { bureau: province, granted: '80000.00' });
  const upper = await seatOf(t, browser, site, province.finance, look);
  for (const [documentNo, amount] of [
    ['川财社〔2022〕78号', '30000'],
    ['川财社〔2022〕79号', '20000'],
  ] as const) {
    await upper.at(`/books/${province.bookId}/allotments/new`);
    await upper.choose('fundId', upperFund);
    await upper.fill('documentNo', documentNo);
    await upper.choose('items.0.recipientId', county.id);
    await upper.fill('items.0.amount', amount);
    await upper.press('issue', 'issue');
    await upper.says(`已下达 ${documentNo}`);
  }
  const finance = await seatOf(t, browser, site, county.finance, look);
  await finance.at(`/books/${county.bookId}/intakes`);
  const form = await finance.page.locator('form[id^=form-take-]').first().getAttribute('id');
  await finance.page.locator(`[id="${form}"] [name=documentNo]`).fill('收文2022-15');
  await finance.press('take', form?.slice('form-'.length));
  await finance.says('已登记 收文2022-15', 'the first allotment is taken in');

  const drafter = await seatOf(t, browser, site, county.finance2, look);
  await draftContract(t, drafter, site);
  await finance.at(`/books/${county.bookId}/contracts`);
  await finance.page
    .getByRole('link', { name: /2022-01/ })
    .first()
    .click();
  await finance.page.waitForLoadState('load');
  const signForm = finance.page.locator('form', { has: finance.page.locator('button[value=sign]') });
  for (const note of await signForm.locator('textarea[name=note]').all()) await note.fill('已核对采购文件');
  await finance.press('sign');
  await finance.says(/已签订|已签/, 'another finance officer signs the contract');

  const reviewer = await seatOf(t, browser, site, world.stationReviewer, look);
  await reviewer.at(claim);
  await noteIfAsked(reviewer, 'review');
  await reviewer.press('review', 'review');
  await reviewer.says(/已审核/);
  await finance.at(`/books/${county.bookId}/review`);
  await finance.says('慰问老人活动', 'the claim waits in the queue');
  await finance.at(claim);
  await noteIfAsked(finance, 'approve');
  await finance.press('approve', 'approve');
  await finance.says(/已批准/);
  const payer = await seatOf(t, browser, site, county.payer, look);
  await payer.at(claim);
  await payer.fill('voucherNo', '付字2022-001');
  await noteIfAsked(payer, 'pay');
  await payer.press('pay', 'pay');
  await payer.says(/已支付/, 'and the payer pays it');

  await finance.at(`/books/${county.bookId}/upper-comparison?year=2022`);
  await finance.says('川财社〔2022〕79号', 'what is not taken in is a difference');
  await explainDifference(finance);
  await finance.says(/文件尚在途中/, 'with its explanation');
  await finance.at(`/books/${county.bookId}/periods`);
  await finance.press('close');
  await finance.says(/已结账|已结/, 'and the month is closed');
}

/** A decision of review wants the opinion of a person. */
async function noteIfAsked({ page }: Seat, form: string): Promise<void> {
  const note = page.locator(`[id="form-${form}"] textarea[name=note]`);
  if ((await note.count()) > 0) await note.first().fill('已核对发票、签收单和活动照片');
}

async function draftContract(t: Test, seat: Seat, { world, fundId, providerId }: Site): Promise<void> {
  const { page, fill, choose, press, says } = seat;
  await seat.at(`/books/${world.county.bookId}/contracts/new`);
  await fill('contractNo', '合同2022-01');
  await fill('title', '玉蟾街道社工站为老服务');
  await choose('providerId', providerId);
  await fillContract(seat, fundId, world);
  await press('prepare');
  await says(/已起草|待签订|已拟/, 'a contract is drafted');
  t.match(page.url(), /\/contracts\//);
}

async function fillContract({ page, fill, choose }: Seat, fundId: string, world: World): Promise<void> {
  await fill('signedDate', '2022-07-25');
  await fill('startDate', '2022-08-01');
  await fill('endDate', '2023-07-31');
  await choose('buyerId', world.county.id);
  await choose('lines.0.fundId', fundId);
  await fill('lines.0.amount', '20000');
  await fill('lines.0.description', '为老服务一年');
  await choose('lines.0.economicCode', '30227');
  await choose('lines.0.serviceItem', 'elderly_service');
  if ((await page.locator('select[name="lines.0.stationId"]').count()) > 0)
    await choose('lines.0.stationId', world.station.id);
  for (const box of await page.locator('[name="lines.0.beneficiaryGroups[]"][value=elderly]').all()) {
    const folded = page.locator('details:not([open])', { has: box });
    if (!(await box.isVisible()) && (await folded.count()) > 0)
      await folded.first().locator('summary').first().click();
    await box.check();
  }
}

async function explainDifference({ page, fill, press }: Seat): Promise<void> {
  await page.locator('a[href*="difference="]').first().click();
  await page.waitForLoadState('load');
  await page.locator('select[name=ownerId]').selectOption({ index: 1 });
  await fill('explanation', '文件尚在途中，预计下周收文');
  await press('note');
}

/** Follows a payment down to its proof, exports the evidence, and verifies the package on a page of its own. */
async function auditJourney(t: Test, browser: Browser, site: Site, look: Look, claim: string): Promise<void> {
  const { world, folder, base } = site;
  const { bookId, auditor } = world.county;
  await site.checkpoints.sign(bookId, new Date(NOW));
  const seat = await seatOf(t, browser, site, auditor, look);
  const { page, says } = seat;
  await seat.at('/supervision?year=2022');
  await says(/各账套/, 'the counties are compared');
  await seat.at(claim);
  t.equal(await page.locator('main form[method=post]').count(), 0, 'an auditor changes nothing');
  await page.locator('a[href$="/trace"]').first().click();
  await page.waitForLoadState('load');
  await says('付字2022-001', 'the trail reaches the payment');
  await page.locator('a[href*="/decisions/"]').first().click();
  await page.waitForLoadState('load');
  await says(/条款/);
  await page.goBack();
  await page.locator('a[href*="/log/"]').first().click();
  await page.waitForLoadState('load');
  await says(/叶哈希|存在证明/, 'and its place in the log with a proof');

  await seat.at(`/books/${bookId}/evidence`);
  const submit = page.locator('main form[method=post] button.main').first();
  await submit.click();
  await page.waitForLoadState('load');
  let link = page.locator('a[href*="/file"]').first();
  for (let waited = 0; waited < 60 && (await link.count()) === 0; waited += 1) {
    await page.waitForTimeout(500);
    await page.reload();
    link = page.locator('a[href*="/file"]').first();
  }
  const href = await link.getAttribute('href');
  const reply = await seat.context.request.get(`${base}${href}`);
  t.equal(reply.status(), 200, 'the package is there');
  const file = join(folder, `${look.name}.zip`);
  writeFileSync(file, await reply.body());
  // The verifier's page needs scripts; it is the auditor's own, on a machine without a network.
  const verifier = join(folder, 'verify.html');
  writeFileSync(verifier, offlineVerifierPage());
  const offline = await browser.newContext({ viewport: { width: look.width, height: 800 } });
  t.teardown(() => offline.close());
  await offline.setOffline(true);
  const check = await offline.newPage();
  await check.goto(pathToFileURL(verifier).href);
  await check.locator('input[type=file]').first().setInputFiles(file);
  const start = check.locator('button').first();
  if ((await start.count()) > 0) await start.click();
  await check.locator('#result').waitFor({ state: 'visible', timeout: 60_000 });
  const states = await check.locator('#checks td.status').allTextContents();
  t.ok(states.length > 5, `${states.length} checks`);
  t.same(
    states.filter((state) => /不符|失败|✗|×/.test(state)),
    [],
    'the package verifies offline',
  );
}

const LOOKS: readonly Look[] = [
  { name: 'desk', width: 1280, hasScripts: true },
  { name: 'telephone', width: 375, hasScripts: true },
  { name: 'desk-no-scripts', width: 1280, hasScripts: false },
  { name: 'telephone-no-scripts', width: 375, hasScripts: false },
];

root.test('three journeys', async (t) => {
  const browser = await startBrowser(t);
  if (!browser) return;
  t.teardown(() => browser.close());
  for (const look of LOOKS) {
    await t.test(look.name, async (t) => {
      const site = await openSite(t);
      const claim = await operatorJourney(t, browser, site, look);
      await financeJourney(t, browser, site, look, claim);
      await auditJourney(t, browser, site, look, claim);
      // A refusal has a status of its own, which Chromium mentions; everything else is a fault of a page.
      t.same(
        site.faults.filter((text) => !/Failed to load resource: .*(400|403|409|412|422)/.test(text)),
        [],
        'nothing on the console',
      );
    });
  }
});
