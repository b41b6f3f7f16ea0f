import {
  claimCopy,
  claimPage,
  claimQuery,
  claimView,
  copyOfClaim,
  createClaim,
  editClaim,
  explainClaim,
  getClaim,
  listClaims,
  newClaim,
  previewClaim,
  spendingPreview,
} from '../../claims/index.js';
import { DomainError } from '../../core/errors.js';
import { type App, actorOf, callerOf, type Dependencies, versionOf, withETag } from '../context.js';
import {
  bookParams,
  changeHeaders,
  changeProblems,
  inBook,
  problems,
  readProblems,
  writeHeaders,
  writeProblems,
} from '../schemas.js';

const tags = ['claims'];
const claimParams = inBook('Claim (报账单)');

/** Expenditure claims as documents: preview, draft, list, read, edit. Their steps are in `claim-steps`. */
export function claimRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/claims/preview',
    {
      schema: {
        tags,
        summary: '报账预检',
        description:
          'Everything that submitting a claim as typed would be refused for, by the rules, the ledger and the invoices, ' +
          'and what would pass. Nothing is written.',
        params: bookParams,
        body: newClaim,
        response: { 200: spendingPreview, ...writeProblems },
      },
    },
    async (request) =>
      previewClaim(store, policy.current, callerOf(deps, request), request.params.bookId, request.body),
  );

  app.get(
    '/books/:bookId/claims/:id/explanation',
    {
      schema: {
        tags,
        summary: '报账判断说明',
        description:
          'A draft as it would be judged now, with what would let it pass; a submitted claim as it was judged last.',
        params: claimParams,
        response: { 200: spendingPreview, ...readProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      return explainClaim(store, policy.current, callerOf(deps, request), bookId, id);
    },
  );

  app.post(
    '/books/:bookId/claims',
    {
      schema: {
        tags,
        summary: '新建报账草稿',
        params: bookParams,
        headers: writeHeaders,
        body: newClaim,
        response: { 201: claimView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const claim = await createClaim(store, callerOf(deps, request), request.params.bookId, request.body);
      return reply.code(201).send(withETag(reply, claim));
    },
  );

  app.get(
    '/books/:bookId/claims',
    {
      schema: {
        tags,
        summary: '报账列表',
        description:
          'All of the book for who may read it, else those of one’s own units. Newest first unless sorted otherwise; ' +
          'pages keep their place in both directions.',
        params: bookParams,
        querystring: claimQuery,
        response: { 200: claimPage, ...readProblems },
      },
    },
    async (request) => listClaims(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/claims/:id',
    {
      schema: { tags, summary: '报账单', params: claimParams, response: { 200: claimView, ...readProblems } },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return withETag(reply, await getClaim(store, actorOf(request), bookId, id));
    },
  );

  app.get(
    '/books/:bookId/claims/:id/copy',
    {
      schema: {
        tags,
        summary: '复制报账单',
        description:
          'A new claim prefilled from this one: dated today, without invoices and documents. Nothing is written.',
        params: claimParams,
        response: { 200: claimCopy, ...readProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      return copyOfClaim(store, actorOf(request), bookId, id, deps.now());
    },
  );

  app.put(
    '/books/:bookId/claims/:id',
    {
      schema: {
        tags,
        summary: '修改报账草稿',
        description: 'Replaces a draft or a returned claim as a whole. If-Match is required.',
        params: claimParams,
        headers: changeHeaders,
        body: newClaim,
        response: { 200: claimView, ...changeProblems, ...problems(428) },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const version = versionOf(request);
      if (version === null) {
        throw new DomainError(
          'precondition_required',
          '修改报账单须带 If-Match（打开时得到的 ETag），以免覆盖他人的修改',
        );
      }
      return withETag(
        reply,
        await editClaim(store, callerOf(deps, request), bookId, id, version, request.body),
      );
    },
  );
}
