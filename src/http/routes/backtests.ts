import { z } from 'zod';
import { backtestView, newBacktest } from '../../backtests/index.js';
import { identifier } from '../../core/fields.js';
import { Backtests } from '../../jobs/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { problems } from '../schemas.js';

const tags = ['policy'];
const params = z.object({ id: identifier('Backtest') });

/** Packs tried on recorded cases (回测), beside the other requests. */
export function backtestRoutes(app: App, deps: Dependencies): void {
  const backtests = new Backtests(deps.jobs, () => deps.store.read);

  app.post(
    '/policy/backtests',
    {
      schema: {
        tags,
        summary: '回测政策包',
        description:
          'Judges recorded cases by the loaded packs with this one in. Runs in the background, two at once; changes no decision. It is also among GET /jobs.',
        body: newBacktest,
        response: { 202: backtestView, ...problems(403, 404, 413, 415, 429) },
      },
    },
    async (request, reply) =>
      reply.code(202).send(await backtests.start(callerOf(deps, request), request.body)),
  );

  app.get(
    '/policy/backtests/:id',
    {
      schema: { tags, summary: '回测进度与结果', params, response: { 200: backtestView, ...problems(404) } },
    },
    async (request) => backtests.get(actorOf(request), request.params.id),
  );

  app.delete(
    '/policy/backtests/:id',
    {
      schema: {
        tags,
        summary: '取消回测',
        description: 'Ends a backtest that is running; one that has ended is forgotten.',
        params,
        response: { 200: backtestView, ...problems(404) },
      },
    },
    async (request) => backtests.cancel(actorOf(request), request.params.id),
  );
}
