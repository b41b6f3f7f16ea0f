import {
  acknowledge,
  acknowledgementView,
  allotmentPage,
  allotmentQuery,
  allotmentTree,
  allotmentTreeView,
  allotmentView,
  disburse,
  disbursementView,
  intakeView,
  issueAllotment,
  listAllotments,
  listDisbursements,
  listIntakes,
  listTransit,
  newAcknowledgement,
  newAllotment,
  newDisbursement,
  newIntake,
  paidPage,
  paidQuery,
  takeIn,
  takenPage,
  takenQuery,
  transitPage,
  transitQuery,
  treeQuery,
} from '../../allotments/index.js';
import { today } from '../../core/dates.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, inBook, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['allotments'];

/** Money on its way down: 下达, 拨付, 收文/到账, and what is in transit. */
export function allotmentRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/allotments',
    {
      schema: {
        tags,
        summary: '下达指标',
        description: 'Totals and counts that the document states must agree with its items.',
        params: bookParams,
        headers: writeHeaders,
        body: newAllotment,
        response: { 201: allotmentView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const { bookId } = request.params;
      return reply
        .code(201)
        .send(await issueAllotment(store, policy.current, callerOf(deps, request), bookId, request.body));
    },
  );

  app.get(
    '/books/:bookId/allotments',
    {
      schema: {
        tags,
        summary: '下达记录',
        params: bookParams,
        querystring: allotmentQuery,
        response: { 200: allotmentPage, ...readProblems },
      },
    },
    async (request) =>
      listAllotments(store, actorOf(request), request.params.bookId, request.query, today(deps.now())),
  );

  app.get(
    '/books/:bookId/allotments/tree',
    {
      schema: {
        tags,
        summary: '指标下达树',
        description:
          'Where the money of the funds went, level by level. Of books that the caller may not read only what was issued to them.',
        params: bookParams,
        querystring: treeQuery,
        response: { 200: allotmentTreeView, ...readProblems },
      },
    },
    async (request) =>
      allotmentTree(store, actorOf(request), request.params.bookId, request.query, today(deps.now())),
  );

  app.post(
    '/books/:bookId/disbursements',
    {
      schema: {
        tags,
        summary: '拨付资金',
        description: 'Cash follows an allotment and never exceeds it; it is in transit until acknowledged.',
        params: bookParams,
        headers: writeHeaders,
        body: newDisbursement,
        response: { 201: disbursementView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply
        .code(201)
        .send(await disburse(store, callerOf(deps, request), request.params.bookId, request.body)),
  );

  app.get(
    '/books/:bookId/disbursements',
    {
      schema: {
        tags,
        summary: '拨付记录',
        params: bookParams,
        querystring: paidQuery,
        response: { 200: paidPage, ...readProblems },
      },
    },
    async (request) => listDisbursements(store, actorOf(request), request.params.bookId, request.query),
  );

  app.post(
    '/books/:bookId/disbursements/:id/acknowledge',
    {
      schema: {
        tags,
        summary: '确认下级已到账',
        params: inBook('Disbursement (拨付)'),
        headers: writeHeaders,
        body: newAcknowledgement,
        response: { 200: acknowledgementView, ...writeProblems },
      },
    },
    async (request) => {
      const { bookId, id } = request.params;
      return acknowledge(store, callerOf(deps, request), bookId, id, request.body.effectiveDate);
    },
  );

  app.post(
    '/books/:bookId/intakes',
    {
      schema: {
        tags,
        summary: '收文或登记到账',
        description:
          'Takes into this book what the upper book issued to it, naming the issue by its log hash.',
        params: bookParams,
        headers: writeHeaders,
        body: newIntake,
        response: { 201: intakeView, ...writeProblems },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await takeIn(store, callerOf(deps, request), request.params.bookId, request.body)),
  );

  app.get(
    '/books/:bookId/intakes',
    {
      schema: {
        tags,
        summary: '收文与到账记录',
        params: bookParams,
        querystring: takenQuery,
        response: { 200: takenPage, ...readProblems },
      },
    },
    async (request) => listIntakes(store, actorOf(request), request.params.bookId, request.query),
  );

  app.get(
    '/books/:bookId/transit',
    {
      schema: {
        tags,
        summary: '在途资金与在途天数',
        params: bookParams,
        querystring: transitQuery,
        response: { 200: transitPage, ...readProblems },
      },
    },
    async (request) => {
      const asOf = request.query.asOf ?? today(deps.now());
      return listTransit(store, actorOf(request), request.params.bookId, asOf, request.query);
    },
  );
}
