import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { App } from '../http/context.js';
import type { Problem } from '../http/errors.js';

export const API_PREFIX = '/api/v1';

const WRITES = ['POST', 'PUT', 'DELETE'] as const;

/** One operation of the API: what a form of a page does. */
export interface Operation {
  /** Method and path below the prefix, such as `POST /books/:bookId/claims`. */
  readonly name: string;
  readonly method: (typeof WRITES)[number];
  readonly path: string;
  /** What its body must be; null without one. */
  readonly body: z.ZodType | null;
}

export type Answer =
  | { readonly ok: true; readonly body: unknown; readonly cookies: readonly string[] }
  | { readonly ok: false; readonly problem: Problem };

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A file sent as it is, instead of `body`. */
  readonly file?: { readonly name: string; readonly mediaType: string; readonly bytes: Buffer };
  /** For If-Match. */
  readonly version?: string;
  readonly idempotencyKey?: string;
}

/**
 * The writes of the API, as its routes declared them. A form of a page is a client of the API: it meets the same
 * validation, the same doors and the same refusals, and can do nothing that a program could not.
 */
export class Operations {
  readonly #known = new Map<string, Operation>();
  readonly #app: App;

  /** Must be made before the routes of the API are registered, since it listens to them. */
  constructor(app: App) {
    this.#app = app;
    app.addHook('onRoute', ({ method, url, schema }) => {
      if (!url.startsWith(`${API_PREFIX}/`)) return;
      const path = url.slice(API_PREFIX.length);
      const body = schema?.body instanceof z.ZodType ? schema.body : null;
      for (const verb of WRITES.filter((one) => [method].flat().includes(one)))
        this.#known.set(`${verb} ${path}`, { name: `${verb} ${path}`, method: verb, path, body });
    });
  }

  get names(): string[] {
    return [...this.#known.keys()];
  }

  /** @throws Error for a name that no route has: a page that offers what does not exist. */
  get(name: string): Operation {
    const found = this.#known.get(name);
    if (!found) throw new Error(`the API has no operation ${name}`);
    return found;
  }

  /** Does an operation as the person who sent `request`, within this process. */
  async call(request: FastifyRequest, name: string, call: Call): Promise<Answer> {
    const { method, path } = this.get(name);
    const url = path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(call.params[key] ?? ''));
    const { file } = call;
    const reply = await this.#app.inject({
      method,
      url: `${API_PREFIX}${url}`,
      ...(call.query ? { query: { ...call.query } } : {}),
      remoteAddress: request.ip,
      headers: {
        ...(request.headers.cookie ? { cookie: request.headers.cookie } : {}),
        ...(call.version ? { 'if-match': `"${call.version}"` } : {}),
        ...(call.idempotencyKey ? { 'idempotency-key': call.idempotencyKey } : {}),
        ...(file ? { 'content-type': file.mediaType, 'x-file-name': encodeURIComponent(file.name) } : {}),
      },
      ...(file ? { payload: file.bytes } : call.body === undefined ? {} : { payload: call.body as object }),
    });
    const body = reply.body === '' ? null : reply.json();
    if (reply.statusCode >= 400) return { ok: false, problem: body as Problem };
    return { ok: true, body, cookies: [reply.headers['set-cookie'] ?? []].flat() };
  }
}
