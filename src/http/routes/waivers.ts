import { applyToClaim, claimView } from '../../claims/index.js';
import { applyToContract, contractView } from '../../contracts/index.js';
import type { Caller } from '../../organisations/index.js';
import {
  approveWaiver,
  getWaiver,
  listWaivers,
  newWaiver,
  rejectWaiver,
  requestWaiver,
  revokeWaiver,
  type WaiverView,
  waiverApproval,
  waiverChoice,
  waiverEnding,
  waiverPage,
  waiverQuery,
  waiverView,
} from '../../waivers/index.js';
import { type App, actorOf, callerOf, type Dependencies, versionOf, withETag } from '../context.js';
import {
  bookParams,
  changeHeaders,
  changeProblems,
  inBook,
  readProblems,
  writeHeaders,
  writeProblems,
} from '../schemas.js';

const tags = ['waivers'];
const waiverParams = inBook('Exception (例外批准)');

/** Exceptions from clauses: asked for, decided by another person, applied to claims and contracts. */
export function waiverRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/waivers',
    {
      schema: {
        tags,
        summary: '申请例外',
        description:
          'Names one clause that binds here and may be waived, and a fund, a claim or a contract: there is no ' +
          'exception for a whole book.',
        params: bookParams,
        headers: writeHeaders,
        body: newWaiver,
        response: { 201: waiverView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId } = request.params;
      const waiver = await requestWaiver(
        store,
        policy.current,
        callerOf(deps, request),
        bookId,
        request.body,
      );
      return reply.code(201).send(withETag(reply, waiver));
    },
  );

  app.get(
    '/books/:bookId/waivers',
    {
      schema: {
        tags,
        summary: '例外批准列表',
        description: 'All of the book for who may read it, else those for funds and for one’s own claims.',
        params: bookParams,
        querystring: waiverQuery,
        response: { 200: waiverPage, ...readProblems },
      },
    },
    async (request) => listWaivers(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/waivers/:id',
    {
      schema: {
        tags,
        summary: '例外批准及其使用',
        params: waiverParams,
        response: { 200: waiverView, ...readProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return withETag(reply, await getWaiver(store, actorOf(request), bookId, id));
    },
  );

  app.post(
    '/books/:bookId/waivers/:id/approve',
    {
      schema: {
        tags,
        summary: '批准例外',
        description:
          'Under a 文号, not by who asked for it. It begins on the day of the approval at the earliest.',
        params: waiverParams,
        headers: changeHeaders,
        body: waiverApproval,
        response: { 200: waiverView, ...changeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const caller = callerOf(deps, request);
      const version = versionOf(request);
      return withETag(
        reply,
        await approveWaiver(store, policy.current, caller, bookId, id, version, request.body),
      );
    },
  );

  type Ending = (
    store: Dependencies['store'],
    caller: Caller,
    bookId: string,
    id: string,
    version: number | null,
    input: { readonly reason: string },
  ) => Promise<WaiverView>;
  const ending = (name: string, summary: string, description: string, useCase: Ending) =>
    app.post(
      `/books/:bookId/waivers/:id/${name}`,
      {
        schema: {
          tags,
          summary,
          description,
          params: waiverParams,
          headers: changeHeaders,
          body: waiverEnding,
          response: { 200: waiverView, ...changeProblems },
        },
      },
      async (request, reply) => {
        const { bookId, id } = request.params;
        const caller = callerOf(deps, request);
        return withETag(reply, await useCase(store, caller, bookId, id, versionOf(request), request.body));
      },
    );
  ending('reject', '否决例外申请', 'Final, with a reason. Not by who asked for it.', rejectWaiver);
  ending('revoke', '撤销例外批准', 'At once: what is not paid by now is judged without it.', revokeWaiver);

  const choice = <View extends typeof claimView | typeof contractView>(view: View, summary: string) => ({
    tags,
    summary,
    description: 'In place of those said before. They are looked at again at every stage.',
    headers: changeHeaders,
    body: waiverChoice,
    response: { 200: view, ...changeProblems },
  });
  app.post(
    '/books/:bookId/claims/:id/waivers',
    { schema: { ...choice(claimView, '报账适用例外批准'), params: inBook('Claim (报账单)') } },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const { waiverIds } = request.body;
      const caller = callerOf(deps, request);
      return withETag(reply, await applyToClaim(store, caller, bookId, id, versionOf(request), waiverIds));
    },
  );
  app.post(
    '/books/:bookId/contracts/:id/waivers',
    { schema: { ...choice(contractView, '合同适用例外批准'), params: inBook('Contract (合同)') } },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const { waiverIds } = request.body;
      const caller = callerOf(deps, request);
      return withETag(reply, await applyToContract(store, caller, bookId, id, versionOf(request), waiverIds));
    },
  );
}
