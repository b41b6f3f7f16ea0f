import { z } from 'zod';
import { DomainError } from '../../core/errors.js';
import type { App, Dependencies } from '../context.js';
import { problemSchema } from '../errors.js';
import { readinessOf } from '../readiness.js';

const tags = ['health'];

const liveness = z
  .object({ status: z.literal('ok').describe('The process answers').meta({ example: 'ok' }) })
  .describe('Liveness');
const readiness = z
  .object({
    status: z
      .enum(['ready', 'degraded'])
      .describe(
        'Requests are served; degraded: under the last good set of packs, as the newest does not load',
      )
      .meta({ example: 'ready' }),
    migration: z.string().describe('Newest migration of the schema').meta({ example: '0004_claims' }),
    packs: z.number().int().describe('Policy packs loaded. Unit: 1').meta({ example: 6 }),
  })
  .describe('Readiness');

/** For the machinery that runs the service; both need nobody signed in and tell nothing of what is stored. */
export function healthRoutes(app: App, deps: Dependencies): void {
  app.get(
    '/healthz',
    {
      schema: { tags, summary: '存活检查', security: [], response: { 200: liveness, '4xx': problemSchema } },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags,
        summary: '就绪检查',
        description:
          'The database answers, its schema is up to date, policy packs are loaded, and logs extend their checkpoints.',
        security: [],
        response: { 200: readiness, '4xx': problemSchema, 503: problemSchema },
      },
    },
    async (request) => {
      const found = await readinessOf(deps, (error) =>
        request.log.warn({ err: error }, 'database does not answer'),
      );
      const [why] = found.faults;
      if (why !== undefined || found.migration === null)
        throw new DomainError('not_ready', `服务尚未就绪：${why}`);
      const { migration, packs } = found;
      const status = deps.policy.fault === null ? ('ready' as const) : ('degraded' as const);
      return { status, migration, packs };
    },
  );
}
