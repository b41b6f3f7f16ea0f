import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  changePassword,
  completeSetup,
  createdTokenView,
  createToken,
  getMe,
  listTokens,
  meView,
  newToken,
  passwordChange,
  revokeToken,
  sessionView,
  setupForm,
  setupView,
  signIn,
  signInForm,
  signOut,
  tokenList,
  tokenView,
} from '../../organisations/index.js';
import { attemptLimiter, clearSessionCookie, sessionSecretOf, setSessionCookie } from '../auth.js';
import { type App, actorOf, commandContext, type Dependencies } from '../context.js';
import { problemSchema } from '../errors.js';
import { identifier } from '../fields.js';

const tags = ['session'];
const done = (name: string, description: string) =>
  z.object({ [name]: z.literal(true).describe(description) });
const problems = { '4xx': problemSchema };

/** Signing in and out, the first set-up, one's own password and tokens. */
export function sessionRoutes(app: App, deps: Dependencies): void {
  const { store, config } = deps;
  const limitAttempts = attemptLimiter(config.loginAttemptsPerMinute);
  const caller = (request: FastifyRequest) => ({
    actor: actorOf(request),
    context: commandContext(deps, request),
  });
  const anonymous = (request: FastifyRequest) => ({ requestId: request.id, now: deps.now() });

  app.post(
    '/session',
    {
      preHandler: limitAttempts,
      schema: {
        tags,
        summary: 'Sign in',
        description: 'Opens a session; its secret comes back as an HttpOnly cookie.',
        body: signInForm,
        response: { 200: sessionView, ...problems },
      },
    },
    async (request, reply) => {
      const { secret, ...session } = await signIn(
        store,
        anonymous(request),
        request.body,
        config.sessionHours,
      );
      setSessionCookie(reply, config, secret, session.expiresAt);
      return session;
    },
  );

  app.get(
    '/session',
    { schema: { tags, summary: 'Who is signed in', response: { 200: meView, ...problems } } },
    async (request) => getMe(store, actorOf(request)),
  );

  app.delete(
    '/session',
    {
      schema: {
        tags,
        summary: 'Sign out',
        response: { 200: done('signedOut', 'The session has ended'), ...problems },
      },
    },
    async (request, reply) => {
      const secret = sessionSecretOf(app, request);
      clearSessionCookie(reply, config);
      // Whoever has no session any more is signed out as well.
      if (secret === null || request.actor === null) return { signedOut: true as const };
      return signOut(store, caller(request), secret);
    },
  );

  app.get(
    '/me',
    {
      schema: { tags, summary: 'Who asks, with roles and employer', response: { 200: meView, ...problems } },
    },
    async (request) => getMe(store, actorOf(request)),
  );

  app.post(
    '/setup',
    {
      preHandler: limitAttempts,
      schema: {
        tags,
        summary: 'Complete the first set-up',
        description: 'Makes the topmost bureau, its book and the first administrator. Works once.',
        body: setupForm,
        response: { 201: setupView, ...problems },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await completeSetup(store, anonymous(request), request.body)),
  );

  app.post(
    '/password',
    {
      preHandler: limitAttempts,
      schema: {
        tags,
        summary: 'Change one’s own password',
        description: 'Ends the other sessions and all tokens of the person.',
        body: passwordChange,
        response: { 200: done('changed', 'The new password holds'), ...problems },
      },
    },
    async (request) => {
      // The key's request hash would be a fast hash of both passwords.
      const context = { ...commandContext(deps, request), idempotency: null };
      const own = { actor: actorOf(request), context };
      return changePassword(store, own, request.body, sessionSecretOf(app, request));
    },
  );

  app.post(
    '/tokens',
    {
      schema: {
        tags,
        summary: 'Create an API token',
        description: 'The secret is shown in this answer only; an Idempotency-Key is not kept for it.',
        body: newToken,
        response: { 201: createdTokenView, ...problems },
      },
    },
    async (request, reply) => reply.code(201).send(await createToken(store, caller(request), request.body)),
  );

  app.get(
    '/tokens',
    { schema: { tags, summary: 'One’s own API tokens', response: { 200: tokenList, ...problems } } },
    async (request) => listTokens(store, actorOf(request)),
  );

  app.delete(
    '/tokens/:id',
    {
      schema: {
        tags,
        summary: 'Revoke an API token',
        params: z.object({ id: identifier('Token') }),
        response: { 200: tokenView, ...problems },
      },
    },
    async (request) => revokeToken(store, caller(request), request.params.id),
  );
}
