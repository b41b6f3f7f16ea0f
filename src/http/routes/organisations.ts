import { z } from 'zod';
import { identifier } from '../../core/fields.js';
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
import { type App, actorOf, callerOf, type Dependencies, versionOf, withETag } from '../context.js';
import { changeHeaders, problems, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['organisations'];
const organisationId = z.object({ id: identifier('Organisation') });

/** Bureaus, townships, stations, providers and donors; 黑名单 and 退出 of providers. */
export function organisationRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.post(
    '/organisations',
    {
      schema: {
        tags,
        summary: '登记单位',
        description: 'A bureau gets its book at once.',
        body: newOrganisation,
        headers: writeHeaders,
        response: { 201: organisationView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const created = await createOrganisation(store, callerOf(deps, request), request.body);
      void reply.code(201);
      return withETag(reply, created);
    },
  );

  app.get(
    '/organisations',
    {
      schema: {
        tags,
        summary: '单位列表（上下级及全部承接机构）',
        querystring: organisationQuery,
        response: { 200: organisationPage, ...problems() },
      },
    },
    async (request) => listOrganisations(store, actorOf(request), request.query),
  );

  app.get(
    '/organisations/:id',
    {
      schema: {
        tags,
        summary: '单位',
        params: organisationId,
        response: { 200: organisationView, ...readProblems },
      },
    },
    async (request, reply) => {
      return withETag(reply, await getOrganisation(store, actorOf(request), request.params.id));
    },
  );

  app.post(
    '/organisations/:id/close',
    {
      schema: {
        tags,
        summary: '撤销单位',
        description: 'Needs If-Match with the ETag that the change is based on.',
        params: organisationId,
        headers: changeHeaders,
        body: closing,
        response: { 200: organisationView, ...problems(403, 404, 409, 412, 422, 428) },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, version: versionOf(request) };
      return withETag(
        reply,
        await closeOrganisation(store, callerOf(deps, request), request.params.id, input),
      );
    },
  );

  app.post(
    '/organisations/:id/sanctions',
    {
      schema: {
        tags,
        summary: '登记承接机构黑名单或退出',
        params: organisationId,
        body: newSanction,
        headers: writeHeaders,
        response: { 201: sanctionView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await createSanction(store, callerOf(deps, request), request.params.id, request.body)),
  );

  app.get(
    '/organisations/:id/sanctions',
    {
      schema: {
        tags,
        summary: '承接机构的黑名单与退出记录',
        params: organisationId,
        response: { 200: sanctionList, ...readProblems },
      },
    },
    async (request) => listSanctions(store, actorOf(request), request.params.id),
  );

  app.post(
    '/sanctions/:id/settle',
    {
      schema: {
        tags,
        summary: '登记退出清算完成',
        params: z.object({ id: identifier('Sanction') }),
        body: settlement,
        headers: writeHeaders,
        response: { 200: sanctionView, ...writeProblems },
      },
    },
    async (request) =>
      settleSanction(store, callerOf(deps, request), request.params.id, request.body.settledDate),
  );
}
