import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { identifier } from '../../core/fields.js';
import {
  changePassword,
  completeSetup,
  createdTokenView,
  createToken,
  dropFilter,
  getMe,
  listSavedFilters,
  listTokens,
  meView,
  newSavedFilter,
  newToken,
  passwordChange,
  revokeToken,
  savedFilterList,
  savedFilterView,
  saveFilter,
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
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { problems, writeHeaders } from '../schemas.js';

const tags = ['session'];
const done = (name: string, description: string) =>
  z.object({ [name]: z.literal(true).describe(description) });

/** Signing in and out, the first set-up, one's own password and tokens. */
export function sessionRoutes(app: App, deps: Dependencies): void {
  const { store, config } = deps;
  const limitAttempts = attemptLimiter(config.loginAttemptsPerMinute);
  const anonymous = (request: FastifyRequest) => ({ requestId: request.id, now: deps.now() });

  app.post(
    '/session',
    {
      // Before the body is read: what the schema refuses is an attempt as well.
      onRequest: limitAttempts,
      schema: {
        tags,
        summary: '登录',
        description: 'Opens a session; its secret comes back as an HttpOnly cookie.',
        body: signInForm,
        response: { 200: sessionView, ...problems(403, 429) },
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
    { schema: { tags, summary: '当前登录', response: { 200: meView, ...problems() } } },
    async (request) => getMe(store, actorOf(request)),
  );

  app.delete(
    '/session',
    {
      schema: {
        tags,
        summary: '退出登录',
        response: { 200: done('signedOut', 'The session has ended'), ...problems(403) },
      },
    },
    async (request, reply) => {
      const secret = sessionSecretOf(app, request);
      clearSessionCookie(reply, config);
      // Whoever has no session any more is signed out as well.
      if (secret === null || request.actor === null) return { signedOut: true as const };
      // Another session's kept answer under the same key must not leave this one open.
      const { actor, context } = callerOf(deps, request);
      return signOut(store, { actor, context: { ...context, idempotency: null } }, secret);
    },
  );

  app.get(
    '/me',
    {
      schema: {
        tags,
        summary: '本人及其岗位与单位',
        response: { 200: meView, ...problems() },
      },
    },
    async (request) => getMe(store, actorOf(request)),
  );

  app.post(
    '/setup',
    {
      onRequest: limitAttempts,
      schema: {
        tags,
        summary: '完成首次设置',
        description: 'Makes the topmost bureau, its book and the first administrator. Works once.',
        body: setupForm,
        response: { 201: setupView, ...problems(403, 409, 429) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await completeSetup(store, anonymous(request), request.body)),
  );

  app.post(
    '/password',
    {
      onRequest: limitAttempts,
      schema: {
        tags,
        summary: '修改本人密码',
        description: 'Ends the other sessions and all tokens of the person.',
        body: passwordChange,
        response: { 200: done('changed', 'The new password holds'), ...problems(403, 422, 429) },
      },
    },
    async (request) => {
      // The key's request hash would be a fast hash of both passwords.
      const { actor, context } = callerOf(deps, request, null);
      const own = { actor, context: { ...context, idempotency: null } };
      return changePassword(store, own, request.body, sessionSecretOf(app, request));
    },
  );

  app.post(
    '/tokens',
    {
      schema: {
        tags,
        summary: '新建访问令牌',
        description: 'The secret is shown in this answer only; an Idempotency-Key is not kept for it.',
        body: newToken,
        response: { 201: createdTokenView, ...problems(403) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createToken(store, callerOf(deps, request), request.body)),
  );

  app.get(
    '/tokens',
    { schema: { tags, summary: '本人的访问令牌', response: { 200: tokenList, ...problems() } } },
    async (request) => listTokens(store, actorOf(request)),
  );

  app.get(
    '/saved-filters',
    { schema: { tags, summary: '本人的常用查询', response: { 200: savedFilterList, ...problems() } } },
    async (request) => listSavedFilters(store, actorOf(request)),
  );

  app.post(
    '/saved-filters',
    {
      schema: {
        tags,
        summary: '保存常用查询',
        description: 'The same name on the same page replaces the one before.',
        body: newSavedFilter,
        response: { 201: savedFilterView, ...problems(403) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await saveFilter(store, callerOf(deps, request), request.body)),
  );

  app.delete(
    '/saved-filters/:id',
    {
      schema: {
        tags,
        summary: '删除常用查询',
        params: z.object({ id: identifier('Saved filter') }),
        response: { 200: done('dropped', 'It is forgotten'), ...problems(403) },
      },
    },
    async (request) => dropFilter(store, actorOf(request), request.params.id),
  );

  app.delete(
    '/tokens/:id',
    {
      schema: {
        tags,
        summary: '吊销访问令牌',
        params: z.object({ id: identifier('Token') }),
        headers: writeHeaders,
        response: { 200: tokenView, ...problems(403, 404, 409) },
      },
    },
    async (request) => revokeToken(store, callerOf(deps, request), request.params.id),
  );
}
