import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { reveal } from '../../audit/index.js';
import { today } from '../../core/dates.js';
import {
  executionOverTime,
  executionQuery,
  executionSheets,
  executionView,
  expenditureBy,
  expenditureQuery,
  expenditureSheets,
  expenditureView,
  flowQuery,
  flowSheets,
  flowView,
  ledgerDetail,
  ledgerDetailView,
  ledgerQuery,
  ledgerSheets,
  moneyFlow,
  reimbursementSheet,
  reimbursementSheetView,
  trialBalance,
  trialBalanceQuery,
  trialBalanceSheets,
  trialBalanceView,
  usageQuery,
  usageReport,
  usageReportView,
  usageSheets,
} from '../../reports/index.js';
import { type App, actorOf, type Dependencies } from '../context.js';
import { bookParams, inBook, readProblems } from '../schemas.js';
import { SHEET_FORMATS, SHEET_MEDIA_TYPES, type SheetDownload, sendSheets } from '../sheets.js';

const tags = ['reports'];

const format = {
  format: z
    .enum(['json', ...SHEET_FORMATS], '应为 json、xlsx 或 csv')
    .optional()
    .describe('Form of the answer; default what Accept asks for, else JSON. A CSV holds the first sheet')
    .meta({ example: 'json' }),
};
type Format = 'json' | (typeof SHEET_FORMATS)[number];

const file = z
  .custom<Readable>()
  .describe('The report as sheets, each with the 口径 of its columns')
  .meta({ type: 'string', format: 'binary', example: 'PK…' });
const answers = <View extends z.ZodType>(view: View) => ({
  200: {
    description: 'The report',
    content: {
      'application/json': { schema: view },
      ...Object.fromEntries(Object.values(SHEET_MEDIA_TYPES).map((type) => [type, { schema: file }])),
    },
  },
  ...readProblems,
});

function formatOf(request: FastifyRequest, asked: Format | undefined): Format {
  if (asked) return asked;
  const accepted = request.headers.accept ?? '';
  return (
    SHEET_FORMATS.find((each) => accepted.includes(SHEET_MEDIA_TYPES[each].split(';')[0] as string)) ?? 'json'
  );
}

/** Reports on the money of a book, each as JSON or as sheets, and the print data of a claim. */
export function reportRoutes(app: App, deps: Dependencies): void {
  const { store } = deps;
  const opened = <View>(view: View): Promise<View> => reveal(store.read, store.keys, view);

  /** Sends a report in the form that was asked for. */
  async function send<View extends { readonly title: string; readonly bureauName: string }>(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: Format | undefined,
    view: View,
    sheets: (view: View) => SheetDownload['tables'],
  ) {
    const form = formatOf(request, asked);
    if (form === 'json') return view;
    const title = `${view.bureauName}${view.title}`;
    return sendSheets(reply, {
      format: form,
      title,
      tables: sheets(await opened(view)),
      createdAt: deps.now(),
    }) as never;
  }

  app.get(
    '/books/:bookId/reports/usage',
    {
      schema: {
        tags,
        summary: '资金拨付使用情况表',
        description:
          'Every fund at a point in time, totalled by source type; with `lower` the books below too.',
        params: bookParams,
        querystring: usageQuery.extend(format),
        response: answers(usageReportView),
      },
    },
    async (request, reply) => {
      const { years, lower, format: asked, ...query } = request.query;
      const report = await usageReport(store, actorOf(request), request.params.bookId, {
        ...query,
        years: years?.split(',').map(Number),
        withLower: lower === 'true',
      });
      return send(request, reply, asked, report, usageSheets);
    },
  );

  app.get(
    '/books/:bookId/reports/trial-balance',
    {
      schema: {
        tags,
        summary: '余额表',
        description: 'Replayed from the postings; at the present also compared with the kept balances.',
        params: bookParams,
        querystring: trialBalanceQuery.extend(format),
        response: answers(trialBalanceView),
      },
    },
    async (request, reply) => {
      const { year, format: asked, ...query } = request.query;
      const years = year === undefined ? undefined : [year];
      const report = await trialBalance(store, actorOf(request), request.params.bookId, { ...query, years });
      return send(request, reply, asked, report, trialBalanceSheets);
    },
  );

  app.get(
    '/books/:bookId/reports/ledger',
    {
      schema: {
        tags,
        summary: '明细账',
        description: 'A page of entries with the running balance; as sheets the whole account.',
        params: bookParams,
        querystring: ledgerQuery.extend(format),
        response: answers(ledgerDetailView),
      },
    },
    async (request, reply) => {
      const { format: asked, ...query } = request.query;
      const { bookId } = request.params;
      const actor = actorOf(request);
      const pageAt = async (cursor: string) =>
        opened(await ledgerDetail(store, actor, bookId, { ...query, cursor, limit: 200 }));
      const report = await ledgerDetail(store, actor, bookId, query);
      return send(request, reply, asked, report, (first) => ledgerSheets(first, pageAt));
    },
  );

  app.get(
    '/books/:bookId/reports/expenditure',
    {
      schema: {
        tags,
        summary: '支出构成',
        params: bookParams,
        querystring: expenditureQuery.extend(format),
        response: answers(expenditureView),
      },
    },
    async (request, reply) => {
      const { year, format: asked, ...query } = request.query;
      const years = year === undefined ? undefined : [year];
      const report = await expenditureBy(store, actorOf(request), request.params.bookId, { ...query, years });
      return send(request, reply, asked, report, expenditureSheets);
    },
  );

  app.get(
    '/books/:bookId/reports/flow',
    {
      schema: {
        tags,
        summary: '资金流向',
        description: 'Nodes and links for a Sankey, balanced in every node. Individuals are one node.',
        params: bookParams,
        querystring: flowQuery.extend(format),
        response: answers(flowView),
      },
    },
    async (request, reply) => {
      const { format: asked, ...query } = request.query;
      const report = await moneyFlow(store, actorOf(request), request.params.bookId, query);
      return send(request, reply, asked, report, flowSheets);
    },
  );

  app.get(
    '/books/:bookId/reports/execution',
    {
      schema: {
        tags,
        summary: '执行进度',
        description: '到账 and 支出 by month beside 序时进度, for all funds of a year and for each.',
        params: bookParams,
        querystring: executionQuery.extend(format),
        response: answers(executionView),
      },
    },
    async (request, reply) => {
      const { format: asked, asOf = today(deps.now()), ...query } = request.query;
      const report = await executionOverTime(store, actorOf(request), request.params.bookId, {
        ...query,
        asOf,
      });
      return send(request, reply, asked, report, executionSheets);
    },
  );

  app.get(
    '/books/:bookId/claims/:id/sheet',
    {
      schema: {
        tags,
        summary: '费用报销单打印数据',
        params: inBook('Claim (报账单)'),
        response: { 200: reimbursementSheetView, ...readProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      return reimbursementSheet(store, actorOf(request), bookId, id);
    },
  );
}
