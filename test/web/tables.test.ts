import { randomBytes } from 'node:crypto';
import type { HTMLElement } from 'node-html-parser';
import { t as root } from 'tap';
import { COSIGNATURE, verifierKeyOf } from '../../src/core/note.js';
import { listBooks } from '../../src/ledger/index.js';
import { type Actor, actorOfLogin } from '../../src/organisations/index.js';
import { PAGES } from '../../src/web/pages/index.js';
import { adminOf, makeBusy, openDemoSite, USERS } from '../e2e/demo-site.js';
import { type Browser, browse } from './visit.js';

/**
 * Every list that people work with can be searched and set back, sorted, kept as a query and taken along as a file. Pages
 * are looked at as several roles over the data of the demonstration, so that the lists have rows.
 */

root.setTimeout(900_000);

/** Pages whose tables are no lists of business rows, but part of a form, or of what leads to the lists. */
const NO_LISTS: Readonly<Record<string, string>> = {
  '/home': 'the first few of each kind, with links to the lists',
  '/account': 'one’s own tokens, among the forms that make and end them',
  '/organisations/new': 'the first step of a form: choosing the organisation above',
  '/people/new': 'the first step of a form: choosing the organisation',
  '/books/:bookId/claim-import': 'what an upload would make: part of its form',
  '/books/:bookId/erasures': 'the second step of a form: choosing what is erased',
};

/** Tables beside a form for each; together they are in the file of the page's list. */
const IN_FORMS: Readonly<Record<string, string>> = {
  '/books/:bookId/figures 各处的数字': 'what one explanation is about; 公布数字 takes all along',
};

/** Lists whose order is what they are about. */
const UNSORTED: Readonly<Record<string, string>> = {
  '/books/:bookId/allotments/tree': 'a tree: what was passed on stands below what it came from',
  '/books/:bookId/reports/ledger': 'a running balance holds only in the order of the entries',
};

/** What only hands outside can make. */
const WITHOUT_ROWS: readonly string[] = ['/books/:bookId/checkpoints 时间戳'];

const site = await openDemoSite(root);
const people: [role: string, actor: Actor][] = [];
for (const role of ['finance', 'payer', 'operator', 'supervisor'] as const)
  people.push([role, await actorOfLogin(site.store, USERS[role])]);
const admin = await adminOf(site.store);
people.push(['admin', admin]);
await makeBusy(site);
await makeRows();

/** The list pages that have been met with rows in every of their tables, or the tables that had none. */
const met = new Map<string, Map<string, boolean>>();

/** Pages of no one thing: lists, and pages that hold some. */
const LIST_PAGES = PAGES.filter(
  ({ path, isPublic, isSheet }) => !isPublic && !isSheet && !/:(?!bookId)/.test(path),
);
/** Books of a person that are looked into: enough to meet rows. */
const BOOKS = 3;
/** 临沧, whose relief money the demonstration is about. */
const LINCANG = '530900';
/** Where the lists stand behind a tab, or are of a year in which the demonstration has none. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  '/books/:bookId/payments': ['?tab=open', '?tab=made'],
  '/books/:bookId/relief': ['?year=2022'],
};

for (const [role, actor] of people) {
  root.test(`lists as ${role}`, async (t) => {
    const browser = await browse(site.app, site.store, actor);
    const books = (await listBooks(site.store, actor)).items;
    const own = books.filter(({ access }) => access === 'book');
    const all = own.length > 0 ? own : books;
    const looked = all.filter(({ divisionCode }, at) => at < BOOKS || divisionCode === LINCANG);
    const faults: string[] = [];
    for (const { path } of LIST_PAGES) {
      if (path in NO_LISTS) continue;
      const isInBook = path.includes(':bookId');
      for (const { id } of isInBook ? looked : [{ id: '' }])
        for (const query of QUERIES[path] ?? [''])
          faults.push(...(await faultsOf(browser, path, path.replace(':bookId', id) + query)));
    }
    t.same([...new Set(faults)], []);
  });
}

root.test('every list was met with rows', async (t) => {
  const never = [...met].flatMap(([path, tables]) =>
    [...tables].filter(([, hasRows]) => !hasRows).map(([caption]) => `${path} ${caption}`),
  );
  t.same(never, WITHOUT_ROWS);
  t.ok(met.size > 30, `${met.size} pages with lists`);
  const paths = LIST_PAGES.map(({ path }) => path);
  const excepted = [...Object.keys(NO_LISTS), ...Object.keys(UNSORTED)];
  t.same(
    excepted.filter((path) => !paths.includes(path)),
    [],
    'no exception outlives its page',
  );
});

/** What the demonstration leaves out, and what the service does by itself in time. */
async function makeRows(): Promise<void> {
  const book = (await listBooks(site.store, admin)).items.find(
    ({ bureauKind }) => bureauKind === 'bureau_provincial',
  );
  const browser = await browse(site.app, site.store, admin);
  const at = `/books/${book?.id}`;
  const keys = await browser.get(`${at}/keys`);
  const verifierKey = verifierKeyOf('audit.example', randomBytes(32), COSIGNATURE);
  await browser.submit(keys, 'addWitness', { verifierKey });
  await browser.submit(await browser.get(`${at}/checkpoints`), 'sign');
  await browser.submit(await browser.get(`${at}/evidence`), 'package', {}, 'tables');
  await browser.submit(await browser.get('/books?text=市'), 'keep-filter', { name: '市级账套' });
}

/** What the lists of a page lack. */
async function faultsOf(browser: Browser, path: string, url: string): Promise<string[]> {
  const visit = await browser.get(url);
  if (visit.status !== 200) return visit.status >= 500 ? [`${path}: ${visit.status}`] : [];
  const lists = visit.page
    .querySelectorAll('.table-box')
    .filter((box) => !box.closest('form') && !box.closest('.one-thing'));
  const faults: string[] = [];
  if (lists.length > 0) {
    const bar = visit.page.querySelector('.filter-bar');
    if (!bar?.querySelectorAll('button').some(({ text }) => text.trim() === '查询')) faults.push('no 查询');
    if (!bar?.querySelectorAll('a').some(({ text }) => text.trim() === '重置')) faults.push('no 重置');
  }
  for (const list of lists) faults.push(...(await faultsOfList(browser, path, list)));
  return faults.map((fault) => `${path}: ${fault}`);
}

async function faultsOfList(browser: Browser, path: string, list: HTMLElement): Promise<string[]> {
  const caption = (list.querySelector('.table-caption')?.childNodes[0]?.text ?? '')
    .replaceAll(/[\d-]{4,}|\S+局|\S+厅|下级 \d+ 个账套/g, '…')
    .trim();
  if (`${path} ${caption}` in IN_FORMS) return [];
  const faults: string[] = [];
  const files = list.querySelectorAll('.table-tools a').filter(({ text }) => /Excel|CSV/.test(text));
  if (files.length === 0) faults.push(`${caption}: no 导出`);
  for (const file of files) {
    const sent = await browser.get(file.getAttribute('href') as string);
    if (sent.status !== 200 || !sent.headers['content-disposition'])
      faults.push(`${caption}: ${file.text.trim()} answers ${sent.status}`);
  }
  if (path in UNSORTED) return faults;
  const tables = met.get(path) ?? new Map<string, boolean>();
  met.set(path, tables);
  const headings = list.querySelectorAll('thead th');
  tables.set(caption, tables.get(caption) === true || headings.length > 0);
  if (headings.length === 0) return faults;
  const sorts = headings.flatMap((heading) => heading.querySelector('a')?.getAttribute('href') ?? []);
  if (sorts.length === 0) return [...faults, `${caption}: not sortable`];
  const sorted = await browser.get(sorts[0] as string);
  if (!sorted.page.querySelector('.table-box th[aria-sort]'))
    faults.push(`${caption}: sorting changes nothing`);
  if (!sorted.page.querySelector('#form-keep-filter')) faults.push(`${caption}: no saved filters`);
  else {
    const kept = await browser.submit(sorted, 'keep-filter', { name: '我的排序' });
    const saved = kept.page.querySelector('ul[aria-label=常用查询] a[aria-current=true]');
    if (saved?.text !== '我的排序') faults.push(`${caption}: what is kept does not come back`);
    const drop = kept.page.querySelector('.saved-filters form[id^=form-drop-]')?.getAttribute('id');
    if (drop) await browser.submit(kept, drop.replace(/^form-/, ''));
  }
  return faults;
}
