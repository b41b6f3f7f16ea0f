import {
  bookOverview,
  bookOverviewView,
  clauseStatistics,
  clauseStatisticsView,
  overviewQuery,
  overviewView,
  refusalPage,
  refusalQuery,
  refusals,
  statisticsQuery,
  supervisionOverview,
  traceOf,
  traceQuery,
  traceView,
} from '../../supervision/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems } from '../schemas.js';

const tags = ['supervision'];

/** What auditors and supervisors see of many books at once, and how an amount is followed to its proof. */
export function supervisionRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.get(
    '/supervision/overview',
    {
      schema: {
        tags,
        summary: '督导总览：按市（州）汇总各账套一年的执行、上限、闲置、在途与裁定',
        description:
          'Books that one may read whole by a role at their bureau or above it; an empty list for others. Amounts are ' +
          'what the ledger holds now; progress, ages and the base of the cap are told of `asOf`.',
        querystring: overviewQuery,
        response: { 200: overviewView, ...problems() },
      },
    },
    async (request) =>
      supervisionOverview(store, policy.current, actorOf(request), { ...request.query, now: deps.now() }),
  );

  app.get(
    '/books/:bookId/supervision',
    {
      schema: {
        tags,
        summary: '账套督导：按资金、按单位',
        params: bookParams,
        querystring: overviewQuery,
        response: { 200: bookOverviewView, ...readProblems },
      },
    },
    async (request) =>
      bookOverview(store, policy.current, actorOf(request), request.params.bookId, {
        ...request.query,
        now: deps.now(),
      }),
  );

  app.get(
    '/books/:bookId/refusals',
    {
      schema: {
        tags,
        summary: '被拒绝的与按例外通过的单据',
        description:
          'Newest first, each with its decision. With `clause`, at most 5,000 decisions are opened for a page, which ' +
          'then may be short although more follow: go on until `nextCursor` is null.',
        params: bookParams,
        querystring: refusalQuery,
        response: { 200: refusalPage, ...readProblems },
      },
    },
    async (request) => refusals(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/clause-statistics',
    {
      schema: {
        tags,
        summary: '条款统计：拒绝、复核、例外各多少单',
        description: 'Of the newest 5,000 blocking and reviewing decisions of the year.',
        params: bookParams,
        querystring: statisticsQuery,
        response: { 200: clauseStatisticsView, ...readProblems },
      },
    },
    async (request) =>
      clauseStatistics(store, policy.current, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/trace',
    {
      schema: {
        tags,
        summary: '追溯：从文号到证明',
        description:
          'Exactly one of `claimId`, `paymentId` and `logIndex`. Funds are followed upward as far as one may read the ' +
          'books; of others only what the intake itself names is told.',
        params: bookParams,
        querystring: traceQuery,
        response: { 200: traceView, ...readProblems },
      },
    },
    async (request) => traceOf(store, actorOf(request), request.params.bookId, request.query),
  );
}
