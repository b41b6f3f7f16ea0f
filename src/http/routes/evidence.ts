import type { Readable } from 'node:stream';
import { z } from 'zod';
import { newExport, prepareExport } from '../../evidence/index.js';
import { eraseSubject, erasureView, newErasure } from '../../privacy/index.js';
import { type App, callerOf, type Dependencies } from '../context.js';
import { packageStream } from '../package-stream.js';
import { bookParams, writeHeaders, writeProblems } from '../schemas.js';

const zip = z
  .custom<Readable>()
  .describe('BagIt bag in a zip; format in docs/evidence-package.md')
  .meta({ type: 'string', format: 'binary', example: 'PK…' });

/** Evidence packages, and the erasure of personal data. */
export function evidenceRoutes(app: App, deps: Dependencies): void {
  const { store, policy, checkpoints, config } = deps;

  app.post(
    '/books/:bookId/evidence',
    {
      schema: {
        tags: ['evidence'],
        summary: '导出证据包',
        description:
          'Streams the package while it is made. The export is logged first. An unredacted one needs a recipient and a reason.',
        params: bookParams,
        headers: writeHeaders,
        body: newExport,
        response: {
          200: { description: 'The package', content: { 'application/zip': { schema: zip } } },
          ...writeProblems,
        },
      },
    },
    async (request, reply) => {
      const tools = {
        store,
        packs: policy.current,
        checkpoints,
        attachmentsFolder: config.attachmentsDir,
      };
      const { bookId } = request.params;
      const prepared = await prepareExport(tools, callerOf(deps, request), bookId, request.body);
      const stream = await packageStream(prepared, request);
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${prepared.fileName}"`)
        .send(stream as never);
    },
  );

  app.post(
    '/books/:bookId/erasures',
    {
      schema: {
        tags: ['evidence'],
        summary: '删除个人信息',
        description:
          'Destroys the values and keys of a data subject in this book; the log keeps commitments only, so every proof stays valid.',
        params: bookParams,
        headers: writeHeaders,
        body: newErasure,
        response: { 201: erasureView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const caller = callerOf(deps, request);
      return reply.code(201).send(await eraseSubject(store, caller, request.params.bookId, request.body));
    },
  );
}
