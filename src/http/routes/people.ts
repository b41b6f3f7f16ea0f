import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CommandContext } from '../../audit/index.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { sha256Hex } from '../../core/ids.js';
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
import { type App, actorOf, commandContext, type Dependencies } from '../context.js';
import { problemSchema } from '../errors.js';
import { identifier } from '../fields.js';

const tags = ['people'];
const problems = { '4xx': problemSchema };
const personId = z.object({ id: identifier('Person') });
const grantId = personId.extend({ grantId: identifier('Grant') });

/** People, their roles, and the end of both; for administrators of the organisations concerned. */
export function peopleRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;
  const caller = (request: FastifyRequest) => ({
    actor: actorOf(request),
    context: commandContext(deps, request),
  });

  app.post(
    '/people',
    {
      schema: {
        tags,
        summary: 'Register a person',
        description: 'An Idempotency-Key is bound to everything but the password.',
        body: newPerson,
        response: { 201: personView, ...problems },
      },
    },
    async (request, reply) => {
      const { password: _, ...open } = request.body;
      const context = withoutSecrets(commandContext(deps, request), request, open);
      const created = await createPerson(store, { actor: actorOf(request), context }, request.body);
      return reply.code(201).header('etag', `"${created.version}"`).send(created);
    },
  );

  app.get(
    '/people',
    {
      schema: {
        tags,
        summary: 'People whom one administers',
        querystring: personQuery,
        response: { 200: personPage, ...problems },
      },
    },
    async (request) => listPeople(store, actorOf(request), request.query),
  );

  app.get(
    '/people/:id',
    { schema: { tags, summary: 'One person', params: personId, response: { 200: personView, ...problems } } },
    async (request, reply) => {
      const person = await getPerson(store, actorOf(request), request.params.id);
      return reply.header('etag', `"${person.version}"`).send(person);
    },
  );

  app.post(
    '/people/:id/grants',
    {
      schema: {
        tags,
        summary: 'Grant a role',
        params: personId,
        body: newGrant,
        response: { 201: personView, ...problems },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await grantRole(store, caller(request), request.params.id, request.body)),
  );

  app.delete(
    '/people/:id/grants/:grantId',
    {
      schema: { tags, summary: 'Revoke a role', params: grantId, response: { 200: personView, ...problems } },
    },
    async (request) => revokeGrant(store, caller(request), request.params.id, request.params.grantId),
  );

  app.post(
    '/people/:id/deactivate',
    {
      schema: {
        tags,
        summary: 'End a person’s roles and sign-ins',
        params: personId,
        response: { 200: personView, ...problems },
      },
    },
    async (request) => deactivatePerson(store, caller(request), request.params.id),
  );

  app.post(
    '/people/:id/password',
    {
      schema: {
        tags,
        summary: 'Give a person a new password',
        description: 'Ends the person’s sessions and tokens. An Idempotency-Key is not kept for it.',
        params: personId,
        body: z
          .strictObject({ newPassword: password('New password, ten characters or more') })
          .describe('New password'),
        response: {
          200: z.object({ changed: z.literal(true).describe('The new password holds') }),
          ...problems,
        },
      },
    },
    async (request) => {
      const context = { ...commandContext(deps, request), idempotency: null };
      const own = { actor: actorOf(request), context };
      return resetPassword(store, own, request.params.id, request.body.newPassword);
    },
  );
}

/** Binds the key to `open` alone: the stored request hash must not be a fast hash of a password. */
function withoutSecrets(context: CommandContext, request: FastifyRequest, open: unknown): CommandContext {
  const { idempotency } = context;
  if (idempotency === null) return context;
  const requestHash = sha256Hex(canonicalJson([request.method, request.url, open]));
  return { ...context, idempotency: { ...idempotency, requestHash } };
}
