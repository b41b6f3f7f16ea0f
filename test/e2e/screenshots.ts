import { mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { t as root } from 'tap';
import { projectFile } from '../../src/core/project.js';
import { startBrowser } from './browser.js';
import { cookieOf, openDemoSite } from './demo-site.js';

/**
 * Makes the pictures of the README from the demonstration's data: `npm run screenshots`. The machine needs a Chinese
 * font, or its letters come out as boxes. No test: nothing is compared.
 */

root.setTimeout(900_000);

interface Shot {
  readonly file: string;
  readonly as: string;
  /** `:bookId` is the book of the person's menu. */
  readonly path: string;
  readonly width?: number;
  readonly height?: number;
  /** What is done on the page before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>;
}

async function fillClaim(page: Page): Promise<void> {
  await page.fill('[name="title"]', '国庆走访慰问活动');
  await page.fill('[name="businessDate"]', '2022-09-20');
  await page.selectOption('[name="payeeType"]', { index: 1 });
  await page.fill('[name="payeeName"]', '青羊区示例文具店');
  await page.selectOption('[name="lines.0.fundId"]', { index: 2 });
  await page.selectOption('[name="lines.0.economicCode"]', '31003');
  await page.fill('[name="lines.0.amount"]', '6,800');
  await page.fill('[name="lines.0.description"]', '办公电脑一台');
  await page.keyboard.press('Tab');
  await page.locator('#preview .reasons').first().waitFor({ timeout: 10_000 });
}

const SHOTS: readonly Shot[] = [
  {
    file: 'operator-claim',
    as: 'xiyuhe.jingban',
    path: '/books/:bookId/claims/new',
    height: 1000,
    act: fillClaim,
  },
  {
    file: 'operator-phone',
    as: 'xiyuhe.jingban',
    path: '/books/:bookId/claims/new',
    width: 375,
    height: 812,
    act: async (page) => {
      await fillClaim(page);
      await page.locator('#preview').scrollIntoViewIfNeeded();
    },
  },
  { file: 'operator-import', as: 'xiyuhe.jingban', path: '/books/:bookId/claim-import' },
  { file: 'finance-home', as: 'qingyang.caiwu', path: '/home' },
  { file: 'finance-review', as: 'qingyang.shenhe', path: '/books/:bookId/review' },
  { file: 'finance-usage', as: 'luxian.caiwu', path: '/books/:bookId/reports/usage' },
  { file: 'finance-tree', as: 'sichuan.caiwu', path: '/books/:bookId/allotments/tree', height: 900 },
  { file: 'finance-flow', as: 'luxian.caiwu', path: '/books/:bookId/reports/flow?year=2020', height: 900 },
  { file: 'audit-overview', as: 'yunnan.dudao', path: '/supervision?year=2022', height: 1000 },
  {
    file: 'audit-decision',
    as: 'yunnan.dudao',
    path: '/supervision?year=2022',
    height: 1000,
    act: async (page) => {
      await page.goto(new URL('/home', page.url()).href);
      await page
        .getByText('规则拒绝最多')
        .locator('xpath=ancestor::section')
        .getByRole('link')
        .first()
        .click();
      await page.locator('a[href*="/decisions/"]').first().click();
      await page.waitForLoadState();
    },
  },
  { file: 'audit-evidence', as: 'luxian.caiwu', path: '/books/:bookId/evidence' },
];

root.test('pictures', async (t) => {
  const site = await openDemoSite(t);
  const browser = await startBrowser(t);
  if (!browser) return;
  t.teardown(() => browser.close());
  const folder = projectFile('docs', 'screenshots');
  mkdirSync(folder, { recursive: true });
  for (const { file, as, path, width = 1280, height = 800, act } of SHOTS) {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'zh-CN' });
    const secret = await cookieOf(site.store, as);
    await context.addCookies([{ name: 'session', value: secret, url: site.base }]);
    const page = await context.newPage();
    await page.goto(`${site.base}/home`);
    const bookId = await page.locator('nav.menu a[href^="/books/"]').first().getAttribute('href');
    await page.goto(`${site.base}${path.replace(':bookId', bookId?.split('/')[2] ?? '')}`);
    await act?.(page);
    await page.screenshot({ path: `${folder}/${file}.png` });
    t.comment(`${file}.png`);
    await context.close();
  }
});
