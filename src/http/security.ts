import type { Config } from '../config.js';
import type { App } from './context.js';

/** Pages load only what this service itself serves, and nobody frames them. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'";

/** Headers of every answer; a route that says otherwise is left its own. */
export function registerSecurityHeaders(app: App, config: Config): void {
  const headers: Readonly<Record<string, string>> = {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(config.secureCookies ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
  app.addHook('onSend', async (request, reply) => {
    for (const [name, value] of Object.entries(headers))
      if (!reply.hasHeader(name)) void reply.header(name, value);
    // Amounts, names and files must not stay in a cache behind the person who asked.
    const isPrivate = request.url.startsWith('/api/');
    if (isPrivate && !reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    void reply.header('x-request-id', request.id);
  });
}
