import {
  getProcedure,
  listProcedures,
  newProcedureRecord,
  procedureRecordPage,
  procedureRecordQuery,
  procedureRecordView,
  procedureWithdrawal,
  recordProcedure,
  withdrawProcedure,
} from '../../procedures/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, inBook, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['procedures'];
const recordParams = inBook('Record (程序记录)');

/** Duties done that nothing else in a book shows. */
export function procedureRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;

  app.post(
    '/books/:bookId/procedures',
    {
      schema: {
        tags,
        summary: '登记程序记录',
        description:
          'For one fund, one contract or the year, as the kind asks, with a 文号 or a file that shows it. It cannot be ' +
          'edited afterwards, only withdrawn.',
        params: bookParams,
        headers: writeHeaders,
        body: newProcedureRecord,
        response: { 201: procedureRecordView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await recordProcedure(store, callerOf(deps, request), request.params.bookId, request.body)),
  );

  app.get(
    '/books/:bookId/procedures',
    {
      schema: {
        tags,
        summary: '程序记录列表',
        params: bookParams,
        querystring: procedureRecordQuery,
        response: { 200: procedureRecordPage, ...readProblems },
      },
    },
    async (request) => listProcedures(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/procedures/:id',
    {
      schema: {
        tags,
        summary: '程序记录',
        params: recordParams,
        response: { 200: procedureRecordView, ...readProblems },
      },
    },
    async (request) => getProcedure(store, actorOf(request), request.params.bookId, request.params.id),
  );

  app.post(
    '/books/:bookId/procedures/:id/withdraw',
    {
      schema: {
        tags,
        summary: '撤销程序记录',
        description: 'It no longer counts and stays readable with the reason.',
        params: recordParams,
        headers: writeHeaders,
        body: procedureWithdrawal,
        response: { 200: procedureRecordView, ...writeProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      return withdrawProcedure(store, callerOf(deps, request), bookId, id, request.body);
    },
  );
}
