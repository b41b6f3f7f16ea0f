import { randomBytes } from 'node:crypto';
import {
  keepSubjectKey,
  newSubjectKey,
  openContent,
  revealTexts,
  runCommand,
  sealContent,
} from '../audit/index.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId, sha256Hex } from '../core/ids.js';
import type { KeyRing } from '../core/keys.js';
import type { Row } from '../db/database.js';
import type { Db, Store, Trx } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, type Caller, may, type Subject, type Verdict } from '../organisations/index.js';
import { type AttachmentView, MAX_ATTACHMENT_BYTES, type MediaType } from './attachments.schema.js';
import { attachmentDamaged, keepContent, readContent } from './content.js';
import { isOfType } from './media.js';

export interface Upload {
  /** Checked by the schema `fileName`. */
  readonly fileName: string;
  readonly mediaType: MediaType;
  readonly bytes: Buffer;
}

/**
 * Keeps a file under its hash and records it. The content is on disk before the row that names it is committed.
 * @throws DomainError `attachment_empty`, `too_large`, `media_type_mismatch`, `forbidden`, `not_found` (book).
 */
export async function uploadAttachment(
  store: Store,
  folder: string,
  caller: Caller,
  bookId: string,
  upload: Upload,
): Promise<AttachmentView> {
  const { bytes, fileName, mediaType } = upload;
  if (bytes.length === 0) throw new DomainError('attachment_empty', '文件是空的');
  if (bytes.length > MAX_ATTACHMENT_BYTES) throw new DomainError('too_large', '文件超过 10 MB');
  if (!isOfType(bytes, mediaType)) {
    throw new DomainError('media_type_mismatch', `文件内容不是 ${mediaType}，请核对文件与其类型`);
  }
  const verdict = await mayUpload(store.read, caller.actor, bookId);
  const id = newId();
  const subject = `attachment/${id}`;
  const key = newSubjectKey(store.keys, bookId, subject);
  const salted = Buffer.concat([randomBytes(SALT_BYTES), bytes]);
  const sealed = sealContent(store.keys, key, salted);
  const contentSha256 = sha256Hex(sealed);
  // On disk before anything is committed; a command that is undone leaves a file that no row names.
  if (verdict.allowed) await keepContent(folder, contentSha256, sealed);
  const target = { bookId, action: 'attachment.upload', subject: { type: 'attachment', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    if (!verdict.allowed) throw refuse(verdict.code, verdict.message);
    await keepSubjectKey(unit.trx, key);
    const row = await unit.insert('attachment', {
      id,
      contentSha256,
      plainCommitment: sha256Hex(salted),
      fileName: await unit.seal(fileName, subject),
      mediaType,
      sizeBytes: bytes.length,
      uploadedBy: caller.actor.personId,
      createdAt: unit.recordedAt,
      logIndex: unit.logIndex,
    });
    await unit.append({ action: target.action, subject: target.subject });
    return row;
  });
}

/** The bytes before a file's own: 128 random bits that make its commitment say nothing about it. */
const SALT_BYTES = 16;

/**
 * Who works in the book may attach to it: at the bureau, in one of its units, or as the provider of one of its
 * contracts. @throws DomainError `not_found` (book)
 */
async function mayUpload(db: Db, actor: Actor, bookId: string): Promise<Verdict> {
  const bureau = await bureauSubject(db, bookId);
  const units = actor.grants.filter((grant) => grant.role === 'operator');
  const providers =
    units.length === 0
      ? []
      : await providersOf(
          db,
          bookId,
          units.map((unit) => unit.organisationId),
        );
  const own = units.filter(
    ({ organisationId, organisationPath, organisationKind }) =>
      (organisationKind !== 'provider' && organisationPath.startsWith(bureau.bureauPath)) ||
      providers.includes(organisationId),
  );
  const subjects: Subject[] = [
    bureau,
    ...own.map((unit) => ({ ...bureau, organisationPath: unit.organisationPath })),
  ];
  const verdicts = subjects.map((subject) => may(actor, 'attachment.upload', subject));
  return verdicts.find((verdict) => verdict.allowed) ?? (verdicts[0] as Verdict);
}

async function providersOf(db: Db, bookId: string, organisationIds: string[]): Promise<string[]> {
  const rows = await db
    .selectFrom('contract')
    .select('providerId')
    .distinct()
    .where('bookId', '=', bookId)
    .where('providerId', 'in', organisationIds)
    .execute();
  return rows.map((row) => row.providerId);
}

/**
 * A file for who may read the book, or whose unit uploaded it; the content is checked against its hash.
 * @throws DomainError `not_found`, `attachment_damaged`.
 */
export async function readAttachment(
  store: Store,
  folder: string,
  actor: Actor,
  bookId: string,
  id: string,
): Promise<{ attachment: Row<'attachment'>; bytes: Buffer }> {
  const bureau = await bureauSubject(store.read, bookId);
  const row = await store.read
    .selectFrom('attachment')
    .innerJoin('person', 'person.id', 'attachment.uploadedBy')
    .innerJoin('organisation', 'organisation.id', 'person.organisationId')
    .selectAll('attachment')
    .select('organisation.path as uploaderPath')
    .where('attachment.id', '=', id)
    .where('attachment.bookId', '=', bookId)
    .executeTakeFirst();
  if (!row) throw notFound('附件');
  const { uploaderPath, ...attachment } = row;
  const isVisible =
    attachment.uploadedBy === actor.personId ||
    may(actor, 'book.read', bureau).allowed ||
    may(actor, 'unit.read', { ...bureau, organisationPath: uploaderPath }).allowed;
  if (!isVisible) throw notFound('附件');
  const opened = await openAttachment(store.read, store.keys, folder, attachment);
  if (opened === null) throw notFound('附件内容（已按规定删除）');
  const nameOf = await revealTexts(store.read, store.keys, [attachment.fileName]);
  return { attachment: { ...attachment, fileName: nameOf(attachment.fileName) }, bytes: opened.bytes };
}

/** A file as it is stored, encrypted. @throws DomainError `attachment_damaged` */
export const storedAttachment = (
  folder: string,
  { contentSha256 }: Pick<Row<'attachment'>, 'contentSha256'>,
): Promise<Buffer> => readContent(folder, contentSha256);

/**
 * A stored file in clear and the salt of its commitment; null once it was erased.
 * @throws DomainError `attachment_damaged` when the stored file is gone or is not what was uploaded.
 */
export async function openAttachment(
  db: Db,
  keys: KeyRing,
  folder: string,
  { id, bookId, contentSha256, plainCommitment }: Row<'attachment'>,
): Promise<{ salt: Buffer; bytes: Buffer } | null> {
  const sealed = await readContent(folder, contentSha256);
  const salted = await openContent(db, keys, { bookId, subject: `attachment/${id}` }, sealed);
  if (salted === null) return null;
  if (sha256Hex(salted) !== plainCommitment) throw attachmentDamaged();
  return { salt: salted.subarray(0, SALT_BYTES), bytes: salted.subarray(SALT_BYTES) };
}

/** @throws DomainError `not_found` unless every attachment is in the book. */
export async function demandAttachments(trx: Trx, bookId: string, given: readonly string[]): Promise<void> {
  const ids = [...new Set(given)];
  if (ids.length === 0) return;
  const found = await trx
    .selectFrom('attachment')
    .select('id')
    .where('id', 'in', ids)
    .where('bookId', '=', bookId)
    .execute();
  if (found.length < ids.length) throw notFound('附件');
}
