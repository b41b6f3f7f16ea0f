import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import { identifier } from '../../core/fields.js';
import {
  addWitness,
  askAuthority,
  importTimestamp,
  keyList,
  keyRevocation,
  listKeys,
  listTimestamps,
  listWitnesses,
  newTimestamp,
  newWitness,
  retireKey,
  retireWitness,
  revokeKey,
  rotateKey,
  sizeText,
  timestampRequestFor,
  timestampView,
  witnessList,
  witnessView,
} from '../../evidence/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, inBook, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['evidence'];
const key = inBook('Signing key (签名密钥)');
const timestampList = z.object({ items: z.array(timestampView).describe('Oldest first') });

/** The keys that sign a book's checkpoints, its witnesses, and time stamps on its checkpoints. */
export function signingRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.get(
    '/books/:bookId/keys',
    {
      schema: { tags, summary: '签名密钥', params: bookParams, response: { 200: keyList, ...readProblems } },
    },
    async (request) => listKeys(store, actorOf(request), request.params.bookId),
  );

  app.post(
    '/books/:bookId/keys',
    {
      schema: {
        tags,
        summary: '轮换签名密钥',
        description: 'Adds a key; checkpoints carry both signatures until the old key is retired.',
        params: bookParams,
        headers: writeHeaders,
        response: { 201: keyList, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await rotateKey(store, callerOf(deps, request), request.params.bookId)),
  );

  app.post(
    '/books/:bookId/keys/:id/retire',
    {
      schema: {
        tags,
        summary: '停用签名密钥',
        description: 'What it signed stays valid.',
        params: key,
        headers: writeHeaders,
        response: { 200: keyList, ...writeProblems },
      },
    },
    async (request) => retireKey(store, callerOf(deps, request), request.params.bookId, request.params.id),
  );

  app.post(
    '/books/:bookId/keys/:id/revoke',
    {
      schema: {
        tags,
        summary: '吊销签名密钥',
        description: 'Names a key that may have leaked; verifiers refuse what it alone signed.',
        params: key,
        headers: writeHeaders,
        body: keyRevocation,
        response: { 200: keyList, ...writeProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      return revokeKey(store, callerOf(deps, request), bookId, id, request.body.reason);
    },
  );

  app.get(
    '/books/:bookId/witnesses',
    {
      schema: {
        tags,
        summary: '见证人',
        params: bookParams,
        response: { 200: witnessList, ...readProblems },
      },
    },
    async (request) => listWitnesses(store, actorOf(request), request.params.bookId),
  );

  app.post(
    '/books/:bookId/witnesses',
    {
      schema: {
        tags,
        summary: '登记见证人',
        params: bookParams,
        headers: writeHeaders,
        body: newWitness,
        response: { 201: witnessView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(deps, request);
      return reply
        .code(201)
        .send(await addWitness(store, caller, request.params.bookId, request.body.verifierKey));
    },
  );

  app.post(
    '/books/:bookId/witnesses/:id/retire',
    {
      schema: {
        tags,
        summary: '停用见证人',
        params: inBook('Witness (见证人)'),
        headers: writeHeaders,
        response: { 200: witnessView, ...writeProblems },
      },
    },
    async (request) =>
      retireWitness(store, callerOf(deps, request), request.params.bookId, request.params.id),
  );

  app.get(
    '/books/:bookId/checkpoints/:size/timestamp-request',
    {
      schema: {
        tags,
        summary: '时间戳请求',
        description: 'RFC 3161 request (DER) for a checkpoint, to be taken to a time stamping authority.',
        params: bookParams.extend({ size: sizeText }),
        querystring: z.object({ renewsId: identifier('Time stamp to be renewed').optional() }),
        response: {
          200: {
            description: 'The request',
            content: {
              'application/timestamp-query': {
                schema: z
                  .custom<Buffer>(Buffer.isBuffer)
                  .describe('DER')
                  .meta({ type: 'string', format: 'binary', example: 'MDkC…' }),
              },
            },
          },
          ...readProblems,
        },
      },
    },
    async (request, reply) => {
      const { bookId, size } = request.params;
      const { renewsId = null } = request.query;
      const der = await timestampRequestFor(store, actorOf(request), bookId, size, renewsId);
      return reply.type('application/timestamp-query').send(der as never);
    },
  );

  app.get(
    '/books/:bookId/timestamps',
    {
      schema: {
        tags,
        summary: '时间戳',
        params: bookParams,
        response: { 200: timestampList, ...readProblems },
      },
    },
    async (request) => listTimestamps(store, actorOf(request), request.params.bookId),
  );

  app.post(
    '/books/:bookId/timestamps',
    {
      schema: {
        tags,
        summary: '登记时间戳',
        description: 'Stored only when it verifies against the trusted authorities. No network call is made.',
        params: bookParams,
        headers: writeHeaders,
        body: newTimestamp,
        response: { 201: timestampView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(deps, request);
      return reply
        .code(201)
        .send(await importTimestamp(store, deps.tsaRoots, caller, request.params.bookId, request.body));
    },
  );

  app.post(
    '/books/:bookId/checkpoints/:size/timestamp',
    {
      schema: {
        tags,
        summary: '向时间戳机构申请时间戳',
        description: 'Asks the authority of TSA_URL and stores its answer; refused where none is configured.',
        params: bookParams.extend({ size: sizeText }),
        headers: writeHeaders,
        response: { 201: timestampView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(deps, request);
      const { bookId, size } = request.params;
      const url = deps.config.tsaUrl;
      if (url === null) throw new DomainError('tsa_not_configured', '没有配置时间戳机构（TSA_URL）');
      const answer = await askAuthority(url, await timestampRequestFor(store, caller.actor, bookId, size));
      const input = { size, token: answer.toString('base64'), renewsId: null };
      return reply.code(201).send(await importTimestamp(store, deps.tsaRoots, caller, bookId, input));
    },
  );
}
