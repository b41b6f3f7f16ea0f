import { DomainError } from '../core/errors.js';
import type { App, Dependencies } from '../http/context.js';
import { handleError } from '../http/errors.js';
import { assetRoutes } from './assets.js';
import { acceptForms } from './form-body.js';
import type { Operations } from './operations.js';
import { PAGES } from './pages/index.js';
import { answerFault, registerPage } from './pages.js';

/**
 * The three workspaces and the administrator's, for people with a browser: pages made on the server over the use cases,
 * whose forms do the operations of the API. Needs a scope of its own: it reads forms and no JSON.
 */
export async function webRoutes(app: App, deps: Dependencies, operations: Operations): Promise<void> {
  await acceptForms(app);
  const tools = { app, deps, operations, pages: new Set(PAGES.map(({ path }) => path)) };
  // What no route of the API takes, as an id that is too long, comes to the last of these; programs get a problem document.
  app.setErrorHandler((error, request, reply) =>
    request.url.startsWith('/api/')
      ? handleError(error, request, reply)
      : answerFault(tools, error, request, reply),
  );
  app.addHook('onSend', async (_request, reply) => {
    void reply.header('content-security-policy', CONTENT_SECURITY_POLICY);
  });
  assetRoutes(app);
  app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/home', 303));
  for (const page of PAGES) registerPage(tools, page);
  // A person at an address that does not exist is told so on a page; a program gets the problem document.
  app.get('/*', { schema: { hide: true } }, async (request, reply) => {
    if (!String(request.headers.accept).includes('text/html')) return reply.callNotFound();
    throw new DomainError('not_found', '没有这个地址');
  });
}

/** No script, style or picture but the site's own files; none within a page. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
