import fastifyMultipart from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { MAX_ATTACHMENT_BYTES } from '../attachments/index.js';
import type { App } from '../http/context.js';
import { besideOf, keptAs, MAX_KEPT_BYTES } from './files.js';
import { type Tree, treeOf, valueAt } from './tree.js';

/** A file that came with a form, under the field whose value its id becomes. */
export interface SentFile {
  readonly field: string;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Larger than a file may be; `bytes` are only its beginning. */
  readonly isCut?: boolean;
}

export interface SentForm {
  readonly tree: Tree;
  readonly files: readonly SentFile[];
}

/** A claim of 500 lines with all its fields. */
const MAX_FIELDS = 12_000;
const MAX_FORM_BYTES = 4 * 1024 * 1024;
const MAX_FILES = 20;

/** Forms in both of their encodings become `request.body`; nothing else is read. Needs a scope of its own. */
export async function acceptForms(app: App): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: MAX_FORM_BYTES },
    async (_request: unknown, body: string): Promise<SentForm> => ({
      tree: treeOf([...new URLSearchParams(body)].slice(0, MAX_FIELDS)),
      files: [],
    }),
  );
  await app.register(fastifyMultipart, {
    // What is too large is said beside its field, and the rest of the form is read.
    throwFileSizeLimit: false,
    limits: {
      fields: MAX_FIELDS,
      fieldSize: 300 * 1024,
      files: MAX_FILES,
      fileSize: MAX_ATTACHMENT_BYTES,
      parts: MAX_FIELDS + MAX_FILES,
    },
  });
}

/** What a form held. A file field in which nothing was chosen holds nothing. */
export async function readForm(request: FastifyRequest): Promise<SentForm> {
  if (!request.isMultipart())
    return (request.body as SentForm | undefined) ?? { tree: treeOf([]), files: [] };
  const fields: [string, string][] = [];
  const files: SentFile[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'field') fields.push([part.fieldname, String(part.value ?? '')]);
    else {
      const bytes = await part.toBuffer();
      if (part.filename && bytes.length > 0)
        files.push({
          field: part.fieldname,
          name: part.filename,
          mediaType: mediaTypeOf(part),
          bytes,
          ...(part.file.truncated ? { isCut: true } : {}),
        });
    }
  }
  return { tree: treeOf(fields), files };
}

/**
 * The file that an action takes as its whole content: the one that was sent, or the one that went along from the
 * answer before. A small one stays in the tree for the next.
 */
export function bodyFile(field: string, { tree, files }: SentForm): SentFile | undefined {
  const sent = files.find((file) => file.field === field);
  const name = String(valueAt(tree, besideOf(field)) ?? '');
  const kept = valueAt(tree, keptAs(field));
  if (!sent && typeof kept === 'string' && kept !== '')
    return {
      field,
      name,
      mediaType: mediaTypeOf({ filename: name, mimetype: '' }),
      bytes: Buffer.from(kept, 'base64'),
    };
  if (sent) {
    tree[keptAs(field)] = sent.bytes.length > MAX_KEPT_BYTES ? '' : sent.bytes.toString('base64');
    tree[besideOf(field)] = sent.name;
  }
  return sent;
}

const BY_ENDING: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  ofd: 'application/ofd',
  xml: 'application/xml',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** By the name's ending first: browsers do not know OFD. The content is checked against it all the same. */
const mediaTypeOf = ({ filename, mimetype }: { filename: string; mimetype: string }): string =>
  BY_ENDING[filename.split('.').at(-1)?.toLowerCase() ?? ''] ?? mimetype;
