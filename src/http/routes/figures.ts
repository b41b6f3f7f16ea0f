import {
  explainFigures,
  figureTopicList,
  figureTopicView,
  listFigureTopics,
  newExplanation,
  newFigure,
  recordFigure,
} from '../../ledger/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, readProblems, writeHeaders, writeProblems } from '../schemas.js';

/** What documents state: figures that may contradict each other. */
export function figureRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.post(
    '/books/:bookId/figures',
    {
      schema: {
        tags: ['figures'],
        summary: '登记文件中公布的数字',
        description:
          'Recorded as the document says it. It moves no money; figures of one topic are compared.',
        params: bookParams,
        headers: writeHeaders,
        body: newFigure,
        response: { 201: figureTopicView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await recordFigure(store, callerOf(deps, request), request.params.bookId, request.body)),
  );

  app.get(
    '/books/:bookId/figures',
    {
      schema: {
        tags: ['figures'],
        summary: '公布数字（矛盾的在前）',
        params: bookParams,
        response: { 200: figureTopicList, ...readProblems },
      },
    },
    async (request) => listFigureTopics(store, actorOf(request), request.params.bookId),
  );

  app.post(
    '/books/:bookId/figure-explanations',
    {
      schema: {
        tags: ['figures'],
        summary: '说明公布数字之间的差异',
        params: bookParams,
        headers: writeHeaders,
        body: newExplanation,
        response: { 201: figureTopicView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const topic = await explainFigures(store, callerOf(deps, request), request.params.bookId, request.body);
      return reply.code(201).send(topic);
    },
  );
}
