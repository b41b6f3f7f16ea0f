import { z } from 'zod';
import { identifier } from '../../core/fields.js';
import {
  createPerson,
  deactivatePerson,
  getPerson,
  grantRole,
  listPeople,
  newGrant,
  newPerson,
  password,
  personPage,
  personQuery,
  personView,
  resetPassword,
  revokeGrant,
} from '../../organisations/index.js';
import { type App, actorOf, callerOf, type Dependencies, withETag } from '../context.js';
import { problems, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['people'];
const personId = z.object({ id: identifier('Person') });
const grantId = personId.extend({ grantId: identifier('Grant') });

/** People, their roles, and the end of both; for administrators of the organisations concerned. */
export function peopleRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.post(
    '/people',
    {
      schema: {
        tags,
        summary: '登记人员',
        description: 'An Idempotency-Key is bound to everything but the password.',
        body: newPerson,
        headers: writeHeaders,
        response: { 201: personView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { password: _, ...open } = request.body;
      // The stored hash of the request must not be a fast hash of a password.
      const created = await createPerson(store, callerOf(deps, request, open), request.body);
      void reply.code(201);
      return withETag(reply, created);
    },
  );

  app.get(
    '/people',
    {
      schema: {
        tags,
        summary: '本人管理的人员',
        querystring: personQuery,
        response: { 200: personPage, ...problems() },
      },
    },
    async (request) => listPeople(store, actorOf(request), request.query),
  );

  app.get(
    '/people/:id',
    {
      schema: {
        tags,
        summary: '人员',
        params: personId,
        response: { 200: personView, ...readProblems },
      },
    },
    async (request, reply) => {
      return withETag(reply, await getPerson(store, actorOf(request), request.params.id));
    },
  );

  app.post(
    '/people/:id/grants',
    {
      schema: {
        tags,
        summary: '授予岗位',
        params: personId,
        body: newGrant,
        headers: writeHeaders,
        response: { 201: personView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await grantRole(store, callerOf(deps, request), request.params.id, request.body)),
  );

  app.delete(
    '/people/:id/grants/:grantId',
    {
      schema: {
        tags,
        summary: '收回岗位',
        params: grantId,
        headers: writeHeaders,
        response: { 200: personView, ...writeProblems },
      },
    },
    async (request) => revokeGrant(store, callerOf(deps, request), request.params.id, request.params.grantId),
  );

  app.post(
    '/people/:id/deactivate',
    {
      schema: {
        tags,
        summary: '停用人员',
        params: personId,
        headers: writeHeaders,
        response: { 200: personView, ...writeProblems },
      },
    },
    async (request) => deactivatePerson(store, callerOf(deps, request), request.params.id),
  );

  app.post(
    '/people/:id/password',
    {
      schema: {
        tags,
        summary: '重置人员密码',
        description: 'Ends the person’s sessions and tokens. An Idempotency-Key is not kept for it.',
        params: personId,
        body: z
          .strictObject({ newPassword: password('New password, ten characters or more') })
          .describe('New password'),
        response: {
          200: z.object({ changed: z.literal(true).describe('The new password holds') }),
          ...problems(403, 404, 409),
        },
      },
    },
    async (request) => {
      const { actor, context } = callerOf(deps, request, null);
      return resetPassword(
        store,
        { actor, context: { ...context, idempotency: null } },
        request.params.id,
        request.body.newPassword,
      );
    },
  );
}
