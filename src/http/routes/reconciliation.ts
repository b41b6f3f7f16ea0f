import { today } from '../../core/dates.js';
import {
  differenceNotePage,
  differenceNoteQuery,
  differenceNoteView,
  differenceOwnerList,
  differenceOwners,
  listDifferenceNotes,
  lowerComparison,
  lowerComparisonQuery,
  lowerComparisonView,
  newDifferenceNote,
  noteDifference,
  upperComparison,
  upperComparisonQuery,
  upperComparisonView,
} from '../../reconciliation/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['reconciliation'];

/** The upper level's books against this one (上下级对账), and what is said of the differences. */
export function reconciliationRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.get(
    '/books/:bookId/upper-comparison',
    {
      schema: {
        tags,
        summary: '与上级对账：四栏对照与差异',
        description:
          'What upper books issued to this one in a year (下达, 拨付) against what it took in of that by a day: totals, ' +
          'funds, and every difference with its two records, its age, its 责任人 and explanation. agreed + short = ' +
          'issued, agreed + over = taken. A difference goes when the records agree.',
        params: bookParams,
        querystring: upperComparisonQuery,
        response: { 200: upperComparisonView, ...readProblems },
      },
    },
    async (request) => {
      const { year, asOf = today(deps.now()) } = request.query;
      return upperComparison(store, actorOf(request), request.params.bookId, { year, asOf });
    },
  );

  app.get(
    '/books/:bookId/lower-comparison',
    {
      schema: {
        tags,
        summary: '与下级对账：各下级收文到账情况',
        description:
          'What this book issued in a year against what each lower book took in by a day. Notes on a difference are ' +
          'kept in the lower book; finance of this one may add to them there.',
        params: bookParams,
        querystring: lowerComparisonQuery,
        response: { 200: lowerComparisonView, ...readProblems },
      },
    },
    async (request) => {
      const { asOf = today(deps.now()), ...query } = request.query;
      return lowerComparison(store, actorOf(request), request.params.bookId, { ...query, asOf });
    },
  );

  app.post(
    '/books/:bookId/difference-notes',
    {
      schema: {
        tags,
        summary: '登记差异的责任人、说明、预计解决日期',
        description:
          'For a difference of this book that is there today; by finance of the book or of a bureau above it. What is ' +
          'said last holds, what is left out stays as it was.',
        params: bookParams,
        headers: writeHeaders,
        body: newDifferenceNote,
        response: { 201: differenceNoteView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await noteDifference(store, callerOf(deps, request), request.params.bookId, request.body)),
  );

  app.get(
    '/books/:bookId/difference-notes',
    {
      schema: {
        tags,
        summary: '差异说明的历史（新的在前）',
        description: 'Of one difference or of all, resolved ones included.',
        params: bookParams,
        querystring: differenceNoteQuery,
        response: { 200: differenceNotePage, ...readProblems },
      },
    },
    async (request) => listDifferenceNotes(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/difference-owners',
    {
      schema: {
        tags,
        summary: '可以指定为责任人的人员',
        description: 'For finance of the book or of a bureau above it, who may name them.',
        params: bookParams,
        response: { 200: differenceOwnerList, ...readProblems },
      },
    },
    async (request) => differenceOwners(store, actorOf(request), request.params.bookId),
  );
}
