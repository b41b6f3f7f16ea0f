import {
  listProviderReports,
  newProviderReport,
  previewReport,
  providerReportAnswer,
  providerReportList,
  reportSpending,
  spendingPreview,
} from '../../claims/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, inBook, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['contracts'];

/** 二级支出明细: what providers spent a contract's money on. */
export function providerReportRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/provider-reports',
    {
      schema: {
        tags,
        summary: '承接机构报送使用明细',
        description: 'Judged by the same rules; a provider cannot account for more than it was paid.',
        params: bookParams,
        headers: writeHeaders,
        body: newProviderReport,
        response: { 201: providerReportAnswer, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId } = request.params;
      return reply
        .code(201)
        .send(await reportSpending(store, policy.current, callerOf(deps, request), bookId, request.body));
    },
  );

  app.post(
    '/books/:bookId/provider-reports/preview',
    {
      schema: {
        tags,
        summary: '使用明细预检',
        description:
          'Everything that a report as typed would be refused for, by the rules, the ledger and the invoices, ' +
          'and what would pass. Nothing is written.',
        params: bookParams,
        body: newProviderReport,
        response: { 200: spendingPreview, ...writeProblems },
      },
    },
    async (request) =>
      previewReport(store, policy.current, callerOf(deps, request), request.params.bookId, request.body),
  );

  app.get(
    '/books/:bookId/contracts/:id/provider-reports',
    {
      schema: {
        tags,
        summary: '合同的使用明细',
        params: inBook('Contract (合同)'),
        response: { 200: providerReportList, ...readProblems },
      },
    },
    async (request) => listProviderReports(store, actorOf(request), request.params.bookId, request.params.id),
  );
}
