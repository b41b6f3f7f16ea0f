import type { FastifyReply } from 'fastify';
import { offlineVerifierPage, offlineVerifierScript } from '../../verifier/html.js';
import type { App } from '../context.js';

const HIDDEN = { hide: true } as const;

/**
 * The offline verifiers, for everybody. As downloads: under the policy of this site the page could not run, and a copy
 * is to be kept anyway.
 */
export function verifierRoutes(app: App): void {
  app.get('/evidence/verify.html', { schema: HIDDEN }, async (_request, reply) =>
    download(reply, 'verify.html', 'text/html; charset=utf-8').send(offlineVerifierPage()),
  );
  app.get('/evidence/verify.mjs', { schema: HIDDEN }, async (_request, reply) =>
    download(reply, 'verify.mjs', 'text/javascript; charset=utf-8').send(offlineVerifierScript()),
  );
}

const download = (reply: FastifyReply, fileName: string, type: string) =>
  reply
    .type(type)
    .header('cache-control', 'no-store')
    .header('content-disposition', `attachment; filename="${fileName}"`);
