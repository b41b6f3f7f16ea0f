import { runCommand } from '../audit/index.js';
import { DomainError, notFound, refuse } from '../core/errors.js';
import { newId, sha256Hex } from '../core/ids.js';
import type { Row } from '../db/database.js';
import type { Db, Store } from '../db/store.js';
import { bureauSubject } from '../ledger/index.js';
import { type Actor, type Caller, may, type Subject, type Verdict } from '../organisations/index.js';
import { type AttachmentView, MAX_ATTACHMENT_BYTES, type MediaType } from './attachments.schema.js';
import { keepContent, readContent } from './content.js';
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
  const sha256 = sha256Hex(bytes);
  if (verdict.allowed) await keepContent(folder, sha256, bytes);
  const target = { bookId, action: 'attachment.upload', subject: { type: 'attachment', id } };
  return runCommand(store, target, caller.context, async (unit) => {
    if (!verdict.allowed) throw refuse(verdict.code, verdict.message);
    const row = {
      id,
      bookId,
      sha256,
      fileName,
      mediaType,
      sizeBytes: bytes.length,
      uploadedBy: caller.actor.personId,
      createdAt: unit.recordedAt,
      logIndex: unit.logIndex,
    };
    await unit.trx.insertInto('attachment').values(row).execute();
    const data = { sha256, mediaType, sizeBytes: bytes.length, fileName: await unit.commit(fileName) };
    await unit.append({ action: target.action, subject: target.subject, data });
    return row;
  });
}

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
  return { attachment, bytes: await readContent(folder, attachment.sha256) };
}
