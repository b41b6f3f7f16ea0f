import { z } from 'zod';
import { identifier } from '../../core/fields.js';
import {
  addConsent,
  addFundDocument,
  asOfQuery,
  consentView,
  createFund,
  fundDocumentList,
  fundDocumentView,
  fundPage,
  fundQuery,
  fundView,
  getFund,
  listFundDocuments,
  listFunds,
  newConsent,
  newFund,
  newFundDocument,
} from '../../ledger/index.js';
import { type App, actorOf, callerOf, type Dependencies, withETag } from '../context.js';
import { bookParams, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['funds'];
const fundParams = bookParams.extend({ fundId: identifier('Fund (资金批次)') });
const asOf = z.object(asOfQuery);

/** Grants, the documents behind their four amounts, and donors' consents. */
export function fundRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.post(
    '/books/:bookId/funds',
    {
      schema: {
        tags,
        summary: '登记资金批次',
        description: 'Registers a grant. Its amounts come from documents, each on its own.',
        params: bookParams,
        headers: writeHeaders,
        body: newFund,
        response: { 201: fundView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const fund = await createFund(store, callerOf(deps, request), request.params.bookId, request.body);
      return reply.code(201).send(withETag(reply, fund));
    },
  );

  app.get(
    '/books/:bookId/funds',
    {
      schema: {
        tags,
        summary: '资金批次列表（可按时点）',
        params: bookParams,
        querystring: fundQuery,
        response: { 200: fundPage, ...readProblems },
      },
    },
    async (request) => listFunds(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/funds/:fundId',
    {
      schema: {
        tags,
        summary: '资金批次（可按时点）',
        params: fundParams,
        querystring: asOf,
        response: { 200: fundView, ...readProblems },
      },
    },
    async (request, reply) => {
      const { bookId, fundId } = request.params;
      return withETag(reply, await getFund(store, actorOf(request), bookId, fundId, request.query));
    },
  );

  app.post(
    '/books/:bookId/funds/:fundId/documents',
    {
      schema: {
        tags,
        summary: '登记计划、下达、到账、估值或缴回',
        params: fundParams,
        headers: writeHeaders,
        body: newFundDocument,
        response: { 201: fundDocumentView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, fundId } = request.params;
      const document = await addFundDocument(store, callerOf(deps, request), bookId, fundId, request.body);
      return reply.code(201).send(document);
    },
  );

  app.get(
    '/books/:bookId/funds/:fundId/documents',
    {
      schema: {
        tags,
        summary: '资金批次的文件',
        params: fundParams,
        response: { 200: fundDocumentList, ...readProblems },
      },
    },
    async (request) =>
      listFundDocuments(store, actorOf(request), request.params.bookId, request.params.fundId),
  );

  app.post(
    '/books/:bookId/funds/:fundId/consents',
    {
      schema: {
        tags,
        summary: '登记捐赠人同意变更用途',
        params: fundParams,
        headers: writeHeaders,
        body: newConsent,
        response: { 201: consentView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, fundId } = request.params;
      return reply
        .code(201)
        .send(await addConsent(store, callerOf(deps, request), bookId, fundId, request.body));
    },
  );
}
