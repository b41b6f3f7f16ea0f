import { pino } from 'pino';
import { buildApp } from '../app.js';
import { readConfig } from '../config.js';
import type { Dependencies } from './context.js';

/** The OpenAPI document of the service. Needs no database: nothing of `deps` is used before a request comes. */
export async function openApiDocument(): Promise<object> {
  const app = await buildApp({
    store: unopened('store') as Dependencies['store'],
    policy: unopened('policy') as Dependencies['policy'],
    checkpoints: unopened('checkpoints') as Dependencies['checkpoints'],
    tsaRoots: [],
    config: readConfig({}),
    logger: pino({ enabled: false }),
    now: () => new Date(0),
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

const unopened = (name: string): unknown =>
  new Proxy(
    {},
    {
      get() {
        throw new Error(`${name} is not open while the OpenAPI document is made`);
      },
    },
  );

/** The document as it is committed to openapi/openapi.json: members in a stable order, a newline at the end. */
export const openApiText = (document: unknown): string => `${JSON.stringify(sorted(document), null, 2)}\n`;

/** Members sorted by name, except those of the document itself, which people read from the top. */
function sorted(value: unknown, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (depth > 0) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member, depth + 1)]));
}
