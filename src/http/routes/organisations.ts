import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  closeOrganisation,
  closing,
  createOrganisation,
  createSanction,
  getOrganisation,
  listOrganisations,
  listSanctions,
  newOrganisation,
  newSanction,
  organisationPage,
  organisationQuery,
  organisationView,
  sanctionList,
  sanctionView,
  settlement,
  settleSanction,
} from '../../organisations/index.js';
import { type App, actorOf, commandContext, type Dependencies } from '../context.js';
import { problemSchema } from '../errors.js';
import { identifier, versionHeader } from '../fields.js';

const tags = ['organisations'];
const problems = { '4xx': problemSchema };
const organisationId = z.object({ id: identifier('Organisation') });

/** Bureaus, townships, stations, providers and donors; 黑名单 and 退出 of providers. */
export function organisationRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;
  const caller = (request: FastifyRequest) => ({
    actor: actorOf(request),
    context: commandContext(deps, request),
  });

  app.post(
    '/organisations',
    {
      schema: {
        tags,
        summary: 'Register an organisation',
        description: 'A bureau gets its book at once.',
        body: newOrganisation,
        response: { 201: organisationView, ...problems },
      },
    },
    async (request, reply) => {
      const created = await createOrganisation(store, caller(request), request.body);
      return reply.code(201).header('etag', `"${created.version}"`).send(created);
    },
  );

  app.get(
    '/organisations',
    {
      schema: {
        tags,
        summary: 'Organisations above and below one’s own, and all providers',
        querystring: organisationQuery,
        response: { 200: organisationPage, ...problems },
      },
    },
    async (request) => listOrganisations(store, actorOf(request), request.query),
  );

  app.get(
    '/organisations/:id',
    {
      schema: {
        tags,
        summary: 'One organisation',
        params: organisationId,
        response: { 200: organisationView, ...problems },
      },
    },
    async (request, reply) => {
      const organisation = await getOrganisation(store, actorOf(request), request.params.id);
      return reply.header('etag', `"${organisation.version}"`).send(organisation);
    },
  );

  app.post(
    '/organisations/:id/close',
    {
      schema: {
        tags,
        summary: 'Close an organisation',
        description: 'Needs If-Match with the ETag that the change is based on.',
        params: organisationId,
        headers: versionHeader,
        body: closing,
        response: { 200: organisationView, ...problems },
      },
    },
    async (request, reply) => {
      const etag = request.headers['if-match'];
      const version = etag === undefined ? null : Number(etag.slice(1, -1));
      const input = { ...request.body, version };
      const closed = await closeOrganisation(store, caller(request), request.params.id, input);
      return reply.header('etag', `"${closed.version}"`).send(closed);
    },
  );

  app.post(
    '/organisations/:id/sanctions',
    {
      schema: {
        tags,
        summary: 'Blacklist a provider or record its exit',
        params: organisationId,
        body: newSanction,
        response: { 201: sanctionView, ...problems },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await createSanction(store, caller(request), request.params.id, request.body)),
  );

  app.get(
    '/organisations/:id/sanctions',
    {
      schema: {
        tags,
        summary: 'Sanctions of a provider',
        params: organisationId,
        response: { 200: sanctionList, ...problems },
      },
    },
    async (request) => listSanctions(store, actorOf(request), request.params.id),
  );

  app.post(
    '/sanctions/:id/settle',
    {
      schema: {
        tags,
        summary: 'Settle an exit',
        params: z.object({ id: identifier('Sanction') }),
        body: settlement,
        response: { 200: sanctionView, ...problems },
      },
    },
    async (request) => settleSanction(store, caller(request), request.params.id, request.body.settledDate),
  );
}
