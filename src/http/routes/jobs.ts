import type { Readable } from 'node:stream';
import { z } from 'zod';
import { identifier } from '../../core/fields.js';
import {
  getVerificationStatus,
  jobPage,
  jobQuery,
  jobView,
  newJob,
  verificationStatus,
} from '../../jobs/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, problems, writeHeaders } from '../schemas.js';

const tags = ['jobs'];
const params = z.object({ id: identifier('Job') });
const content = z
  .custom<Readable>()
  .describe('The file')
  .meta({ type: 'string', format: 'binary', example: 'PK…' });
const FILE_TYPES = ['application/zip', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'];

/** Long work beside the requests (后台任务): asked for, watched, cancelled, its file fetched. */
export function jobRoutes(app: App, deps: Dependencies): void {
  const { store, jobs } = deps;

  app.post(
    '/books/:bookId/jobs',
    {
      schema: {
        tags,
        summary: '发起后台任务',
        description:
          'Runs in the background, two at once, at most ten waiting for each person. It is found again after a reload and a restart.',
        params: bookParams,
        headers: writeHeaders,
        body: newJob,
        response: { 202: jobView, ...problems(403, 404, 409, 413, 415, 422, 429) },
      },
    },
    async (request, reply) => {
      const { kind, input } = request.body;
      return reply
        .code(202)
        .send(await jobs.start(kind, callerOf(deps, request), request.params.bookId, input));
    },
  );

  app.get(
    '/jobs',
    {
      schema: {
        tags,
        summary: '我的后台任务',
        description: 'One’s own, newest first. Ended ones are listed for 30 days.',
        querystring: jobQuery,
        response: { 200: jobPage, ...problems() },
      },
    },
    async (request) => jobs.list(actorOf(request), request.query),
  );

  app.get(
    '/jobs/:id',
    {
      schema: { tags, summary: '后台任务的进度与结果', params, response: { 200: jobView, ...problems(404) } },
    },
    async (request) => jobs.get(actorOf(request), request.params.id),
  );

  app.delete(
    '/jobs/:id',
    {
      schema: {
        tags,
        summary: '取消或删除后台任务',
        description:
          'Ends a job that has not ended; one that has is removed with its file, except a verification that was done.',
        params,
        response: { 200: jobView, ...problems(404, 409) },
      },
    },
    async (request) => jobs.cancel(actorOf(request), request.params.id),
  );

  app.get(
    '/jobs/:id/file',
    {
      schema: {
        tags,
        summary: '下载后台任务的文件',
        description: 'For who asked for it, while they may still make one; kept for 24 hours.',
        params,
        response: {
          200: {
            description: 'The file',
            content: Object.fromEntries(FILE_TYPES.map((type) => [type, { schema: content }])),
          },
          ...problems(403, 404),
        },
      },
    },
    async (request, reply) => {
      const { file, content: stream } = await jobs.openFile(callerOf(deps, request), request.params.id);
      return reply
        .type(file.mediaType)
        .header('content-length', file.sizeBytes)
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .send(stream as never);
    },
  );

  app.get(
    '/books/:bookId/verification-status',
    {
      schema: {
        tags: ['audit'],
        summary: '核验与签名情况',
        description: 'The newest verification done in the background, the newest checkpoint, the witnesses.',
        params: bookParams,
        response: { 200: verificationStatus, ...problems(403, 404) },
      },
    },
    async (request) => getVerificationStatus(store, actorOf(request), request.params.bookId),
  );
}
