import {
  listPayments,
  newPaymentBatch,
  payBatch,
  paymentBatchAnswer,
  paymentPage,
  paymentQuery,
} from '../../claims/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['claims'];

/** Payments of a whole book: many at once, and all that were made. */
export function paymentRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;

  app.post(
    '/books/:bookId/payments',
    {
      schema: {
        tags,
        summary: '批量支付',
        description:
          'Pays up to 200 claims, each judged and logged by itself: one refused stops no other, and the answer says ' +
          'of each what became of it. Vouchers that are missing, repeated or in use are refused before anything is ' +
          'paid. Sent again under the same Idempotency-Key nothing is paid twice, and what was cut short goes on.',
        params: bookParams,
        headers: writeHeaders,
        body: newPaymentBatch,
        response: { 200: paymentBatchAnswer, ...writeProblems },
      },
    },
    async (request) =>
      payBatch(store, policy.current, callerOf(deps, request), request.params.bookId, request.body),
  );

  app.get(
    '/books/:bookId/payments',
    {
      schema: {
        tags,
        summary: '支付、退款、冲红记录',
        description: 'Recorded last first unless asked otherwise.',
        params: bookParams,
        querystring: paymentQuery,
        response: { 200: paymentPage, ...readProblems },
      },
    },
    async (request) => listPayments(store, actorOf(request), request.params.bookId, request.query),
  );
}
