import { z } from 'zod';
import { sha256Hex } from '../../core/ids.js';
import {
  claimTemplate,
  importClaims,
  importPreview,
  importResult,
  MAX_LINES,
  MAX_SHEET_BYTES,
  previewImport,
} from '../../imports/index.js';
import { jobView, startClaimImport } from '../../jobs/index.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, problems, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** Taken so that the answer can say what to do instead. */
const OTHERS = ['application/vnd.ms-excel', 'text/csv', 'application/octet-stream'];
const tags = ['claims'];
const importQuery = z.object({
  background: z
    .enum(['true', 'false'])
    .default('false')
    .describe('Whether a background job (后台任务) does it')
    .meta({ example: 'true' }),
  again: z
    .enum(['true', 'false'])
    .default('false')
    .describe('In the background: go on with a job under this key that ended before it was done')
    .meta({ example: 'false' }),
});
const previewQuery = z.object({
  mostJudged: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_LINES)
    .default(MAX_LINES)
    .describe('Of how many claims the rules are asked; every cell is looked at all the same. Unit: 1')
    .meta({ example: 100 }),
});
const sheet = z
  .custom<Buffer>(Buffer.isBuffer, '没有收到文件内容')
  .describe('The XLSX file itself, at most 5 MiB')
  .meta({ type: 'string', format: 'binary', example: 'PK…' });

/** Claims by spreadsheet. Must be registered in a scope of its own: it reads raw bodies and no JSON. */
export function claimImportRoutes(app: App, deps: Dependencies): void {
  const { store, policy } = deps;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    [XLSX, ...OTHERS],
    { parseAs: 'buffer', bodyLimit: MAX_SHEET_BYTES },
    async (_request: unknown, body: Buffer) => body,
  );

  app.get(
    '/books/:bookId/claim-template',
    {
      schema: {
        tags,
        summary: '报账导入模板',
        description: 'A sheet to fill in, with drop-downs of what one may choose from in this book.',
        params: bookParams,
        response: {
          200: { description: 'The sheet', content: { [XLSX]: { schema: sheet } } },
          ...readProblems,
          ...problems(403),
        },
      },
    },
    async (request, reply) =>
      reply
        .type(XLSX)
        .header(
          'content-disposition',
          `attachment; filename="claims.xlsx"; filename*=UTF-8''${encodeURIComponent('报账导入模板.xlsx')}`,
        )
        .send((await claimTemplate(store, actorOf(request), request.params.bookId, deps.now())) as never),
  );

  app.post(
    '/books/:bookId/claim-imports/preview',
    {
      bodyLimit: MAX_SHEET_BYTES,
      schema: {
        tags,
        summary: '导入预检',
        description:
          'Every fault of every cell at once, and what the rules say of each claim. Nothing is written. Rules take ' +
          'some milliseconds a claim: with `mostJudged` only the first claims are judged.',
        consumes: [XLSX],
        params: bookParams,
        querystring: previewQuery,
        body: sheet,
        response: { 200: importPreview, ...writeProblems },
      },
    },
    async (request) => {
      const caller = callerOf(deps, request, sha256Hex(request.body));
      const { bookId } = request.params;
      return previewImport(store, policy.current, caller, bookId, request.body, request.query.mostJudged);
    },
  );

  app.post(
    '/books/:bookId/claim-imports',
    {
      bodyLimit: MAX_SHEET_BYTES,
      schema: {
        tags,
        summary: '导入报账草稿',
        description:
          'A draft of every claim of the sheet, or none when anything is wrong with it. Needs an Idempotency-Key; sent ' +
          'again under it, none is made twice. With `background` a job does it (202), which GET /jobs/{id} tells of; one that ' +
          'ended early goes on where it stopped when it is asked for once more under its key with `again`.',
        consumes: [XLSX],
        params: bookParams,
        querystring: importQuery,
        headers: writeHeaders,
        body: sheet,
        response: { 201: importResult, 202: jobView, ...writeProblems, ...problems(428, 429) },
      },
    },
    async (request, reply) => {
      const caller = callerOf(deps, request, sha256Hex(request.body));
      const { bookId } = request.params;
      const { background, again } = request.query;
      if (background === 'true') {
        const job = await startClaimImport(deps.jobs, caller, bookId, request.body, again === 'true');
        return reply.code(202).send(job);
      }
      return reply.code(201).send(await importClaims(store, policy.current, caller, bookId, request.body));
    },
  );
}
