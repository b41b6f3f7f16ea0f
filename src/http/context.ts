import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { CommandContext } from '../audit/index.js';
import type { Config } from '../config.js';
import { canonicalJson } from '../core/canonical-json.js';
import { DomainError } from '../core/errors.js';
import type { Store } from '../db/store.js';
import type { Checkpoints } from '../evidence/index.js';
import type { Jobs } from '../jobs/index.js';
import type { Actor, Caller } from '../organisations/index.js';
import type { PolicySource } from '../policy/index.js';

/** What the application is built from; routes receive it and nothing else. */
export interface Dependencies {
  readonly store: Store;
  readonly config: Config;
  /** The packs in force; read `policy.current` once a request, since another set may take its place any time. */
  readonly policy: PolicySource;
  readonly checkpoints: Checkpoints;
  /** Long work beside the requests. */
  readonly jobs: Jobs;
  /** PEM certificates of the time stamping authorities that are trusted. */
  readonly tsaRoots: readonly string[];
  readonly logger: Logger;
  /** The clock, so that a demo or a test can work in 2022. */
  readonly now: () => Date;
}

export type App = FastifyInstance<
  import('node:http').Server,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  Logger,
  ZodTypeProvider
>;

/** The signed-in actor of a request. @throws DomainError `unauthenticated`. */
export function actorOf(request: FastifyRequest): Actor {
  if (!request.actor) throw new DomainError('unauthenticated', '请先登录，或检查访问令牌是否有效');
  return request.actor;
}

const KEY_PATTERN = /^[\x21-\x7e]{1,200}$/;

/**
 * The command context of a write: actor, request id, clock, and the Idempotency-Key bound to this very request, by a
 * blind index, as a hash of it would let whoever has the database try names and passwords.
 * `content` stands for a body that is not JSON.
 * @throws DomainError `idempotency_key_malformed`, `unauthenticated`.
 */
export function commandContext(
  deps: Dependencies,
  request: FastifyRequest,
  content: unknown = request.body,
): CommandContext {
  const key = request.headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !KEY_PATTERN.test(key))) {
    throw new DomainError('idempotency_key_malformed', 'Idempotency-Key 应为 1 至 200 个可见 ASCII 字符');
  }
  const asked = [request.method, request.url, request.headers['if-match'] ?? null, content ?? null];
  return {
    actorId: actorOf(request).personId,
    requestId: request.id,
    now: deps.now(),
    idempotency:
      key === undefined ? null : { key, requestHash: deps.store.keys.index('request', canonicalJson(asked)) },
  };
}

/** Who asks for a command, and in which context. @throws DomainError `unauthenticated` */
export const callerOf = (deps: Dependencies, request: FastifyRequest, content?: unknown): Caller => ({
  actor: actorOf(request),
  context: commandContext(deps, request, content),
});

/** The version that `If-Match` names, or null without the header. */
export function versionOf(request: FastifyRequest): number | null {
  const etag = request.headers['if-match'];
  return etag === undefined ? null : Number(etag.slice(1, -1));
}

/** Answers with something that has a version, which becomes its ETag. */
export function withETag<View extends { readonly version: number }>(reply: FastifyReply, view: View): View {
  void reply.header('etag', `"${view.version}"`);
  return view;
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | null;
  }
}
