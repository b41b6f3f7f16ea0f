import {
  baseList,
  baseView,
  declareBase,
  getReliefCap,
  listBases,
  newBase,
  newResolutions,
  newTrueUp,
  recordTrueUp,
  reliefCapQuery,
  reliefCapView,
  reliefYearParams,
  resolveOverrun,
  trueUpView,
} from '../../relief/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['relief'];

/** The cap on buying services with relief money: its bases, its use, and the true-up at the end of the year. */
export function reliefRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/relief-bases',
    {
      schema: {
        tags,
        summary: '申报困难群众救助补助支出基数（预计、年中投影、决算）',
        description:
          'Counts for later decisions, from its day on; an earlier decision keeps the base it was made on. 年中投影 and ' +
          '决算 need evidence; a 决算 only after the end of the year, and nothing earlier after it.',
        params: bookParams,
        headers: writeHeaders,
        body: newBase,
        response: { 201: baseView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await declareBase(store, callerOf(deps, request), request.params.bookId, request.body)),
  );

  app.get(
    '/books/:bookId/relief-bases',
    {
      schema: {
        tags,
        summary: '支出基数申报记录',
        params: bookParams,
        response: { 200: baseList, ...readProblems },
      },
    },
    async (request) => listBases(store, actorOf(request), request.params.bookId),
  );

  app.get(
    '/books/:bookId/relief-cap',
    {
      schema: {
        tags,
        summary: '困难群众救助补助购买服务上限、余额、使用率、历次基数与年终校准',
        params: bookParams,
        querystring: reliefCapQuery,
        response: { 200: reliefCapView, ...readProblems },
      },
    },
    async (request) =>
      getReliefCap(store, policy.current, actorOf(request), request.params.bookId, {
        ...request.query,
        now: deps.now(),
      }),
  );

  app.post(
    '/books/:bookId/relief-cap/:year/true-up',
    {
      schema: {
        tags,
        summary: '按决算基数年终校准上限',
        description:
          'Records what the year is over the cap of its final base. It moves no money and changes no earlier decision.',
        params: reliefYearParams,
        headers: writeHeaders,
        body: newTrueUp,
        response: { 201: trueUpView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, year } = request.params;
      return reply
        .code(201)
        .send(await recordTrueUp(store, policy.current, callerOf(deps, request), bookId, year, request.body));
    },
  );

  app.post(
    '/books/:bookId/relief-cap/:year/true-up/resolutions',
    {
      schema: {
        tags,
        summary: '登记超支的处理（改由其他资金列支、退回或解除占用）',
        description:
          'Names the postings that settle an overrun: reversals, refunds or closings recorded after the true-up, and ' +
          'where another source bears the money now. Not over until the numerator is within the cap.',
        params: reliefYearParams,
        headers: writeHeaders,
        body: newResolutions,
        response: { 201: trueUpView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, year } = request.params;
      return reply
        .code(201)
        .send(await resolveOverrun(store, callerOf(deps, request), bookId, year, request.body));
    },
  );
}
