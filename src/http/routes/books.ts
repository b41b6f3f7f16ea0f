import {
  bookList,
  bookView,
  closePeriod,
  getBook,
  listBooks,
  listPeriods,
  newPeriod,
  periodList,
  periodView,
} from '../../ledger/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['books'];

/** Books and their closed months. */
export function bookRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.get(
    '/books',
    {
      schema: {
        tags,
        summary: '本人可见的账套',
        description: 'Books that one may read whole, and those that one’s own units or contracts belong to.',
        response: { 200: bookList, ...problems() },
      },
    },
    async (request) => listBooks(store, actorOf(request)),
  );

  app.get(
    '/books/:bookId',
    { schema: { tags, summary: '账套', params: bookParams, response: { 200: bookView, ...readProblems } } },
    async (request) => getBook(store, actorOf(request), request.params.bookId),
  );

  app.get(
    '/books/:bookId/periods',
    {
      schema: {
        tags,
        summary: '已结账的会计期间',
        params: bookParams,
        response: { 200: periodList, ...readProblems },
      },
    },
    async (request) => listPeriods(store, actorOf(request), request.params.bookId),
  );

  app.post(
    '/books/:bookId/periods',
    {
      schema: {
        tags,
        summary: '结账',
        description:
          'Closes a month that is over; from then on nothing can be dated in it. Months close in order.',
        params: bookParams,
        headers: writeHeaders,
        body: newPeriod,
        response: { 201: periodView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(deps, request);
      return reply
        .code(201)
        .send(await closePeriod(store, caller, request.params.bookId, request.body.month));
    },
  );
}
