import fastifyCookie from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config.js';
import { DomainError } from '../core/errors.js';
import { type Actor, actorOfSession, actorOfToken } from '../organisations/index.js';
import type { App, Dependencies } from './context.js';

export const SESSION_COOKIE = 'session';
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** Resolves `request.actor` for every route: from a bearer token, else from the session cookie, else null. */
export function registerAuth(app: App, deps: Dependencies): void {
  void app.register(fastifyCookie);
  app.decorateRequest('actor', null);
  app.addHook('onRequest', async (request) => {
    const bearer = request.headers.authorization;
    if (bearer !== undefined) {
      request.actor = await actorOfBearer(deps, bearer);
      return;
    }
    // A browser adds the cookie by itself, so a write must also come from our own pages.
    if (!SAFE_METHODS.includes(request.method)) demandSameOrigin(deps.config, request);
    const secret = sessionSecretOf(app, request);
    // An ended session is no error: its holder may still sign in again.
    request.actor = secret === null ? null : await actorOfSession(deps.store.read, secret, deps.now());
  });
}

/** @throws DomainError `unauthenticated`: a program that presents a token means to be known. */
async function actorOfBearer(deps: Dependencies, header: string): Promise<Actor> {
  const secret = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(header)?.[1];
  const actor = secret === undefined ? null : await actorOfToken(deps.store.read, secret, deps.now());
  if (!actor) throw new DomainError('unauthenticated', '访问令牌无效、已过期或已吊销');
  return actor;
}

/** The secret of the session cookie, if one was sent. */
export function sessionSecretOf(app: App, request: FastifyRequest): string | null {
  const header = request.headers.cookie;
  return header === undefined ? null : (app.parseCookie(header)[SESSION_COOKIE] ?? null);
}

/**
 * Browsers say where a write comes from; SameSite=Strict and this guard each other. Programs say nothing and pass.
 * @throws DomainError `forbidden`
 */
function demandSameOrigin(config: Config, request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const own = [new URL(config.publicUrl).origin, `${request.protocol}://${request.host}`];
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && !own.includes(origin));
  if (isForeign) throw new DomainError('forbidden', '请求来自其他网站，已拒绝；请从本系统页面操作');
}

export function setSessionCookie(
  reply: FastifyReply,
  config: Config,
  secret: string,
  expiresAt: string,
): void {
  void reply.setCookie(SESSION_COOKIE, secret, { ...cookieOptions(config), expires: new Date(expiresAt) });
}

export function clearSessionCookie(reply: FastifyReply, config: Config): void {
  void reply.clearCookie(SESSION_COOKIE, cookieOptions(config));
}

const cookieOptions = (config: Config) =>
  ({ path: '/', httpOnly: true, sameSite: 'strict', secure: config.secureCookies }) as const;

const WINDOW_MS = 60_000;
const MAX_ADDRESSES = 10_000;

/**
 * Counts attempts per address in a sliding minute of this process and refuses those above the limit, for whatever
 * takes a secret that could be guessed.
 */
export function attemptLimiter(limit: number): (request: FastifyRequest) => Promise<void> {
  const attempts = new Map<string, number[]>();
  return async (request) => {
    const nowMs = performance.now();
    const network = networkOf(request.ip);
    const recent = (attempts.get(network) ?? []).filter((atMs) => atMs > nowMs - WINDOW_MS);
    if (recent.length >= limit) {
      throw new DomainError('too_many_attempts', '尝试次数过多，请一分钟后再试');
    }
    // Re-inserted at the end, so that the first address is the one heard from longest ago.
    attempts.delete(network);
    attempts.set(network, [...recent, nowMs]);
    if (attempts.size > MAX_ADDRESSES) attempts.delete(attempts.keys().next().value as string);
  };
}

/** One subscriber holds a whole IPv6 /64. */
const networkOf = (address: string) =>
  address.includes('.') ? address : address.split(':').slice(0, 4).join(':');
