import type { ComponentChildren } from 'preact';
import { ASSETS } from '../assets.js';
import { type PageContext, usePage, type Visitor } from '../context.js';
import { MENUS, type MenuGroup } from '../menu.js';
import { WORKSPACE_LABELS } from '../workspaces.js';
import { Notice } from './notice.js';

export const PRODUCT = '社工站资金合规台账';

const HTMX_CONFIG = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  // A refused form is a page to show as well.
  responseHandling: [
    { code: '204', swap: false },
    { code: '...', swap: true },
  ],
});

/** The document around every page. */
export function Document({
  title,
  refreshSeconds,
  children,
}: {
  title: string;
  /** Without scripts the page is asked for again; with them parts of it are. */
  refreshSeconds?: number | null;
  children: ComponentChildren;
}) {
  return (
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${PRODUCT}`}</title>
        <meta name="htmx-config" content={HTMX_CONFIG} />
        {refreshSeconds ? (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        ) : null}
        <link rel="icon" href={ASSETS.icon} type="image/svg+xml" />
        <link rel="stylesheet" href={ASSETS.styles} />
        <script src={ASSETS.htmx} defer />
        <script src={ASSETS.script} defer />
      </head>
      <body>{children}</body>
    </html>
  );
}

/** Header, menu and the page itself. */
export function Layout({ title, children }: { title: string; children: ComponentChildren }) {
  const page = usePage();
  const { visitor } = page;
  return (
    <>
      <a class="skip" href="#main">
        跳到正文
      </a>
      <Header visitor={visitor} />
      <div class={visitor ? 'frame' : 'frame alone'}>
        {visitor ? <Menu page={page} visitor={visitor} /> : null}
        <main id="main" tabIndex={-1}>
          <div class="page-head">
            <h1>{title}</h1>
            {visitor?.book && page.path.startsWith('/books/') ? (
              <p class="book">{visitor.book.name}</p>
            ) : null}
          </div>
          {page.flash ? <Notice tone={page.flash.tone} title={page.flash.text} isAlert /> : null}
          {children}
        </main>
      </div>
    </>
  );
}

function Header({ visitor }: { visitor: Visitor | null }) {
  return (
    <header class="top">
      {visitor ? (
        <a class="menu-link" href="#menu">
          菜单
        </a>
      ) : null}
      <a class="product" href="/">
        {PRODUCT}
      </a>
      {visitor ? <Account visitor={visitor} /> : null}
    </header>
  );
}

function Account({ visitor: { me, workspace, workspaces } }: { visitor: Visitor }) {
  const { unit, csrf, path, search } = usePage();
  const back = search.size > 0 ? `${path}?${search}` : path;
  return (
    <div class="account">
      {workspace ? (
        <a href="/workspaces" class="acting" title="选择以哪个岗位、哪个单位办理">
          {WORKSPACE_LABELS[workspace.kind]} · {workspace.organisationName}
          {workspaces.length > 1 ? '（切换）' : ''}
        </a>
      ) : null}
      <form method="post" action="/settings" class="inline">
        <Csrf token={csrf} />
        <input type="hidden" name="back" value={back} />
        <input type="hidden" name="unit" value={unit === 'yuan' ? 'wan' : 'yuan'} />
        <button type="submit" name="_action" value="unit" class="button link" title="切换金额单位">
          金额单位：{unit === 'yuan' ? '元' : '万元'}
        </button>
      </form>
      <a href="/account">{me.person.displayName}</a>
      <form method="post" action="/sign-out" class="inline">
        <Csrf token={csrf} />
        <button type="submit" name="_action" value="signOut" class="button link">
          退出
        </button>
      </form>
    </div>
  );
}

const Csrf = ({ token }: { token: string | null }) =>
  token ? <input type="hidden" name="_csrf" value={token} /> : null;

/** The groups with the entries whose pages exist, addressed to the book at hand. */
function entriesOf({ pages }: PageContext, { workspace, book }: Visitor): MenuGroup[] {
  if (!workspace) return [];
  const bookId = book?.id ?? null;
  return MENUS[workspace.kind]
    .map(({ label, items }) => ({
      label,
      items: items
        .filter(({ path }) => pages.has(path) && (bookId !== null || !path.includes(':bookId')))
        .filter(({ isForUnits }) => !(isForUnits && workspace.isProvider))
        .filter(({ roles }) => !roles || roles.some((role) => workspace.roles.includes(role)))
        .filter(({ isForParties }) => !isForParties || workspace.isProvider || workspace.isBureau)
        .map(({ label: name, path }) => ({ label: name, path: path.replace(':bookId', bookId ?? '') })),
    }))
    .filter(({ items }) => items.length > 0);
}

function Menu({ page, visitor }: { page: PageContext; visitor: Visitor }) {
  const groups = entriesOf(page, visitor);
  const all = groups.flatMap(({ items }) => items.map(({ path }) => path));
  // The longest entry that the address begins with: a claim's page belongs to the list of claims.
  const current = all
    .filter((path) => page.path === path || page.path.startsWith(`${path}/`))
    .reduce((longest, path) => (path.length > longest.length ? path : longest), '');
  return (
    <nav id="menu" class="menu" aria-label="主菜单">
      <a class="menu-close" href="#main">
        关闭菜单
      </a>
      {groups.map(({ label, items }) => (
        <div key={label}>
          <p class="menu-group">{label}</p>
          <ul>
            {items.map((item) => (
              <li key={item.path}>
                <a href={item.path} aria-current={item.path === current ? 'page' : undefined}>
                  {item.label}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
