import { z } from 'zod';
import {
  createUnfinished,
  dropUnfinished,
  getUnfinished,
  listUnfinished,
  newUnfinishedClaim,
  saveUnfinished,
  unfinishedClaimList,
  unfinishedClaimView,
} from '../../claims/index.js';
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

const tags = ['claims'];
/** What somebody typed is given back as it was typed, also where it looks like a sealed text. */
const config = { isEvidence: true };
const unfinishedParams = inBook('Unfinished claim (暂存)');

/** Claims as far as they are filled in: only their maker finds them, and nothing of them is logged. */
export function unfinishedClaimRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.get(
    '/books/:bookId/unfinished-claims',
    {
      config,
      schema: {
        tags,
        summary: '我的暂存',
        params: bookParams,
        response: { 200: unfinishedClaimList, ...readProblems },
      },
    },
    async (request) => listUnfinished(store, actorOf(request), request.params.bookId, deps.now()),
  );

  app.post(
    '/books/:bookId/unfinished-claims',
    {
      config,
      schema: {
        tags,
        summary: '暂存报账',
        description:
          'Keeps a form as it stands, for its maker alone, for 90 days after the last change. At most 50.',
        params: bookParams,
        headers: writeHeaders,
        body: newUnfinishedClaim,
        response: { 201: unfinishedClaimView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const kept = await createUnfinished(
        store,
        callerOf(deps, request),
        request.params.bookId,
        request.body,
      );
      return reply.code(201).send(withETag(reply, kept));
    },
  );

  app.get(
    '/books/:bookId/unfinished-claims/:id',
    {
      config,
      schema: {
        tags,
        summary: '暂存的报账',
        params: unfinishedParams,
        response: { 200: unfinishedClaimView, ...readProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return withETag(reply, await getUnfinished(store, actorOf(request), bookId, id, deps.now()));
    },
  );

  app.put(
    '/books/:bookId/unfinished-claims/:id',
    {
      config,
      schema: {
        tags,
        summary: '再次暂存',
        description:
          'Replaces what was kept. With If-Match, what was saved meanwhile elsewhere is not overwritten.',
        params: unfinishedParams,
        headers: changeHeaders,
        body: newUnfinishedClaim,
        response: { 200: unfinishedClaimView, ...changeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const caller = callerOf(deps, request);
      return withETag(
        reply,
        await saveUnfinished(store, caller, bookId, id, versionOf(request), request.body),
      );
    },
  );

  app.delete(
    '/books/:bookId/unfinished-claims/:id',
    {
      config,
      schema: {
        tags,
        summary: '删除暂存',
        params: unfinishedParams,
        response: { 200: z.object({ dropped: z.literal(true).describe('It is gone') }), ...readProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      await dropUnfinished(store, actorOf(request), bookId, id);
      return { dropped: true as const };
    },
  );
}
