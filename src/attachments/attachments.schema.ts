import { z } from 'zod';
import { isSealed } from '../audit/index.js';
import { identifier, instant } from '../core/fields.js';

/** 10 MiB: a scanned contract, not a film. */
export const MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024;

/** What may be attached, and the ending its download gets where the name has none of its own. */
export const MEDIA_TYPES = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/ofd': 'ofd',
} as const;
export type MediaType = keyof typeof MEDIA_TYPES;

/** A name for people. It is never a path, and must not pass for another one. */
export const fileName = z
  .string()
  .trim()
  .min(1, '不能为空')
  .max(200, '最多 200 个字')
  .refine((name) => !/[/\\]/.test(name) && !/^\.+$/.test(name), '文件名不能含有路径')
  // Cc: control characters; Cf: invisible ones, among them those that turn the reading direction around.
  .refine(
    (name) => name.isWellFormed() && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name),
    '文件名含有不能保存的字符',
  )
  // Percent-encoded in its header, so `http/validation.ts` does not see what it is.
  .refine((name) => !isSealed(name), '不能填写密封值的编号')
  .describe('File name')
  .meta({ example: '发票2022-01.pdf' });

export const attachmentView = z
  .object({
    id: identifier('Attachment'),
    bookId: identifier('Book'),
    contentSha256: z
      .string()
      .describe('SHA-256 of the file as stored, encrypted, lower-case hex')
      .meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }),
    plainCommitment: z
      .string()
      .describe('SHA-256 of 16 random bytes and the file in clear, lower-case hex')
      .meta({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }),
    fileName: z.string().describe('File name').meta({ example: '发票2022-01.pdf' }),
    mediaType: z.string().describe('Media type').meta({ example: 'application/pdf' }),
    sizeBytes: z.number().int().describe('Size. Unit: bytes').meta({ example: 48210 }),
    uploadedBy: identifier('Who uploaded it'),
    createdAt: instant('When it was uploaded'),
    logIndex: z.number().int().describe('Place in the audit log').meta({ example: 12 }),
  })
  .describe('A file, kept encrypted under the hash of its ciphertext')
  .meta({ id: 'Attachment' });
export type AttachmentView = z.infer<typeof attachmentView>;
