import { sql } from 'kysely';
import { z } from 'zod';
import { migrations } from '../../../migrations/index.js';
import { DomainError } from '../../core/errors.js';
import type { Store } from '../../db/store.js';
import type { App, Dependencies } from '../context.js';
import { problemSchema } from '../errors.js';

const tags = ['health'];
const DATABASE_TIMEOUT_MS = 2000;

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
      const migration = await inTime(appliedMigration(deps.store)).catch((error: unknown) => {
        request.log.warn({ err: error }, 'database does not answer');
        throw notReady('数据库没有应答');
      });
      const newest = migrations.at(-1)?.name ?? '';
      if (migration !== newest) throw notReady(`数据库结构不是最新：应为 ${newest}`);
      const { current, fault } = deps.policy;
      if (current.packs.length === 0) throw notReady('没有载入政策包');
      if (deps.checkpoints.fault !== null) throw notReady('日志与库外检查点不符，已停止签名');
      const status = fault === null ? ('ready' as const) : ('degraded' as const);
      return { status, migration, packs: current.packs.length };
    },
  );
}

const notReady = (why: string) => new DomainError('not_ready', `服务尚未就绪：${why}`);

async function appliedMigration(store: Store): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    select "name" from "kysely_migration" order by "name" desc limit 1`.execute(store.read);
  return rows[0]?.name ?? null;
}

/** A database that hangs counts as one that does not answer. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timeout')), DATABASE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
