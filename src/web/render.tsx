import type { FastifyReply } from 'fastify';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { reveal } from '../audit/index.js';
import { DomainError } from '../core/errors.js';
import { type Problem as ProblemDocument, problemOf } from '../http/errors.js';
import { Document, Layout } from './components/layout.js';
import { Notice } from './components/notice.js';
import { Problem } from './components/problem.js';
import { type PageContext, PageProvider } from './context.js';
import type { AnyPage } from './page.js';

/** Reads what a page shows and sends it. What it may not show, or what is not there, is said in its place. */
export async function renderPage(spec: AnyPage, page: PageContext, reply: FastifyReply, status: number) {
  const { store } = page.deps;
  let data: never;
  try {
    data = await reveal(store.read, store.keys, await spec.load(page as never));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return renderFault(page, reply, problemOf(error, page.request.id));
  }
  const title = typeof spec.title === 'string' ? spec.title : spec.title(data, page as never);
  const view = said(page, spec.view(data, page as never));
  const looks = { isSheet: spec.isSheet === true, refreshSeconds: spec.refreshSeconds?.(data) ?? null };
  return send(page, reply, status, title, view, looks);
}

/** What a form was refused is said by the form; where the page has no such form (any more), above it all the same. */
function said(page: PageContext, view: VNode): VNode {
  const problem = page.said?.problem;
  if (!problem) return view;
  const shown = renderToString(<PageProvider value={page}>{view}</PageProvider>);
  if (shown.includes(` id="form-${page.said?.form}"`)) return view;
  return (
    <>
      <Problem problem={problem} />
      {view}
    </>
  );
}

/** A page that says why there is none, and where to go from here. */
export function renderFault(page: PageContext, reply: FastifyReply, problem: ProblemDocument) {
  const home = page.visitor ? '/home' : '/sign-in';
  const content =
    problem.status !== 404 && !page.said ? (
      <Notice tone="danger" title={problem.detail} isAlert />
    ) : problem.status === 404 ? (
      <Notice tone="warning" title={problem.detail}>
        <p>地址可能有误，或者您的岗位看不到它。</p>
      </Notice>
    ) : (
      <Problem problem={problem} />
    );
  return send(
    page,
    reply,
    problem.status,
    problem.title,
    <>
      {content}
      <p>
        <a href={home}>{page.visitor ? '回到工作台' : '去登录'}</a>
      </p>
    </>,
    { isSheet: false, refreshSeconds: null },
  );
}

function send(
  page: PageContext,
  reply: FastifyReply,
  status: number,
  title: string,
  content: ComponentChildren,
  { isSheet, refreshSeconds }: { isSheet: boolean; refreshSeconds: number | null },
) {
  const body = renderToString(
    <PageProvider value={page}>
      <Document title={title} refreshSeconds={refreshSeconds}>
        {isSheet ? <main class="sheet">{content}</main> : <Layout title={title}>{content}</Layout>}
      </Document>
    </PageProvider>,
  );
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(`<!doctype html>${body}`);
}
