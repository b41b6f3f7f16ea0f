import { reveal } from '../audit/index.js';
import type { App, Dependencies } from './context.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The answer is evidence and stays as it is recorded, commitments and all. */
    readonly isEvidence?: boolean;
  }
}

/**
 * The one place where sealed personal data is opened for people: use cases return what tables and log hold, and whoever
 * may see a view sees the values in it.
 */
export function registerReveal(app: App, { store }: Dependencies): void {
  app.addHook('preSerialization', async (request, _reply, payload) =>
    request.routeOptions.config.isEvidence ? payload : reveal(store.read, store.keys, payload),
  );
}
