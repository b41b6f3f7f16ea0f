import {
  addEvaluation,
  addEvidence,
  closeContract,
  contractAnswer,
  contractClosing,
  contractPage,
  contractQuery,
  contractView,
  explainedDecision,
  getContract,
  listContracts,
  newContract,
  newEvaluation,
  newEvidence,
  prepareContract,
  previewContract,
  reviewNote,
  signContract,
} from '../../contracts/index.js';
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

const tags = ['contracts'];
const contractParams = inBook('Contract (合同)');

/** 政府购买服务 contracts, from preparation to closing. */
export function contractRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/contracts/preview',
    {
      schema: {
        tags,
        summary: '合同预检',
        description:
          'The full decision on a contract as typed, explained, with what would pass. Nothing is written.',
        params: bookParams,
        body: newContract,
        response: { 200: explainedDecision, ...writeProblems },
      },
    },
    async (request) =>
      previewContract(store, policy.current, callerOf(deps, request), request.params.bookId, request.body),
  );

  app.post(
    '/books/:bookId/contracts',
    {
      schema: {
        tags,
        summary: '起草合同',
        description: 'Recorded and judged, not yet binding; signing is somebody else’s act.',
        params: bookParams,
        headers: writeHeaders,
        body: newContract,
        response: { 201: contractAnswer, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId } = request.params;
      const answer = await prepareContract(
        store,
        policy.current,
        callerOf(deps, request),
        bookId,
        request.body,
      );
      withETag(reply, answer.contract);
      return reply.code(201).send(answer);
    },
  );

  app.get(
    '/books/:bookId/contracts',
    {
      schema: {
        tags,
        summary: '合同列表',
        params: bookParams,
        querystring: contractQuery,
        response: { 200: contractPage, ...readProblems },
      },
    },
    async (request) => listContracts(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/contracts/:id',
    {
      schema: {
        tags,
        summary: '合同',
        params: contractParams,
        response: { 200: contractView, ...readProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return withETag(reply, await getContract(store, actorOf(request), bookId, id));
    },
  );

  app.post(
    '/books/:bookId/contracts/:id/sign',
    {
      schema: {
        tags,
        summary: '签订合同',
        description: 'Judged again on today’s facts; then its amount is promised (合同占用).',
        params: contractParams,
        headers: changeHeaders,
        body: reviewNote,
        response: { 200: contractAnswer, ...changeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const input = { ...request.body, version: versionOf(request) };
      const answer = await signContract(store, policy.current, callerOf(deps, request), bookId, id, input);
      withETag(reply, answer.contract);
      return answer;
    },
  );

  app.post(
    '/books/:bookId/contracts/:id/evidence',
    {
      schema: {
        tags,
        summary: '补充合同材料',
        params: contractParams,
        headers: writeHeaders,
        body: newEvidence,
        response: { 201: contractView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const contract = await addEvidence(store, callerOf(deps, request), bookId, id, request.body);
      return reply.code(201).send(withETag(reply, contract));
    },
  );

  app.post(
    '/books/:bookId/contracts/:id/evaluations',
    {
      schema: {
        tags,
        summary: '登记评估',
        params: contractParams,
        headers: writeHeaders,
        body: newEvaluation,
        response: { 201: contractView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const contract = await addEvaluation(store, callerOf(deps, request), bookId, id, request.body);
      return reply.code(201).send(withETag(reply, contract));
    },
  );

  app.post(
    '/books/:bookId/contracts/:id/close',
    {
      schema: {
        tags,
        summary: '关闭合同',
        description: 'What is promised and not claimed becomes available again.',
        params: contractParams,
        headers: changeHeaders,
        body: contractClosing,
        response: { 200: contractView, ...changeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const input = { ...request.body, version: versionOf(request) };
      return withETag(reply, await closeContract(store, callerOf(deps, request), bookId, id, input));
    },
  );
}
