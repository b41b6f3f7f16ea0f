import { z } from 'zod';
import {
  checkpointList,
  checkpointView,
  consistencyQuery,
  consistencyView,
  getCheckpoint,
  importCosignatures,
  listCheckpoints,
  logIndex,
  lowerCheckpoints,
  makeCheckpoint,
  newCosignature,
  proofQuery,
  proveConsistency,
  proveEntry,
  recordLowerCheckpoints,
} from '../../evidence/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['evidence'];
const proofText = z
  .string()
  .describe('c2sp.org/tlog-proof@v1')
  .meta({ example: 'c2sp.org/tlog-proof@v1\nindex 12\n…' });

/** Signed states of a book's log, what proves an entry or a continuation, and who else signed. */
export function checkpointRoutes(app: App, deps: Dependencies): void {
  const { store, checkpoints } = deps;

  app.get(
    '/books/:bookId/checkpoint',
    {
      config: { isEvidence: true },
      schema: {
        tags,
        summary: '最新检查点',
        description: 'Signed note with all cosignatures known. Keep it: what is shown later must extend it.',
        params: bookParams,
        response: { 200: checkpointView, ...readProblems },
      },
    },
    async (request) => getCheckpoint(store, actorOf(request), request.params.bookId),
  );

  app.get(
    '/books/:bookId/checkpoints',
    {
      config: { isEvidence: true },
      schema: {
        tags,
        summary: '检查点',
        params: bookParams,
        response: { 200: checkpointList, ...readProblems },
      },
    },
    async (request) => listCheckpoints(store, actorOf(request), request.params.bookId),
  );

  app.post(
    '/books/:bookId/checkpoints',
    {
      schema: {
        tags,
        summary: '签一个检查点',
        description: 'Signs the log as it is now; the service also does so by itself every few seconds.',
        params: bookParams,
        headers: writeHeaders,
        response: { 201: checkpointView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await makeCheckpoint(store, checkpoints, callerOf(deps, request), request.params.bookId)),
  );

  app.get(
    '/books/:bookId/log/:index/proof',
    {
      schema: {
        tags,
        summary: '一条日志的存在证明',
        description:
          'That the entry is in the log of the newest checkpoint, or of the one of `size` entries.',
        params: bookParams.extend({ index: logIndex }),
        querystring: proofQuery,
        response: {
          200: { description: 'The proof', content: { 'text/plain': { schema: proofText } } },
          ...readProblems,
        },
      },
    },
    async (request, reply) => {
      const { bookId, index } = request.params;
      const proof = await proveEntry(store, actorOf(request), bookId, index, request.query.size);
      return reply.type('text/plain; charset=utf-8').send(proof as never);
    },
  );

  app.get(
    '/books/:bookId/consistency',
    {
      config: { isEvidence: true },
      schema: {
        tags,
        summary: '两个检查点之间的一致性证明',
        description: 'That the later log only added to the earlier one (RFC 6962 §2.1.2).',
        params: bookParams,
        querystring: consistencyQuery,
        response: { 200: consistencyView, ...readProblems },
      },
    },
    async (request) => {
      const { from, until } = request.query;
      return proveConsistency(store, actorOf(request), request.params.bookId, from, until);
    },
  );

  app.post(
    '/books/:bookId/cosignatures',
    {
      schema: {
        tags,
        summary: '登记见证人的联署',
        description: 'The checkpoint as it came back from a witness, with its signature line.',
        params: bookParams,
        headers: writeHeaders,
        body: newCosignature,
        response: {
          201: z.object({
            items: z
              .array(
                z.object({
                  name: z.string().describe('Witness').meta({ example: 'audit.example' }),
                  signedAt: z.string().describe('When').meta({ example: '2022-07-31T02:00:00.000Z' }),
                }),
              )
              .describe('Cosignatures taken in'),
          }),
          ...writeProblems,
        },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(
          await importCosignatures(store, callerOf(deps, request), request.params.bookId, request.body.note),
        ),
  );

  app.post(
    '/books/:bookId/lower-checkpoints',
    {
      schema: {
        tags,
        summary: '登记下级账套的检查点',
        description: 'This book’s log takes note of the newest checkpoint of every book below it.',
        params: bookParams,
        headers: writeHeaders,
        response: { 201: lowerCheckpoints, ...problems(403, 404, 409, 413, 415, 422) },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await recordLowerCheckpoints(store, callerOf(deps, request), request.params.bookId)),
  );
}
