import type { z } from 'zod';
import {
  approveClaim,
  type ClaimAnswer,
  type ClaimView,
  claimAnswer,
  claimView,
  closeClaim,
  coSignClaim,
  newPayment,
  newRefund,
  newReversal,
  payClaim,
  reasonedStepInput,
  refundClaim,
  rejectClaim,
  returnClaim,
  reversePayment,
  reviewClaim,
  type StepInput,
  stepInput,
  submitClaim,
  withdrawClaim,
} from '../../claims/index.js';
import type { Caller } from '../../organisations/index.js';
import { type App, callerOf, type Dependencies, versionOf, withETag } from '../context.js';
import { changeHeaders, changeProblems, inBook, writeHeaders, writeProblems } from '../schemas.js';

const claimParams = inBook('Claim (报账单)');

interface Step<Body> {
  readonly summary: string;
  readonly description: string;
  readonly body: Body;
}
const plain = (summary: string, description: string) => ({ summary, description, body: stepInput });
const reasoned = (summary: string, description: string) => ({
  summary,
  description,
  body: reasonedStepInput,
});

/** Every step of a claim's life. If-Match is honoured where it is given. */
export function claimStepRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;
  const stepSchema = <Body extends z.ZodType, View extends z.ZodType>(step: Step<Body>, view: View) => ({
    tags: ['claims'],
    ...step,
    params: claimParams,
    headers: changeHeaders,
    response: { 200: view, ...changeProblems },
  });
  // Money moves once per voucher and per line, whatever version the caller saw.
  const moneySchema = <Body extends z.ZodType, View extends z.ZodType>(step: Step<Body>, view: View) => ({
    tags: ['claims'],
    ...step,
    params: claimParams,
    headers: writeHeaders,
    response: { 200: view, ...writeProblems },
  });

  app.post(
    '/books/:bookId/claims/:id/submit',
    {
      schema: {
        tags: ['claims'],
        summary: '提交',
        description: 'Judged by the rules; its invoices are taken and its money is held. Takes no body.',
        params: claimParams,
        headers: changeHeaders,
        response: { 200: claimAnswer, ...changeProblems },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const answer = await submitClaim(
        store,
        policy.current,
        callerOf(deps, request),
        bookId,
        id,
        versionOf(request),
      );
      return tagged(reply, answer);
    },
  );

  type StepUseCase = (
    store: Dependencies['store'],
    caller: Caller,
    bookId: string,
    id: string,
    version: number | null,
    input: StepInput,
  ) => Promise<ClaimView>;
  const route = (
    name: string,
    step: Step<typeof stepInput | typeof reasonedStepInput>,
    useCase: StepUseCase,
  ) =>
    app.post(
      `/books/:bookId/claims/:id/${name}`,
      { schema: stepSchema(step, claimView) },
      async (request, reply) => {
        const { bookId, id } = request.params;
        const caller = callerOf(deps, request);
        return withETag(reply, await useCase(store, caller, bookId, id, versionOf(request), request.body));
      },
    );
  route('withdraw', plain('撤回', 'The maker takes it back; it holds nothing any more.'), withdrawClaim);
  route('review', plain('审核', 'A decision of review needs a note why it may go on.'), reviewClaim);
  route('co-sign', plain('会签', 'The county reviews where the unit has nobody but the maker.'), coSignClaim);
  route('return', reasoned('退回', 'Back to the maker with a reason; holds nothing.'), returnClaim);
  route('reject', reasoned('否决', 'Final, with a reason.'), rejectClaim);
  route(
    'close',
    plain('办结', 'Ends a partly paid claim; what is held goes back where it came from.'),
    closeClaim,
  );

  app.post(
    '/books/:bookId/claims/:id/approve',
    {
      schema: stepSchema(
        plain('批准', 'Judged again as a payment of today. Not by its maker or reviewer.'),
        claimAnswer,
      ),
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const caller = callerOf(deps, request);
      const version = versionOf(request);
      return tagged(
        reply,
        await approveClaim(store, policy.current, caller, bookId, id, version, request.body),
      );
    },
  );

  app.post(
    '/books/:bookId/claims/:id/pay',
    {
      schema: moneySchema(
        {
          summary: '支付',
          description: 'Whole or in part; judged once more. Not by its maker or approver.',
          body: newPayment,
        },
        claimAnswer,
      ),
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return tagged(
        reply,
        await payClaim(store, policy.current, callerOf(deps, request), bookId, id, request.body),
      );
    },
  );

  app.post(
    '/books/:bookId/claims/:id/refund',
    {
      schema: moneySchema(
        { summary: '退款', description: 'The payee gives money back.', body: newRefund },
        claimView,
      ),
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return withETag(reply, await refundClaim(store, callerOf(deps, request), bookId, id, request.body));
    },
  );

  app.post(
    '/books/:bookId/claims/:id/reverse',
    {
      schema: moneySchema(
        { summary: '冲红', description: 'Reverses a payment by its exact opposite.', body: newReversal },
        claimView,
      ),
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      return withETag(reply, await reversePayment(store, callerOf(deps, request), bookId, id, request.body));
    },
  );
}

function tagged(reply: Parameters<typeof withETag>[0], answer: ClaimAnswer): ClaimAnswer {
  withETag(reply, answer.claim);
  return answer;
}
