import { z } from 'zod';
import {
  type AttachmentView,
  attachmentView,
  fileName,
  MAX_ATTACHMENT_BYTES,
  MEDIA_TYPES,
  type MediaType,
  readAttachment,
  uploadAttachment,
} from '../../attachments/index.js';
import { DomainError } from '../../core/errors.js';
import { sha256Hex } from '../../core/ids.js';
import { type App, actorOf, callerOf, type Dependencies } from '../context.js';
import { bookParams, inBook, readProblems, writeHeaders, writeProblems } from '../schemas.js';

const tags = ['attachments'];
const mediaTypes = Object.keys(MEDIA_TYPES) as MediaType[];
const content = z
  .custom<Buffer>(Buffer.isBuffer, '没有收到文件内容')
  .describe('The file itself, at most 10 MiB')
  .meta({ type: 'string', format: 'binary', example: '%PDF-1.7 …' });
const uploadHeaders = writeHeaders.extend({
  'x-file-name': z
    .string()
    .min(1)
    .max(2000)
    .describe('File name as percent-encoded UTF-8 (RFC 3986)')
    .meta({ example: '%E5%8F%91%E7%A5%A82022-01.pdf' }),
});

/** Files, kept under their hash. Must be registered in a scope of its own: it reads raw bodies and no JSON. */
export function attachmentRoutes(app: App, deps: Dependencies): void {
  const { store, config } = deps;
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    mediaTypes,
    { parseAs: 'buffer', bodyLimit: MAX_ATTACHMENT_BYTES },
    async (_request: unknown, body: Buffer) => body,
  );

  app.post(
    '/books/:bookId/attachments',
    {
      bodyLimit: MAX_ATTACHMENT_BYTES,
      schema: {
        tags,
        summary: '上传附件',
        description: 'The raw file as the body. Its content must be what its Content-Type says.',
        consumes: mediaTypes,
        params: bookParams,
        headers: uploadHeaders,
        body: content,
        response: { 201: attachmentView, ...writeProblems },
      },
    },
    async (request, reply) => {
      const upload = {
        fileName: fileNameOf(request.headers['x-file-name']),
        mediaType: mediaTypeOf(request.headers['content-type']),
        bytes: request.body,
      };
      // What an Idempotency-Key is bound to: the content by its hash, not by its ten million bytes.
      const asked = { ...upload, bytes: sha256Hex(upload.bytes) };
      const caller = callerOf(deps, request, asked);
      const { bookId } = request.params;
      return reply
        .code(201)
        .send(await uploadAttachment(store, config.attachmentsDir, caller, bookId, upload));
    },
  );

  app.get(
    '/books/:bookId/attachments/:id',
    {
      schema: {
        tags,
        summary: '下载附件',
        description: 'The file as uploaded, after its content was checked against its SHA-256.',
        params: inBook('Attachment (附件)'),
        response: {
          200: {
            description: 'The file',
            content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: content }])),
          },
          ...readProblems,
        },
      },
    },
    async (request, reply) => {
      const { bookId, id } = request.params;
      const found = await readAttachment(store, config.attachmentsDir, actorOf(request), bookId, id);
      return reply
        .type(found.attachment.mediaType)
        .header('content-disposition', disposition(found.attachment))
        .header('content-security-policy', "sandbox; default-src 'none'")
        .header('etag', `"${found.attachment.contentSha256}"`)
        .send(found.bytes as never);
    },
  );
}

/** Fastify matched the parser, so the type is one of ours; parameters such as charset are left off. */
const mediaTypeOf = (header: string | undefined) =>
  (header ?? '').split(';', 1)[0]?.trim().toLowerCase() as MediaType;

function fileNameOf(header: string): string {
  const parsed = fileName.safeParse(decoded(header));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ code, message }) => ({
    in: 'header',
    path: '/x-file-name',
    code,
    message,
  }));
  throw new DomainError('validation_failed', 'X-File-Name 填写有误', { details: { errors } });
}

function decoded(header: string): string | undefined {
  try {
    return decodeURIComponent(header);
  } catch {
    return undefined;
  }
}

/** RFC 6266: a plain name for old programs, the real one in UTF-8 for the others. */
function disposition({ fileName: name, mediaType }: Pick<AttachmentView, 'fileName' | 'mediaType'>): string {
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="attachment.${MEDIA_TYPES[mediaType as MediaType] ?? 'bin'}"; filename*=UTF-8''${encoded}`;
}
